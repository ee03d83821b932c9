"""The chart renders the same for both majors of helm, twice, and valid for every supported Kubernetes."""

import warnings

import pytest
import yaml
from tests.chart.helm import CHART, SETTINGS, HelmFailed, manifests, of_kind, rendered, run, template

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import kubernetes_validate

EVERYTHING = (
    "backup.enabled=true",
    "backup.verification.enabled=true",
    "restore.file=todo-20260101T000000Z",
    "httpRoute.enabled=true",
    "httpRoute.parentRefs[0].name=gateway",
    "httpRoute.hostnames={todo.example.org}",
    "networkPolicy.mail.enabled=true",
    "backend.autoscaling.enabled=true",
    "frontend.replicaCount=3",
)
NO_SCHEMA = {"ServiceMonitor", "PrometheusRule", "HTTPRoute"}


@pytest.mark.parametrize("profile", SETTINGS)
def test_both_majors_of_helm_render_the_same(profile: str) -> None:
    assert rendered(profile, helm="helm3") == rendered(profile, helm="helm4")


@pytest.mark.parametrize("profile", SETTINGS)
def test_rendering_twice_gives_the_same_bytes(profile: str) -> None:
    assert template(profile) == template(profile)


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
@pytest.mark.parametrize("profile", SETTINGS)
def test_lint_is_strict_and_clean(profile: str, helm: str) -> None:
    sets = [part for setting in SETTINGS[profile] for part in ("--set", setting)]
    run("lint", "--strict", str(CHART), "--values", str(CHART / f"values-{profile}.yaml"), *sets, helm=helm)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.32", "1.37"])
def test_objects_are_valid_for_kubernetes(version: str) -> None:
    objects = (*rendered("local", *EVERYTHING), *rendered("prod"))
    seen = set()
    for item in objects:
        if item["kind"] not in NO_SCHEMA:
            kubernetes_validate.validate(item, version, strict=True)
            seen.add(item["kind"])
    assert {"Deployment", "StatefulSet", "CronJob", "Job", "NetworkPolicy", "Ingress"} <= seen


@pytest.mark.slow
@pytest.mark.parametrize("key", yaml.safe_load((CHART / "values.yaml").read_text()))
def test_an_upgrade_that_reuses_older_values_without_a_key_still_renders(key: str) -> None:
    """`helm upgrade --reuse-values` brings the values of a release that did not know this key yet."""
    needed = {"backend", "aiAgent", "frontend", "postgresql", "secrets"}
    if key in needed:  # the platform does not exist without them, and no release lacked them
        with pytest.raises(HelmFailed):
            template("local", f"{key}=null")
        return
    # Without config this is production, which wants TLS.
    more = ("ingress.tls[0].secretName=tls",) if key == "config" else ()
    assert manifests(template("local", f"{key}=null", *more))


def test_objects_of_one_kind_have_different_names() -> None:
    objects = rendered("local", *EVERYTHING)
    names = [(item["kind"], item["metadata"]["name"]) for item in objects]
    assert len(names) == len(set(names))
    assert all(len(name) <= 63 for _, name in names)
    assert all(len(name) <= 52 for kind, name in names if kind == "CronJob")


def test_a_long_release_name_leaves_room_for_every_suffix() -> None:
    text = run("template", "r" * 53, str(CHART), "--values", str(CHART / "values-local.yaml"),
               "--set", "backup.enabled=true,backup.verification.enabled=true")  # fmt: skip
    for item in manifests(text):
        assert len(item["metadata"]["name"]) <= (52 if item["kind"] == "CronJob" else 63)


def test_workloads_have_the_names_that_others_rely_on() -> None:
    local = rendered("local")
    assert set(of_kind(local, "Deployment")) == {"backend", "ai-agent", "frontend"}
    assert set(of_kind(local, "StatefulSet")) == {"postgresql"}
    assert "data" in [
        claim["metadata"]["name"]
        for claim in of_kind(local, "StatefulSet")["postgresql"]["spec"]["volumeClaimTemplates"]
    ]


def test_production_brings_no_database_and_no_secret_of_its_own() -> None:
    prod = rendered("prod")
    assert not of_kind(prod, "StatefulSet")
    assert not of_kind(prod, "Secret")


def test_a_restore_is_never_part_of_an_installation() -> None:
    assert not [
        item
        for item in rendered("prod")
        if item["metadata"]["name"].endswith("-restore") and item["kind"] == "Job"
    ]
