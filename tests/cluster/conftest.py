"""One installation per run, in a namespace of its own that enforces the restricted standard.

Settings: IMAGE_LOAD (command that brings images to the cluster), TAG (dev), INGRESS_URL (http://127.0.0.1),
HELM (helm), CHECK_NAMESPACE (use this one), KEEP=1 (leave the namespace for a look around).
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator

import pytest
from tests.cluster.installation import CommandFailed, Installation, run

TAG = os.environ.get("TAG", "dev")
IMAGES = {"backend": "todo-backend", "aiAgent": "todo-ai-agent", "frontend": "todo-frontend"}


def load_images(*images: str) -> None:
    """Bring images from the Docker engine to the cluster's nodes."""
    command = os.environ.get("IMAGE_LOAD", "minikube image load --overwrite=true")
    run(*command.split(), *images)


@pytest.fixture(scope="session")
def variant() -> Callable[..., str]:
    """`variant(name, lines)`: images like those of TAG, the backend's with more lines; returns their tag."""

    def build(name: str, backend_lines: str = "") -> str:
        tag = f"{TAG}-{name}"
        for image in IMAGES.values():
            lines = backend_lines if image == "todo-backend" else ""
            dockerfile = f"FROM {image}:{TAG}\nLABEL variant={name}\nENV VARIANT={name}\n{lines}"
            run("docker", "build", "--quiet", "--tag", f"{image}:{tag}", "-", stdin=dockerfile)
        load_images(*(f"{image}:{tag}" for image in IMAGES.values()))
        return tag

    return build


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """A namespace that holds nothing yet, unless CHECK_NAMESPACE names one of an earlier run."""
    namespace = os.environ.get("CHECK_NAMESPACE") or f"todo-check-{secrets.token_hex(3)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    about = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}
    run("kubectl", "apply", "--filename", "-", stdin=json.dumps(about))
    load_images(*(f"{image}:{TAG}" for image in IMAGES.values()), "postgres:18-bookworm")
    yield Installation(
        "todo",
        namespace,
        url=os.environ.get("INGRESS_URL", "http://127.0.0.1"),
        host=f"{namespace}.localhost",
        helm=os.environ.get("HELM", "helm"),
    )
    if not os.environ.get("KEEP"):
        try:
            run("kubectl", "delete", "namespace", namespace, "--wait=true", "--timeout=90s")
        except CommandFailed as error:
            print(error)
