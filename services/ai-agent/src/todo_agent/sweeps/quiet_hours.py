"""When the user wants to be left alone, on their own clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from todo_agent.backend.dto import QuietHours, Snapshot


def quiet_until(snapshot: Snapshot) -> datetime | None:
    """The end of the quiet hours that `snapshot.now` lies in, as an instant in UTC; None outside of them."""
    hours = snapshot.quiet_hours
    if hours is None or not _covers(hours, snapshot.local_now.time()):
        return None
    return next_time(snapshot, hours.end)


def next_time(snapshot: Snapshot, clock: time) -> datetime:
    """The next instant after `now` at which the user's clock shows `clock`, in UTC.

    On a day that skips this time it is the instant at which the clock would have shown it; on a day that
    shows it twice, whichever comes next (PEP 495).
    """
    now, zone = snapshot.now, snapshot.zone
    today = snapshot.local_now.date()
    days = (today + timedelta(days=offset) for offset in range(3))
    moments = (moment for day in days for moment in _instants(day, clock, zone))
    return min(moment for moment in moments if moment > now)


def _instants(day: date, clock: time, zone: ZoneInfo) -> Iterator[datetime]:
    local = datetime.combine(day, clock, tzinfo=zone)
    yield local.astimezone(UTC)
    again = local.replace(fold=1).astimezone(UTC)
    if again.astimezone(zone).time() == clock:  # not on a day that skips this time
        yield again


def _covers(hours: QuietHours, clock: time) -> bool:
    """The end is no longer quiet. Equal times mean no quiet hours at all."""
    if hours.start <= hours.end:
        return hours.start <= clock < hours.end
    return clock >= hours.start or clock < hours.end
