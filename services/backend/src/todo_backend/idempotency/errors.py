"""What can be wrong with an idempotency key."""

from todo_kit.problem import ProblemError


class IdempotencyKeyReused(ProblemError):
    """The key belongs to another request (draft-ietf-httpapi-idempotency-key-header-06 section 2.7)."""

    status = 422
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request"


class IdempotencyKeyInvalid(ProblemError):
    """The key is empty, too long or not printable ASCII."""

    status = 422
    code = "idempotency_key_invalid"
    title = "The Idempotency-Key must be 1 to 255 printable ASCII characters"


class Replay(Exception):
    """The request was answered before; `status`, `headers` and `body` are what was said then."""

    def __init__(self, *, status: int, headers: dict[str, str], body: str) -> None:
        super().__init__("replayed")
        self.status = status
        self.headers = headers
        self.body = body
