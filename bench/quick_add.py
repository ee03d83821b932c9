"""How long quick add takes to read a text: `python -m bench.quick_add`. One process, no I/O."""

import json
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter_ns
from zoneinfo import ZoneInfo

from todo_backend.quickadd.parser import parse

_VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "quick_add.json"
_TYPICAL = "pay rent tomorrow 5pm p1 #home @bills"
_LONGEST = ("every monday at 9 " * 60)[:1000]
_ROUNDS = 200


def _microseconds(text: str, *, now: datetime, zone: ZoneInfo, rounds: int = _ROUNDS) -> float:
    """The median of `rounds` parses."""
    taken = []
    for _ in range(rounds):
        start = perf_counter_ns()
        parse(text, now=now, zone=zone)
        taken.append(perf_counter_ns() - start)
    return median(taken) / 1000


def main() -> None:
    """Print microseconds for a typical text, all vectors and the longest text that the API takes."""
    now, zone = datetime.fromisoformat("2026-11-21T13:19:00+01:00"), ZoneInfo("Europe/Berlin")
    vectors = json.loads(_VECTORS.read_text())
    each = [
        _microseconds(
            case["text"], now=datetime.fromisoformat(case["now"]), zone=ZoneInfo(case["zone"]), rounds=20
        )
        for case in vectors
    ]
    print(f"{_TYPICAL!r}: {_microseconds(_TYPICAL, now=now, zone=zone):.0f} µs")
    print(f"{len(each)} vectors: median {median(each):.0f} µs, p99 {quantiles(each, n=100)[98]:.0f} µs")
    print(f"1,000 characters full of dates: {_microseconds(_LONGEST, now=now, zone=zone):.0f} µs")


if __name__ == "__main__":
    main()
