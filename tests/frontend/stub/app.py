"""A small backend in memory that speaks the real API over real HTTP, for tests of pages alone.

The contract tests run the same pages against the real backend; this one can also be told to fail.
"""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import Body, FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from tests.frontend.stub import suggestions, tasks
from tests.frontend.stub.deps import Me, Token, store_of
from tests.frontend.stub.problems import Refusal, answer_refusal, invalid
from tests.frontend.stub.store import Account, Json, Store, now


def create_stub(store: Store) -> FastAPI:
    app = FastAPI()
    app.state.store = store
    app.add_exception_handler(Refusal, answer_refusal)
    app.middleware("http")(_record_and_fail)
    for router in (tasks.router, suggestions.router):
        app.include_router(router, prefix="/api/v1")
    _add_account_routes(app)
    _add_group_routes(app)
    return app


async def _record_and_fail(request: Request, call_next: Any) -> Response:
    store: Store = request.app.state.store
    path = request.url.path
    if path == "/health":
        return JSONResponse({"status": "ok"})
    store.requests.append((request.method, path, dict(request.headers) | dict(request.query_params)))
    if store.faults:
        status, body, headers = store.faults.pop(0)
        return JSONResponse(body, status_code=status, headers=headers)
    answer: Response = await call_next(request)
    return answer


def _add_account_routes(app: FastAPI) -> None:
    @app.post("/api/v1/auth/signup", status_code=201)
    async def sign_up(request: Request, body: Annotated[Json, Body()]) -> Json:
        store = store_of(request)
        if body["email"] in store.accounts:
            raise Refusal(409, "email_taken")
        if "@" not in body["email"]:
            raise invalid("email", "value is not a valid email address")
        if len(body["password"]) < 8:
            raise invalid("password", "String should have at least 8 characters", "string_too_short_password")
        account = store.sign_up(
            body["email"], body["password"], name=body.get("name", ""), timezone=body["timezone"]
        )
        return {"user": account.user, "session": store.open_session(account, request.headers["user-agent"])}

    @app.post("/api/v1/auth/login")
    async def log_in(request: Request, body: Annotated[Json, Body()]) -> Json:
        store = store_of(request)
        account = store.accounts.get(body["email"])
        if body["email"] == "busy@example.org":
            raise Refusal(429, "rate_limited")
        if account is None or account.password != body["password"]:
            raise Refusal(401, "invalid_credentials")
        return {"user": account.user, "session": store.open_session(account, request.headers["user-agent"])}

    @app.post("/api/v1/auth/logout", status_code=204)
    async def log_out(request: Request, token: Token, me: Me) -> None:
        del store_of(request).tokens[token]
        me.sessions.pop(token, None)

    @app.get("/api/v1/overview")
    async def overview(me: Me) -> Json:
        return _overview(me)

    @app.patch("/api/v1/me")
    async def change_me(me: Me, body: Annotated[Json, Body()]) -> Json:
        if len(body.get("name", "")) > 200:
            raise invalid("name", "String should have at most 200 characters", "string_too_long")
        me.user |= body
        return me.user

    @app.patch("/api/v1/me/preferences")
    async def change_preferences(me: Me, body: Annotated[Json, Body()]) -> Json:
        quiet = body.get("quiet_hours")
        if quiet and quiet["start"] == quiet["end"]:
            raise invalid("quiet_hours", "start and end must differ")
        me.preferences |= body
        return me.preferences

    @app.put("/api/v1/me/password", status_code=204)
    async def change_password(me: Me, body: Annotated[Json, Body()]) -> None:
        if body["current_password"] != me.password:
            raise Refusal(403, "invalid_credentials")
        me.password = body["new_password"]

    @app.delete("/api/v1/me", status_code=204)
    async def delete_me(request: Request, me: Me, body: Annotated[Json, Body()]) -> None:
        if body["password"] != me.password:
            raise Refusal(403, "invalid_credentials")
        del store_of(request).accounts[me.user["email"]]

    @app.get("/api/v1/me/export")
    async def export(me: Me) -> Json:
        return {"user": me.user, "tasks": list(me.tasks.values())}

    @app.get("/api/v1/me/sessions")
    async def sessions(me: Me, token: Token) -> Json:
        return {"items": [entry | {"current": key == token} for key, entry in me.sessions.items()]}

    @app.delete("/api/v1/me/sessions/{session_id}", status_code=204)
    async def end_session(me: Me, session_id: str) -> None:
        key = next(key for key, entry in me.sessions.items() if entry["id"] == session_id)
        del me.sessions[key]

    @app.get("/api/v1/me/tokens")
    async def access_tokens(me: Me) -> Json:
        return {"items": list(me.tokens.values())}

    @app.post("/api/v1/me/tokens", status_code=201)
    async def create_token(me: Me, body: Annotated[Json, Body()]) -> Json:
        key = str(uuid4())
        token: Json = {"id": key, "created_at": now(), "expires_at": None, "last_used_at": None} | body
        me.tokens[key] = token
        return token | {"token": "tdp_only-shown-once"}

    @app.delete("/api/v1/me/tokens/{token_id}", status_code=204)
    async def revoke_token(me: Me, token_id: str) -> None:
        del me.tokens[token_id]


def _add_group_routes(app: FastAPI) -> None:
    @app.post("/api/v1/{kind}", status_code=201)
    async def create(
        me: Me, kind: str, body: Annotated[Json, Body()], idempotency_key: Annotated[str, Header()]
    ) -> Json:
        groups = me.projects if kind == "projects" else me.labels
        if idempotency_key in me.answers:
            return me.answers[idempotency_key]
        _check_name(groups, body["name"])
        add = me.add_project if kind == "projects" else me.add_label
        me.answers[idempotency_key] = add(body["name"], body["color"])
        return me.answers[idempotency_key]

    @app.patch("/api/v1/{kind}/{group_id}")
    async def change(me: Me, kind: str, group_id: str, body: Annotated[Json, Body()]) -> Json:
        groups = me.projects if kind == "projects" else me.labels
        if groups[group_id]["name"] != body["name"]:
            _check_name(groups, body["name"])
        groups[group_id] |= body
        return groups[group_id]

    @app.delete("/api/v1/{kind}/{group_id}", status_code=204)
    async def delete(me: Me, kind: str, group_id: str, tasks: str = "inbox") -> None:
        del (me.projects if kind == "projects" else me.labels)[group_id]
        for task in me.tasks.values():
            if task["project_id"] == group_id:
                task["project_id"] = None
                task["status"] = "trash" if tasks == "trash" else task["status"]


def _check_name(groups: dict[str, Json], name: str) -> None:
    if not name:
        raise invalid("name", "String should have at least 1 character", "string_too_short")
    if any(group["name"].lower() == name.lower() for group in groups.values()):
        raise Refusal(409, "name_taken")


def _overview(me: Account) -> Json:
    open_tasks, today = me.open_tasks(), me.today.isoformat()
    due = [task["due_date"] for task in open_tasks if task["due_date"]]
    cards = sorted(me.suggestions.values(), key=lambda card: card["created_at"], reverse=True)
    projects = [
        group | {"task_count": sum(task["project_id"] == group["id"] for task in open_tasks)}
        for group in me.projects.values()
    ]
    labels = [
        group | {"task_count": sum(group["name"] in task["labels"] for task in open_tasks)}
        for group in me.labels.values()
    ]
    return {
        "user": me.user,
        "preferences": me.preferences,
        "today": today,
        "projects": projects,
        "labels": labels,
        "suggestions": [card for card in cards if card["status"] == "open"],
        "decided": [card for card in cards if card["status"] == "accepted"],
        "counts": {
            "inbox": sum(task["project_id"] is None for task in open_tasks),
            "today": sum(day <= today for day in due),
            "overdue": sum(day < today for day in due),
            "upcoming": sum(day > today for day in due),
            "trash": sum(task["status"] == "trash" for task in me.tasks.values()),
        },
        "notices": me.notices,
    }
