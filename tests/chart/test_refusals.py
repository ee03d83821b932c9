"""What cannot work is refused before anything is installed, in words that say what to do."""

import pytest
import yaml
from tests.chart.helm import CHART, PROD, HelmFailed, manifests, run, template

MISSING = {
    "secrets.existingSecret": "Set secrets.existingSecret",
    "externalDatabase.existingSecret": "Set externalDatabase.existingSecret",
    "ingress.hosts": "Set ingress.hosts",
    "ingress.tls": "Set ingress.tls",
}


def prod(*settings: str, helm: str = "helm4") -> str:
    sets = [part for setting in settings for part in ("--set", setting)]
    return run("template", "todo", str(CHART), "--values", str(CHART / "values-prod.yaml"), *sets, helm=helm)


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_production_names_everything_that_is_missing_at_once(helm: str) -> None:
    with pytest.raises(HelmFailed) as refused:
        prod(helm=helm)
    for sentence in MISSING.values():
        assert sentence in str(refused.value)


@pytest.mark.parametrize("left_out", MISSING)
def test_production_names_what_is_missing(left_out: str) -> None:
    with pytest.raises(HelmFailed) as refused:
        prod(*(setting for setting in PROD if not setting.startswith(left_out)))
    assert MISSING[left_out] in str(refused.value)
    for other in MISSING.keys() - {left_out}:
        assert MISSING[other] not in str(refused.value)


def test_a_guard_holds_when_the_schema_is_skipped() -> None:
    with pytest.raises(HelmFailed, match=r"Set ingress\.hosts"):
        run(
            "template",
            "todo",
            str(CHART),
            "--values",
            str(CHART / "values-prod.yaml"),
            "--skip-schema-validation",
        )


@pytest.mark.parametrize(
    ("setting", "names"),
    [
        ("backend.replicas=3", "replicas"),
        ("bakend.replicaCount=3", "bakend"),
        ("backend.replicaCount=three", "replicaCount"),
        ("backend.image.tag=latest", "tag"),
        ("frontend.image.pullPolicy=Sometimes", "pullPolicy"),
        ("config.environment=prod", "environment"),
        ("config.logLevel=verbose", "logLevel"),
        ("config.frontendUrl=todo.example.org", "frontendUrl"),
        ("backend.config.openai-model=x", "openai-model"),
        ("postgresql.auth.password=with space", "password"),
        ("postgresql.auth.database=Todo", "database"),
        ("secrets.values.JWTSECRET=x", "JWTSECRET"),
        ("backend.shutdown.drainSeconds=600", "drainSeconds"),
        ("networkPolicy.llm.cidrs={everywhere}", "cidrs"),
        ("ingress.hosts={https://todo.example.org}", "hosts"),
        ("backend.image.digest=sha256:short", "digest"),
        ("backup.retention.keepLast=0", "keepLast"),
    ],
)
@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_a_wrong_value_is_refused_by_name(setting: str, names: str, helm: str) -> None:
    with pytest.raises(HelmFailed) as refused:
        template("local", setting, helm=helm)
    assert names in str(refused.value)


def test_a_parent_chart_may_pass_global_and_enabled() -> None:
    assert manifests(template("local", "global.anything=1", "enabled=true"))


@pytest.mark.parametrize("profile", ["local", "staging", "prod"])
def test_overlays_hold_only_differences(profile: str) -> None:
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())
    overlay = yaml.safe_load((CHART / f"values-{profile}.yaml").read_text())
    assert list(repeated(overlay, defaults)) == []


def repeated(overlay: dict[str, object], defaults: dict[str, object], path: str = "") -> list[str]:
    """Paths of values that say what the defaults say."""
    found: list[str] = []
    for key, value in overlay.items():
        here, default = f"{path}.{key}", defaults.get(key)
        if isinstance(value, dict) and isinstance(default, dict):
            found += repeated(value, default, here)
        elif key in defaults and value == default:
            found.append(here)
    return found
