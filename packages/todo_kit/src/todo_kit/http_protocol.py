"""What a client hears whose bytes are not HTTP, before there is a request that a route could answer."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from todo_kit.problem import render_problem
from todo_kit.request_context import bind_request_context


class ProblemHttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools, with a problem document in place of its plain-text 400."""

    def send_400_response(self, msg: str) -> None:
        with bind_request_context() as request_id:
            answer = render_problem(
                status=400, code="invalid_request", title="This is not valid HTTP", detail=msg
            )
        headers = [*self.server_state.default_headers, *answer.raw_headers]
        headers += [(b"x-request-id", request_id.encode("ascii")), (b"connection", b"close")]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + lines + b"\r\n" + bytes(answer.body))
        self.transport.close()
