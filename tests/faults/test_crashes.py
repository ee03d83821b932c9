"""What was acknowledged is there, once, whoever dies when."""

import pytest
from tests.faults import backend_crash, database_crash, idempotency
from tests.faults.platform import Platform

pytestmark = pytest.mark.slow


async def test_parallel_tries_have_one_effect_and_one_answer(platform: Platform) -> None:
    await idempotency.parallel_replays(platform, rounds=3)


async def test_an_answer_is_kept_for_a_day(platform: Platform) -> None:
    await idempotency.kept_for_a_day(platform)


async def test_a_crash_around_the_commit_is_replayed_right(platform: Platform) -> None:
    await idempotency.crash_at_commit(platform, cuts=["after the commit"])


async def test_a_crash_of_the_database_loses_and_doubles_nothing(platform: Platform) -> None:
    counts = await database_crash.run(platform, crashes=1, writers=8, load_seconds=0.5, down_seconds=0.3)
    assert counts["answers 503"] > 0


async def test_a_crash_of_the_backend_loses_and_doubles_nothing(platform: Platform) -> None:
    counts = await backend_crash.run(platform, kills=1, writers=8, load_seconds=0.5)
    assert counts["connections lost"] > 0
