"""What tests of scheduling share: a Monday far enough ahead, a therapist, a room, and visits."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.models import Appointment
from scheduling.services import book
from tests import factories

ZONE = ZoneInfo("Asia/Kolkata")
MONDAY = datetime(2027, 3, 1, tzinfo=ZONE)


def at(clock: str = "10:00", day: int = 0) -> datetime:
    """Return a time of a day counted from that Monday, on the clinic's clock."""
    hours, minutes = map(int, clock.split(":"))
    return MONDAY + timedelta(days=day, hours=hours, minutes=minutes)


def booked(
    by: Any, patient: Any, *resources: Any, start: datetime | None = None, **fields: Any
) -> Appointment:
    """Book a treatment of 45 minutes, on the Monday at 10:00 unless told otherwise."""
    kind = factories.make_type(patient.clinic)
    wanted = {
        "patient": patient.pk,
        "type": kind.pk,
        "start": start or at(),
        "resources": [r.pk for r in resources],
    }
    return book(wanted | fields, by=by)
