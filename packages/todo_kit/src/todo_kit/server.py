"""Starting a service and stopping it without losing a request."""

import asyncio
import errno
import logging
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from todo_kit.drain import Drain
from todo_kit.http_protocol import ProblemHttpProtocol
from todo_kit.logging import configure_logging
from todo_kit.metrics import start_metrics_server
from todo_kit.settings import ConfigurationError, S, ServiceSettings, load_settings

logger = logging.getLogger(__name__)

EXIT_CONFIGURATION = 2
KEEP_ALIVE_SECONDS = 75
"""Longer than our clients and common load balancers keep connections, so that it is they who close them."""
GRACEFUL_SHUTDOWN_SECONDS = 20


def serve(app_factory: Callable[[S], FastAPI], settings_cls: type[S], *, service: str) -> None:
    """Run `service` until SIGTERM or SIGINT; returns after a clean drain, and the process exits 0.

    Exits with code 2 and one sentence on standard error when a setting is wrong or a port is taken.
    """
    try:
        settings = load_settings(settings_cls)
        configure_logging(service=service, level=settings.log_level, log_format=settings.log_format)
        logging.captureWarnings(capture=True)
        app = app_factory(settings)
        listener = _bind(settings)
        stop_metrics = _start_metrics(settings)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_CONFIGURATION)
    try:
        _run(app, settings, listener)
    finally:
        stop_metrics()


def _run(app: FastAPI, settings: ServiceSettings, listener: socket.socket) -> None:
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=ProblemHttpProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SECONDS,
    )
    server = DrainingServer(config, drain=app.state.drain, drain_seconds=settings.drain_seconds)
    server.run(sockets=[listener])


def _bind(settings: ServiceSettings) -> socket.socket:
    """The bound, not yet listening socket: nobody can connect before the app has started."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise _port_error("PORT", "HOST", settings.host, settings.port, error) from error
    return listener


def _start_metrics(settings: ServiceSettings) -> Callable[[], None]:
    if settings.metrics_port == 0:
        return lambda: None
    try:
        return start_metrics_server(settings.metrics_port, host=settings.host)
    except OSError as error:
        raise _port_error("METRICS_PORT", "HOST", settings.host, settings.metrics_port, error) from error


def _port_error(port_name: str, host_name: str, host: str, port: int, error: OSError) -> ConfigurationError:
    if error.errno == errno.EADDRINUSE:
        return ConfigurationError(
            f"{port_name} {port} is already in use; stop what uses it or set {port_name} to another port."
        )
    return ConfigurationError(f"{host_name} {host} with {port_name} {port} cannot be used: {error.strerror}.")


class DrainingServer(uvicorn.Server):
    """Keeps serving for `drain_seconds` after the first signal, then shuts down as uvicorn does.

    The first SIGTERM or SIGINT starts the drain, a second one ends the wait, a third one stops waiting for
    open responses. Signals are not raised again afterwards, so the exit code of a clean end is 0.
    """

    def __init__(self, config: uvicorn.Config, *, drain: Drain, drain_seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._drain_seconds = drain_seconds
        self._exit_at: float | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        host, port = (sockets or [])[0].getsockname()[:2]
        logger.info("listening", extra={"host": host, "port": port})

    async def on_tick(self, counter: int) -> bool:
        if self._exit_at is not None and time.monotonic() >= self._exit_at:
            self.should_exit = True
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._loop is None:
            self.should_exit = True
        else:
            # A signal handler may run in the middle of anything, even of a log line: act outside of it.
            self._loop.call_soon_threadsafe(self._on_signal)

    def _on_signal(self) -> None:
        if self._exit_at is None:
            self._begin_drain()
        elif not self.should_exit:
            self.should_exit = True
        else:
            self.force_exit = True

    def _begin_drain(self) -> None:
        self._exit_at = time.monotonic() + self._drain_seconds
        if not self.started:
            self.should_exit = True
        self._drain.begin()
        logger.info("draining", extra={"seconds": self._drain_seconds})
