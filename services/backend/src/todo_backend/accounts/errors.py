"""What can go wrong with accounts, sign-ins and tokens."""

from todo_kit.problem import FieldError, ProblemError


class EmailTaken(ProblemError):
    status = 409
    code = "email_taken"
    title = "There is already an account with this e-mail address"


class InvalidCredentials(ProblemError):
    """The same for an unknown address, a wrong password and a disabled account."""

    status = 401
    code = "invalid_credentials"
    title = "The e-mail address or the password is wrong"


class InvalidPassword(ProblemError):
    """A signed-in user confirms with a password that is not theirs; 403, for the session itself is good."""

    status = 403
    code = "invalid_password"
    title = "The password is wrong"


class InvalidField(ProblemError):
    """A value of the right shape that cannot be accepted; `field` is its path, such as `body.scopes`."""

    status = 422
    code = "validation_failed"
    title = "The input is not valid"

    def __init__(self, field: str, message: str, code: str) -> None:
        super().__init__(f"{field}: {message}", errors=[FieldError(field=field, message=message, code=code)])


class SessionNeeded(ProblemError):
    """A token that is not a session's cannot sign out."""

    status = 403
    code = "forbidden"
    title = "Only a signed-in session can do that"


class SessionNotFound(ProblemError):
    status = 404
    code = "session_not_found"
    title = "There is no such session"


class TokenNotFound(ProblemError):
    status = 404
    code = "token_not_found"
    title = "There is no such token"


class TooManyTokens(ProblemError):
    status = 409
    code = "too_many_tokens"
    title = "Delete a token first: this is as many as one account may have"
