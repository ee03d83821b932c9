"""What the objects around the pods promise: selectors, scaling, secrets, settings, storage."""

import shutil
from pathlib import Path

import pytest
import yaml
from tests.chart.helm import CHART, Manifest, manifests, of_kind, pod_templates, rendered, template

SERVICES = ("backend", "ai-agent", "frontend")
VALUES_KEY = {"backend": "backend", "ai-agent": "aiAgent", "frontend": "frontend"}


def matches(selector: dict[str, str], pod: Manifest) -> bool:
    labels: dict[str, str] = pod["metadata"]["labels"]
    return selector.items() <= labels.items()


def test_selectors_stay_the_same_in_the_next_version_of_the_chart(tmp_path: Path) -> None:
    copy = tmp_path / "chart"
    shutil.copytree(CHART, copy)
    about = yaml.safe_load((copy / "Chart.yaml").read_text())
    (copy / "Chart.yaml").write_text(yaml.safe_dump({**about, "version": "9.9.9", "appVersion": "9.9.9"}))
    newer = tuple(manifests(template("local", "commonLabels.team=x", chart=copy)))
    for kind in ("Deployment", "StatefulSet"):
        now, then = of_kind(rendered("local"), kind), of_kind(newer, kind)
        assert {n: o["spec"]["selector"] for n, o in now.items()} == {
            n: o["spec"]["selector"] for n, o in then.items()
        }
    claims = [
        of_kind(objects, "StatefulSet")["postgresql"]["spec"]["volumeClaimTemplates"]
        for objects in (rendered("local"), newer)
    ]
    assert claims[0] == claims[1]


def test_services_select_their_own_pods_and_no_job() -> None:
    objects = rendered("local", "backup.enabled=true")
    for name, service in of_kind(objects, "Service").items():
        selected = [
            key for key, pod in pod_templates(objects).items() if matches(service["spec"]["selector"], pod)
        ]
        assert len(selected) == 1, (name, selected)
        assert selected[0].endswith(f"-{name}")


@pytest.mark.parametrize("component", SERVICES)
def test_autoscaler_owns_the_replicas(component: str) -> None:
    objects = rendered("prod")
    assert "replicas" not in of_kind(objects, "Deployment")[component]["spec"]
    scaler = of_kind(objects, "HorizontalPodAutoscaler")[component]["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 10)
    assert of_kind(rendered("local"), "Deployment")[component]["spec"]["replicas"] == 1
    assert not of_kind(rendered("local"), "HorizontalPodAutoscaler")


@pytest.mark.parametrize(("replicas", "budgets"), [(1, 0), (2, 3)])
def test_a_disruption_budget_exists_only_where_it_cannot_block_a_drain(replicas: int, budgets: int) -> None:
    settings = [f"{key}.replicaCount={replicas}" for key in VALUES_KEY.values()]
    found = of_kind(rendered("local", *settings), "PodDisruptionBudget")
    assert len(found) == budgets
    for budget in found.values():
        assert budget["spec"]["maxUnavailable"] == 1
        assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def annotations(objects: tuple[Manifest, ...], component: str) -> dict[str, str]:
    found: dict[str, str] = of_kind(objects, "Deployment")[component]["spec"]["template"]["metadata"][
        "annotations"
    ]
    return found


def test_a_changed_setting_restarts_exactly_the_services_that_read_it() -> None:
    before = rendered("local")
    after = rendered("local", "aiAgent.config.OPENAI_MODEL=other")
    changed = {name for name in SERVICES if annotations(before, name) != annotations(after, name)}
    assert changed == {"ai-agent"}
    assert of_kind(after, "ConfigMap")["ai-agent"]["data"]["OPENAI_MODEL"] == "other"


def test_a_changed_secret_restarts_what_reads_secrets() -> None:
    for setting in ("secrets.values.JWT_SECRET=another-one-of-at-least-32-letters", "secrets.revision=2"):
        after = rendered("local", setting)
        changed = {
            name for name in SERVICES if annotations(rendered("local"), name) != annotations(after, name)
        }
        assert changed == {"backend", "ai-agent"}


def test_every_secret_config_map_and_claim_that_a_pod_names_is_rendered_or_declared() -> None:
    declared = {"todo-secrets", "todo-database", "todo-tls"}
    for profile in ("local", "prod"):
        objects = rendered(profile, "backup.enabled=true")
        rendered_names = {item["metadata"]["name"] for item in objects}
        for pod in pod_templates(objects).values():
            assert set(references(pod)) <= rendered_names | declared


def references(value: object) -> list[str]:
    """Names of Secrets, ConfigMaps, claims and service accounts anywhere inside a pod template."""
    found: list[str] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"secret", "configMap", "configMapRef", "persistentVolumeClaim"}:
                found += [inner[name] for name in ("name", "secretName", "claimName") if name in inner]
            elif key == "serviceAccountName":
                found.append(inner)
            found += references(inner)
    elif isinstance(value, list):
        for inner in value:
            found += references(inner)
    return found


def test_the_data_and_the_backups_outlive_an_uninstall() -> None:
    objects = rendered("local", "backup.enabled=true")
    claim = of_kind(objects, "PersistentVolumeClaim")["backup"]
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    policy = of_kind(objects, "StatefulSet")["postgresql"]["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert set(policy.values()) == {"Retain"}


def test_the_migration_is_no_hook_and_cleans_up_after_itself() -> None:
    for profile in ("local", "prod"):
        jobs = [job for name, job in of_kind(rendered(profile), "Job").items() if name.startswith("migrate")]
        assert len(jobs) == 1
        assert "helm.sh/hook" not in str(jobs[0]["metadata"])
        assert jobs[0]["spec"]["ttlSecondsAfterFinished"] > 0


def test_scheduled_jobs_never_overlap() -> None:
    found = of_kind(rendered("prod"), "CronJob")
    assert set(found) == {"backup", "backup-verify"}
    for job in found.values():
        assert job["spec"]["concurrencyPolicy"] == "Forbid"
        assert job["spec"]["startingDeadlineSeconds"] == 3600
        assert "ttlSecondsAfterFinished" not in job["spec"]["jobTemplate"]["spec"]


def test_the_ingress_publishes_pages_api_and_mcp_and_nothing_else() -> None:
    rule = of_kind(rendered("prod"), "Ingress")[""]["spec"]["rules"][0]
    paths = {
        path["path"]: path["backend"]["service"]["name"].rsplit("chatbot-")[1]
        for path in rule["http"]["paths"]
    }
    assert paths == {"/api/v1": "backend", "/mcp": "ai-agent", "/": "frontend"}


def test_the_public_address_comes_from_the_ingress() -> None:
    assert (
        of_kind(rendered("prod"), "ConfigMap")["frontend"]["data"]["FRONTEND_URL"]
        == "https://todo.example.org"
    )
    assert (
        of_kind(rendered("local"), "ConfigMap")["backend"]["data"]["FRONTEND_URL"] == "http://todo.localhost"
    )


def test_an_image_is_named_by_registry_and_digest_when_given() -> None:
    digest = "sha256:" + "a" * 64
    pods = pod_templates(
        rendered("local", "global.imageRegistry=registry.example.org/x", f"backend.image.digest={digest}")
    )
    image = pods["Deployment/todo-todo-chatbot-backend"]["spec"]["containers"][0]["image"]
    assert image == f"registry.example.org/x/todo-backend@{digest}"
