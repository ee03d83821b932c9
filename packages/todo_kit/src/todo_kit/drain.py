"""One flag that says this process is on its way out."""

import asyncio


class Drain:
    """Set once, on the first SIGTERM, seconds before the server stops accepting connections.

    Streams and worker loops wait for it and end in time: the lifespan's own shutdown comes only after every
    open response has finished, which is too late for them.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def draining(self) -> bool:
        return self._event.is_set()

    def begin(self) -> None:
        """Start draining. Call it from the event loop's thread; calling it again changes nothing."""
        self._event.set()

    async def wait(self) -> None:
        """Return as soon as the process is draining."""
        await self._event.wait()
