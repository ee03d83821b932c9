"""The servers under measurement, each in a process of its own on a free port."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from devstack.ports import free_port


@contextmanager
def serving(module: str, database_url: str, **environment: str) -> Iterator[tuple[str, psutil.Process]]:
    """Run `python -m module` with `PORT` and `DATABASE_URL`; yields its base URL and process."""
    port = free_port()
    variables = os.environ | {
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "DATABASE_URL": database_url,
        "METRICS_PORT": "0",
        "DRAIN_SECONDS": "0",
        "LOG_FORMAT": "json",
        **environment,
    }
    process = subprocess.Popen([sys.executable, "-m", module], env=variables, stdout=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base, process)
        yield base, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up and process.poll() is None:
        try:
            urllib.request.urlopen(f"{base}/ready", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    sys.exit(f"{process.args!r} did not start")
