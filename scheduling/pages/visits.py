"""Visits as the calendar's pages name them: few columns, their words and times made once. Not model instances: a day has many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.access import Access
from patients.models import Patient
from scheduling.models import Appointment, Booking, Kind, Resource, Status

Resources = Mapping[UUID, Resource]

BADGES = {  # how a state looks in lists: kind of badge, icon
    Status.BOOKED: ("", "calendar"),
    Status.CONFIRMED: ("", "chat"),
    Status.ARRIVED: ("info", "sofa"),
    Status.IN_TREATMENT: ("brand", "play"),
    Status.DONE: ("ok", ""),
    Status.NO_SHOW: ("stop", "x"),
    Status.CANCELLED: ("plain", "x"),
    Status.UNPLACED: ("warn", ""),
}
COLUMNS = (
    "pk",
    "span",
    "status",
    "patient_id",
    "patient__given_name",
    "patient__family_name",
    "patient__phone",
    "type__name",
    "arrived_at",
    "updated_at",
    "resource_ids",
    "seen",
)


@dataclass(slots=True)
class Visit:
    """A visit on the clinic's clock. Without `seen` its time shows, and nobody's name."""

    pk: UUID
    start: datetime
    end: datetime
    status: str
    patient_id: UUID
    patient: str
    phone: str
    what: str
    arrived_at: datetime | None
    updated_at: datetime
    resources: list[Resource]
    seen: bool
    url: str
    starts: str = ""
    ends: str = ""
    word: str = ""
    badge: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        self.starts, self.ends = clock(self.start), clock(self.end)
        self.word, self.badge = str(Status(self.status).label), BADGES[Status(self.status)]

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)

    @property
    def waiting(self) -> int:
        """For how many minutes an arrived patient has been here."""
        here = timezone.now() - self.arrived_at if self.arrived_at else timedelta()
        return max(int(here.total_seconds() // 60), 0)

    @property
    def therapist(self) -> str:
        return ", ".join(each.name for each in self.resources if each.kind == Kind.THERAPIST)

    @property
    def places(self) -> str:
        return ", ".join(each.name for each in self.resources if each.kind != Kind.THERAPIST)


def clock(moment: datetime) -> str:
    """Say a time of day as every calendar does: 9:05."""
    return f"{moment.hour}:{moment.minute:02}"


def edges(day: date) -> tuple[datetime, datetime]:
    """Return the instants at which a day of the clinic begins and ends."""
    zone = timezone.get_current_timezone()
    begin = datetime.combine(day, time(), zone)
    return begin, datetime.combine(day + timedelta(days=1), time(), zone)


def rows_of(day: date, who: Access) -> QuerySet[Appointment]:
    return Appointment.objects.for_clinic(who).between(*edges(day))


def resources_of(who: Access) -> dict[UUID, Resource]:
    """Return everything that can be, or could be, booked in the clinic. One query."""
    return {row.pk: row for row in Resource.objects.for_clinic(who).order_by("kind", "name")}


def visits_on(day: date, who: Access, resources: Resources) -> list[Visit]:
    """Return everything booked on a day, by time; of patients whom `who` may not see, the time alone. One query."""
    return visits_from(rows_of(day, who).order_by("starts_at", "pk"), who, resources)


def visits_from(rows: QuerySet[Appointment], who: Access, resources: Resources) -> list[Visit]:
    seen: Any = Value(True)
    if not who.sees_all_patients:
        seen = Exists(Patient.objects.visible_to(who).filter(pk=OuterRef("patient")))
    held = (
        Booking.objects.for_clinic(who)
        .filter(appointment=OuterRef("pk"))
        .order_by("pk")
        .values("resource_id")
    )
    found = rows.annotate(seen=seen, resource_ids=ArraySubquery(held)).values_list(*COLUMNS)
    place, zone = reverse("scheduling:calendar"), timezone.get_current_timezone()
    return [_visit(row, resources, place, zone) for row in found]


def _visit(row: Sequence[Any], resources: Resources, place: str, zone: Any) -> Visit:
    pk, span, status, patient_id, given, family, phone, what, arrived_at, updated_at, ids, seen = row
    return Visit(
        pk=pk,
        start=span.lower.astimezone(zone),
        end=span.upper.astimezone(zone),
        status=status,
        patient_id=patient_id,
        patient=f"{given} {family}".strip() if seen else _("Booked"),
        phone=phone if seen else "",
        what=what if seen else "",
        arrived_at=arrived_at,
        updated_at=updated_at,
        resources=[resources[each] for each in ids],
        seen=seen,
        url=f"{place}{pk}/",
    )


# --- did the day change? --------------------------------------------------------------------------------------------------
def stamp(day: date, who: Access, now: datetime) -> str:
    """Return the stamp of a day as it now is. One query."""
    counted = rows_of(day, who).aggregate(number=Count("pk"), last=Max("updated_at"))
    return _stamp(counted["number"], counted["last"], day, now)


def stamp_of(visits: Sequence[Visit], day: date, now: datetime) -> str:
    """Return the stamp of a day as it was read."""
    return _stamp(len(visits), max((visit.updated_at for visit in visits), default=None), day, now)


def _stamp(number: int, last: datetime | None, day: date, now: datetime) -> str:
    """Say what differs whenever the day's visits do, and for today every five minutes, with the line of now."""
    parts = [number, int(last.timestamp() * 1_000_000) if last else 0]
    if day == now.date():
        parts.append((now.hour * 60 + now.minute) // 5)
    return ".".join(map(str, parts))
