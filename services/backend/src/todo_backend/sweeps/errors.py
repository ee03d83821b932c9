"""What a worker can be told."""

from todo_kit.problem import ProblemError


class StaleFence(ProblemError):
    """The lease is over: it was completed or released, or somebody else has claimed the user since."""

    status = 409
    code = "stale_fence"
    title = "This lease is over"
