"""What a page shows around its tasks."""

from datetime import date
from typing import Literal

from todo_backend.accounts.schemas import Preferences, Profile
from todo_backend.labels.schemas import LabelOut
from todo_backend.projects.schemas import ProjectOut
from todo_backend.suggestions.schemas import Suggestion
from todo_backend.wire import Output, UtcDateTime


class Counts(Output):
    """Open tasks without a project, due today or before, overdue, due later; and everything in the trash."""

    inbox: int
    today: int
    overdue: int
    upcoming: int
    trash: int


class Notice(Output):
    """Something that the user should know: a rule stays quiet for a while after so many dismissals."""

    code: Literal["rule_backed_off"]
    rule: str
    until: UtcDateTime


class Overview(Output):
    """Everything but the tasks. `today` is the date in the user's own zone.

    `suggestions` are the open cards, `decided` those accepted within the last 24 hours, which can be undone;
    both newest first.
    """

    user: Profile
    preferences: Preferences
    today: date
    projects: list[ProjectOut]
    labels: list[LabelOut]
    suggestions: list[Suggestion]
    decided: list[Suggestion]
    counts: Counts
    notices: list[Notice]
