"""What can go wrong with projects, and with names in general."""

from todo_kit.problem import ProblemError


class ProjectNotFound(ProblemError):
    """There is no such project, or it is somebody else's."""

    status = 404
    code = "project_not_found"
    title = "Project not found"


class NameTaken(ProblemError):
    """Another one of that kind has the name already, whatever its case."""

    status = 409
    code = "name_taken"
    title = "That name is taken"
