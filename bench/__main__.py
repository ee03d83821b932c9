"""`make bench` runs all benchmarks; `make bench ARGS="hot_list routes"` only those."""

import sys
from collections.abc import Callable

from bench import growth, hot_list, layers, memory, routes

_ALL: dict[str, Callable[[], None]] = {
    "hot_list": hot_list.main,
    "layers": layers.main,
    "routes": routes.main,
    "growth": growth.main,
    "memory": memory.main,
}


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all."""
    if unknown := set(names) - set(_ALL):
        sys.exit(f"No benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(_ALL)}.")
    for name in names or _ALL:
        _ALL[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
