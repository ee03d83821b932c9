"""When tasks become overdue, against an oracle that knows nothing but the clocks of each zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todo_backend.tasks.overdue import FIRST_DATE, LAST_DATE, overdue_at

ZONES = sorted(name for name in available_timezones() if not name.startswith(("posix", "right")))
dates = st.dates(date(1975, 1, 1), date(2037, 12, 30))
times = st.times().map(lambda value: value.replace(second=0, microsecond=0))


def _oracle(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first minute at which the zone's clocks show `wall` or later, found by walking."""
    moment = (wall - timedelta(hours=15)).replace(tzinfo=UTC)
    step = timedelta(hours=1)
    while moment.astimezone(zone).replace(tzinfo=None) + timedelta(hours=3) < wall:
        moment += step
    while moment.astimezone(zone).replace(tzinfo=None) < wall:
        moment += timedelta(minutes=1)
    return moment


@given(dates, st.sampled_from(ZONES))
def test_a_date_ends_with_its_day_in_every_zone(day: date, name: str) -> None:
    found = overdue_at(day, None, None, name)
    assert found is not None
    zone = ZoneInfo(name)
    assert found.astimezone(zone).date() > day
    assert (found - timedelta(seconds=1)).astimezone(zone).date() <= day


@given(dates, times, st.sampled_from(ZONES))
def test_a_time_is_the_first_instant_at_which_the_clocks_show_it(day: date, clock: time, name: str) -> None:
    found = overdue_at(day, clock, name, "UTC")
    assert found is not None
    if (zone := ZoneInfo(name)).utcoffset(datetime.combine(day, clock)).seconds % 60 == 0:  # type: ignore[union-attr]
        assert found == _oracle(datetime.combine(day, clock), zone)


@given(dates, times, times, st.sampled_from(ZONES))
def test_a_later_time_is_never_overdue_earlier(day: date, one: time, other: time, name: str) -> None:
    earlier, later = sorted((one, other))
    first, second = overdue_at(day, earlier, name, "UTC"), overdue_at(day, later, name, "UTC")
    end = overdue_at(day, None, None, name)
    assert first is not None
    assert second is not None
    assert end is not None
    assert first <= second <= end


@pytest.mark.parametrize(
    ("day", "clock", "zone", "expected"),
    [
        ("2026-11-20", None, "Etc/GMT+12", "2026-11-21T12:00"),
        ("2026-11-20", None, "Pacific/Kiritimati", "2026-11-20T10:00"),
        ("2026-11-20", None, "Asia/Kathmandu", "2026-11-20T18:15"),
        ("2026-11-20", "17:00", "Asia/Tokyo", "2026-11-20T08:00"),
        # 02:30 does not exist in Berlin on this day: the clocks go from 02:00 to 03:00 at 01:00 UTC.
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:00"),
        # 02:30 comes twice: the first one counts.
        ("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30"),
        # Midnight does not exist in Beirut on this day: it begins at 01:00, 22:00 UTC of the day before.
        ("2026-03-28", None, "Asia/Beirut", "2026-03-28T22:00"),
        # Samoa skipped the whole of 30 December 2011.
        ("2011-12-29", None, "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
def test_known_cases(day: str, clock: str | None, zone: str, expected: str) -> None:
    found = overdue_at(date.fromisoformat(day), (clock and time.fromisoformat(clock)) or None, None, zone)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "UTC", "Pacific/Kiritimati"])
@pytest.mark.parametrize("day", [FIRST_DATE, LAST_DATE])
def test_the_first_and_the_last_date_work_everywhere(day: date, zone: str) -> None:
    assert overdue_at(day, None, None, zone) is not None


def test_without_a_date_nothing_is_ever_overdue() -> None:
    assert overdue_at(None, None, None, "UTC") is None


def test_the_tasks_own_zone_wins_over_the_users() -> None:
    assert overdue_at(date(2026, 1, 1), time(9), "Asia/Tokyo", "Europe/Berlin") == datetime(
        2026, 1, 1, 0, tzinfo=UTC
    )
