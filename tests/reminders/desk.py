"""What tests of reminders share: a Monday at noon, a plan with sessions, visits to come, and a beat that is pressed by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from careplans.services import plans
from clinic.ids import uuid7
from patients.models import Consent
from reminders import services
from reminders.models import Kind, Reminder, State
from tests.careplans.plans import answer_all, diagnose, sign
from tests.conftest import outside

NOON = datetime(2027, 1, 4, 6, 30, tzinfo=UTC)  # a Monday, 12:00 in Kolkata
HOUR = timedelta(hours=1)
STRETCH = {"exercise": "calf-stretch-wall", "side": "left", "times": ["08:00", "19:00"]}
BRIDGE = {"exercise": "glute-bridge", "times": ["19:00"], "days_of_week": [1, 3, 5]}


def agree(patient: Any) -> None:
    Consent.objects.create(clinic_id=patient.clinic_id, patient=patient, kind="reminders")


def prescribe(patient: Any, by: Any, *items: dict[str, Any]) -> Any:
    """Sign a plan of two phases for a patient; the first holds `items`."""
    diagnose(patient)
    answer_all(patient)
    plan = plans.create_plan(patient.pk, by=by)
    body = {"phases": [{"name": "Calm", "home": list(items)}, {"name": "Later", "home": [STRETCH]}]}
    plans.save_draft(plan.pk, body, by=by, if_match="*")
    return sign(type(plan).objects.with_content().get(pk=plan.pk), by)


def notice(patient: Any, due_at: datetime = NOON, **fields: Any) -> Reminder:
    """Promise one message that says nothing in particular."""
    values = {
        "clinic_id": patient.clinic_id,
        "patient": patient,
        "kind": Kind.OTHER,
        "subject": uuid7(),
        "occurrence": "once",
        "due_at": due_at,
        "useless_after": due_at + timedelta(days=1),
    }
    return Reminder.objects.create(**values | fields)


def beat(now: datetime = NOON) -> Counter[str]:
    """Claim and deliver what is due at `now`, as the tasks do."""
    with outside():
        return services.deliver(services.claim(now), now, now=now)


def pending(**about: Any) -> list[Reminder]:
    return list(Reminder.objects.filter(state=State.PENDING, **about).order_by("due_at", "occurrence"))


def end_of(reminder: Reminder) -> tuple[str, str]:
    reminder.refresh_from_db()
    return reminder.state, reminder.last_error
