"""A loopback server that misbehaves as it is told, one answer after the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'
DROP = b""
"""Close the connection instead of answering."""
HANG = b"hang"
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
SLOW_BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow"


def answer(status: int, *headers: str, body: bytes = b"", content_type: str = "text/plain") -> bytes:
    head = [f"HTTP/1.1 {status} X", *headers, f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


class FlakyUpstream:
    """Gives the answers of `script` in order and the last one for ever; keeps the requests' heads."""

    def __init__(self) -> None:
        self.url = ""
        self.script: list[bytes] = [OK]
        self.requests: list[str] = []
        self.times: list[float] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        for line in head.lower().splitlines():
            if line.startswith("content-length:"):
                await reader.readexactly(int(line.split(":")[1]))
        self.requests.append(head)
        self.times.append(asyncio.get_running_loop().time())
        reply = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if reply == HANG:
            await reader.read()
        writer.write(b"" if reply == HANG else reply)
        await writer.drain()
        if reply == SLOW_BODY:
            await reader.read()
        return reply not in (DROP, HANG, CUT, SLOW_BODY)

    @property
    def calls(self) -> int:
        return len(self.requests)


@asynccontextmanager
async def flaky_upstream() -> AsyncIterator[FlakyUpstream]:
    upstream = FlakyUpstream()
    server = await asyncio.start_server(upstream.handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    upstream.url = f"http://127.0.0.1:{port}"
    try:
        yield upstream
    finally:
        server.close()
