"""Refusals in the shape of the real API."""

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse


class Refusal(Exception):
    def __init__(self, status: int, code: str, **more: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.more = more


def invalid(field: str, message: str, code: str = "value_error") -> Refusal:
    return Refusal(
        422, "validation_failed", errors=[{"field": f"body.{field}", "message": message, "code": code}]
    )


async def answer_refusal(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    body = {"type": f"urn:todo-chatbot:problem:{error.code}", "title": "Refused", "status": error.status}
    body |= {"detail": f"Refused because of {error.code}", "code": error.code, "request_id": "stub"}
    headers = {"Retry-After": "30"} if error.status == 429 else None
    return JSONResponse(
        body | error.more, status_code=error.status, headers=headers, media_type="application/problem+json"
    )
