"""Closed-loop load with wrk (https://github.com/wg/wrk), a client cheap enough not to measure itself."""

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """What one run saw: requests per second, latency percentiles in milliseconds, failed requests."""

    rate: float
    p50: float
    p99: float
    errors: int


def run(url: str, *, token: str = "", connections: int = 100, seconds: int = 6, script: str = "") -> Load:
    """Send GETs to `url` on `connections` connections at once, as fast as they are answered.

    `script` is Lua that makes other requests (wrk's SCRIPTING file).
    """
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: `apt-get install wrk` (Debian) or `brew install wrk`.")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        if script:
            file.write(script)
            file.flush()
            command += ["-s", file.name]
        out = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    return Load(
        rate=float(_found(r"Requests/sec:\s+([\d.]+)", out)[0]),
        p50=_milliseconds(out, 50),
        p99=_milliseconds(out, 99),
        errors=(int(failed[1]) if failed else 0) + (sum(map(int, broken.groups())) if broken else 0),
    )


def _milliseconds(out: str, percentile: int) -> float:
    value, unit = _found(rf"{percentile}%\s+([\d.]+)(us|ms|s)", out)
    return float(value) * _UNITS[unit]


def _found(pattern: str, out: str) -> tuple[str, ...]:
    match = re.search(pattern, out)
    if match is None:
        sys.exit(f"wrk printed something unexpected:\n{out}")
    return match.groups()
