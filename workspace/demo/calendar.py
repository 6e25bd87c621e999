"""The calendar: every patient has a place in the week, and the days around today are filled from these places.

A day's visits come out the same whenever they are made, so a later day adds only what is new; what people changed stays.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from careplans.models import CarePlan, PlanStatus
from patients.models import CareTeam, Patient
from scheduling.models import Appointment, Booking, Resource, Series, Status
from workspace.demo.cast import Person
from workspace.demo.clock import AHEAD, WEEKS, Clock, as_told
from workspace.demo.keys import chance, key
from workspace.demo.practice import Practice
from workspace.demo.records import lead_of, patient_key

SLOTS = ((9, 0), (9, 45), (10, 30), (11, 15), (14, 0), (14, 45), (15, 30), (16, 15), (17, 0))
MIDDAY = (12, 0)  # first assessments and reviews
PATTERNS = ((1, 3, 5), (2, 4))
COMING = {"active", "amended", "amending", "ending"}
DAY = timedelta(days=1)
WEEKEND = "Extra hours on a weekend, for those who missed theirs"


@dataclass(frozen=True)
class Place:
    """A patient's place in the week: with whom, on which days, at which time."""

    therapist: int
    days: tuple[int, ...]
    hour: int
    minute: int


@dataclass
class Visit:
    pk: object
    patient: Patient
    type: str
    start: datetime
    minutes: int
    therapist: int
    plan: CarePlan | None = None
    series: Series | None = None
    place: Place | None = None
    reason: str = ""
    resources: list[tuple[Resource, int]] = field(default_factory=list)

    @property
    def span(self) -> DateTimeTZRange:
        return DateTimeTZRange(self.start, self.start + timedelta(minutes=self.minutes), "[)")


def places(people: Sequence[Person], columns: int) -> dict[int, Place]:
    """Give everybody with a plan a place in the week with the therapist who leads them, in one of so many columns."""
    taken, found = Counter[int](), dict[int, Place]()
    for nth, person in enumerate(people):
        if person.weeks:
            column, row = nth % columns, taken[nth % columns]
            taken[column] += 1
            hour, minute = SLOTS[row // 2 % len(SLOTS)]
            found[nth] = Place(column, PATTERNS[row % 2], hour, minute)
    return found


def fill(practice: Practice, people: Sequence[Person], clock: Clock) -> list[Appointment]:
    """Make the visits of the days around today that are not there yet, and return them; settle those that went by."""
    diary = Diary(practice, people, clock)
    days = (clock.today + timedelta(days=AHEAD) - clock.anchor).days
    visits = [
        visit
        for offset in range(-7 * (WEEKS + 1), days + 1)
        for visit in diary.day(clock.anchor + timedelta(days=offset))
    ]
    known = set(Appointment.objects.for_clinic(practice.clinic).values_list("pk", flat=True))
    _settle([visit for visit in visits if visit.pk in known], clock)
    return _book(
        practice, _without_clashes(practice, [visit for visit in visits if visit.pk not in known]), clock
    )


class Diary:
    """Who comes when: the same on every day of the year that it is asked."""

    def __init__(self, practice: Practice, people: Sequence[Person], clock: Clock) -> None:
        self.practice, self.people, self.clock = practice, people, clock
        clinic = practice.clinic
        keys = [patient_key(clinic, person) for person in people]
        found = {row.pk: row for row in Patient.objects.for_clinic(clinic).filter(pk__in=keys)}
        self.patients = [found[pk] for pk in keys]
        plans = (
            CarePlan.objects.for_clinic(clinic).exclude(signed_at=None).exclude(status=PlanStatus.SUPERSEDED)
        )
        self.plans = {plan.patient_id: plan for plan in plans}
        self.places = places(people, len(practice.therapists))
        self.first_visits = self._first_visits()

    def _first_visits(self) -> dict[tuple[date, int], int]:
        """Return who has the first assessment, by day and therapist: before the plan, or in the days to come."""
        found: dict[tuple[date, int], int] = {}
        for nth, person in enumerate(self.people):
            column = self.practice.members.index(lead_of(self.practice, nth))
            step = 1 if person.plan == "none" else -1
            day = self.clock.anchor if person.plan == "none" else self.clock.first_day(person.weeks) - DAY
            while (day, column) in found or day.isoweekday() > 5:
                day += step * DAY
            found[day, column] = nth
        return found

    def day(self, day: date) -> Iterator[Visit]:
        """Yield the visits of a day."""
        if day.isoweekday() > 5:
            yield from self._weekend(day)
            return
        for column in range(len(self.practice.therapists)):
            nth = self.first_visits.get((day, column))
            if nth is not None:
                hour, minute = MIDDAY
                yield self._visit(day, nth, column, hour, minute, "initial-assessment", 60)
        for nth, place in self.places.items():
            if day.isoweekday() in place.days and self._comes(nth, day):
                weeks, first_of_week = (day - self._since(nth)).days // 7, day.isoweekday() == place.days[0]
                kind = "review" if weeks in (4, 8) and first_of_week else "treatment"
                yield self._visit(day, nth, place.therapist, place.hour, place.minute, kind, 45)

    def _since(self, nth: int) -> date:
        return self.clock.first_day(self.people[nth].weeks)

    def _comes(self, nth: int, day: date) -> bool:
        patient = self.patients[nth]
        plan = self.plans.get(patient.pk)
        if plan is None or day <= self._since(nth):
            return False
        if day < self.clock.anchor:
            return self.people[nth].plan in COMING or day < self.clock.anchor - timedelta(days=8)
        return (
            plan.status == PlanStatus.ACTIVE and patient.archived_at is None and patient.deceased_on is None
        )

    def _weekend(self, day: date) -> Iterator[Visit]:
        """Yield a short morning on the weekend day that is today, so that the page of today is not empty."""
        if day != self.clock.today:
            return
        for turn, nth in enumerate([nth for nth in self.places if self._comes(nth, day)][:8]):
            columns = min(2, len(self.practice.therapists))
            therapist, slot = turn % columns, turn // columns
            visit = self._visit(day, nth, therapist, *SLOTS[slot], "treatment", 45)
            visit.reason = WEEKEND
            yield visit

    def _visit(
        self, day: date, nth: int, therapist: int, hour: int, minute: int, kind: str, minutes: int
    ) -> Visit:
        practice, patient = self.practice, self.patients[nth]
        visit = Visit(
            pk=key(practice.clinic.slug, "visit", patient.pk, day),
            patient=patient,
            type=kind,
            start=self.clock.at(day, hour, minute) + timedelta(minutes=15 * (therapist % 2)),
            minutes=minutes,
            therapist=therapist,
            plan=self.plans.get(patient.pk) if kind != "initial-assessment" else None,
            place=self.places.get(nth),
        )
        luck = chance(patient.pk, "things")
        gym = next((room for room in practice.rooms if room.capacity > len(practice.therapists)), None)
        visit.resources.append((practice.therapists[therapist], 1))
        if gym and luck.random() < 0.3 and kind == "treatment":
            visit.resources.append((gym, therapist + 1))
        elif therapist < len(practice.rooms):
            visit.resources.append((practice.rooms[therapist], 1))
        if luck.random() < 0.35 and kind == "treatment" and therapist < len(practice.devices):
            visit.resources.append((practice.devices[therapist], 1))
        return visit


def pattern_of(place: Place) -> dict[str, Any]:
    return {"weekdays": list(place.days), "time": f"{place.hour:02}:{place.minute:02}"}


EARLY = timedelta(minutes=22)  # before a visit, its patient comes in


def _outcome(visit: Visit) -> Status:
    luck = chance(visit.pk).random()
    return Status.NO_SHOW if luck < 0.05 else Status.CANCELLED if luck < 0.11 else Status.DONE


def _status(visit: Visit, clock: Clock) -> Status:
    """Return how a visit stands now."""
    before, luck = visit.start - clock.now, chance(visit.pk, "now").random()
    if visit.span.upper <= clock.now:
        return _outcome(visit)
    if before <= timedelta():
        return Status.IN_TREATMENT
    if before <= EARLY - timedelta(minutes=2):
        return Status.ARRIVED
    return Status.CONFIRMED if before < timedelta(days=2) and luck < 0.7 else Status.BOOKED


def _times(visit: Visit, status: Status) -> dict[str, datetime]:
    begun = status in (Status.DONE, Status.IN_TREATMENT)
    times = {}
    if begun or status == Status.ARRIVED:
        times["arrived_at"] = visit.start - EARLY
    if begun:
        times["started_at"] = visit.start
    if status == Status.DONE:
        times["ended_at"] = visit.span.upper
    return times


REASONS = {
    Status.NO_SHOW: "Did not come, phone not answered",
    Status.CANCELLED: "Patient called: fever at home",
}


def _settle(visits: Sequence[Visit], clock: Clock) -> None:
    """Give the visits of days gone by, that nobody touched since they were booked, an end."""
    over = {visit.pk: visit for visit in visits if visit.span.upper < clock.at(clock.today, 0)}
    waiting = Appointment.objects.filter(
        pk__in=over, status__in=[Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.IN_TREATMENT]
    )
    for row in waiting:
        visit = over[row.pk]
        if row.span.upper > clock.at(clock.today, 0):
            continue  # it was moved
        row.status = _outcome(visit)
        row.status_reason = REASONS.get(row.status, "")
        for name, at in _times(visit, row.status).items():
            setattr(row, name, at)
        row.save()
        if not row.holds_time:
            row.bookings.update(active=False)


def _without_clashes(practice: Practice, visits: Sequence[Visit]) -> list[Visit]:
    """Leave out what would meet something that people booked meanwhile."""
    if not visits:
        return []
    first = min(visit.start for visit in visits)
    held = defaultdict(list)
    booked = Booking.objects.for_clinic(practice.clinic).filter(active=True, span__endswith__gt=first)
    for resource, lane, span in booked.values_list("resource_id", "lane", "span"):
        held[resource, lane].append(span)
    met = Appointment.objects.for_clinic(practice.clinic).holding().filter(span__endswith__gt=first)
    for patient, span in met.values_list("patient_id", "span"):
        held[patient].append(span)

    def is_free(visit: Visit) -> bool:
        wants = [visit.patient.pk, *((resource.pk, lane) for resource, lane in visit.resources)]
        return not any(
            span.lower < visit.span.upper and visit.start < span.upper for who in wants for span in held[who]
        )

    return [visit for visit in visits if is_free(visit)]


def _book(practice: Practice, visits: Sequence[Visit], clock: Clock) -> list[Appointment]:
    clinic = practice.clinic
    desk = next(member for member in practice.members if "front_desk" in member.roles)
    rows, bookings, series = [], [], _series(practice, visits, clock)
    for visit in visits:
        status = _status(visit, clock)
        told = min(visit.start - timedelta(days=6), clock.now)
        row = Appointment(
            pk=visit.pk,
            clinic=clinic,
            patient=visit.patient,
            type=practice.types[visit.type],
            span=visit.span,
            status=status,
            plan=visit.plan,
            series=series.get(visit.patient.pk) if visit.plan and not visit.reason else None,
            override_hours_reason=visit.reason,
            status_reason=REASONS.get(status, ""),
            created_by=desk,
            created_at=told,
            updated_at=max(told, min(visit.start, clock.now)),
            **_times(visit, status),
        )
        rows.append(row)
        bookings += [
            Booking(
                clinic=clinic,
                appointment=row,
                resource=resource,
                lane=lane,
                span=visit.span,
                active=row.holds_time,
            )
            for resource, lane in visit.resources
        ]
    with as_told(Appointment, "created_at", "updated_at"):
        Appointment.objects.bulk_create(rows, batch_size=1000)
    Booking.objects.bulk_create(bookings, batch_size=1000)
    treats = {(visit.patient.pk, visit.resources[0][0].member_id) for visit in visits}
    CareTeam.objects.bulk_create(
        [CareTeam(clinic=clinic, patient_id=patient, member_id=member) for patient, member in sorted(treats)],
        ignore_conflicts=True,
    )
    return rows


def _series(practice: Practice, visits: Sequence[Visit], clock: Clock) -> dict[object, Series]:
    """Return the series of each patient with a plan, making those that are not there yet."""
    rows = {
        visit.patient.pk: Series(
            pk=key(practice.clinic.slug, "series", visit.patient.pk),
            clinic=practice.clinic,
            patient=visit.patient,
            type=practice.types["treatment"],
            plan=visit.plan,
            pattern=pattern_of(visit.place) if visit.place else {},
            created_by=practice.members[-1],
        )
        for visit in visits
        if visit.plan
    }
    Series.objects.bulk_create(rows.values(), ignore_conflicts=True)
    return rows
