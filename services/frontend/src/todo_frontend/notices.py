"""Messages shown once after a redirect. The address carries a code, never text, so nobody can plant words."""

from dataclasses import dataclass
from uuid import UUID

from starlette.datastructures import QueryParams


@dataclass(frozen=True)
class Notice:
    """`undo` is a path with `{id}`; it becomes a button "Undo" when the address names what it is about."""

    text: str
    undo: str | None = None
    link: str | None = None
    tone: str = "good"


@dataclass(frozen=True)
class ShownNotice:
    text: str
    undo: str | None
    link: str | None
    tone: str


NOTICES = {
    "task_added": Notice("Task added.", link="/app/tasks/{id}"),
    "task_saved": Notice("Saved."),
    "task_completed": Notice("Done. Well done!", undo="/app/tasks/{id}/reopen"),
    "task_reopened": Notice("Back on the list."),
    "task_trashed": Notice("Moved to the trash.", undo="/app/tasks/{id}/restore"),
    "task_restored": Notice("Restored."),
    "task_deleted": Notice("Deleted for good."),
    "task_gone": Notice("That task no longer exists.", tone="warn"),
    "suggestion_accepted": Notice("Done. You can take it back for 24 hours."),
    "suggestion_dismissed": Notice("Dismissed."),
    "suggestion_rule_dismissed": Notice("Dismissed. This kind of suggestion stays away from now on."),
    "suggestion_snoozed": Notice("Put aside for later."),
    "suggestion_undone": Notice("Taken back. Everything is as it was before."),
    "suggestion_stale": Notice(
        "That suggestion is out of date: its task has changed since. Nothing was done.", tone="warn"
    ),
    "suggestion_not_open": Notice("That suggestion was already decided.", tone="warn"),
    "undo_expired": Notice(
        "That was more than 24 hours ago, so it can no longer be taken back.", tone="warn"
    ),
    "undo_conflict": Notice(
        "The task has changed since, so this can no longer be taken back. Nothing was done.", tone="warn"
    ),
    "project_created": Notice("Project created."),
    "project_saved": Notice("Project saved."),
    "project_deleted": Notice("Project deleted. Its tasks are in the Inbox."),
    "project_deleted_with_tasks": Notice("Project deleted. Its tasks are in the trash."),
    "label_created": Notice("Label created."),
    "label_saved": Notice("Label saved."),
    "label_deleted": Notice("Label deleted."),
    "settings_saved": Notice("Settings saved."),
    "password_changed": Notice("Password changed. All other sessions have ended."),
    "session_ended": Notice("Session ended."),
    "token_revoked": Notice("Access token revoked. It no longer works."),
    "logged_out": Notice("You are logged out. See you soon."),
    "account_deleted": Notice("Your account and everything in it is deleted."),
    "session_over": Notice("Your session has ended. Please log in again.", tone="warn"),
}


def notice_of(query: QueryParams) -> ShownNotice | None:
    """The notice an address asks for, or None. `about` must be an id, else the notice has no links."""
    notice = NOTICES.get(query.get("notice", ""))
    if notice is None:
        return None
    about = _id_or_none(query.get("about", ""))
    undo, link = (path.format(id=about) if path and about else None for path in (notice.undo, notice.link))
    return ShownNotice(text=notice.text, undo=undo, link=link, tone=notice.tone)


def _id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
