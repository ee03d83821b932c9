"""`docker compose up` from nothing, code that is reloaded, and data that stays. Needs Docker with compose."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PORTS = {
    "FRONTEND_PORT": "33000",
    "BACKEND_PORT": "38000",
    "AI_AGENT_PORT": "38001",
    "POSTGRES_PORT": "35432",
}
FRONTEND, BACKEND = "http://127.0.0.1:33000", "http://127.0.0.1:38000"
ACCOUNT = {"email": "compose@example.org", "password": "a-password-for-compose"}


class Stack:
    """A copy of the checkout, so that files can be changed, and the project that runs from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._env = {
            **os.environ,
            **PORTS,
            "COMPOSE_PROJECT_NAME": "todo-check-compose",
            "TAG": "compose-check",
        }

    def compose(self, *arguments: str) -> str:
        result = subprocess.run(
            ["docker", "compose", *arguments],
            cwd=self.folder, env=self._env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
        return result.stdout

    def up(self, *arguments: str) -> float:
        began = time.monotonic()
        self.compose(*arguments, "up", "--detach", "--wait", "--wait-timeout", "170")
        return time.monotonic() - began


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("compose")
    for name in ("compose.yaml", "compose.override.yaml", "pyproject.toml", "uv.lock", ".dockerignore"):
        shutil.copy(ROOT / name, folder)
    for name in ("packages", "services"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    stack = Stack(folder)
    yield stack
    stack.compose("down", "--volumes", "--remove-orphans", "--rmi", "local")


def until(condition: Callable[[], bool], *, seconds: float = 20) -> float:
    """Seconds until `condition` holds."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if condition():
                return time.monotonic() - began
        except httpx.HTTPError:
            pass  # the service is just being restarted
        time.sleep(0.05)
    raise AssertionError(f"still not so after {seconds} s")


def test_the_plain_images_come_up_healthy_with_one_published_port(stack: Stack) -> None:
    print(f"\nup, plain images, built: {stack.up('-f', 'compose.yaml'):.0f} s")
    assert httpx.get(f"{FRONTEND}/ready").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{BACKEND}/health")
    print(f"up again: {stack.up('-f', 'compose.yaml'):.0f} s")
    stack.compose("-f", "compose.yaml", "down")


def test_mounted_code_is_reloaded(stack: Stack) -> None:
    print(f"\nup, mounted code, built: {stack.up():.0f} s")
    page = stack.folder / "services/frontend/src/todo_frontend/templates/landing.html"
    page.write_text(page.read_text().replace("</h1>", " changed-template</h1>", 1))
    print(f"template: {until(lambda: 'changed-template' in httpx.get(FRONTEND).text):.1f} s")
    app = stack.folder / "services/backend/src/todo_backend/app.py"
    app.write_text(app.read_text().replace('title="todo-chatbot backend"', 'title="changed-title"'))
    changed = until(lambda: "changed-title" in httpx.get(f"{BACKEND}/openapi.json").text)
    print(f"Python file: {changed:.1f} s")


def test_the_data_stays_when_the_containers_go(stack: Stack) -> None:
    stack.up()
    assert httpx.post(f"{BACKEND}/api/v1/auth/signup", json=ACCOUNT).status_code == 201
    stack.compose("down")
    stack.up()
    assert httpx.post(f"{BACKEND}/api/v1/auth/login", json=ACCOUNT).status_code == 200
