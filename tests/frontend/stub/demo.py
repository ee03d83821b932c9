"""A lived-in account: what pages look like in real life."""

from datetime import timedelta

from tests.frontend.stub.store import Account, Store

EMAIL, PASSWORD = "mira@example.org", "correct horse battery"


def fill(store: Store) -> Account:
    me = store.sign_up(EMAIL, PASSWORD, name="Mira Lindqvist", timezone="Europe/Berlin")

    def day(offset: int) -> str:
        return (me.today + timedelta(days=offset)).isoformat()

    studio, flat, trip = (
        me.add_project("Studio website", "purple"),
        me.add_project("New flat", "teal"),
        me.add_project("Lisbon in spring", "orange"),
    )
    for name, color in (
        ("errands", "green"),
        ("deep work", "blue"),
        ("waiting", "amber"),
        ("5 minutes", "pink"),
    ):
        me.add_label(name, color)
    tax = me.add_task(
        "Sort receipts for the tax return", due_date=day(-3), priority="p2", labels=["deep work"]
    )
    bulb = me.add_task(
        "Replace the hallway bulb", due_date=day(-1), project_id=flat["id"], labels=["5 minutes", "errands"]
    )
    me.add_task(
        "Send the revised offer to Johan",
        due_date=day(0),
        due_time="11:30:00",
        priority="p1",
        project_id=studio["id"],
        notes="He asked for two options.",
    )
    me.add_task(
        "Call the landlord about the heating and ask when exactly the engineer is supposed to come",
        due_date=day(0),
        project_id=flat["id"],
        labels=["waiting"],
        priority="p3",
    )
    me.add_task("Pick up the parcel", due_date=day(0), labels=["errands"])
    me.add_task("Water the plants", due_date=day(0))
    me.add_task(
        "Draft the case study page",
        due_date=day(1),
        project_id=studio["id"],
        labels=["deep work"],
        priority="p2",
    )
    me.add_task("Dentist", due_date=day(2), due_time="09:15:00")
    me.add_task("Compare train and flight", due_date=day(4), project_id=trip["id"])
    me.add_task("Book three nights in Alfama", due_date=day(9), project_id=trip["id"], priority="p3")
    me.add_task(
        "Renew the domain",
        due_date=day(30),
        project_id=studio["id"],
        due_timezone="America/New_York",
        due_time="17:00:00",
    )
    me.add_task("Idea: newsletter with one tip a month")
    me.add_task("Ask Noor for the name of that joiner", labels=["waiting"])
    me.add_task("Back up the laptop", status="done", completed_at=me.user["created_at"])
    me.add_task("Cancel the gym", status="done", completed_at=me.user["created_at"], labels=["errands"])
    me.add_task("Old grocery list", status="trash", deleted_at=me.user["created_at"])
    me.add_suggestion(
        tax,
        to=day(3),
        title="Move “Sort receipts for the tax return” to a day with room",
        reason="It is 3 days overdue, and that day has only one other task.",
        evidence={"counts": {"days_overdue": 3, "tasks_that_day": 1}, "dates": {"due": day(-3)}},
    )
    me.add_suggestion(
        bulb,
        to="p3",
        agent="prioritization",
        title="Lower two priorities",
        reason="Four of your six tasks for today are urgent or high; these two can wait.",
        evidence={"counts": {"due_today": 6, "urgent_or_high": 4}},
        changes=[
            {
                "task_id": bulb["id"],
                "task_title": bulb["title"],
                "field": "priority",
                "from": "p2",
                "to": "p3",
            },
            {
                "task_id": bulb["id"],
                "task_title": bulb["title"],
                "field": "due_date",
                "from": bulb["due_date"],
                "to": None,
            },
            {"task_id": tax["id"], "task_title": tax["title"], "field": "priority", "from": "p1", "to": "p2"},
        ],
        source="llm",
    )
    plants = next(task for task in me.tasks.values() if task["title"] == "Water the plants")
    me.add_suggestion(
        plants, to=day(0), title="Water the plants today", status="accepted", decided_at=me.user["created_at"]
    )
    me.tokens["t"] = {
        "id": "0199f1d2-0000-7000-8000-000000000001",
        "name": "backup script",
        "scopes": ["tasks:read", "account:read"],
        "created_at": me.user["created_at"],
        "expires_at": None,
        "last_used_at": me.user["created_at"],
    }
    return me
