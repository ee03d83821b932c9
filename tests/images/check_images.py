"""The images as they are built: size, user, contents, and how they start and stop. Needs Docker."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

TAG = os.environ.get("TAG", "dev")
SERVICES = {"todo-backend": 8000, "todo-ai-agent": 8001, "todo-frontend": 3000}
FOLDERS = {"todo-backend": "backend", "todo-ai-agent": "ai-agent", "todo-frontend": "frontend"}
MEGABYTE = 1_000_000
HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
SECRETS = (
    "JWT_SECRET=images-are-tested-with-this-one-secret",
    "AI_AGENT_CLIENT_SECRET=images-are-tested-with-this-other-secret",
)


def docker(*arguments: str, check: bool = True) -> str:
    result = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if check and result.returncode != 0:
        raise AssertionError(result.stdout + result.stderr)
    return result.stdout + result.stderr


def inspect(image: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(docker("image", "inspect", f"{image}:{TAG}"))[0]
    return found


def inside(image: str, *command: str) -> str:
    return docker("run", "--rm", *HARDENED, "--entrypoint", command[0], f"{image}:{TAG}", *command[1:])


@pytest.fixture(params=SERVICES)
def image(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def container(image: str) -> Iterator[str]:
    """The service, started read-only and without any capability, as an unknown user of group 0."""
    settings = [part for setting in SECRETS for part in ("--env", setting)]
    name = docker(
        "run", "--detach", *HARDENED, "--user", "123456:0", "--env", "ENVIRONMENT=staging",
        "--env", "DRAIN_SECONDS=1", "--env", "HEALTHCHECK_INTERVAL=1s", *settings, f"{image}:{TAG}",
    ).strip()  # fmt: skip
    yield name
    docker("rm", "--force", name)


def test_image_is_small(image: str) -> None:
    size = inspect(image)["Size"] / MEGABYTE
    print(f"\n{image}: {size:.0f} MB")
    assert size < 200


def test_image_is_described_and_runs_as_nobody_in_particular(image: str) -> None:
    config = inspect(image)["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["python", "-m"]
    assert config["Healthcheck"]["Test"][0] == "CMD"
    labels = config["Labels"]
    for name in ("title", "description", "version", "revision", "licenses"):
        assert labels[f"org.opencontainers.image.{name}"]


def test_image_holds_nothing_that_installs_or_compiles(image: str) -> None:
    script = (
        "import importlib.util, shutil, sys\n"
        "tools = [t for t in ('pip', 'uv', 'gcc', 'cc', 'make', 'curl', 'git', 'strip') if shutil.which(t)]\n"
        "unwanted = ('pip', 'setuptools', 'ensurepip', 'pytest', 'uv')\n"
        "modules = [m for m in unwanted if importlib.util.find_spec(m)]\n"
        "print(tools + modules)"
    )
    assert inside(image, "python", "-c", script).strip() == "[]"


def test_only_the_backend_can_speak_to_a_database(image: str) -> None:
    script = (
        "import importlib.util as u\n"
        "print([m for m in ('asyncpg', 'sqlalchemy', 'alembic') if u.find_spec(m)])"
    )
    found = inside(image, "python", "-c", script).strip()
    assert found == ("['asyncpg', 'sqlalchemy', 'alembic']" if image == "todo-backend" else "[]")


def test_image_holds_no_secret_and_no_test(image: str) -> None:
    history = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", f"{image}:{TAG}")
    environment = "\n".join(inspect(image)["Config"]["Env"])
    for text in (history, environment):
        assert not any(word in text.upper() for word in ("SECRET=", "PASSWORD=", "TOKEN=", "API_KEY="))
    listing = inside(
        image, "find", "/opt/venv/lib/python3.11/site-packages", "-path", "*todo_*", "-name", "test*"
    )
    assert listing.strip() == ""


def test_bytecode_is_compiled_and_nothing_is_writable(image: str) -> None:
    script = (
        "import importlib.util, os, pathlib, sysconfig\n"
        "ours = list(pathlib.Path(sysconfig.get_path('purelib')).glob('todo_*/**/*.py'))\n"
        "compiled = [os.path.exists(importlib.util.cache_from_source(str(p))) for p in ours]\n"
        "print(len(ours) > 10, all(compiled), any(os.access(p, os.W_OK) for p in ours))"
    )
    assert inside(image, "python", "-c", script).split() == ["True", "True", "False"]


def test_service_starts_read_only_answers_and_stops_in_time(image: str, container: str) -> None:
    probe = (
        "import http.client, sys\n"
        f"c = http.client.HTTPConnection('127.0.0.1', {SERVICES[image]}, timeout=2)\n"
        "c.request('GET', '/health'); print(c.getresponse().status)"
    )
    until = time.monotonic() + 30
    while "200" not in (answer := docker("exec", container, "python", "-c", probe, check=False)):
        assert time.monotonic() < until, answer + docker("logs", container)
        time.sleep(0.2)
    assert docker("exec", container, "cat", "/proc/1/cmdline").startswith("python\0-m\0")
    began = time.monotonic()
    docker("stop", "--time", "20", container)
    seconds = time.monotonic() - began
    state = json.loads(docker("inspect", container))[0]["State"]
    print(f"\n{image}: stopped after {seconds:.1f} s")
    assert state["ExitCode"] == 0
    assert not state["OOMKilled"]
    assert seconds < 15


def test_weak_secret_stops_the_start_with_one_sentence() -> None:
    said = docker(
        "run", "--rm", *HARDENED, "--env", "ENVIRONMENT=production", f"todo-backend:{TAG}", check=False
    )
    assert "JWT_SECRET must not be the development default" in said
    assert "Traceback" not in said


def test_changed_source_line_rebuilds_in_seconds(image: str) -> None:
    """The copy of the sources is the only layer after the dependencies."""
    folder = f"services/{FOLDERS[image]}"
    source = next(p for p in sorted(os.listdir(f"{folder}/src")) if p.startswith("todo_"))
    target = f"{folder}/src/{source}/_rebuild_probe.py"
    try:
        with open(target, "w", encoding="utf-8") as file:
            file.write(f"STAMP = {time.time()}\n")
        began = time.monotonic()
        environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
        command = [
            "docker",
            "build",
            "--quiet",
            "--file",
            f"{folder}/Dockerfile",
            "--tag",
            f"{image}:rebuild-probe",
            ".",
        ]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        seconds = time.monotonic() - began
    finally:
        os.unlink(target)
        docker("image", "rm", "--force", f"{image}:rebuild-probe", check=False)
    print(f"\n{image}: rebuilt in {seconds:.1f} s")
    assert seconds < 30


def test_dockerfiles_pass_hadolint() -> None:
    hadolint = shutil.which("hadolint") or ".venv/bin/hadolint"
    files = [f"services/{folder}/Dockerfile" for folder in FOLDERS.values()]
    result = subprocess.run([hadolint, *files], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
