"""`GET /tasks` with 50 tasks: the product between the limit and the ordinary way.

All servers run at once and take turns, so that whatever else the machine does hits them alike.
"""

from contextlib import ExitStack
from statistics import median

from bench import wrk
from bench.data import token
from bench.place import populated, postgres
from bench.servers import serving
from bench.table import show

_MODULES = {"limit": "bench.baselines.limit", "product": "todo_backend", "orm": "bench.baselines.orm"}
_CONNECTIONS = (1, 10, 100)


def main(*, rounds: int = 3, seconds: int = 4) -> None:
    """Print the medians of `rounds` alternating rounds."""
    with postgres() as server, ExitStack() as stack:
        url = populated(server, "hot_list", users=100, tasks=50)
        bases = {name: stack.enter_context(serving(module, url))[0] for name, module in _MODULES.items()}
        for base in bases.values():
            wrk.run(f"{base}/api/v1/tasks", token=token(1), connections=10, seconds=2)
        for connections in _CONNECTIONS:
            _compare(bases, connections=connections, rounds=rounds, seconds=seconds)


def _compare(bases: dict[str, str], *, connections: int, rounds: int, seconds: int) -> None:
    loads: dict[str, list[wrk.Load]] = {name: [] for name in bases}
    for _ in range(rounds):
        for name, base in bases.items():
            loads[name].append(
                wrk.run(f"{base}/api/v1/tasks", token=token(1), connections=connections, seconds=seconds)
            )
    rate = {name: median(load.rate for load in runs) for name, runs in loads.items()}
    rows = []
    for name, runs in loads.items():
        p50, p99 = median(load.p50 for load in runs), median(load.p99 for load in runs)
        ratios = (rate[name] / rate["limit"], rate[name] / rate["orm"])
        rows.append((name, rate[name], p50, p99, p99 / p50, *ratios, sum(load.errors for load in runs)))
    columns = ("server", "requests/s", "p50 ms", "p99 ms", "p99/p50", "of limit", "× orm", "errors")
    show(f"GET /tasks, 50 tasks, {connections} connections, medians of {rounds}", columns, rows)


if __name__ == "__main__":
    main()
