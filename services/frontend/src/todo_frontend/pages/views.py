"""The lists a user can look at: what to ask the backend for, and how to group what comes back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from uuid import UUID

from starlette.datastructures import QueryParams

from todo_frontend.backend.dto import Overview, Task
from todo_frontend.formatting import COLORS, day_after, local_date, long_date, relative_days, short_date

SORTS = {
    "position": "My order",
    "due": "Due date",
    "priority": "Priority",
    "created": "Newest",
    "updated": "Last changed",
}
STATUSES = {"open": "Open", "done": "Completed", "all": "All"}
MAX_QUERY = 200
_DESCENDING = frozenset({"created", "updated"})
_MAX_CURSOR = 1_000


@dataclass(frozen=True)
class View:
    """A list before anything is loaded. `query` selects its tasks; `sort` is "" where the order is fixed."""

    key: str
    path: str
    heading: str
    query: Mapping[str, str]
    empty: tuple[str, str]
    sort: str = ""
    composer: bool = True
    project_id: UUID | None = None
    label_id: UUID | None = None


TODAY = View(
    "today",
    "/app",
    "Today",
    {"view": "today", "sort": "due"},
    ("All clear", "Nothing is due today. Enjoy it, or plan ahead."),
)
INBOX = View(
    "inbox",
    "/app/inbox",
    "Inbox",
    {"view": "inbox"},
    ("Inbox zero", "Everything has found its place. New thoughts go in above."),
    sort="position",
)
UPCOMING = View(
    "upcoming",
    "/app/upcoming",
    "Upcoming",
    {"view": "upcoming", "sort": "due"},
    ("A quiet week ahead", "Tasks with a due date after today show up here."),
)
DONE = View(
    "done",
    "/app/done",
    "Completed",
    {"status": "done", "sort": "updated", "order": "desc"},
    ("Nothing completed yet", "Tick something off and it will be kept here."),
    composer=False,
)
TRASH = View(
    "trash",
    "/app/trash",
    "Trash",
    {"status": "trash", "sort": "updated", "order": "desc"},
    ("The trash is empty", "Deleted tasks stay here for 30 days, in case you change your mind."),
    composer=False,
)
SEARCH = View(
    "search",
    "/app/search",
    "Search",
    {},
    ("Nothing found", "Try fewer or shorter words. The beginning of a word is enough."),
    sort="updated",
    composer=False,
)
FIXED = {view.path: view for view in (TODAY, INBOX, UPCOMING, DONE, TRASH, SEARCH)}


def project_view(project_id: UUID) -> View:
    return View(
        "project",
        f"/app/projects/{project_id}",
        "",
        {"project_id": str(project_id)},
        ("A fresh start", "This project has no open tasks. Add the first one above."),
        sort="position",
        project_id=project_id,
    )


def label_view(label_id: UUID) -> View:
    return View(
        "label",
        f"/app/labels/{label_id}",
        "",
        {},
        ("No tasks with this label", "Open tasks that carry this label show up here."),
        sort="position",
        label_id=label_id,
    )


def view_of_path(path: str) -> View:
    """The list an address shows; Today for anything that is no list."""
    if path in FIXED:
        return FIXED[path]
    kind, _, tail = path.removeprefix("/app/").partition("/")
    try:
        group_id = UUID(tail)
    except ValueError:
        return TODAY
    if kind == "projects":
        return project_view(group_id)
    return label_view(group_id) if kind == "labels" else TODAY


@dataclass(frozen=True)
class Filters:
    """What the user narrowed a list to. Values that are not on offer are ignored."""

    sort: str = ""
    priority: str = ""
    label: str = ""
    status: str = ""
    q: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, query: QueryParams, view: View) -> "Filters":
        searching = view.key == "search"
        return cls(
            sort=_one_of(query.get("sort"), SORTS, view.sort) if view.sort else "",
            priority=_one_of(query.get("priority"), ("p1", "p2", "p3", "p4"), ""),
            label=query.get("label", "")[:100].strip(),
            status=_one_of(query.get("status"), STATUSES, "open") if searching else "",
            q=query.get("q", "").strip()[:MAX_QUERY] if searching else "",
            cursor=query.get("cursor", "")[:_MAX_CURSOR],
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.priority or self.label)

    def backend_query(self, view: View) -> dict[str, str]:
        chosen = {
            name: getattr(self, name) for name in ("sort", "priority", "label", "status", "q", "cursor")
        }
        query = dict(view.query) | {name: value for name, value in chosen.items() if value}
        if self.sort in _DESCENDING:
            query["order"] = "desc"
        return query

    def page_query(self, view: View, **changed: str) -> dict[str, str]:
        """The query of a link to this list with the same filters, defaults left out."""
        chosen = {
            name: getattr(self, name) for name in ("q", "status", "sort", "priority", "label")
        } | changed
        defaults = {"sort": view.sort, "status": "open"}
        return {name: value for name, value in chosen.items() if value and value != defaults.get(name)}


@dataclass(frozen=True)
class Group:
    """Tasks under one heading; the empty heading is not shown."""

    heading: str
    tasks: tuple[Task, ...]
    hint: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Shown:
    """A list ready for its template."""

    view: View
    heading: str
    filters: Filters
    groups: tuple[Group, ...]
    more: str = ""
    color: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)

    @property
    def sortable_by_hand(self) -> bool:
        return self.filters.sort == "position" and not self.filters.narrowed and not self.filters.cursor

    @property
    def count(self) -> int:
        return sum(len(group.tasks) for group in self.groups)


def defaults_of(view: View, overview: Overview) -> dict[str, str]:
    """What a task added to this list gets unless the user says otherwise, so that it appears here."""
    if view.key == "today":
        return {"due_date": overview.today.isoformat()}
    if view.key == "upcoming":
        return {"due_date": day_after(overview.today, 1).isoformat()}
    if view.project_id:
        return {"project_id": str(view.project_id)}
    if view.label_id:
        return {"labels": next((item.name for item in overview.labels if item.id == view.label_id), "")}
    return {}


def grouped(view: View, tasks: tuple[Task, ...], overview: Overview) -> tuple[Group, ...]:
    if view.key == "today":
        return _overdue_then_today(tasks, overview.today)
    if view.key == "upcoming":
        return _by_day(tasks, overview.today)
    if view.key == "done":
        return _by_completion(tasks, overview)
    return (Group("", tasks),) if tasks else ()


def _overdue_then_today(tasks: tuple[Task, ...], today: date) -> tuple[Group, ...]:
    late = tuple(task for task in tasks if task.is_overdue)
    rest = tuple(task for task in tasks if not task.is_overdue)
    groups = (
        Group("Overdue", late, tone="late"),
        Group("Today", rest, hint=f"{today:%A}, {today.day} {today:%B}"),
    )
    return tuple(group for group in groups if group.tasks)


def _by_day(tasks: Iterable[Task], today: date) -> tuple[Group, ...]:
    days = groupby(tasks, key=lambda task: task.due_date or today)
    return tuple(
        Group(short_date(day, today), tuple(members), hint=relative_days(day, today) or long_date(day))
        for day, members in days
    )


def _by_completion(tasks: Iterable[Task], overview: Overview) -> tuple[Group, ...]:
    zone = overview.user.timezone
    days = groupby(tasks, key=lambda task: local_date(task.completed_at or task.updated_at, zone))
    return tuple(Group(short_date(day, overview.today), tuple(members)) for day, members in days)


def color_of(name: str) -> str:
    return name if name in COLORS else "gray"


def _one_of(value: str | None, allowed: Iterable[str], default: str) -> str:
    return value if value is not None and value in allowed else default
