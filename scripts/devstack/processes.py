"""Runs child processes, restarts them when their code changes and never leaves one behind."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from devstack.console import Console
from devstack.parent_death import binding

_STOP_SECONDS = 4
_RESTART_SECONDS = 1
_SUFFIXES = (".py", ".html", ".css", ".js")


@dataclass(frozen=True)
class Program:
    """What to run, and the directories whose files make it start again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    watches: tuple[Path, ...]


class Child:
    """One program and, most of the time, its process."""

    def __init__(self, program: Program, console: Console) -> None:
        self.program = program
        self._console = console
        self._process: asyncio.subprocess.Process | None = None
        self._pump: asyncio.Task[None] | None = None
        self._wanted = False

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process and pass its output on until it ends."""
        self._wanted = True
        self._process = await asyncio.create_subprocess_exec(
            *self.program.command,
            env=dict(self.program.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=2**20,
            start_new_session=True,  # Ctrl-C reaches us, and we tell the children in order
            preexec_fn=binding(signal.SIGKILL),
        )
        self._pump = asyncio.create_task(self._watch(self._process))

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL when that did not help within seconds."""
        self._wanted = False
        process, pump = self._process, self._pump
        if process is None or pump is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        pump.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pump

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is not None:
            async for line in process.stdout:
                self._console.pass_on(self.program.name, line.decode(errors="replace").rstrip("\n"))
        code = await process.wait()
        if not self._wanted:
            return
        if code < 0:
            self._console.say(f"{self.program.name} was killed by {_signal_name(-code)}, starting it again.")
            await asyncio.sleep(_RESTART_SECONDS)
            if self._wanted:
                await self.start()
        else:
            self._console.say(f"{self.program.name} ended with code {code}; it starts again after a change.")


class Supervisor:
    """Runs `programs` side by side.

    `before_restart` is awaited with a program's name and the changed files before it starts again.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        console: Console,
        *,
        before_restart: Callable[[str, list[Path]], Awaitable[None]],
    ) -> None:
        self._children = [Child(program, console) for program in programs]
        self._console = console
        self._before_restart = before_restart

    async def start(self) -> None:
        """Start every program."""
        for child in self._children:
            await child.start()

    async def stop(self) -> None:
        """Stop every program, all at once."""
        await asyncio.gather(*(child.stop() for child in self._children))

    def running(self) -> list[str]:
        """The names of the programs that run at this moment."""
        return [child.program.name for child in self._children if child.is_running]

    async def reload_forever(self) -> None:
        """Start programs again whenever their files change."""
        directories = {path for child in self._children for path in child.program.watches}
        async for changes in awatch(*directories, watch_filter=_is_source, debounce=300, step=100):
            changed = sorted({Path(path) for _, path in changes})
            affected = [child for child in self._children if _concerns(child.program, changed)]
            await asyncio.gather(*(self._restart(child, changed) for child in affected))

    async def _restart(self, child: Child, changed: list[Path]) -> None:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        self._console.say(f"{changed[0].name}{more} changed: {child.program.name} starts again.")
        await child.stop()
        await self._before_restart(child.program.name, changed)
        await child.start()


_default_filter = DefaultFilter()


def _is_source(change: Change, path: str) -> bool:
    return path.endswith(_SUFFIXES) and _default_filter(change, path)


def _concerns(program: Program, changed: list[Path]) -> bool:
    return any(path.is_relative_to(directory) for path in changed for directory in program.watches)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
