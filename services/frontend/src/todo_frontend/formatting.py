"""How dates, times and fields read on a page. Pure functions; "today" is always the user's own."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PRIORITIES = {"p1": "Urgent", "p2": "High", "p3": "Medium", "p4": "Normal"}
COLORS = ("purple", "blue", "teal", "green", "amber", "orange", "red", "pink", "gray")
_FIELDS = {
    "title": "Title",
    "notes": "Notes",
    "priority": "Priority",
    "due_date": "Due date",
    "due_time": "Due time",
    "due_timezone": "Time zone",
    "project_id": "Project",
    "labels": "Labels",
    "status": "Status",
}


def short_date(day: date, today: date) -> str:
    """`Today`, `Tomorrow`, `Yesterday`, else `Fri 4 Dec`, with the year where it is another one."""
    distance = (day - today).days
    near = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}
    if distance in near:
        return near[distance]
    text = f"{day:%a} {day.day} {day:%b}"
    return text if day.year == today.year else f"{text} {day.year}"


def long_date(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"


def relative_days(day: date, today: date) -> str:
    """ "3 days ago", "in 2 weeks"; "" for the days that `short_date` already names."""
    distance = (day - today).days
    if abs(distance) < 2:
        return ""
    amount = abs(distance)
    unit, count = ("week", round(amount / 7)) if amount >= 14 else ("day", amount)
    text = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {text}" if distance > 0 else f"{text} ago"


def clock(text: str | None) -> str:
    """`"17:00:00"` or `"17:00"` as `"17:00"`."""
    return (text or "")[:5]


def local_time(moment: datetime, timezone: str) -> str:
    """ "21 Nov 2026, 17:05" in the user's zone."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%b %Y, %H:%M}"


def local_date(moment: datetime, timezone: str) -> date:
    return moment.astimezone(ZoneInfo(timezone)).date()


def field_name(field: str) -> str:
    return _FIELDS.get(field, field.replace("_", " ").capitalize())


def day_after(today: date, days: int) -> date:
    return today + timedelta(days=days)


def browser(user_agent: str | None) -> str:
    """A browser and system that a person recognises, from the usual marks of the `User-Agent` header."""
    text = user_agent or ""
    marks = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Windows": "Windows",
        "Mac OS": "macOS",
    }
    name = next((name for mark, name in marks.items() if mark in text), "")
    system = next((name for mark, name in (systems | {"Linux": "Linux"}).items() if mark in text), "")
    return " on ".join(part for part in (name, system) if part) or "Unknown browser"
