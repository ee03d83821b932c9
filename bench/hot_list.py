"""`GET /tasks` with 50 tasks: the product between the limit and the ordinary way.

All servers run at once and take turns, so that whatever else the machine does hits them alike.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

import psutil

from bench import wrk
from bench.data import token
from bench.place import populated, postgres
from bench.processor import postgres_seconds, seconds
from bench.servers import serving
from bench.table import show

_MODULES = {"limit": "bench.baselines.limit", "product": "todo_backend", "orm": "bench.baselines.orm"}
_CONNECTIONS = (1, 10, 100)


@dataclass(frozen=True)
class Run:
    """A load, and its microseconds of processor time per request in the server and in PostgreSQL."""

    load: wrk.Load
    server: float
    postgres: float


def main(*, rounds: int = 3, duration: int = 3) -> None:
    """Print the medians of `rounds` alternating rounds of `duration` seconds."""
    with postgres() as server, ExitStack() as stack:
        url = populated(server, "hot_list", users=100, tasks=50)
        servers = {name: stack.enter_context(serving(module, url)) for name, module in _MODULES.items()}
        for base, process in servers.values():
            _measure(base, process, connections=10, duration=2)
        for connections in _CONNECTIONS:
            runs: dict[str, list[Run]] = {name: [] for name in servers}
            for _ in range(rounds):
                for name, (base, process) in servers.items():
                    runs[name].append(_measure(base, process, connections=connections, duration=duration))
            _report(runs, connections)


def _measure(base: str, process: psutil.Process, *, connections: int, duration: int) -> Run:
    before = seconds(process), postgres_seconds()
    load = wrk.run(f"{base}/api/v1/tasks", token=token(1), connections=connections, seconds=duration)
    requests = load.rate * duration / 1_000_000
    return Run(load, (seconds(process) - before[0]) / requests, (postgres_seconds() - before[1]) / requests)


def _report(runs: dict[str, list[Run]], connections: int) -> None:
    rate = {name: median(run.load.rate for run in some) for name, some in runs.items()}
    rows = []
    for name, some in runs.items():
        p50, p99 = median(run.load.p50 for run in some), median(run.load.p99 for run in some)
        ratios = (rate[name] / rate["limit"], rate[name] / rate["orm"])
        costs = (median(run.server for run in some), median(run.postgres for run in some))
        rows.append(
            (name, rate[name], *ratios, p50, p99, p99 / p50, *costs, sum(run.load.errors for run in some))
        )
    columns = ("server", "req/s", "of limit", "× orm", "p50 ms", "p99 ms", "p99/p50", "server µs", "PG µs")
    show(f"GET /tasks, 50 tasks, {connections} connections", (*columns, "errors"), rows)


if __name__ == "__main__":
    main()
