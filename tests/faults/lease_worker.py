"""A worker of the lease protocol that often fails: `python -m tests.faults.lease_worker …`.

Written against the protocol and not with the agent's code: small, synchronous, and killed with SIGKILL as
often as one likes, because the parent only has to fork again. Each worker appends to a history of its own,
a JSON record per line, in one write, so that a kill leaves whole records.
"""

import http.client
import json
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_IDLE_SECONDS = 0.1


@dataclass(frozen=True)
class Orders:
    """What the workers are told. `killed` and `too_long` are shares of the leases."""

    port: int
    token: str
    workers: int
    seconds: float
    lease_seconds: float
    killed: float
    too_long: float
    directory: str


class Worker:
    """One process: claim, work, complete, write down each step."""

    def __init__(self, orders: Orders, name: str) -> None:
        self._orders = orders
        self._name = name
        self._connection = http.client.HTTPConnection("127.0.0.1", orders.port, timeout=30)
        path = Path(orders.directory) / f"{name}.history"
        self._history = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def run(self, until: float) -> None:
        """Work until that moment (monotonic)."""
        while time.monotonic() < until:
            before = time.monotonic()
            status, answer = self._post("/api/v1/sweeps/claim", {"worker": self._name, "limit": 3})
            assert status == 200, answer
            leases = answer["leases"]
            after = time.monotonic()
            for lease in leases:
                self._record("claim", lease, sent=before, answered=after, lease_until=lease["lease_until"])
            for lease in leases:
                self._handle(lease, claimed_at=before)
            if not leases:
                time.sleep(_IDLE_SECONDS)

    def _handle(self, lease: dict[str, Any], *, claimed_at: float) -> None:
        fate = random.random()
        if fate < self._orders.killed:
            os.kill(os.getpid(), signal.SIGKILL)
        if fate < self._orders.killed + self._orders.too_long:
            time.sleep(random.uniform(1.2, 5) * self._orders.lease_seconds)
            self._timed("suggest", lease, "/api/v1/suggestions", _card(lease))
        elif time.monotonic() - claimed_at > self._orders.lease_seconds / 2:
            # Too little is left of a lease that waited for others in its batch.
            self._timed("release", lease, _path(lease, "release"), {"fence": lease["fence"]})
            return
        else:
            time.sleep(random.uniform(0, 0.02))
        done = {"fence": lease["fence"], "next_due_at": None}
        self._timed("complete", lease, _path(lease, "complete"), done)

    def _timed(self, operation: str, lease: dict[str, Any], path: str, body: dict[str, Any]) -> None:
        sent = time.monotonic()
        status, answer = self._post(path, body)
        code = answer.get("code", "") if answer else ""
        self._record(operation, lease, sent=sent, answered=time.monotonic(), status=status, code=code)

    def _record(self, operation: str, lease: dict[str, Any], **more: Any) -> None:
        record = {
            "operation": operation,
            "key": f"{lease['user_id']}/{lease['agent']}",
            "fence": lease["fence"],
            "version": max((task["version"] for task in lease["snapshot"]["tasks"]), default=0),
            **more,
        }
        os.write(self._history, json.dumps(record).encode() + b"\n")

    def _post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._orders.token}", "Content-Type": "application/json"}
        self._connection.request("POST", path, json.dumps(body), headers)
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None


def _path(lease: dict[str, Any], verb: str) -> str:
    return f"/api/v1/sweeps/{lease['user_id']}/{lease['agent']}/{verb}"


def _card(lease: dict[str, Any]) -> dict[str, Any]:
    task = lease["snapshot"]["tasks"][0]
    change = {"task_id": task["id"], "field": "priority", "from": task["priority"], "to": "p1"}
    return {
        "user_id": lease["user_id"],
        "agent": lease["agent"],
        "fence": lease["fence"],
        "rule": "too_long",
        "title": "Late",
        "reason": "This worker took too long.",
        "evidence": {},
        "changes": [change | {"task_version": task["version"]}],
        "fingerprint": f"{lease['agent']}-{lease['fence']}",
        "source": "rules",
    }


def supervise(orders: Orders) -> int:
    """Keep that many workers alive until the time is over; returns how many were killed."""
    until = time.monotonic() + orders.seconds
    alive: set[int] = set()
    serial = killed = 0
    while alive or time.monotonic() < until:
        while len(alive) < orders.workers and time.monotonic() < until:
            serial += 1
            alive.add(_fork(orders, f"worker-{serial}", until))
        pid, status = os.wait()
        alive.discard(pid)
        if os.WIFSIGNALED(status):
            killed += 1
        elif status != 0:
            raise RuntimeError("a worker failed")
    return killed


def _fork(orders: Orders, name: str, until: float) -> int:
    pid = os.fork()
    if pid == 0:
        random.seed()
        try:
            Worker(orders, name).run(until)
        except BaseException as error:
            sys.stderr.write(f"{name}: {error!r}\n")
            os._exit(1)
        os._exit(0)
    return pid


if __name__ == "__main__":
    sys.stdout.write(str(supervise(Orders(**json.loads(sys.stdin.read())))))
