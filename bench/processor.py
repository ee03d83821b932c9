"""Processor time, which other work on the machine distorts far less than it does elapsed time."""

import psutil


def seconds(process: psutil.Process) -> float:
    """What `process` has used so far, in user and kernel mode."""
    times = process.cpu_times()
    return times.user + times.system


def postgres_seconds() -> float:
    """What all PostgreSQL processes that this benchmark has started have used so far."""
    children = psutil.Process().children(recursive=True)
    return sum(seconds(child) for child in children if child.name() == "postgres")
