"""Prometheus metrics of this process, on a registry of our own and served on a port of their own."""

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client leaves this one unannotated

REGISTRY = CollectorRegistry()
"""Services register their own metrics here."""

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_requests = Counter(
    "http_requests_total", "Requests answered", ["service", "method", "route", "status"], registry=REGISTRY
)
_duration = Histogram(
    "http_request_duration_seconds",
    "Time from the request's first byte to the answer's last",
    ["service", "method", "route"],
    buckets=_BUCKETS,
    registry=REGISTRY,
)
_in_flight = Gauge("http_requests_in_flight", "Requests being handled now", ["service"], registry=REGISTRY)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMetrics:
    """Records requests of one service. Children are looked up once per route, since `labels()` is slow."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.in_flight = _in_flight.labels(service)

    def observe(self, method: str, route: str, status: int, *, seconds: float) -> None:
        children = self._children.get((method, route, status))
        if children is None:
            children = self._children[(method, route, status)] = self._new_children(method, route, status)
        children[0].inc()
        children[1].observe(seconds)

    def _new_children(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        method = method if method in _METHODS else "OTHER"
        return (
            _requests.labels(self._service, method, route, str(status)),
            _duration.labels(self._service, method, route),
        )


def start_metrics_server(port: int, *, host: str) -> Callable[[], None]:
    """Serve the registry on `port` from a thread; returns what stops it. Raises OSError when it is taken."""
    server, thread = start_http_server(port, addr=host, registry=REGISTRY)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(timeout=2)

    return stop
