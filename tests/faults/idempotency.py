"""One effect for any number of tries, also when the backend dies between the effect and the answer."""

import asyncio
from collections.abc import Sequence
from functools import partial

import httpx
from tests.faults.persistent_client import PersistentClient
from tests.faults.platform import Platform
from tests.faults.postgres_proxy import Cut, proxied
from tests.faults.running import Counts, main

_PARALLEL = 20


async def parallel_replays(platform: Platform, *, rounds: int) -> Counts:
    """The same request 20 times at once: one effect, one answer; another body and user beside it."""
    user, other = await platform.new_user(), await platform.new_user()
    counts: Counts = {"requests with one key at the same time": _PARALLEL, "rounds": rounds, "effects": 0}
    for number in range(rounds):
        key, title = f"round-{number}", f"Task {number}"
        send = partial(user.client.post, "/api/v1/tasks", headers={"Idempotency-Key": key})
        answers = await asyncio.gather(*(send(json={"title": title}) for _ in range(_PARALLEL)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert len({(answer.headers["ETag"], answer.headers["Location"]) for answer in answers}) == 1
        assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
        refused = await send(json={"title": "Another body"})
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
        independent = await other.client.post(
            "/api/v1/tasks", headers={"Idempotency-Key": key}, json={"title": title}
        )
        assert independent.status_code == 201
        assert independent.json()["id"] != answers[0].json()["id"]
    found = await platform.sql("SELECT user_id, title, count(*) AS copies FROM tasks GROUP BY 1, 2")
    assert {row.copies for row in found} == {1}
    assert len(found) == 2 * rounds
    counts["effects"] = sum(row.user_id == user.id for row in found)
    return counts


async def crash_at_commit(platform: Platform, *, cuts: Sequence[Cut]) -> Counts:
    """SIGKILL with COMMIT on the wire: not yet given to PostgreSQL, or given and not yet acknowledged."""
    counts: Counts = {f"killed {cut}": 0 for cut in cuts}
    async with proxied(platform.database_url) as proxy:
        backend = platform.new_backend(database_url=proxy.url)
        try:
            await backend.start()
            user = await platform.new_user(backend=backend)
            client = PersistentClient(user)
            for number, cut in enumerate(cuts):
                title = f"Cut {number}"
                proxy.arm(cut, title, backend.end)
                await _must_fail(user.client, title, key=f"cut-{number}")
                counts[f"killed {cut}"] += 1
                there = len(await platform.sql("SELECT id FROM tasks WHERE title = :title", title=title))
                assert there == (cut == "after the commit")
                await backend.start()
                answer = await client.post("/api/v1/tasks", {"title": title}, key=f"cut-{number}")
                assert answer is not None
                assert ("Idempotency-Replayed" in answer.headers) == (cut == "after the commit")
                found = await platform.sql("SELECT id FROM tasks WHERE title = :title", title=title)
                assert [str(row.id) for row in found] == [answer.json()["id"]]
            counts["replayed answers"] = client.seen["replayed answers"]
        finally:
            backend.close()
    return counts


async def kept_for_a_day(platform: Platform) -> Counts:
    """An answer is kept for 24 hours, to the minute, whatever housekeeping does; then the key is free."""
    user = await platform.new_user()
    aged = (
        "UPDATE idempotency_keys SET created_at = now() - make_interval(mins => :minutes) WHERE user_id = :id"
    )

    async def post() -> httpx.Response:
        return await user.client.post(
            "/api/v1/tasks", json={"title": "Day"}, headers={"Idempotency-Key": "k"}
        )

    first = await post()
    await platform.sql(aged, minutes=24 * 60 - 1, id=user.id)
    late = await post()
    assert (late.content, late.headers["Idempotency-Replayed"]) == (first.content, "true")
    await platform.sql(aged, minutes=24 * 60 + 1, id=user.id)
    after = await post()
    assert after.status_code == 201
    assert after.json()["id"] != first.json()["id"]
    return {"replayed after 23 h 59 min": 1, "a new effect after 24 h 1 min": 1}


async def _must_fail(client: httpx.AsyncClient, title: str, *, key: str) -> None:
    try:
        answer = await client.post("/api/v1/tasks", json={"title": title}, headers={"Idempotency-Key": key})
    except httpx.TransportError:
        return
    raise AssertionError(f"an answer came through the cut: {answer.status_code}")


async def run(platform: Platform, *, rounds: int = 200, crashes: int = 10) -> Counts:
    """All of it."""
    replays = await parallel_replays(platform, rounds=rounds)
    cuts: list[Cut] = ["before the commit", "after the commit"] * crashes
    return replays | await crash_at_commit(platform, cuts=cuts) | await kept_for_a_day(platform)


if __name__ == "__main__":
    main(run)
