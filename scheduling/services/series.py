"""Visits booked together: planned (nothing is held), then booked, all or none."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from clinic.access import Access
from clinic.models import Clinic
from patients.services import join_care_team
from scheduling import openings, recurrence
from scheduling.models import Appointment, Booking, Resource, Series, Status
from scheduling.openings import Choice, Clash, Diary, Span, Wish, span_of
from scheduling.services import diaries
from scheduling.services.booking import (
    as_alternative,
    as_conflict,
    hold,
    new_members,
    new_visit,
    outside_hours,
    remember,
    take,
)
from scheduling.services.refusals import Conflict, Taken, unless_taken
from scheduling.signals import appointments_booked

Fields = Mapping[str, Any]
# From the first visit to the last: what is worked out under the locks stays small.
LONGEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Planned:
    """One visit of a series: what it would have, what stands in its way, and what is free nearest.

    Of every visit of a plan the first alternative can be taken together with all the others.
    """

    span: Span
    resources: list[UUID]
    conflicts: list[Clash]
    alternatives: list[Choice]


# --- planning -------------------------------------------------------------------------------------------------------------
def plan_series(pattern: Fields, *, by: Access, now: datetime | None = None) -> list[Planned]:
    """Work out the visits of a pattern: `patient`, `type`, `first_date`, `weekdays`, `time`, `count`, `resources`, `any_of`.

    Each {"kind", "equipment"?} of `any_of` adds one resource of that kind. Nothing is held. Raises ValidationError, Archived.
    """
    now = now or timezone.now()
    party = diaries.find_party(pattern["patient"], pattern["type"], pattern.get("plan"), by=by)
    zone, minutes = party.clinic.zone, pattern.get("minutes") or party.type.minutes
    repeated = recurrence.Pattern(
        pattern["first_date"], frozenset(pattern["weekdays"]), pattern["time"], pattern["count"]
    )
    resources = list(Resource.objects.for_clinic(by).order_by("kind", "name", "pk"))
    _refuse_pattern(pattern, resources, party.clinic, now)
    spans = [span_of(start, minutes) for start in recurrence.starts(repeated, zone)]
    fixed, any_of = list(pattern.get("resources") or ()), list(pattern.get("any_of") or ())
    would_do, kinds = [_any_of(each, resources) for each in any_of], [each["kind"] for each in any_of]
    used = {*fixed, *(pk for each in would_do for pk in each)}
    diary = _diary(party, resources, used, spans, now)
    wanted = [Wanted(span, fixed, would_do, kinds) for span in spans]
    return place_all(diary, wanted, resources, party.clinic, now)


def _refuse_pattern(pattern: Fields, resources: Iterable[Resource], clinic: Clinic, now: datetime) -> None:
    errors: dict[str, Any] = {}
    if wrong := diaries.time_faults(_noon(pattern["first_date"], clinic), clinic.zone, now):
        errors["first_date"] = wrong
    fixed, any_of = pattern.get("resources") or (), pattern.get("any_of") or ()
    if not fixed and not any_of:
        errors["resources"] = [_("Choose whom or what to book.")]
    elif strange := diaries.faults(fixed, {row.pk: row for row in resources}):
        errors["resources"] = strange
    if errors:
        raise ValidationError(errors)


def _noon(day: date, clinic: Clinic) -> datetime:
    return datetime.combine(day, time(12), clinic.zone)


def _any_of(wanted: Mapping[str, str], resources: Iterable[Resource]) -> list[UUID]:
    """Return the resources that would do for one entry of `any_of`, by name."""
    use = wanted.get("equipment") or ""
    return [
        row.pk
        for row in resources
        if row.active and row.kind == wanted["kind"] and use in ("", row.equipment)
    ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A visit as it is wished: `fixed` where it was asked for, and for each further place, of `kinds`, those that would do."""

    span: Span
    fixed: list[UUID]
    would_do: Wish = ()
    kinds: Sequence[str] = ()
    outside_hours: bool = False  # agreed to, with a reason


def place_all(
    diary: Diary, wanted: Sequence[Wanted], resources: Iterable[Resource], clinic: Clinic, now: datetime
) -> list[Planned]:
    """Place what can be as it is wished; then look, for each of the rest, for what is free beside all of that."""
    resources = list(resources)
    placed = [_as_wished(diary, each) for each in wanted]
    days = [each.span.start.astimezone(clinic.zone).date() for each in wanted]
    planned = []
    for each, day, found in zip(wanted, days, placed, strict=True):
        if found is not None:
            planned.append(Planned(each.span, found, [], []))
            continue
        conflicts, partly = _in_the_way(diary, each)
        free = openings.nearest(
            diary,
            [*diaries.substitutes(each.fixed, resources), *each.would_do],
            each.span,
            diaries.search_window(each.span, now),
            allowed=_not_on({*days} - {day}, clinic),
        )
        if free:
            diary.take(Span(free[0].start, free[0].end), free[0].resources)
        planned.append(Planned(each.span, partly, conflicts, free))
    return planned


def _not_on(days: Container[date], clinic: Clinic) -> Callable[[datetime], bool]:
    zone = clinic.zone
    return lambda start: start.astimezone(zone).date() not in days


def _as_wished(diary: Diary, wanted: Wanted) -> list[UUID] | None:
    """Take what a visit wishes, if all of it is free, and return its places."""
    wish = [*([pk] for pk in wanted.fixed), *wanted.would_do]
    if wanted.outside_hours:
        ids = wanted.fixed if not diary.clashes(wanted.span, wanted.fixed) else None
    else:
        ids = diary.free(wanted.span, wish)
    if ids is not None:
        diary.take(wanted.span, ids)
    return ids


def _in_the_way(diary: Diary, wanted: Wanted) -> tuple[list[Clash], list[UUID]]:
    """Return what stands in the way of a visit, and the places it asked for or could have."""
    conflicts = diary.clashes(wanted.span, wanted.fixed, hours=not wanted.outside_hours)
    ids = list(wanted.fixed)
    for kind, would_do in zip(wanted.kinds, wanted.would_do, strict=True):
        one = diary.pick(wanted.span, [[pk for pk in would_do if pk not in ids]])
        if one is None:
            open_ones = [pk for pk in would_do if diary.is_open(pk, wanted.span)]
            conflicts.append(Clash(kind if open_ones else "hours", None, *wanted.span))
        ids += one or []
    return conflicts, ids


# --- booking --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def book_series(fields: Fields, *, by: Access, now: datetime | None = None) -> Series:
    """Book the agreed visits, all or none: `patient`, `type`, `plan`, `occurrences`, and the `pattern` they came from.

    An occurrence is {start, minutes?, resources, override_hours_reason?}, or {start, minutes?, unplaced: True}: kept as a row
    without a place, so that nobody forgets it. Raises ValidationError, nested as `fields` is, Archived, and Conflict with
    `occurrences`, each with what stands in the way and what is free nearest.
    """
    now = now or timezone.now()
    told = list(fields["occurrences"])
    ids = {pk for each in told for pk in each.get("resources") or ()}
    try:
        with unless_taken():
            party = diaries.find_party(
                fields["patient"], fields["type"], fields.get("plan"), by=by, lock=True
            )
            rows = diaries.lock_resources(ids, party.patient.pk, by=by)
            _refuse_faults(told, rows, party.clinic, now)
            spans = _spans(told, party)
            diary = diaries.read_diary(
                party.clinic, rows.values(), _whole(spans), patient_id=party.patient.pk
            )
            _refuse_outside_hours(told, spans, diary)
            series = Series(
                clinic_id=by.clinic_id,
                patient=party.patient,
                type=party.type,
                plan_id=party.plan_id,
                pattern=fields.get("pattern") or {},
                created_by_id=by.member_id,
            )
            visits, bookings = _place(told, spans, diary, series, party, by)
            series.save(force_insert=True)
            Appointment.objects.bulk_create(visits)
            Booking.objects.bulk_create(bookings)
    except Taken:
        party = diaries.find_party(fields["patient"], fields["type"], fields.get("plan"), by=by)
        raise _told(told, _spans(told, party), party, by=by, now=now) from None
    join_care_team(party.patient.pk, new_members(rows.values()), by=by)
    appointments_booked.send(Appointment, appointments=visits, by=by)
    remember(series, "appointments", visits)
    return series


def _place(
    told: Sequence[Fields],
    spans: Sequence[Span],
    diary: Diary,
    series: Series,
    party: diaries.Party,
    by: Access,
) -> tuple[list[Appointment], list[Booking]]:
    """Return the rows of a series. Raises Taken."""
    visits, bookings = [], []
    for each, span in zip(told, spans, strict=True):
        reason = each.get("override_hours_reason") or ""
        visit = new_visit(party, span, by=by, reason=reason, series=series)
        held: list[Booking] = []
        if each.get("unplaced"):
            visit.status = Status.UNPLACED
        else:
            held = hold(visit, take(diary, span, list(each["resources"])))
        remember(visit, "bookings", held)
        visits.append(visit)
        bookings += held
    return visits, bookings


def _spans(told: Iterable[Fields], party: diaries.Party) -> list[Span]:
    return [span_of(each["start"], each.get("minutes") or party.type.minutes) for each in told]


def _refuse_faults(
    told: Sequence[Fields], rows: Mapping[UUID, Resource], clinic: Clinic, now: datetime
) -> None:
    errors, first = [], min((each["start"] for each in told), default=now)
    for each in told:
        wrong: dict[str, Any] = {}
        ids = each.get("resources") or ()
        if late := diaries.time_faults(each["start"], clinic.zone, now):
            wrong["start"] = late
        elif each["start"] - first > LONGEST:
            wrong["start"] = [_("A series lasts two years at most.")]
        if each.get("unplaced"):
            if ids:
                wrong["resources"] = [_("A visit without a place has none.")]
        elif not ids:
            wrong["resources"] = [_("Choose whom or what to book.")]
        elif strange := diaries.faults(ids, rows):
            wrong["resources"] = strange
        errors.append(wrong)
    if any(errors):
        raise ValidationError({"occurrences": errors})


def _refuse_outside_hours(told: Sequence[Fields], spans: Sequence[Span], diary: Diary) -> None:
    errors: list[dict[str, Any]] = []
    for each, span in zip(told, spans, strict=True):
        ids = each.get("resources") or ()
        is_open = each.get("override_hours_reason") or all(diary.is_open(pk, span) for pk in ids)
        errors.append({} if is_open else {"override_hours_reason": [outside_hours()]})
    if any(errors):
        raise ValidationError({"occurrences": errors})


def _told(
    told: Sequence[Fields], spans: Sequence[Span], party: diaries.Party, *, by: Access, now: datetime
) -> Conflict:
    """Return the refusal of a series: of every occurrence with a place what stands in its way and what is free nearest."""
    resources = list(Resource.objects.for_clinic(by).order_by("pk"))
    wanted = [
        Wanted(span, list(each["resources"]), outside_hours=bool(each.get("override_hours_reason")))
        for each, span in zip(told, spans, strict=True)
        if not each.get("unplaced")
    ]
    used = {pk for each in wanted for pk in each.fixed}
    diary = _diary(party, resources, used, spans, now)
    planned = iter(place_all(diary, wanted, resources, party.clinic, now))
    kept = [
        Planned(span, [], [], []) if each.get("unplaced") else next(planned)
        for each, span in zip(told, spans, strict=True)
    ]
    return Conflict(
        _("Some of these times are taken already. Nothing was booked."),
        occurrences=[as_planned(each, party.clinic) for each in kept],
    )


# --- shared ---------------------------------------------------------------------------------------------------------------
def as_planned(planned: Planned, clinic: Clinic) -> dict[str, Any]:
    """Return a planned visit as the API answers it, on the clinic's clock."""
    zone = clinic.zone
    return {
        "start": planned.span.start.astimezone(zone),
        "end": planned.span.end.astimezone(zone),
        "resources": planned.resources,
        "conflicts": [as_conflict(each, clinic) for each in planned.conflicts],
        "alternatives": [as_alternative(each, clinic) for each in planned.alternatives],
    }


def _whole(spans: Sequence[Span]) -> Span:
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _diary(
    party: diaries.Party,
    resources: Sequence[Resource],
    used: Iterable[UUID],
    spans: Sequence[Span],
    now: datetime,
) -> Diary:
    """Read the diary of these resources and of all that would do as well, as far as alternatives are looked for."""
    wish = diaries.substitutes(used, resources)
    wanted = {pk for would_do in wish for pk in would_do}
    within = diaries.search_window(_whole(spans), now)
    return diaries.read_diary(
        party.clinic,
        [row for row in resources if row.pk in wanted],
        Span(min(within.start, _whole(spans).start), within.end),
        patient_id=party.patient.pk,
    )
