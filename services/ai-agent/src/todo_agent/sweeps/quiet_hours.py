"""When the user wants to be left alone, on their own clock."""

from datetime import UTC, datetime, time, timedelta

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
    moments = (
        datetime.combine(today + timedelta(days=offset), clock, tzinfo=zone)
        .replace(fold=fold)
        .astimezone(UTC)
        for offset in range(3)
        for fold in (0, 1)
    )
    return min(moment for moment in moments if moment > now)


def _covers(hours: QuietHours, clock: time) -> bool:
    """The end is no longer quiet. Equal times mean no quiet hours at all."""
    if hours.start <= hours.end:
        return hours.start <= clock < hours.end
    return clock >= hours.start or clock < hours.end
