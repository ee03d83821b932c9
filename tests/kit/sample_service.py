"""A small service that the server tests start as a process of its own: `python sample_service.py`."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from todo_kit.app import create_service_app
from todo_kit.drain import Drain
from todo_kit.server import serve
from todo_kit.settings import ServiceSettings

logger = logging.getLogger("sample")


class SampleSettings(ServiceSettings):
    fail_to_start: bool = False


def create_app(settings: SampleSettings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if settings.fail_to_start:
            raise RuntimeError("cannot start")
        yield
        logger.info("closed")

    app = create_service_app(service="sample", settings=settings, lifespan=lifespan)
    drain: Drain = app.state.drain

    @app.get("/outlive-drain")
    async def outlive_drain() -> dict[str, str]:
        logger.info("in flight")
        await drain.wait()
        await asyncio.sleep(settings.drain_seconds + 0.5)
        return {"answer": "whole"}

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def events() -> AsyncIterator[bytes]:
            yield b"event: hello\n\n"
            logger.info("in flight")
            await drain.wait()
            yield b"event: reconnect\n\n"

        return StreamingResponse(events())

    @app.get("/half")
    async def half() -> StreamingResponse:
        async def events() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError("the rest is missing")

        return StreamingResponse(events())

    @app.post("/length")
    async def length(request: Request) -> dict[str, int]:
        return {"length": len(await request.body())}

    return app


if __name__ == "__main__":
    serve(create_app, SampleSettings, service="sample")
