"""What the other routes of a page and the writes cost beside the hot list."""

import re
import urllib.request
from pathlib import Path
from statistics import median

import psutil

from bench import wrk
from bench.data import token, user_id
from bench.place import populated, postgres
from bench.processor import postgres_seconds, seconds
from bench.servers import serving
from bench.table import show
from devstack.postgres import EmbeddedPostgres

_ROUNDS = 3
_DURATION = 3
_CONNECTIONS = 10

_HEADERS = f"""
wrk.headers["Authorization"] = "Bearer {token(1)}"
wrk.headers["Content-Type"] = "application/json"
"""
_CREATE = """
request = function() return wrk.format("POST", "/api/v1/tasks", nil, '{"title":"Buy milk"}') end
"""
_CHANGE = """
local ids, n = {%s}, 0
request = function()
    n = n + 1
    return wrk.format("PATCH", "/api/v1/tasks/" .. ids[n %% #ids + 1], nil, '{"notes":"changed ' .. n .. '"}')
end
"""


def main() -> None:
    """Print requests per second, latency, processor time and statements of each route."""
    with postgres() as server:
        url = populated(server, "routes", users=100, tasks=50)
        ids = server.sql(f"SELECT id FROM tasks WHERE user_id = '{user_id(1)}'", "routes").splitlines()
        scripts = {
            "GET /tasks": _get("/tasks"),
            "GET /overview": _get("/overview"),
            "GET /tasks/{id}": _get(f"/tasks/{ids[0]}"),
            "GET /suggestions": _get("/suggestions"),
            "GET /projects": _get("/projects"),
            "GET /labels": _get("/labels"),
            "GET /me": _get("/me"),
            "PATCH /tasks/{id}": _HEADERS + _CHANGE % ",".join(f'"{one}"' for one in ids),
            "POST /tasks": _HEADERS + _CREATE,
        }
        with serving("todo_backend", url) as (base, process):
            _report(base, process, scripts)
            _count_statements(server, base, ids[0])


def _get(path: str) -> str:
    return f'{_HEADERS}request = function() return wrk.format("GET", "/api/v1{path}") end'


def _report(base: str, process: psutil.Process, scripts: dict[str, str]) -> None:
    runs: dict[str, list[tuple[wrk.Load, float]]] = {name: [] for name in scripts}
    for _ in range(_ROUNDS):
        for name, script in scripts.items():
            before = seconds(process) + postgres_seconds()
            load = wrk.run(base, connections=_CONNECTIONS, seconds=_DURATION, script=script)
            used = seconds(process) + postgres_seconds() - before
            runs[name].append((load, used * 1_000_000 / (load.rate * _DURATION)))
    hot = median(cost for _, cost in runs["GET /tasks"])
    rows = []
    for name, some in runs.items():
        cost = median(cost for _, cost in some)
        loads = [load for load, _ in some]
        latency = median(load.p50 for load in loads), median(load.p99 for load in loads)
        errors = sum(load.errors for load in loads)
        rows.append((name, median(load.rate for load in loads), *latency, cost, cost / hot, errors))
    columns = ("route", "req/s", "p50 ms", "p99 ms", "µs of processor", "× hot list", "errors")
    show(f"Routes, {_CONNECTIONS} connections, backend and PostgreSQL together", columns, rows)


def _count_statements(server: EmbeddedPostgres, base: str, task: str) -> None:
    """Count what PostgreSQL's own log says one request of each kind sends."""
    server.sql("ALTER SYSTEM SET log_statement = 'all'")
    server.sql("SELECT pg_reload_conf()")
    rows = []
    for method, path, body in (
        ("GET", "/tasks", None),
        ("GET", f"/tasks/{task}", None),
        ("POST", "/tasks", b'{"title":"Buy milk"}'),
        ("PATCH", f"/tasks/{task}", b'{"title":"Buy bread"}'),
    ):
        _send(base, method, path, body)
        other = body and body.replace(b"Buy", b"Sell")  # a change to what is there already would cost less
        start = server.log_file.stat().st_size
        _send(base, method, path, other)
        sent = re.findall(r"LOG:  (?:execute [^:]+|statement):\s+(\w+)", _tail(server.log_file, start))
        frame = sum(word in {"BEGIN", "COMMIT"} for word in sent)
        rows.append((f"{method} {path.replace(task, '{id}')}", len(sent) - frame, frame))
    show("Statements per request", ("route", "statements", "BEGIN and COMMIT"), rows)


def _tail(file: Path, start: int) -> str:
    with file.open("rb") as log:
        log.seek(start)
        return log.read().decode(errors="replace")


def _send(base: str, method: str, path: str, body: bytes | None) -> None:
    headers = {"Authorization": f"Bearer {token(1)}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{base}/api/v1{path}", data=body, headers=headers, method=method)
    urllib.request.urlopen(request, timeout=10).close()


if __name__ == "__main__":
    main()
