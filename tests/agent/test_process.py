"""The service as operators run it: a process of its own, started, killed, drained."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psutil
import pytest
from tests.agent.builders import a_task, snapshot_json
from tests.agent.conftest import until
from tests.agent.stub_backend import Answer, StubBackend

pytestmark = pytest.mark.slow

RENT = a_task("rent", "2026-11-20", title="Pay rent")
Agent = subprocess.Popen[str]


@pytest.fixture
def start(stub: StubBackend) -> Iterator[Callable[..., Agent]]:
    """Start agents that poll quickly; whatever still runs after the test is killed."""
    running: list[Agent] = []

    def launch(**environment: str) -> Agent:
        settings = {"PORT": "0", "METRICS_PORT": "0", "BACKEND_URL": stub.url, "SWEEP_POLL_SECONDS": "0.1"}
        bare = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
        process = subprocess.Popen(
            [sys.executable, "-m", "todo_agent"],
            env=bare | settings | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield launch
    for process in running:
        process.kill()
        process.communicate()


def stopped(agent: Agent, sig: signal.Signals) -> list[dict[str, Any]]:
    """Send the signal and return the log; ends the test's wait when the process has gone."""
    agent.send_signal(sig)
    output, errors = agent.communicate(timeout=15)
    assert errors == ""
    return [json.loads(line) for line in output.splitlines()]


async def test_kill_9_in_the_middle_of_a_sweep_doubles_and_loses_nothing(
    stub: StubBackend, start: Callable[..., Agent]
) -> None:
    users = [stub.add(snapshot_json([RENT | {"id": f"rent-{n}"}])) for n in range(8)]
    stub.lease_seconds = 2.0
    hanging = {"/suggestions": 30.0}
    stub.before = lambda path: hanging.get(path.removeprefix("/api/v1"), 0.0)
    victim = start()
    await until(lambda: len(stub.suggestions) == 4)

    victim.kill()  # four cards are stored, none of the answers has arrived, nothing is completed
    assert not any(user.completed for user in users)
    hanging.clear()
    start()
    await until(lambda: all(user.completed for user in users))

    assert len(stub.suggestions) == 8
    assert len({card["user_id"] for card in stub.suggestions}) == 8
    assert [user.fence for user in users] == [2] * 8


async def test_sigterm_finishes_what_runs_releases_the_rest_and_exits_0(
    stub: StubBackend, start: Callable[..., Agent]
) -> None:
    users = [stub.add(snapshot_json([RENT | {"id": f"rent-{n}"}])) for n in range(3)]
    stub.before = lambda path: 0.5 if path.endswith("/suggestions") else 0.0
    agent = start(SWEEP_CONCURRENCY="1")
    await until(lambda: stub.suggestions)

    log = stopped(agent, signal.SIGTERM)

    assert agent.returncode == 0
    assert [len(user.completed) for user in users] == [1, 0, 0]
    assert [user.released for user in users] == [0, 1, 1]
    sweeps = [record for record in log if record["message"] == "sweep"]
    assert sorted(record["outcome"] for record in sweeps) == ["completed", "released", "released"]
    assert stub.suggestions[0]["request_id"] in {record["request_id"] for record in sweeps}
    assert "Pay rent" not in json.dumps(log, ensure_ascii=False)


async def test_a_new_task_is_seen_within_seconds_at_the_usual_pace(
    stub: StubBackend, start: Callable[..., Agent]
) -> None:
    start(SWEEP_POLL_SECONDS="3")
    await until(lambda: stub.count("/claim"))

    user = stub.add(snapshot_json([RENT]))
    added = time.monotonic()
    await until(lambda: user.completed, seconds=8)

    assert time.monotonic() - added < 6
    assert stub.count("/claim") <= 5


async def test_it_starts_quickly_says_when_the_backend_is_missing_and_stays_small(
    stub: StubBackend, start: Callable[..., Agent], unused_port: int
) -> None:
    stub.answers["/claim"] = Answer(503, "overloaded")
    started = time.monotonic()
    agent = start(PORT=str(unused_port), HOST="127.0.0.1")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_port}", trust_env=False) as http:
        answer = await _first_answer(http, "/ready")
        assert time.monotonic() - started < 3 * _slowness()
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")

        stub.stop()
        asked = time.monotonic()
        answer = await http.get("/ready")

    assert time.monotonic() - asked < 1
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"backend": {"ok": False, "reason": "unavailable"}}
    assert psutil.Process(agent.pid).memory_info().rss < 100 * 1024 * 1024


def _slowness() -> float:
    """How much longer things may take while other processes keep the machine busy."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


async def _first_answer(http: httpx.AsyncClient, path: str) -> httpx.Response:
    answers: list[httpx.Response] = []

    async def ask() -> None:
        try:
            answers.append(await http.get(path))
        except httpx.TransportError:
            return

    deadline = time.monotonic() + 20
    while not answers and time.monotonic() < deadline:
        await ask()
    return answers[0]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SWEEP_POLL_SECONDS": "60"}, "SWEEP_POLL_SECONDS must be less than or equal to 5."),
        ({"BACKEND_URL": "backend:8000"}, "BACKEND_URL"),
        ({"ENVIRONMENT": "production"}, "AI_AGENT_CLIENT_SECRET must not be the development default"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(
    start: Callable[..., Agent], environment: dict[str, str], sentence: str
) -> None:
    agent = start(**environment)

    _, errors = agent.communicate(timeout=15)

    assert agent.returncode == 2
    assert sentence in errors
    assert len(errors.splitlines()) == 1
