"""Every pod of the chart, hooks and tests included, passes the restricted standard and our own rules."""

import itertools

import pytest
from tests.chart.helm import Manifest, of_kind, pod_templates, rendered

ALL_ON = ("backup.enabled=true", "backup.verification.enabled=true", "restore.file=todo-20260101T000000Z")
CASES = [
    pytest.param(template, id=f"{profile}-{name}")
    for profile, settings in {"local": ALL_ON, "prod": ALL_ON}.items()
    for name, template in pod_templates(rendered(profile, *settings)).items()
]
ALLOWED_VOLUMES = {"configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"}


def containers(template: Manifest) -> list[Manifest]:
    spec = template["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]


def test_the_rules_see_every_workload() -> None:
    assert len(pod_templates(rendered("local", *ALL_ON))) == 9


@pytest.mark.parametrize("template", CASES)
def test_pod_is_restricted(template: Manifest) -> None:
    spec = template["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert spec["serviceAccountName"] != "default"
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    security = spec["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] == security["runAsGroup"] == security["fsGroup"] != 0
    assert security["fsGroupChangePolicy"] == "OnRootMismatch"
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    for volume in spec.get("volumes", []):
        assert (volume.keys() - {"name"}) <= ALLOWED_VOLUMES, volume


@pytest.mark.parametrize("template", CASES)
def test_container_is_restricted(template: Manifest) -> None:
    for container in containers(template):
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["privileged"] is False
        assert security["readOnlyRootFilesystem"] is True
        assert security["runAsNonRoot"] is True
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize("template", CASES)
def test_container_is_bounded_and_explains_itself(template: Manifest) -> None:
    for container in containers(template):
        for bound in ("requests", "limits"):
            assert {"cpu", "memory", "ephemeral-storage"} <= container["resources"][bound].keys()
        assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
        assert ":" in container["image"]
        assert not container["image"].endswith(":latest")
        assert "/tmp" in [mount["mountPath"] for mount in container["volumeMounts"]]
        for port in container.get("ports", []):
            assert port["containerPort"] > 1024
            assert "hostPort" not in port


@pytest.mark.parametrize("template", CASES)
def test_no_secret_stands_in_an_environment(template: Manifest) -> None:
    for container in containers(template):
        for variable in container.get("env", []):
            assert "secretKeyRef" not in variable.get("valueFrom", {})
            assert "://" not in variable.get("value", "") or "@" not in variable["value"]


@pytest.mark.parametrize("component", ["backend", "ai-agent", "frontend"])
def test_services_are_probed_and_have_time_to_drain(component: str) -> None:
    spec = of_kind(rendered("prod"), "Deployment")[component]["spec"]["template"]["spec"]
    container = spec["containers"][0]
    assert container["startupProbe"]["httpGet"] == {"path": "/health", "port": "http"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/health", "port": "http"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/ready", "port": "http"}
    settings = of_kind(rendered("prod"), "ConfigMap")[component]["data"]
    assert spec["terminationGracePeriodSeconds"] >= float(settings["DRAIN_SECONDS"]) + 20 + 5
    names = {port["name"] for port in container["ports"]}
    assert names == {"http", "metrics"}


@pytest.mark.parametrize("component", ["backend", "ai-agent", "frontend"])
def test_rolling_update_never_takes_a_pod_before_its_successor_is_ready(component: str) -> None:
    strategy = of_kind(rendered("prod"), "Deployment")[component]["spec"]["strategy"]
    assert strategy["rollingUpdate"] == {"maxSurge": "50%", "maxUnavailable": 0}


def test_openshift_chooses_the_ids() -> None:
    for template in pod_templates(rendered("local", "openshift.enabled=true", *ALL_ON)).values():
        contexts = [
            template["spec"]["securityContext"],
            *(c["securityContext"] for c in containers(template)),
        ]
        for context in contexts:
            assert not {"runAsUser", "runAsGroup", "fsGroup"} & context.keys()


def test_agent_and_frontend_never_see_the_database_or_the_signing_key() -> None:
    for name, template in itertools.chain(pod_templates(rendered("local")).items()):
        if "ai-agent" in name or "frontend" in name:
            text = str(template)
            assert "DATABASE_URL" not in text
            assert "JWT_SECRET" not in text
