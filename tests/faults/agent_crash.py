"""The agent is killed with SIGKILL in the middle of a sweep: before, during and after it proposes."""

import asyncio
import contextlib
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.api_user import ApiUser
from tests.faults.platform import throwaway_directory
from tests.faults.running import Counts, show

from devstack.stack import Stack

_LEASE_SECONDS = 3
_PROPOSE = b"POST /api/v1/suggestions"
_COMPLETE = b"/complete HTTP/1.1"
MOMENTS: dict[str, tuple[bytes, bool]] = {
    "before it proposes": (_PROPOSE, False),
    "after it has proposed": (_PROPOSE, True),
    "before it completes": (_COMPLETE, False),
    "after it has completed": (_COMPLETE, True),
}
"""What the agent's request holds, and whether the backend gets it."""


class AgentWire:
    """The wire between agent and backend; kills the agent at a moment of one's choice."""

    def __init__(self) -> None:
        self.stack: Stack | None = None
        self.cut = asyncio.Event()
        self._armed: tuple[bytes, bool] | None = None

    def arm(self, moment: str) -> None:
        """Kill the agent the next time that this moment comes."""
        self.cut.clear()
        self._armed = MOMENTS[moment]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the agent."""
        assert self.stack is not None
        parts = urlsplit(self.stack.backend_url)
        try:
            answers, requests = await asyncio.open_connection(parts.hostname, parts.port)
        except ConnectionRefusedError:  # the agent may be up before the backend
            writer.close()
            return
        kill_at_answer = asyncio.Event()
        ways = [
            asyncio.create_task(self._ask(reader, requests, kill_at_answer)),
            asyncio.create_task(self._answer(answers, writer, kill_at_answer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, requests):
            end.close()

    async def _ask(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, kill_at_answer: asyncio.Event
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65_536):
                if self._armed is not None and self._armed[0] in data:
                    _, let_through = self._armed
                    self._armed = None
                    if not let_through:
                        self._kill()
                        return
                    kill_at_answer.set()
                target.write(data)
                await target.drain()

    async def _answer(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, kill_at_answer: asyncio.Event
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65_536):
                if kill_at_answer.is_set():
                    self._kill()
                    return
                target.write(data)
                await target.drain()

    def _kill(self) -> None:
        assert self.stack is not None
        self.stack.kill("ai-agent")
        self.cut.set()


async def run(directory: Path, *, moments: Sequence[str], users: int) -> Counts:
    """At each moment: users become due, the agent dies, another one starts; each user has one card."""
    wire = AgentWire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    backend_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    stack = Stack(
        directory,
        settings={"SIGN_UPS_PER_HOUR": "0", "SWEEP_LEASE_SECONDS": str(_LEASE_SECONDS)},
        per_service={"ai-agent": {"BACKEND_URL": backend_url, "SWEEP_POLL_SECONDS": "0.5"}},
    )
    wire.stack = stack
    kills: Counter[str] = Counter()
    worst = 0.0
    async with server:
        await _enter(stack)
        try:
            for moment in moments:
                wire.arm(moment)
                worst = max(worst, await _round(stack, wire, users=users))
                kills[moment] += 1
            cards = await asyncio.to_thread(_cards_of_all_users, stack)
        finally:
            await asyncio.to_thread(stack.close)
    expected = len(moments) * users
    assert cards == {1: expected}, cards
    return {
        "users with an overdue task": expected,
        **{f"kills {moment}": number for moment, number in kills.items()},
        "users with exactly one card": cards[1],
        "users with none, or two": 0,
        "worst wait for a card after a kill, s": round(worst, 1),
    }


async def _enter(stack: Stack) -> None:
    """Start PostgreSQL from this, the main thread; then wait elsewhere, so that the wire can work."""
    stack.start_postgres()
    await asyncio.to_thread(stack.__enter__)


async def _round(stack: Stack, wire: AgentWire, *, users: int) -> float:
    """Seconds from the kill until the last card."""
    people = await asyncio.to_thread(lambda: [ApiUser(stack.backend_url) for _ in range(users)])
    for person in people:
        await asyncio.to_thread(person.add_overdue_task, "Pay the rent")
    await asyncio.wait_for(wire.cut.wait(), 60)
    killed = time.monotonic()
    await asyncio.to_thread(stack.start, "ai-agent")
    for person in people:
        while not await asyncio.to_thread(person.open_cards):
            assert time.monotonic() < killed + 120, "a user was forgotten"
            await asyncio.sleep(0.1)
        person.http.close()
    return time.monotonic() - killed


def _cards_of_all_users(stack: Stack) -> Counter[int]:
    found = stack.postgres.sql("SELECT count(*) FROM agent_suggestions GROUP BY user_id", "todo")
    return Counter(int(line) for line in found.splitlines())


def main() -> None:
    """At full length."""
    with throwaway_directory() as directory:
        show(Path(sys.argv[0]).stem, asyncio.run(run(directory, moments=[*MOMENTS] * 5, users=10)))


if __name__ == "__main__":
    main()
