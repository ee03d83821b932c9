"""Every route against every kind of caller. The expectations stand in `matrix.py`; the routes come from the
OpenAPI document, so that a route without a row fails."""

from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from tests.backend.authorization.matrix import ROUTES, Route
from tests.backend.authorization.world import Things, bodies, make_things
from tests.backend.conftest import NewUser
from tests.backend.running.joined_database import JoinedDatabase
from tests.backend.running.users import SignedIn

from todo_backend.auth.scopes import DELEGABLE_SCOPES, SERVICE_SCOPES, USER_SCOPES
from todo_backend.auth.tokens import ACCESS_TOKEN_PREFIX, Claims, TokenSigner, hash_token, new_token
from todo_backend.db.ids import new_id

NO_CALLER = {"/health", "/ready", "/oauth/token"}


@dataclass
class Scene:
    """An owner with one thing of every kind, and a stranger."""

    app: FastAPI
    database: JoinedDatabase
    client: httpx.AsyncClient
    owner: SignedIn
    stranger: SignedIn
    things: Things

    async def call(self, route: Route, token: str | None) -> int:
        """The status of the route's answer to `token`, asked for the owner's things."""
        response = await self.client.request(
            route.method,
            self.things.fill(route.path),
            json=bodies(self.things, self.owner).get((route.method, route.path)),
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
        )
        if response.status_code >= 400:
            assert response.headers["content-type"].startswith("application/problem+json")
        return response.status_code

    async def sql(self, statement: str, **values: object) -> None:
        """Arrange what no request can."""
        async with self.database.system_session() as session:
            await session.execute(text(statement), values)

    async def access_token(self, *scopes: str) -> str:
        """A personal access token of the owner."""
        token = new_token(ACCESS_TOKEN_PREFIX)
        await self.sql(
            "INSERT INTO access_tokens (id, user_id, name, token_hash, scopes)"
            " VALUES (:id, :user_id, 'x', :hash, :scopes)",
            id=new_id(),
            user_id=self.owner.id,
            hash=hash_token(token),
            scopes=list(scopes),
        )
        return token

    def delegated(self, *scopes: str) -> str:
        """What the agent gets in exchange for the owner's session."""
        claims = Claims(scopes, user_id=self.owner.id, session_id=self.owner.session_id)
        return TokenSigner(self.app.state.settings).mint(claims, actor="ai-agent")

    def service(self) -> str:
        """The agent's own token."""
        return TokenSigner(self.app.state.settings).mint(Claims(SERVICE_SCOPES), actor="ai-agent")


@pytest.fixture
async def scene(
    app: FastAPI, database: JoinedDatabase, client: httpx.AsyncClient, new_user: NewUser
) -> Scene:
    """A fresh scene; rolled back afterwards."""
    owner, stranger = await new_user(), await new_user()
    return Scene(app, database, client, owner, stranger, await make_things(database, owner.id))


def test_every_route_has_a_row(app: FastAPI) -> None:
    documented = {
        (method.upper(), path)
        for path, operations in app.openapi()["paths"].items()
        for method in operations
        if path not in NO_CALLER
    }
    assert documented == {(route.method, route.path) for route in ROUTES}


every_route = pytest.mark.parametrize("route", ROUTES, ids=str)
users_route = pytest.mark.parametrize("route", [r for r in ROUTES if r.is_users], ids=str)
scoped_route = pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.is_users and not r.needs_session], ids=str
)
session_route = pytest.mark.parametrize("route", [r for r in ROUTES if r.needs_session], ids=str)
agents_route = pytest.mark.parametrize("route", [r for r in ROUTES if r.is_agents], ids=str)
public_route = pytest.mark.parametrize("route", [r for r in ROUTES if r.is_public], ids=str)
owned_route = pytest.mark.parametrize("route", [r for r in ROUTES if r.is_users and r.other == 404], ids=str)


@public_route
async def test_anybody_may_use_a_public_route(scene: Scene, route: Route) -> None:
    assert await scene.call(route, None) == route.owner


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.is_public], ids=str)
async def test_without_a_good_token_there_is_no_way_in(scene: Scene, route: Route) -> None:
    assert await scene.call(route, None) == 401
    assert await scene.call(route, scene.service()[:-3] + "AAA") == 401
    # The agent's routes turn away every token of a user, without asking whose it is.
    unknown = 403 if route.is_agents else 401
    assert await scene.call(route, new_token("tds_")) == unknown
    assert await scene.call(route, new_token("tdp_")) == unknown


@users_route
async def test_an_expired_session_is_no_session(scene: Scene, route: Route) -> None:
    await scene.sql("UPDATE sessions SET expires_at = now() - interval '1 second'")
    assert await scene.call(route, scene.owner.token) == 401
    assert await scene.call(route, scene.delegated(*USER_SCOPES)) == 401


@users_route
async def test_a_revoked_session_is_no_session(scene: Scene, route: Route) -> None:
    await scene.sql("DELETE FROM sessions WHERE user_id = :user_id", user_id=scene.owner.id)
    assert await scene.call(route, scene.owner.token) == 401
    assert await scene.call(route, scene.delegated(*USER_SCOPES)) == 401


@users_route
async def test_a_revoked_or_expired_access_token_is_no_token(scene: Scene, route: Route) -> None:
    token = await scene.access_token(*USER_SCOPES)
    await scene.sql("UPDATE access_tokens SET expires_at = now() - interval '1 second'")
    assert await scene.call(route, token) == 401
    await scene.sql("DELETE FROM access_tokens WHERE user_id = :user_id", user_id=scene.owner.id)
    assert await scene.call(route, token) == 401


@users_route
async def test_a_disabled_user_has_no_way_in(scene: Scene, route: Route) -> None:
    token = await scene.access_token(*USER_SCOPES)
    await scene.sql("UPDATE users SET disabled_at = now() WHERE id = :id", id=scene.owner.id)
    for credential in (scene.owner.token, token, scene.delegated(*USER_SCOPES)):
        assert await scene.call(route, credential) == 401


@users_route
async def test_the_owner_may(scene: Scene, route: Route) -> None:
    assert await scene.call(route, scene.owner.token) == route.owner


@owned_route
async def test_what_belongs_to_another_does_not_exist(scene: Scene, route: Route) -> None:
    assert await scene.call(route, scene.stranger.token) == 404


@scoped_route
async def test_an_access_token_needs_the_scope(scene: Scene, route: Route) -> None:
    for missing in route.scopes:
        rest = [scope for scope in USER_SCOPES if scope != missing]
        assert await scene.call(route, await scene.access_token(*rest)) == 403
    assert await scene.call(route, await scene.access_token(*route.scopes)) == route.owner


@scoped_route
async def test_a_delegated_token_needs_the_scope(scene: Scene, route: Route) -> None:
    for missing in route.scopes:
        rest = [scope for scope in DELEGABLE_SCOPES if scope != missing]
        assert await scene.call(route, scene.delegated(*rest)) == 403
    if set(route.scopes) <= set(DELEGABLE_SCOPES):
        assert await scene.call(route, scene.delegated(*route.scopes)) == route.owner


@session_route
async def test_no_other_token_stands_in_for_a_session(scene: Scene, route: Route) -> None:
    assert await scene.call(route, await scene.access_token(*USER_SCOPES)) == 403
    assert await scene.call(route, scene.delegated(*USER_SCOPES)) == 403


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.is_agents], ids=str)
async def test_the_agents_own_token_opens_nothing_else(scene: Scene, route: Route) -> None:
    assert await scene.call(route, scene.service()) == 403


@agents_route
async def test_no_user_reaches_the_agents_routes(scene: Scene, route: Route) -> None:
    everything = (*USER_SCOPES, *SERVICE_SCOPES)
    assert await scene.call(route, scene.owner.token) == 403
    assert await scene.call(route, await scene.access_token(*everything)) == 403
    assert await scene.call(route, scene.delegated(*everything)) == 403


@agents_route
async def test_the_agent_needs_the_scope(scene: Scene, route: Route) -> None:
    signer = TokenSigner(scene.app.state.settings)
    rest = tuple(scope for scope in SERVICE_SCOPES if scope not in route.scopes)
    assert await scene.call(route, signer.mint(Claims(rest), actor="ai-agent")) == 403
    assert await scene.call(route, scene.service()) not in {401, 403}
