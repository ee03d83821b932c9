"""A wire between the backend and PostgreSQL that can be cut at a COMMIT."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import urlsplit

Cut = Literal["before the commit", "after the commit"]

# PostgreSQL protocol 3.0, "Message Formats": Query ('Q', length, "COMMIT;") and CommandComplete ('C').
_COMMIT_ASKED = b"COMMIT;\x00"
_COMMIT_DONE = b"C\x00\x00\x00\x0bCOMMIT\x00"


class PostgresProxy:
    """Passes bytes on until the transaction that holds `marker` comes to its COMMIT; then calls `at_cut`.

    Cut "before the commit", the COMMIT never reaches PostgreSQL; "after the commit", the effect is durable
    and nobody is told. `at_cut` is called once and has to end the backend: its connections are dropped.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._armed: tuple[Cut, bytes, Callable[[], object]] | None = None
        self.url = ""

    def arm(self, cut: Cut, marker: str, at_cut: Callable[[], object]) -> None:
        """Cut the next transaction whose statements hold `marker`."""
        self._armed = (cut, marker.encode(), at_cut)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the backend."""
        server_reader, server_writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        marked = asyncio.Event()
        ways = [
            asyncio.create_task(self._pass(reader, server_writer, marked, asks=True)),
            asyncio.create_task(self._pass(server_reader, writer, marked, asks=False)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, server_writer):
            end.close()

    async def _pass(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        marked: asyncio.Event,
        *,
        asks: bool,
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65_536):
                if self._cuts(data, marked, asks=asks):
                    return
                target.write(data)
                await target.drain()

    def _cuts(self, data: bytes, marked: asyncio.Event, *, asks: bool) -> bool:
        if self._armed is None:
            return False
        cut, marker, at_cut = self._armed
        if asks and marker in data:
            marked.set()
        wanted = _COMMIT_ASKED if cut == "before the commit" else _COMMIT_DONE
        if not marked.is_set() or asks != (cut == "before the commit") or wanted not in data:
            return False
        self._armed = None
        at_cut()
        return True


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[PostgresProxy]:
    """A proxy in front of the database at `url`; its `url` leads through it."""
    proxy = PostgresProxy(url)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    proxy.url = f"postgresql://postgres@127.0.0.1:{port}{urlsplit(url).path}"
    async with server:
        yield proxy
