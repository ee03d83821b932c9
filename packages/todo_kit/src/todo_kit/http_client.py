"""Calls to another service: explicit timeouts, one layer of retries, a total deadline, typed errors."""

import asyncio
import http.cookiejar
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from todo_kit.http_retries import STREAMED, RetryTransport, retry_after_seconds, whole_answer_by
from todo_kit.request_context import current_request_id, current_traceparent

DEFAULT_TIMEOUT = httpx.Timeout(connect=1.0, read=5.0, write=5.0, pool=1.0)
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=30.0)


class ServiceError(Exception):
    """A call to another service did not give an answer to work with.

    ServiceError
    ├── UpstreamUnavailable   it could not be reached, took too long or failed itself (5xx): try later
    └── UpstreamRejected      it answered and said no (4xx): trying again as is would not help
    """

    def __init__(self, message: str, *, service: str) -> None:
        super().__init__(message)
        self.service = service


class UpstreamUnavailable(ServiceError):
    """No answer (`status` is None) or a 5xx. `reason` is a word such as `ConnectError` or `deadline`."""

    def __init__(
        self, *, service: str, reason: str, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{service} is not available ({reason})", service=service)
        self.reason = reason
        self.status = status
        self.retry_after = retry_after


class UpstreamRejected(ServiceError):
    """A 4xx. `problem` is the upstream's problem document and `code` its stable word, if it sent one."""

    def __init__(
        self,
        *,
        service: str,
        status: int,
        code: str,
        problem: dict[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{service} answered {status} ({code})", service=service)
        self.status = status
        self.code = code
        self.problem = problem
        self.retry_after = retry_after


class ServiceClient:
    """A client of one service; make one per process and close it in the lifespan.

    Connection failures are retried always. Timeouts, broken answers and 429, 502, 503, 504 are retried for
    safe methods and for requests with an `Idempotency-Key`. `total_deadline` (seconds) covers attempts and
    the pauses between them. `backoff` is the first pause in seconds; 0 retries without any pause, for tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        service: str,
        timeout: httpx.Timeout = DEFAULT_TIMEOUT,
        total_deadline: float = 8.0,
        max_attempts: int = 3,
        backoff: float = 0.1,
        transport: httpx.AsyncBaseTransport | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._service = service
        self._total_deadline = total_deadline
        inner = transport or httpx.AsyncHTTPTransport(verify=_tls(base_url), limits=_LIMITS, trust_env=False)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout,
            headers=headers,
            trust_env=False,
            transport=RetryTransport(inner, service=service, max_attempts=max_attempts, backoff=backoff),
        )
        # One client serves many users: a cookie that came for one must never leave with another.
        self._client.cookies.jar.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        auth: httpx.Auth | tuple[str, str] | None = None,
        idempotency_key: str | None = None,
        deadline: float | None = None,
    ) -> httpx.Response:
        """The answer, if its status is below 400, with its body read. `deadline` is in seconds.

        Raises `UpstreamUnavailable` or `UpstreamRejected`. The current request id and trace go along.
        """
        seconds = self._total_deadline if deadline is None else deadline
        limit = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(limit):
                response = await self._client.request(
                    method,
                    path,
                    json=json,
                    data=data,
                    params=params,
                    headers=_headers(headers, token=token, idempotency_key=idempotency_key),
                    auth=auth,
                    extensions=whole_answer_by(limit),
                )
        except TimeoutError:
            raise UpstreamUnavailable(service=self._service, reason="deadline") from None
        except httpx.RequestError as error:
            raise UpstreamUnavailable(service=self._service, reason=type(error).__name__) from error
        return self._accepted(response)

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        read_timeout: float | None = 60.0,
    ) -> AsyncIterator[httpx.Response]:
        """An answer whose body the caller reads as it comes, such as an event stream. Never retried.

        `read_timeout` is the longest silence in seconds. Raises as `request` does until the body begins;
        reading the body may raise `httpx.RequestError`.
        """
        request = self._client.build_request(
            method,
            path,
            json=json,
            params=params,
            headers=_headers(headers, token=token),
            timeout=httpx.Timeout(**self._client.timeout.as_dict() | {"read": read_timeout}),
            extensions=STREAMED,
        )
        try:
            response = await self._client.send(request, stream=True)
        except httpx.RequestError as error:
            raise UpstreamUnavailable(service=self._service, reason=type(error).__name__) from error
        try:
            if response.status_code >= 400:
                await response.aread()
            yield self._accepted(response)
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    def _accepted(self, response: httpx.Response) -> httpx.Response:
        status = response.status_code
        if status < 400:
            return response
        retry_after = retry_after_seconds(response)
        if status >= 500:
            raise UpstreamUnavailable(
                service=self._service, reason=f"status {status}", status=status, retry_after=retry_after
            )
        problem = _problem_of(response)
        code = problem.get("code") if problem else None
        raise UpstreamRejected(
            service=self._service,
            status=status,
            code=code if isinstance(code, str) else f"http_{status}",
            problem=problem,
            retry_after=retry_after,
        )


def _headers(
    given: Mapping[str, str] | None, *, token: str | None = None, idempotency_key: str | None = None
) -> dict[str, str]:
    headers = dict(given or {})
    if (request_id := current_request_id()) is not None:
        headers["X-Request-ID"] = request_id
    if (traceparent := current_traceparent()) is not None:
        headers["traceparent"] = traceparent
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    return headers


def _problem_of(response: httpx.Response) -> dict[str, Any] | None:
    try:
        document = response.json()
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _tls(base_url: str) -> ssl.SSLContext | bool:
    """The system's certificates (`SSL_CERT_FILE` is honoured), 20 ms to load, so not for plain HTTP."""
    return ssl.create_default_context() if base_url.startswith("https:") else False
