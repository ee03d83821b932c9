"""What can go wrong with labels."""

from todo_kit.problem import ProblemError


class LabelNotFound(ProblemError):
    """There is no such label, or it is somebody else's."""

    status = 404
    code = "label_not_found"
    title = "Label not found"
