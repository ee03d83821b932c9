"""`make dev`: what it starts answers, and what it started is gone afterwards, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from devstack.ports import free_ports
from devstack.services import ROOT

pytestmark = pytest.mark.slow


class Development:
    """A running `python -m devstack dev` on free ports with data of its own."""

    def __init__(self, directory: Path) -> None:
        self.frontend, self.backend, self.agent, metrics = free_ports(4)
        self.log = directory / "output.log"
        self._environment = {
            **os.environ,
            "PYTHONPATH": "scripts",
            "DATA_DIR": str(directory / "data"),
            "DEMO": "0",
            "FRONTEND_PORT": str(self.frontend),
            "BACKEND_PORT": str(self.backend),
            "AI_AGENT_PORT": str(self.agent),
            "METRICS_PORT": str(metrics),
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "devstack", "dev"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        wait_until(lambda: "is ready" in self.output, what="make dev", seconds=60)

    @property
    def output(self) -> str:
        return self.log.read_text()

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


@pytest.fixture
def development(tmp_path: Path) -> Iterator[Development]:
    running = Development(tmp_path)
    yield running
    running.close()


def wait_until(holds: Callable[[], bool], *, what: str, seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"{what}: not within {seconds} s"
        time.sleep(0.1)


def _is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_killed_service_starts_again_and_ctrl_c_stops_everything(development: Development) -> None:
    development.wait_ready()
    page = f"http://localhost:{development.frontend}/"
    assert _answers(page)

    frontend = next(child for child in development.descendants() if "todo_frontend" in child.cmdline())
    frontend.kill()
    wait_until(lambda: "SIGKILL, starting it again" in development.output, what="the report", seconds=10)
    wait_until(lambda: _answers(page), what="the page", seconds=30)

    started = development.descendants()
    assert len(started) > 3
    development.process.send_signal(signal.SIGINT)
    assert development.process.wait(10) == 0
    assert [process for process in started if not _is_gone(process)] == []


def test_nothing_is_left_behind_when_it_is_killed(development: Development) -> None:
    development.wait_ready()
    started = development.descendants()
    development.process.kill()
    development.process.wait(5)
    wait_until(lambda: all(_is_gone(process) for process in started), what="the children", seconds=10)


def test_a_taken_port_is_one_sentence_and_nothing_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        frontend, agent = free_ports(2)
        done = subprocess.run(
            [sys.executable, "-m", "devstack", "dev"],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": "scripts",
                "DATA_DIR": str(tmp_path / "data"),
                "FRONTEND_PORT": str(frontend),
                "BACKEND_PORT": str(port),
                "AI_AGENT_PORT": str(agent),
            },
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert done.returncode == 2
    assert done.stderr == (
        f"Port {port} for the backend is already in use; "
        "stop what uses it or set BACKEND_PORT to another port.\n"
    )
    assert not (tmp_path / "data").exists()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
