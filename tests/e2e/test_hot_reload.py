"""The supervisor of `make dev` restarts exactly what a change concerns."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from devstack.console import Console
from devstack.processes import Program, Supervisor

pytestmark = pytest.mark.slow

_PROGRAM = "import sys, time, pathlib; print(pathlib.Path(sys.argv[1]).read_text()); time.sleep(600)"


class Spoken(Console):
    """A console that remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def raw(self, text: str) -> None:
        self.lines.append(text)

    def count(self, text: str) -> int:
        return sum(text in line for line in self.lines)


class Workshop:
    """Two programs, each with a source directory of its own, and one that both share."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.console = Spoken()
        self.before: list[str] = []
        for name in ("one", "two", "shared"):
            (directory / name).mkdir()
        programs = [self._program("one"), self._program("two")]
        self.supervisor = Supervisor(programs, self.console, before_restart=self._remember)

    def write(self, name: str, text: str) -> None:
        (self.directory / name / "source.py").write_text(text)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 - the output of another process has no event to wait for
                await asyncio.sleep(0.05)

    def _program(self, name: str) -> Program:
        self.write(name, f"{name} starts")
        source = self.directory / name / "source.py"
        return Program(
            name=name,
            command=[sys.executable, "-u", "-c", _PROGRAM, str(source)],
            environment=os.environ,
            watches=(self.directory / name, self.directory / "shared"),
        )

    async def _remember(self, name: str, changed: list[Path]) -> None:
        self.before.append(name)


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    work = Workshop(tmp_path)
    await work.supervisor.start()
    watching = asyncio.create_task(work.supervisor.reload_forever())
    await work.until(lambda: work.console.count("one starts") == work.console.count("two starts") == 1)
    yield work
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await work.supervisor.stop()
    assert work.supervisor.running() == []


async def test_a_change_restarts_the_program_it_belongs_to(workshop: Workshop) -> None:
    workshop.write("one", "one is new")
    await workshop.until(lambda: workshop.console.count("one is new") == 1)
    assert workshop.before == ["one"]
    assert workshop.console.count("two starts") == 1
    assert workshop.supervisor.running() == ["one", "two"]


async def test_a_change_of_what_all_share_restarts_all(workshop: Workshop) -> None:
    workshop.write("shared", "anything")
    await workshop.until(lambda: workshop.console.count("one starts") == 2)
    await workshop.until(lambda: workshop.console.count("two starts") == 2)


async def test_a_program_that_fails_is_reported_and_starts_again_after_a_change(
    workshop: Workshop,
) -> None:
    source = workshop.directory / "one" / "source.py"
    source.unlink()  # which makes its next start fail
    await workshop.until(lambda: workshop.console.count("one ended with code 1") == 1)
    assert workshop.supervisor.running() == ["two"]
    workshop.write("one", "one is back")
    await workshop.until(lambda: workshop.console.count("one is back") == 1)
