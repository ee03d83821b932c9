"""What an agent sees of a user."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.backend.conftest import NewUser
from tests.backend.running.users import SignedIn
from tests.backend.sweeps.agent import YESTERDAY, Agent, add_task, change

DIRECT = (
    "INSERT INTO tasks (id, user_id, title, position, status, due_date, overdue_at, completed_at)"
    " SELECT gen_random_uuid(), :user_id, 'x', n, :status, :due_date, :overdue_at, :completed_at"
    " FROM generate_series(1, :many) n"
)


async def snapshot_of(agent: Agent, user: SignedIn) -> dict[str, Any]:
    snapshot: dict[str, Any] = (await agent.lease(user.id))["snapshot"]
    return snapshot


async def add_directly(agent: Agent, user: SignedIn, many: int = 1, **values: Any) -> None:
    """Tasks as only the passing of time makes them."""
    empty = {"status": "open", "due_date": None, "overdue_at": None, "completed_at": None}
    await agent.sql(DIRECT, **(empty | values | {"user_id": user.id, "many": many}))


async def test_a_user_without_tasks(new_user: NewUser, agent: Agent) -> None:
    user = await new_user(timezone="Asia/Tokyo")
    snapshot = await snapshot_of(agent, user)
    now = datetime.fromisoformat(snapshot.pop("now"))
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=10)
    assert snapshot == {
        "timezone": "Asia/Tokyo",
        "quiet_hours": None,
        "tasks": [],
        "tasks_total": 0,
        "load": {},
        "completions": {"per_weekday": [0] * 7, "late": 0, "on_time": 0},
        "open_suggestions": [],
        "open_slots": 5,
        "hour_budget": 10,
        "muted_rules": [],
        "muted_task_rules": [],
        "recent_fingerprints": [],
    }


async def test_tasks_are_as_the_user_sees_them(user: SignedIn, agent: Agent) -> None:
    made = await add_task(
        user.client, due_date=YESTERDAY, due_time="17:00", due_timezone="Europe/Berlin", labels=["home"]
    )
    (task,) = (await snapshot_of(agent, user))["tasks"]
    assert task == {name: made[name] for name in task}
    assert {"notes", "position", "status"}.isdisjoint(task)


async def test_the_most_overdue_come_first(user: SignedIn, agent: Agent) -> None:
    without = await add_task(user.client, due_date=None)
    late = await add_task(user.client, due_date=YESTERDAY)
    very_late = await add_task(user.client, due_date="2020-01-01")
    tasks = (await snapshot_of(agent, user))["tasks"]
    assert [task["id"] for task in tasks] == [very_late["id"], late["id"], without["id"]]


async def test_only_open_tasks_of_this_user(new_user: NewUser, user: SignedIn, agent: Agent) -> None:
    await add_task((await new_user()).client)
    done, deleted, kept = [await add_task(user.client) for _ in range(3)]
    await user.client.post(f"/api/v1/tasks/{done['id']}/complete")
    await user.client.delete(f"/api/v1/tasks/{deleted['id']}")
    snapshot = await snapshot_of(agent, user)
    assert [task["id"] for task in snapshot["tasks"]] == [kept["id"]]
    assert snapshot["tasks_total"] == 1


async def test_at_most_500_tasks_but_all_are_counted(user: SignedIn, agent: Agent) -> None:
    await add_directly(agent, user, many=502)
    snapshot = await snapshot_of(agent, user)
    assert (len(snapshot["tasks"]), snapshot["tasks_total"]) == (500, 502)


async def test_the_load_of_four_weeks_on_the_users_calendar(new_user: NewUser, agent: Agent) -> None:
    user = await new_user(timezone="Pacific/Kiritimati")
    today = (datetime.now(UTC) + timedelta(hours=14)).date()
    for days, many in ((-1, 1), (0, 2), (27, 3), (28, 4)):
        await add_directly(agent, user, many, due_date=today + timedelta(days=days))
    assert (await snapshot_of(agent, user))["load"] == {
        today.isoformat(): 2,
        (today + timedelta(days=27)).isoformat(): 3,
    }


async def test_the_habit_of_sixty_days_on_the_users_calendar(new_user: NewUser, agent: Agent) -> None:
    user = await new_user(timezone="Pacific/Kiritimati")
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=7)
    done = {"status": "done", "completed_at": noon}
    await add_directly(agent, user, 2, overdue_at=noon - timedelta(hours=1), **done)
    await add_directly(agent, user, 3, overdue_at=noon + timedelta(hours=1), **done)
    await add_directly(agent, user, 4, **done)
    await add_directly(agent, user, 5, **(done | {"completed_at": noon - timedelta(days=60)}))
    habit = (await snapshot_of(agent, user))["completions"]
    there = noon + timedelta(hours=14)
    assert habit == {
        "per_weekday": [9 if day == there.weekday() else 0 for day in range(7)],
        "late": 2,
        "on_time": 3,
    }


async def test_quiet_hours(new_user: NewUser, agent: Agent) -> None:
    user = await new_user()
    hours = {"start": "22:00", "end": "07:30"}
    await user.client.patch("/api/v1/me/preferences", json={"quiet_hours": hours})
    assert (await snapshot_of(agent, user))["quiet_hours"] == hours


async def test_what_was_said_and_what_the_user_made_of_it(user: SignedIn, agent: Agent) -> None:
    tasks = [await add_task(user.client) for _ in range(4)]
    lease = await agent.lease(user.id)
    rules = ["rule_open", "rule_snoozed", "rule_off", "rule_task"]
    cards = [
        await agent.suggested(lease, change(task, "priority", "p1"), rule=rule)
        for task, rule in zip(tasks, rules, strict=True)
    ]
    base = "/api/v1/suggestions"
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await user.client.post(f"{base}/{cards[1]['id']}/snooze", json={"until": until})
    await user.client.post(f"{base}/{cards[2]['id']}/dismiss", json={"scope": "rule"})
    await user.client.post(f"{base}/{cards[3]['id']}/dismiss", json={"scope": "task"})
    snapshot = await snapshot_of(agent, user)
    assert snapshot["open_suggestions"] == [
        {
            "id": cards[number]["id"],
            "rule": rules[number],
            "fingerprint": f"print-{tasks[number]['id']}",
            "task_ids": [tasks[number]["id"]],
            "created_at": cards[number]["created_at"],
        }
        for number in (1, 0)
    ]
    assert (snapshot["open_slots"], snapshot["hour_budget"]) == (4, 6)
    assert snapshot["muted_rules"] == ["rule_off"]
    assert snapshot["muted_task_rules"] == [{"task_id": tasks[3]["id"], "rule": "rule_task"}]
    assert set(snapshot["recent_fingerprints"]) == {f"print-{task['id']}" for task in tasks}


async def test_cards_that_have_expired_wait_for_nobody(user: SignedIn, agent: Agent) -> None:
    task = await add_task(user.client)
    await agent.suggested(await agent.lease(user.id), change(task, "priority", "p1"))
    await agent.sql("UPDATE agent_suggestions SET expires_at = clock_timestamp()")
    snapshot = await snapshot_of(agent, user)
    assert (snapshot["open_suggestions"], snapshot["open_slots"]) == ([], 5)


async def test_one_snapshot_serves_each_of_many_leases(new_user: NewUser, agent: Agent) -> None:
    users = [await new_user(name=str(number)) for number in range(3)]
    titles = {}
    for user in users:
        titles[str(user.id)] = (await add_task(user.client, title=f"of {user.id}"))["title"]
        await agent.make_due(user.id)
    leases = await agent.claim()
    assert len(leases) == 6
    assert all(lease["snapshot"]["tasks"][0]["title"] == titles[lease["user_id"]] for lease in leases)
