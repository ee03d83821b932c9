"""The loop against a real HTTP backend: claim, post, complete, and everything that can go wrong between."""

import asyncio
import logging
import urllib.parse

import pytest
from tests.agent.builders import a_task, snapshot_json
from tests.agent.conftest import Running, until
from tests.agent.stub_backend import Answer, StubBackend

from todo_kit.metrics import REGISTRY

RENT = a_task("rent", "2026-11-20", title="Pay rent to the SECRETIVE landlord")


async def test_a_due_user_is_claimed_gets_a_card_and_is_completed(
    stub: StubBackend, working: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "todo_agent")
    user = stub.add(snapshot_json([RENT]))

    async with working():
        await until(lambda: user.completed)

    (card,) = stub.suggestions
    assert (card["agent"], card["rule"], card["source"]) == ("overdue", "overdue", "rules")
    assert card["changes"][0]["from"] == "2026-11-20"
    assert user.completed == ["2026-11-22T07:00:00+00:00"]
    assert "SECRETIVE" not in caplog.text
    sweep_ids = {request_id for path, request_id in stub.requests if not path.endswith(("claim", "token"))}
    assert sweep_ids == {card["request_id"]}, "posting and completing share the sweep's own request id"
    assert None not in sweep_ids


async def test_operators_can_count_sweeps_and_cards_and_see_how_late_they_were(
    stub: StubBackend, working: Running
) -> None:
    series = {
        "sweeps_total": {"agent": "overdue", "outcome": "completed"},
        "sweep_suggestions_total": {"rule": "overdue", "result": "created"},
        "sweep_lateness_seconds_count": {"agent": "overdue"},
    }

    def values() -> list[float]:
        return [REGISTRY.get_sample_value(name, labels) or 0.0 for name, labels in series.items()]

    before = values()
    user = stub.add(snapshot_json([RENT]))
    async with working():
        await until(lambda: user.completed)

    assert [after - value for after, value in zip(values(), before, strict=True)] == [1, 1, 1]


async def test_a_backlog_is_drained_at_full_speed(stub: StubBackend, working: Running) -> None:
    users = [stub.add(snapshot_json([RENT])) for _ in range(40)]

    async with working(batch=10, poll_seconds=5.0):
        await until(lambda: all(user.completed for user in users), seconds=4)

    assert stub.count("/claim") <= 5


async def test_one_poisonous_user_spoils_nothing_for_the_others(
    stub: StubBackend, working: Running, caplog: pytest.LogCaptureFixture
) -> None:
    poison = stub.add(snapshot_json([RENT | {"priority": "SECRETIVE"}]))
    good = stub.add(snapshot_json([RENT]))

    async with working():
        await until(lambda: good.completed)

    assert poison.completed == []
    assert poison.released == 0
    assert poison.attempts == 1
    record = next(record for record in caplog.records if record.message == "sweep failed")
    assert vars(record)["user_id"] == str(poison.id)
    assert "SECRETIVE" not in caplog.text


async def test_a_stale_fence_is_dropped_quietly(
    stub: StubBackend, working: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "todo_agent")
    user = stub.add(snapshot_json([RENT]))

    def take_over(path: str) -> float:
        if path.endswith("/claim"):
            user.fence += 1  # somebody else has claimed the user since
        return 0.0

    stub.before = take_over
    async with working():
        await until(lambda: any(vars(record).get("outcome") == "stale" for record in caplog.records))

    assert stub.suggestions == []
    assert user.completed == []
    assert user.released == 0
    assert all(record.levelno <= logging.INFO for record in caplog.records)


async def test_a_lease_that_is_half_gone_is_released_and_not_started(
    stub: StubBackend, working: Running
) -> None:
    stub.lease_seconds = 0.4
    user = stub.add(snapshot_json([RENT]))
    slow_once = iter([0.25])
    stub.before = lambda path: next(slow_once, 0.0) if path.endswith("/claim") else 0.0

    async with working():
        await until(lambda: user.released)
        assert user.fence == 1
        await until(lambda: user.completed)

    assert len(stub.suggestions) == 1


async def test_the_drain_releases_what_has_not_been_started(stub: StubBackend, working: Running) -> None:
    users = [stub.add(snapshot_json([RENT])) for _ in range(6)]
    stub.before = lambda path: 0.3 if path.endswith("/suggestions") else 0.0

    async with working(concurrency=1) as drain:
        await until(lambda: stub.count("/suggestions"))
        drain.begin()

    assert [len(user.completed) for user in users] == [1, 0, 0, 0, 0, 0]
    assert [user.released for user in users] == [0, 1, 1, 1, 1, 1]


async def test_the_hour_limit_of_the_backend_is_kept_and_waited_for(
    stub: StubBackend, working: Running
) -> None:
    user = stub.add(snapshot_json([RENT, a_task("old", "2026-01-01")]))
    stub.answers["/suggestions"] = Answer(429, "rate_limited", {"Retry-After": "900"})

    async with working():
        await until(lambda: user.completed)

    assert stub.count("/suggestions") == 1
    assert user.completed == ["2026-11-21T12:15:00+00:00"]


@pytest.mark.parametrize(
    ("answer", "tried"),
    [
        (Answer(409, "suggestion_unwanted"), 2),
        (Answer(409, "open_limit_reached"), 1),
        (Answer(422, "validation_failed"), 2),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
async def test_refused_cards_do_not_keep_the_sweep_from_completing(
    stub: StubBackend, working: Running, answer: Answer, tried: int
) -> None:
    user = stub.add(snapshot_json([RENT, a_task("old", "2026-01-01")]))
    stub.answers["/suggestions"] = answer

    async with working():
        await until(lambda: user.completed)

    assert stub.count("/suggestions") == tried


async def test_a_backend_that_fails_on_cards_is_not_hammered(stub: StubBackend, working: Running) -> None:
    user = stub.add(snapshot_json([RENT]))
    stub.answers["/suggestions"] = Answer(500, "internal_error")

    async with working():
        await until(lambda: stub.count("/suggestions"))
        await asyncio.sleep(0.3)

    assert stub.count("/suggestions") == 1
    assert user.completed == []
    assert user.lease_until is not None


@pytest.mark.slow
async def test_an_outage_is_logged_once_and_over_when_the_backend_is_back(
    stub: StubBackend, working: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "todo_agent")
    port = urllib.parse.urlsplit(stub.url).port or 0
    stub.stop()

    async with working():
        await until(lambda: caplog.records)
        await asyncio.sleep(1.5)
        assert [record.message for record in caplog.records] == ["cannot claim sweeps"]
        user = stub.add(snapshot_json([RENT]))
        stub.start(port)
        await until(lambda: user.completed)

    messages = [record.message for record in caplog.records]
    assert messages.count("claiming sweeps again") == 1
    assert len(stub.suggestions) == 1


async def test_a_wrong_secret_is_named(
    stub: StubBackend, working: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.agent.stub_backend.SECRET", "another")

    async with working():
        await until(lambda: stub.count("/oauth/token") >= 2)

    messages = [record for record in caplog.records if record.message == "cannot claim sweeps"]
    assert len(messages) == 1
    assert "AI_AGENT_CLIENT_SECRET" in vars(messages[0])["reason"]


async def test_an_answer_that_makes_no_sense_does_not_stop_the_loop(
    stub: StubBackend, working: Running, caplog: pytest.LogCaptureFixture
) -> None:
    user = stub.add(snapshot_json([RENT]))
    stub.answers["/claim"] = Answer(200, "SECRETIVE")

    async with working():
        await until(lambda: stub.count("/claim") >= 2)
        stub.answers.clear()
        await until(lambda: user.completed)

    assert [record.message for record in caplog.records] == ["cannot claim sweeps"]
    assert "SECRETIVE" not in caplog.text


async def test_a_token_that_is_refused_is_replaced(stub: StubBackend, working: Running) -> None:
    async with working():
        await until(lambda: stub.count("/claim") >= 2)
        stub.tokens.clear()
        user = stub.add(snapshot_json([RENT]))
        await until(lambda: user.completed)

    assert stub.count("/oauth/token") == 2
