"""One installation of the chart, and the programs that look at it: kubectl, helm, psql."""

import json
import os
import secrets
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "todo-chatbot-chart"

SERVICES = ("backend", "ai-agent", "frontend")
KEYS = {"backend": "backend", "ai-agent": "aiAgent", "frontend": "frontend"}


class CommandFailed(Exception):
    """A program ended with an error; the message is what it printed."""


def run(*command: str, stdin: str | None = None, env: dict[str, str] | None = None) -> str:
    """Standard output of a command; raises `CommandFailed`."""
    result = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
    )
    if result.returncode != 0:
        raise CommandFailed(f"{' '.join(command[:6])}…: {result.stdout[-1500:]}{result.stderr[-1500:]}")
    return result.stdout


class Installation:
    """Release `release` in `namespace` of the cluster of the current context."""

    def __init__(self, release: str, namespace: str, *, url: str, host: str, helm: str = "helm") -> None:
        self.release = release
        self.namespace = namespace
        self.url = url
        self.host = host
        self.helm_binary = helm
        self.name = f"{release}-todo-chatbot"

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return run("kubectl", "--namespace", self.namespace, *arguments, stdin=stdin)

    def get(self, *arguments: str) -> Any:
        return json.loads(self.kubectl("get", *arguments, "--output", "json"))

    def helm(self, *arguments: str) -> str:
        return run(self.helm_binary, *arguments, "--namespace", self.namespace)

    def upgrade(self, *settings: str, timeout: str = "150s", force: bool = False) -> float:
        """`helm upgrade --install` with values-local.yaml and `settings`; the seconds until it serves.

        `force` takes fields back that somebody else owns, such as the replicas that an autoscaler has set;
        only Helm 4 knows about owners.
        """
        began = time.monotonic()
        sets = [part for setting in settings for part in ("--set", setting)]
        self.helm(
            "upgrade", "--install", self.release, str(CHART), "--values", f"{CHART}/values-local.yaml",
            "--set", f"ingress.hosts={{{self.host}}}", *sets,
            "--wait", "--wait-for-jobs", "--timeout", timeout, *(["--force-conflicts"] if force else []),
        )  # fmt: skip
        return time.monotonic() - began

    def rollback(self, revision: int | None = None) -> float:
        """`helm rollback`; the seconds until it serves."""
        began = time.monotonic()
        number = [] if revision is None else [str(revision)]
        self.helm("rollback", self.release, *number, "--wait", "--timeout", "60s")
        return time.monotonic() - began

    def revision(self) -> int:
        return int(
            json.loads(self.helm("history", self.release, "--max", "1", "--output", "json"))[-1]["revision"]
        )

    def pods(self, component: str) -> list[str]:
        """Names of the pods that are ready and not on their way out, oldest first."""
        selector = f"app.kubernetes.io/instance={self.release},app.kubernetes.io/component={component}"
        found = self.get("pods", "--selector", selector)["items"]
        good = [
            pod
            for pod in found
            if "deletionTimestamp" not in pod["metadata"]
            and any(
                c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", [])
            )
        ]
        return [
            pod["metadata"]["name"]
            for pod in sorted(good, key=lambda pod: pod["metadata"]["creationTimestamp"])
        ]

    def wait_for_pods(self, component: str, number: int, *, seconds: float = 90) -> float:
        """Wait until exactly `number` pods are ready; returns how long that took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if len(self.pods(component)) == number:
                return time.monotonic() - began
            time.sleep(0.25)
        raise AssertionError(
            f"{component} has {len(self.pods(component))} ready pods after {seconds} s, not {number}"
        )

    def sql(self, statement: str, *, database: str = "todo") -> str:
        return self.kubectl(
            "exec", "--stdin", f"{self.name}-postgresql-0", "--", "psql", "--no-psqlrc", "-qAt",
            "-v", "ON_ERROR_STOP=1", "-U", "todo", "-d", database, stdin=statement,
        ).strip()  # fmt: skip

    def checksums(self) -> dict[str, str]:
        """Rows and a digest of the contents for what people entrusted us with."""
        columns = "count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY id)), '')"
        return {
            table: self.sql(f"SELECT {columns} FROM {table} t") for table in ("users", "tasks", "projects")
        }

    def sign_up(self, number: int = 3) -> list[str]:
        """Session tokens of new accounts."""
        tokens = []
        for _ in range(number):
            account = {"email": f"{secrets.token_hex(8)}@example.org", "password": secrets.token_urlsafe(18)}
            answer = httpx.post(
                f"{self.url}/api/v1/auth/signup",
                json=account,
                headers={"Host": self.host},
                timeout=15,
                trust_env=False,
            )
            assert answer.status_code == 201, answer.text
            tokens.append(answer.json()["session"]["token"])
        return tokens

    def titles(self, prefix: str) -> Counter[str]:
        """How often each task title that begins with `prefix` is stored."""
        return Counter(self.sql(f"SELECT title FROM tasks WHERE title LIKE '{prefix}%'").splitlines())
