"""What can go wrong with tasks."""

from todo_kit.problem import FieldError, ProblemError


class TaskNotFound(ProblemError):
    """There is no such task, or it is somebody else's."""

    status = 404
    code = "task_not_found"
    title = "Task not found"


class VersionConflict(ProblemError):
    """`If-Match` names a version that is no longer the current one (RFC 9110 section 13.1.1)."""

    status = 412
    code = "version_conflict"
    title = "The task has changed in the meantime"


class NotInTrash(ProblemError):
    """Only what is in the trash can be deleted for good."""

    status = 409
    code = "not_in_trash"
    title = "The task is not in the trash"


class InvalidCursor(ProblemError):
    """The cursor is broken or belongs to another list."""

    status = 400
    code = "invalid_cursor"
    title = "The cursor does not belong to this list"


class InvalidField(ProblemError):
    """A value of the right shape that is wrong for what is stored, such as another user's project."""

    status = 422
    code = "validation_failed"
    title = "The request is not valid"


def invalid_field(field: str, message: str) -> InvalidField:
    """A 422 that names the field."""
    error = FieldError(field=f"body.{field}", message=message, code="invalid")
    return InvalidField(f"{field} {message}.", errors=[error])
