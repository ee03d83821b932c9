"""Rules of repetition: the part of RFC 5545 section 3.3.10 that quick add can say in words."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from todo_backend.quickadd.days import DAY_NAMES, MONTH_NAMES, add_months, on_day, ordinal, short_date

Frequency = Literal["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNIT: dict[str, str] = {
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}
_WORKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. As text it is an RFC 5545 recur value, and `X-FROM=COMPLETION` for "every!".

    RFC 5545 has no word for "counted from when it was done"; the part follows the experimental names that
    RFC 2445 section 4.3.10 allowed there, so a reader that knows it not can drop it.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    """0 is Monday. With MONTHLY: one weekday, see `nth`."""
    nth: int | None = None
    """MONTHLY: which of the month's weekdays, 1 to 5; -1 is the last one."""
    month_day: int | None = None
    """1 to 31; -1 is the last day. A month without that day counts with its last day."""
    month: int | None = None
    until: date | None = None
    from_completion: bool = False

    def text(self) -> str:
        """`FREQ=WEEKLY;BYDAY=MO,TH`."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.until:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        if self.month:
            parts.append(f"BYMONTH={self.month}")
        if self.month_day:
            parts.append(f"BYMONTHDAY={self.month_day}")
        if self.weekdays:
            prefix = str(self.nth) if self.nth else ""
            parts.append("BYDAY=" + ",".join(prefix + _CODES[day] for day in self.weekdays))
        if self.from_completion:
            parts.append("X-FROM=COMPLETION")
        return ";".join(parts)

    @classmethod
    def from_text(cls, text: str) -> "Rule":
        """The rule that `text()` wrote. Raises `ValueError` or `KeyError` for other text."""
        parts = dict(part.split("=", 1) for part in text.split(";"))
        days = [day for day in parts.get("BYDAY", "").split(",") if day]
        frequency = parts["FREQ"]
        if frequency not in _UNIT:
            raise ValueError(f"no frequency of ours: {frequency}")
        return cls(
            frequency=frequency,  # type: ignore[arg-type]  # checked in the line above
            interval=int(parts.get("INTERVAL", "1")),
            weekdays=tuple(_CODES.index(day[-2:]) for day in days),
            nth=int(days[0][:-2]) if days and days[0][:-2] else None,
            month_day=int(parts["BYMONTHDAY"]) if "BYMONTHDAY" in parts else None,
            month=int(parts["BYMONTH"]) if "BYMONTH" in parts else None,
            until=date.fromisoformat(parts["UNTIL"]) if "UNTIL" in parts else None,
            from_completion=parts.get("X-FROM") == "COMPLETION",
        )

    def words(self) -> str:
        """The rule in quick add's own English: `every 2 weeks on Mon and Thu`."""
        every = "every! " if self.from_completion else "every "
        return every + self._period() + (f" until {self.until.isoformat()}" if self.until else "")

    def _period(self) -> str:
        unit = _UNIT[self.frequency]
        period = unit if self.interval == 1 else f"{self.interval} {unit}s"
        if self.frequency == "WEEKLY" and self.weekdays:
            if self.interval == 1:
                return "weekday" if self.weekdays == _WORKDAYS else _days(self.weekdays)
            return f"{period} on {_days(self.weekdays)}"
        if self.nth:
            which = "last" if self.nth == -1 else ordinal(self.nth)
            return f"{period} on the {which} {DAY_NAMES[self.weekdays[0]]}"
        if self.month and self.month_day:
            return f"{period} on {self.month_day} {MONTH_NAMES[self.month - 1]}"
        if self.month_day:
            return f"{period} on the {'last day' if self.month_day == -1 else ordinal(self.month_day)}"
        return period

    def first(self, earliest: date) -> date:
        """The first day on or after `earliest` that the rule allows."""
        if self.frequency == "WEEKLY" and self.weekdays:
            return min(earliest + timedelta((day - earliest.weekday()) % 7) for day in self.weekdays)
        if self.frequency == "YEARLY" and self.month and self.month_day:
            this_year = on_day(earliest.year, self.month, self.month_day)
            return (
                this_year if this_year >= earliest else on_day(earliest.year + 1, self.month, self.month_day)
            )
        if self.frequency == "MONTHLY" and (self.month_day or self.nth):
            this_month = self._in_month(earliest)
            return (
                this_month
                if this_month >= earliest
                else self._in_month(add_months(earliest.replace(day=1), 1))
            )
        return earliest

    def _in_month(self, day: date) -> date:
        last = monthrange(day.year, day.month)[1]
        if not self.nth:
            return on_day(day.year, day.month, self.month_day or 1)
        if self.nth == -1:
            end = day.replace(day=last)
            return end - timedelta((end.weekday() - self.weekdays[0]) % 7)
        first = 1 + (self.weekdays[0] - day.replace(day=1).weekday()) % 7
        number = first + 7 * (self.nth - 1)
        return day.replace(day=number if number <= last else number - 7)

    def says(self, first: date) -> str:
        """For people: the rule and its first day."""
        reason = ", counted from when it is done" if self.from_completion else ""
        until = f" until {short_date(self.until)}" if self.until else ""
        return f"every {self._period()}{until}{reason}, first on {short_date(first)}"


def _days(days: tuple[int, ...]) -> str:
    if len(days) == 1:
        return DAY_NAMES[days[0]]
    names = [DAY_NAMES[day][:3] for day in days]
    return ", ".join(names[:-1]) + " and " + names[-1]
