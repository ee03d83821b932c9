"""Running the sample service as a real process and reading what it logs."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).with_name("sample_service.py")
_PATIENCE = 15.0


class RunningService:
    """The process, its log lines so far (parsed: each must be JSON) and its address."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self.url = ""
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for raw in self.process.stdout:
            async with self._changed:
                self.lines.append(json.loads(raw))
                self._changed.notify_all()

    async def logged(self, message: str) -> dict[str, Any]:
        """The first log line with `message`, as soon as there is one."""

        def found() -> list[dict[str, Any]]:
            return [line for line in self.lines if line["message"] == message]

        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(found)
        return found()[0]

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def exit_code(self) -> int:
        async with asyncio.timeout(_PATIENCE):
            await self._reader
            assert self.process.stderr is not None
            sys.stderr.write((await self.process.stderr.read()).decode())  # shown by pytest when a test fails
            return await self.process.wait()


async def start_process(**settings: str) -> asyncio.subprocess.Process:
    environment = {"PATH": os.environ["PATH"], "METRICS_PORT": "0", "HOST": "127.0.0.1"} | settings
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, _SCRIPT, env=environment, stdout=pipe, stderr=pipe
    )


@asynccontextmanager
async def running(**settings: str) -> AsyncIterator[RunningService]:
    """The service, listening on a free port; killed at the end if it still runs."""
    process = await start_process(PORT="0", **settings)
    service = RunningService(process)
    try:
        port = (await service.logged("listening"))["port"]
        service.url = f"http://127.0.0.1:{port}"
        yield service
    finally:
        if process.returncode is None:
            process.kill()
        await service.exit_code()


def taken_port() -> socket.socket:
    """A listening socket; its port is taken until it is closed."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def free_port() -> int:
    with taken_port() as listener:
        port: int = listener.getsockname()[1]
    return port
