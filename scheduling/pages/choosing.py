"""What booking pages share: finding the patient, saying what clashes, and offering what is free."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import Access, needs
from patients import searching
from patients.models import Patient
from scheduling.forms import YEARS
from scheduling.models import Appointment, AppointmentType, Resource
from scheduling.services import Conflict

MOST_PEOPLE = 8
FIRST, TREATMENT = "initial-assessment", "treatment"


# --- the patient ----------------------------------------------------------------------------------------------------------
@needs("patients.read")
@require_POST
def people(request: HttpRequest) -> HttpResponse:
    """The patients that a scrap of name, phone or number means, to choose from. By POST: names stay out of addresses."""
    return render(
        request, "scheduling/_people.html", {"people": found(request), "looked_for": looked_for(request)}
    )


def looked_for(request: HttpRequest) -> str:
    return request.POST.get("find", "").replace("\0", "").strip()[: searching.LONGEST]


def found(request: HttpRequest) -> list[Patient]:
    scraps = searching.read(looked_for(request))
    if not scraps:
        return []
    who = request.membership
    return list(Patient.objects.visible_to(who).current().found(scraps, who)[:MOST_PEOPLE])


def chosen_patient(value: Any, who: Access) -> Patient | None:
    """Return the patient a form or an address names, if there is one to book for."""
    try:
        pk = UUID(str(value))
    except ValueError:
        return None
    return Patient.objects.visible_to(who).current().filter(pk=pk).first()


def usual_type(who: Access, patient: Any = None) -> AppointmentType | None:
    """Return what most visits are: a treatment, and for somebody who was never here a first assessment."""
    found = AppointmentType.objects.for_clinic(who).filter(active=True, code__in=(TREATMENT, FIRST))
    kinds = {row.code: row for row in found}
    person = chosen_patient(patient, who) if patient else None
    if (
        person
        and FIRST in kinds
        and not Appointment.objects.for_clinic(who).filter(patient=person).holding().exists()
    ):
        return kinds[FIRST]
    return kinds.get(TREATMENT)


def visits_by_day(patient: Patient, first: date, last: date, who: Access) -> dict[date, str]:
    """Return when a patient has visits already, by day: "10:00 and 14:30". One query."""
    zone = timezone.get_current_timezone()
    begin, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    found: dict[date, list[str]] = {}
    visits = Appointment.objects.for_clinic(who).filter(patient=patient).between(begin, end).holding()
    for span in visits.order_by("starts_at").values_list("span", flat=True):
        start = timezone.localtime(span.lower)
        found.setdefault(start.date(), []).append(clock(start))
    return {day: get_text_list(times, _("and")) for day, times in found.items()}


# --- what clashes, what is free -------------------------------------------------------------------------------------------
def clash_words(conflicts: Iterable[Mapping[str, Any]], who: Access) -> list[str]:
    """Say what stands in the way, a sentence each. One query."""
    conflicts = list(conflicts)
    names = names_of({each["resource"] for each in conflicts if each["resource"]}, who)
    return list(dict.fromkeys(clash_word(each, names) for each in conflicts))


def clash_word(conflict: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    said = {
        "name": names.get(conflict["resource"], ""),
        "start": clock(conflict["start"]),
        "end": clock(conflict["end"]),
    }
    if conflict["kind"] == "patient":
        return _("The patient has another visit from %(start)s to %(end)s.") % said
    if conflict["kind"] == "hours":
        if not said["name"]:
            return _("The clinic is closed then.")
        return _("This is outside the hours of %(name)s.") % said
    if not said["name"]:
        return {
            "therapist": _("No therapist is free then."),
            "room": _("No room is free then."),
            "device": _("No device is free then."),
        }[conflict["kind"]]
    return _("%(name)s is taken from %(start)s to %(end)s.") % said


def names_of(ids: Iterable[UUID], who: Access) -> dict[UUID, str]:
    ids = list(ids)
    if not ids:
        return {}
    return dict(Resource.objects.for_clinic(who).filter(pk__in=ids).values_list("pk", "name"))


def offers(conflict: Conflict, who: Access, wished: datetime) -> list[dict[str, Any]]:
    """Return what is free nearest, as buttons: a value to send, words to press. One query."""
    alternatives = conflict.extra["alternatives"]
    names = names_of({pk for each in alternatives for pk in each["resources"]}, who)
    return [offer(each["start"], each["resources"], names, wished) for each in alternatives]


def offer(
    start: datetime,
    resources: Iterable[UUID],
    names: Mapping[UUID, str],
    wished: datetime,
    asked: Iterable[UUID] = (),
) -> dict[str, Any]:
    """Return one way out: when, and with whom and where, as far as that was not asked for anyway."""
    resources, asked = list(resources), set(asked)
    start, wished = timezone.localtime(start), timezone.localtime(wished)
    if start == wished:
        when = _("Same time")
    elif start.date() == wished.date():
        when = clock(start)
    else:
        when = date_format(start, "D j M, H:i")
    with_whom = ", ".join(names[pk] for pk in resources if pk in names and pk not in asked)
    return {"value": offer_value(start, resources), "when": when, "places": with_whom, "start": start}


def offer_value(start: datetime, resources: Iterable[UUID]) -> str:
    return "|".join([start.isoformat(), ",".join(map(str, resources))])


def read_offer(value: str) -> tuple[datetime, list[UUID]] | None:
    """Return the start and the resources that a button or a row sends; None for anything else."""
    moment, _bar, places = value.partition("|")
    try:
        start = datetime.fromisoformat(moment)
        resources = [UUID(each) for each in places.split(",") if each]
    except ValueError:
        return None
    return (start, resources) if start.tzinfo and YEARS[0] <= start.date() <= YEARS[1] else None


def take_offer(post: Mapping[str, Any]) -> tuple[datetime, list[UUID]] | None:
    return read_offer(post.get("take", ""))


def clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")
