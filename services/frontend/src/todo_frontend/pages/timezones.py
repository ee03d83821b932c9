"""The time zones on offer in forms."""

from functools import cache
from zoneinfo import available_timezones

_ODD = ("Etc/", "SystemV/", "posix/", "right/")


@cache
def timezone_names() -> tuple[str, ...]:
    """IANA names of places, plus UTC first: `Europe/Berlin`, not `Etc/GMT-1`, `CET` or `US/Pacific`."""
    places = {name for name in available_timezones() if "/" in name and not name.startswith((*_ODD, "US/"))}
    return ("UTC", *sorted(places))
