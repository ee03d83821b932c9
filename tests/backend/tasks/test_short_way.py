"""The short way to the hot reads answers exactly as the ordinary route does."""

import asyncpg
import pytest
from tests.backend.running.live import LiveBackend
from tests.backend.running.users import SignedIn

TASKS = "/api/v1/tasks"
# A parameter given twice is not for the short way; the last one counts.
ORDINARY = f"{TASKS}?limit=9&limit=50"


async def test_both_ways_give_the_same_answer(user: SignedIn) -> None:
    for title in ("one", "two"):
        await user.client.post(TASKS, json={"title": title})
    short, ordinary = await user.client.get(TASKS), await user.client.get(ORDINARY)
    assert short.status_code == ordinary.status_code == 200
    assert short.content == ordinary.content
    for name in ("etag", "content-type", "cache-control", "vary"):
        assert short.headers[name] == ordinary.headers[name]


@pytest.mark.parametrize("token", ["tds_unknown", "nonsense", ""])
async def test_both_ways_refuse_alike(user: SignedIn, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    short = await user.client.get(TASKS, headers=headers)
    ordinary = await user.client.get(ORDINARY, headers=headers)
    assert short.status_code == ordinary.status_code == 401
    assert short.headers["content-type"] == "application/problem+json"
    assert short.headers["www-authenticate"] == ordinary.headers["www-authenticate"]
    assert short.json() | {"request_id": ""} == ordinary.json() | {"request_id": ""}


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "unknown=1", "status=", "due_before=tomorrow"])
async def test_a_query_that_is_wrong_is_named(user: SignedIn, query: str) -> None:
    answer = await user.client.get(f"{TASKS}?{query}")
    assert answer.status_code == 422
    assert query.split("=", maxsplit=1)[0] in answer.text


@pytest.mark.slow
async def test_connections_that_the_server_ended_cost_no_request(live_backend: LiveBackend) -> None:
    user = await live_backend.new_user()
    assert (await user.client.get(TASKS)).status_code == 200
    admin = await asyncpg.connect(str(live_backend.app.state.settings.database_url))
    await admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'todo-backend' AND datname = current_database()"
    )
    await admin.close()
    assert [(await user.client.get(TASKS)).status_code for _ in range(3)] == [200] * 3
