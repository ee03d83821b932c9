"""Who may do what, for every route: the one table to read.

scope   what a token needs; `public` needs none, `session` takes only a log-in's own session
owner   the answer to the owner (or to anyone with the scope, where nothing is owned)
other   the answer to another user: 404 for a thing that is not theirs, `own` where they reach only their own
"""

from dataclasses import dataclass

from todo_backend.auth.scopes import SERVICE_SCOPES

TABLE = """
method path                                        scope               owner other
POST   /api/v1/auth/signup                         public              201   -
POST   /api/v1/auth/login                          public              200   -
POST   /api/v1/auth/logout                         session             204   own
GET    /api/v1/me                                  account:read        200   own
PATCH  /api/v1/me                                  account:write       200   own
DELETE /api/v1/me                                  account:write       204   own
PUT    /api/v1/me/password                         account:write       204   own
GET    /api/v1/me/export                           account:read        200   own
GET    /api/v1/me/preferences                      account:read        200   own
PATCH  /api/v1/me/preferences                      account:write       200   own
GET    /api/v1/me/sessions                         account:read        200   own
DELETE /api/v1/me/sessions/{session_id}            account:write       204   404
GET    /api/v1/me/tokens                           account:read        200   own
POST   /api/v1/me/tokens                           account:write       201   own
DELETE /api/v1/me/tokens/{token_id}                account:write       204   404
GET    /api/v1/tasks                               tasks:read          200   own
POST   /api/v1/tasks                               tasks:write         201   own
POST   /api/v1/tasks/parse                         tasks:read          200   own
POST   /api/v1/tasks/quick-add                     tasks:write         201   own
GET    /api/v1/tasks/{task_id}                     tasks:read          200   404
PATCH  /api/v1/tasks/{task_id}                     tasks:write         200   404
DELETE /api/v1/tasks/{task_id}                     tasks:write         204   404
POST   /api/v1/tasks/{task_id}/complete            tasks:write         200   404
POST   /api/v1/tasks/{task_id}/reopen              tasks:write         200   404
POST   /api/v1/tasks/{task_id}/restore             tasks:write         200   404
POST   /api/v1/tasks/{task_id}/move                tasks:write         200   404
GET    /api/v1/projects                            tasks:read          200   own
POST   /api/v1/projects                            tasks:write         201   own
GET    /api/v1/projects/{project_id}               tasks:read          200   404
PATCH  /api/v1/projects/{project_id}               tasks:write         200   404
DELETE /api/v1/projects/{project_id}               tasks:write         204   404
GET    /api/v1/labels                              tasks:read          200   own
POST   /api/v1/labels                              tasks:write         201   own
GET    /api/v1/labels/{label_id}                   tasks:read          200   404
PATCH  /api/v1/labels/{label_id}                   tasks:write         200   404
DELETE /api/v1/labels/{label_id}                   tasks:write         204   404
GET    /api/v1/overview                            overview            200   own
GET    /api/v1/suggestions                         suggestions:read    200   own
POST   /api/v1/suggestions                         suggestions:create  -     -
GET    /api/v1/suggestions/{suggestion_id}         suggestions:read    200   404
POST   /api/v1/suggestions/{suggestion_id}/accept  suggestions:write   200   404
POST   /api/v1/suggestions/{suggestion_id}/dismiss suggestions:write   200   404
POST   /api/v1/suggestions/{suggestion_id}/snooze  suggestions:write   200   404
POST   /api/v1/suggestions/{suggestion_id}/undo    suggestions:write   409   404
GET    /api/v1/suggestions/rules                   suggestions:read    200   own
DELETE /api/v1/suggestions/rules/{rule}            suggestions:write   204   own
POST   /api/v1/sweeps/claim                        sweeps:claim        -     -
POST   /api/v1/sweeps/{user_id}/{agent}/complete   sweeps:claim        -     -
POST   /api/v1/sweeps/{user_id}/{agent}/release    sweeps:claim        -     -
"""


@dataclass(frozen=True)
class Route:
    """One row."""

    method: str
    path: str
    scope: str
    owner: int
    other: int | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_public(self) -> bool:
        return self.scope == "public"

    @property
    def is_agents(self) -> bool:
        return self.scope in SERVICE_SCOPES

    @property
    def is_users(self) -> bool:
        return not self.is_public and not self.is_agents

    @property
    def needs_session(self) -> bool:
        return self.scope == "session"

    @property
    def scopes(self) -> tuple[str, ...]:
        """What a token needs."""
        return SEVERAL.get(self.scope, (self.scope,))


SEVERAL = {
    "overview": ("tasks:read", "suggestions:read", "account:read"),
}


def _parse(line: str) -> Route:
    method, path, scope, owner, other = line.split()
    return Route(method, path, scope, int(owner) if owner != "-" else 0, 404 if other == "404" else None)


ROUTES = [_parse(line) for line in TABLE.strip().splitlines()[1:]]
