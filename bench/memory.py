"""Resident memory of the backend at rest and after the list benchmark."""

import time

from bench import wrk
from bench.data import token
from bench.place import populated, postgres
from bench.servers import serving
from bench.table import show

_MEGABYTE = 1024 * 1024


def main(*, seconds: int = 20) -> None:
    """Print the megabytes at rest, then twice after `seconds` of load on 100 connections."""
    rows = []
    with postgres() as server:
        url = populated(server, "memory", users=100, tasks=50)
        with serving("todo_backend", url) as (base, process):
            time.sleep(1)
            rows.append(("at rest", process.memory_info().rss / _MEGABYTE))
            for turn in ("after the list benchmark", "after it once more"):
                wrk.run(f"{base}/api/v1/tasks", token=token(1), connections=100, seconds=seconds)
                rows.append((turn, process.memory_info().rss / _MEGABYTE))
    show("Memory of the backend", ("when", "MB"), rows)


if __name__ == "__main__":
    main()
