"""The agent's own limiter, and how often it looks for work."""

from statistics import mean
from uuid import uuid4

from todo_agent.sweeps.limiter import SuggestionLimiter
from todo_agent.sweeps.polling import Pauses


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_ten_in_any_hour_and_no_more() -> None:
    clock, user = Clock(), uuid4()
    limiter = SuggestionLimiter(clock=clock)
    for _ in range(10):
        assert limiter.wait_seconds(user) == 0
        limiter.record(user)
        clock.now += 60

    assert limiter.wait_seconds(user) == 3600 - 600
    assert limiter.wait_seconds(uuid4()) == 0
    clock.now += 3000
    assert limiter.wait_seconds(user) == 0
    limiter.record(user)
    assert limiter.wait_seconds(user) == 60


def test_what_the_backend_asks_for_is_waited_for() -> None:
    clock, user = Clock(), uuid4()
    limiter = SuggestionLimiter(clock=clock)

    limiter.block(user, 90)

    assert limiter.wait_seconds(user) == 90
    clock.now += 90
    assert limiter.wait_seconds(user) == 0


def test_users_without_suggestions_in_the_last_hour_are_forgotten() -> None:
    clock = Clock()
    limiter = SuggestionLimiter(clock=clock)
    for _ in range(5000):
        limiter.record(uuid4())
        clock.now += 10

    assert len(limiter._made) <= 1360 + 1


def test_a_full_batch_is_followed_by_the_next_at_once() -> None:
    assert Pauses(3).after_claim(claimed=10, limit=10) == 0


def test_idle_looks_are_spread_and_become_rare_but_never_later_than_five_seconds() -> None:
    pauses = Pauses(3)
    fresh = [pauses.after_claim(claimed=0, limit=10) for _ in range(20)]
    idle = [pauses.after_claim(claimed=0, limit=10) for _ in range(200)]

    assert 1.5 <= min(fresh) < max(fresh) <= 4.5
    assert mean(idle) > 4.5
    assert max(idle) <= 5
    assert pauses.after_claim(claimed=1, limit=10) <= 4.5


def test_failures_back_off_with_jitter_up_to_five_seconds() -> None:
    pauses = Pauses(3)

    waits = [pauses.after_failure() for _ in range(1100)]

    assert waits[0] <= 0.5
    assert max(waits) <= 5
    assert 2 < mean(waits[10:]) < 3.2
