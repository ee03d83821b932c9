"""The demo user's list: what a busy week looks like."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

PROJECTS = (("Work", "purple"), ("Home", "green"), ("Trip to Lisbon", "amber"), ("Health", "teal"))
LABELS = (("calls", "blue"), ("errands", "orange"), ("waiting", "gray"), ("deep-work", "pink"))


@dataclass(frozen=True)
class DemoTask:
    """`due` is days from today; `time` a wall-clock time on that day."""

    title: str
    project: str | None = None
    due: int | None = None
    time: str | None = None
    priority: str = "p4"
    labels: tuple[str, ...] = ()
    notes: str = ""
    done: bool = False

    def body(self, *, today: date, projects: dict[str, str]) -> dict[str, Any]:
        """The JSON for `POST /api/v1/tasks`."""
        body: dict[str, Any] = {"title": self.title, "priority": self.priority, "labels": list(self.labels)}
        if self.notes:
            body["notes"] = self.notes
        if self.project is not None:
            body["project_id"] = projects[self.project]
        if self.due is not None:
            body["due_date"] = (today + timedelta(days=self.due)).isoformat()
        if self.time is not None:
            body["due_time"] = self.time
        return body


TASKS = (
    DemoTask("Send the quarterly figures to Priya", "Work", -2, priority="p2", notes="She needs the sheet."),
    DemoTask("Return the library books", "Home", -1, labels=("errands",)),
    DemoTask("Answer the landlord about the heating", "Home", -4, priority="p2", labels=("calls",)),
    DemoTask("Sort old phone photos", "Home", -24),
    DemoTask("Prepare the sprint review", "Work", 0, "09:30", "p1", ("deep-work",)),
    DemoTask("Call the dentist about Thursday", "Health", 0, "11:00", "p2", ("calls",)),
    DemoTask("Review Tomás's pull request", "Work", 0, priority="p2"),
    DemoTask("Buy a birthday card for Nadia", None, 0, labels=("errands",)),
    DemoTask("Pay the electricity bill", "Home", 0, priority="p1"),
    DemoTask("Water the plants", "Home", 0),
    DemoTask("Draft the offer for Northwind", "Work", 0, "16:00", "p1", ("deep-work",)),
    DemoTask("Stretch for ten minutes", "Health", 0, "21:00"),
    DemoTask("Book the airport transfer", "Trip to Lisbon", 1),
    DemoTask("One-to-one with Amara", "Work", 1, "14:00", "p3"),
    DemoTask("Renew the passport photo", "Trip to Lisbon", 2, priority="p2", labels=("errands",)),
    DemoTask("Pick up the parcel", "Home", 2, "17:30", labels=("errands",)),
    DemoTask("Plan the team offsite", "Work", 4, priority="p3", notes="Venue, dates, budget up to 2,000 €."),
    DemoTask("Reserve a table in Alfama", "Trip to Lisbon", 6, labels=("calls",)),
    DemoTask("Flu vaccination", "Health", 8, "08:15", "p2"),
    DemoTask("Pack light", "Trip to Lisbon", 12),
    DemoTask("Wait for the accountant's reply", "Work", None, labels=("waiting",)),
    DemoTask("Read “The Design of Everyday Things”"),
    DemoTask("Learn three Fado songs", "Trip to Lisbon"),
    DemoTask("Compare flight prices", "Trip to Lisbon", -6, priority="p2", done=True),
    DemoTask("Submit the expense report", "Work", -3, done=True),
    DemoTask("Fix the dripping tap", "Home", -1, done=True),
    DemoTask("Morning run", "Health", 0, "07:00", done=True),
)
