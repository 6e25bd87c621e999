"""A series: a pattern worked out into dates, each free or with ways out, then booked with one press, all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from rest_framework.serializers import ValidationError

from clinic.access import Access, needs
from clinic.errors import RuleBroken
from patients.models import CareRole, CareTeam, Patient
from scheduling import services
from scheduling.forms import MOST_VISITS, SeriesPattern, bookable, refuse, types_of
from scheduling.models import Kind, Resource
from scheduling.pages import choosing
from scheduling.pages.asked import Asked, asked_for
from scheduling.services import ANY, Conflict
from scheduling.services.series import as_planned

UNPLACED = "unplaced"
USUAL_DAYS = {1: [3], 2: [2, 4], 3: [1, 3, 5], 4: [1, 2, 4, 5], 5: [1, 2, 3, 4, 5]}
USUAL_TIME = "10:00"


@dataclass(slots=True)
class Row:
    """One date of a series: as wished, what it would have, what stands in its way, the ways out, and the one chosen."""

    wish: datetime
    end: datetime
    places: str
    pick: str
    clashes: list[str] = field(default_factory=list)
    offers: list[dict[str, Any]] = field(default_factory=list)
    is_new: bool = False  # taken since it was shown
    also: str = ""  # when else they come on that day already

    @property
    def is_free(self) -> bool:
        return not self.clashes and self.pick != UNPLACED


@needs("appointments.edit")
@require_http_methods(["GET", "POST"])
def series(request: HttpRequest) -> HttpResponse:
    """Plan and book a series; ?patient= begins with what their plan asks for."""
    who, post = request.membership, request.POST
    if request.method == "GET":
        return _begin(request, request.GET.get("patient"), {})
    if chosen := post.get("choose"):
        return _begin(request, chosen, _typed(post))
    if post.get("do") == "find" or (post.get("find") and not post.get("patient")):
        form = _form(who, initial=_typed(post) | {"patient": None})
        return _page(request, form, people=choosing.found(request))
    form = _form(who, post)
    if not form.is_valid():
        return _page(request, form, status=422)
    if post.get("do") != "book":
        return _plan(request, form)
    if post.get("planned") != _key(form):
        return _plan(request, form, note=_("You changed the pattern. Look through the dates, then book."))
    return _book(request, form)


def _plan(request: HttpRequest, form: SeriesPattern, note: str = "") -> HttpResponse:
    try:
        planned = services.plan_series(_pattern(form, request.membership), by=request.membership)
    except ValidationError as refused:
        refuse(form, refused.detail)
        return _page(request, form, status=422)
    except RuleBroken as refused:
        form.add_error("patient", str(refused))
        return _page(request, form, status=422)
    told = [as_planned(each, request.clinic) for each in planned]
    return _page(request, form, rows=_rows(told, request.membership), note=note)


def _book(request: HttpRequest, form: SeriesPattern) -> HttpResponse:
    who, picks = request.membership, _picks(request.POST)
    occurrences = [each for each in map(_occurrence, picks) if each]
    if not occurrences or len(occurrences) != len(picks):
        return _plan(request, form, note=_("Some dates could not be read. Look through them again."))
    minutes = form.cleaned_data["minutes"]
    pattern = _pattern(form, who)
    fields = {
        "patient": pattern["patient"],
        "type": pattern["type"],
        "plan": pattern["plan"],
        "occurrences": [each | {"minutes": minutes} for each in occurrences],
        "pattern": {
            "weekdays": sorted(pattern["weekdays"]),
            "time": f"{pattern['time']:%H:%M}",
            "first_date": pattern["first_date"].isoformat(),
            "count": pattern["count"],
        },
    }
    try:
        booked = services.book_series(fields, by=who)
    except ValidationError as refused:
        refuse(form, refused.detail)
        return _page(request, form, status=422)
    except Conflict as conflict:
        rows = _rows(conflict.extra["occurrences"], who)
        for row, told in zip(rows, occurrences, strict=True):
            row.is_new = bool(row.clashes)
            if told.get("unplaced"):
                row.pick, row.places = UNPLACED, ""
        return _page(request, form, rows=rows, note=str(conflict), is_refusal=True, status=409)
    except RuleBroken as refused:
        form.add_error("patient", str(refused))
        return _page(request, form, status=422)
    placed = sum(not each.get("unplaced") for each in occurrences)
    messages.success(request, ngettext("%d visit is booked.", "%d visits are booked.", placed) % placed)
    if left := len(occurrences) - placed:
        said = ngettext("%d visit waits for a place.", "%d visits wait for a place.", left)
        messages.info(request, said % left)
    first = timezone.localtime(booked.appointments.all()[0].start)
    return redirect(f"{reverse('scheduling:calendar')}?date={first:%Y-%m-%d}")


# --- what was typed -------------------------------------------------------------------------------------------------------
def _form(
    who: Access, data: QueryDict | None = None, initial: Mapping[str, Any] | None = None
) -> SeriesPattern:
    return SeriesPattern(data, initial=initial, resources=bookable(who), types=types_of(who))


def _typed(source: QueryDict) -> dict[str, Any]:
    typed = {name: source[name][:300] for name in SeriesPattern.base_fields if source.get(name)}
    if days := source.getlist("weekdays"):
        typed["weekdays"] = [int(day) for day in days if day in "1234567" and day]
    return typed


def _pattern(form: SeriesPattern, who: Access) -> dict[str, Any]:
    data, chosen = form.cleaned_data, form.chosen()
    plan = asked_for(data["patient"], who)
    return {
        "patient": data["patient"],
        "type": UUID(data["type"]),
        "plan": plan.pk if plan else None,
        "first_date": data["first_date"],
        "weekdays": data["weekdays"],
        "time": data["time"],
        "count": data["count"],
        "minutes": data["minutes"],
        "resources": [pk for pk in chosen.values() if isinstance(pk, UUID)],
        "any_of": [{"kind": kind.value} for kind, which in chosen.items() if which == ANY],
    }


def _key(form: SeriesPattern) -> str:
    """Return what the dates were worked out from: a pattern that changed needs new dates."""
    return "/".join(str(form.cleaned_data[name]) for name in form.fields)


def _picks(post: QueryDict) -> list[tuple[str, str]]:
    """Return of each row the wished start and what was chosen, in order."""
    told = post.get("rows", "")
    numbers = range(min(int(told), MOST_VISITS) if told.isdecimal() and len(told) < 4 else 0)
    return [(post.get(f"row-{n}-wish", ""), post.get(f"row-{n}-pick", "")) for n in numbers]


def _occurrence(picked: tuple[str, str]) -> dict[str, Any] | None:
    wish, pick = picked
    if pick == UNPLACED:
        found = choosing.read_offer(wish)
        return found and {"start": found[0], "unplaced": True}
    found = choosing.read_offer(pick)
    return found and {"start": found[0], "resources": found[1]}


# --- what is shown --------------------------------------------------------------------------------------------------------
def _rows(told: Sequence[Mapping[str, Any]], who: Access) -> list[Row]:
    """Shape planned dates; the first way out is chosen, since all the first ones go together. One query."""
    ids = {pk for each in told for pk in each["resources"]}
    ids |= {clash["resource"] for each in told for clash in each["conflicts"] if clash["resource"]}
    ids |= {pk for each in told for offer in each["alternatives"] for pk in offer["resources"]}
    names = choosing.names_of(ids, who)
    return [_row(each, names) for each in told]


def _row(told: Mapping[str, Any], names: Mapping[UUID, str]) -> Row:
    wish = timezone.localtime(told["start"])
    offers = [
        choosing.offer(each["start"], each["resources"], names, wish, told["resources"])
        for each in told["alternatives"]
    ]
    if told["conflicts"]:
        pick = offers[0]["value"] if offers else UNPLACED
    else:
        pick = choosing.offer_value(wish, told["resources"])
    return Row(
        wish=wish,
        end=timezone.localtime(told["end"]),
        places=", ".join(names[pk] for pk in told["resources"] if pk in names),
        pick=pick,
        clashes=list(dict.fromkeys(choosing.clash_word(each, names) for each in told["conflicts"])),
        offers=offers,
    )


def _begin(request: HttpRequest, patient_id: Any, typed: Mapping[str, Any]) -> HttpResponse:
    """Begin with a patient: as often and as long as their plan asks for, with whoever is responsible for them."""
    who = request.membership
    patient = choosing.chosen_patient(patient_id, who)
    usual: dict[str, Any] = {"first_date": timezone.localdate() + timedelta(days=1), "time": USUAL_TIME}
    usual |= {"therapist": ANY, "room": ANY, "count": 6, "weekdays": USUAL_DAYS[2]}
    if treatment := choosing.usual_type(who):
        usual["type"] = str(treatment.pk)
    if patient:
        usual["patient"] = patient.pk
        if asked := asked_for(patient.pk, who):
            usual["count"] = min(max(asked.count, 1), MOST_VISITS)
            usual["weekdays"] = USUAL_DAYS[min(max(round(asked.visits_per_week), 1), 5)]
        if therapist := _usual_therapist(patient, who):
            usual["therapist"] = str(therapist.pk)
        typed = {name: value for name, value in typed.items() if name not in ("patient", "count", "weekdays")}
    return _page(request, _form(who, initial=usual | dict(typed)))


def _usual_therapist(patient: Patient, who: Access) -> Resource | None:
    responsible = CareTeam.objects.for_clinic(who).filter(patient=patient, role=CareRole.RESPONSIBLE)
    theirs = Resource.objects.for_clinic(who).bookable().filter(kind=Kind.THERAPIST)
    return theirs.filter(member__in=responsible.values("member")).first()


def _page(
    request: HttpRequest,
    form: SeriesPattern,
    *,
    rows: list[Row] | None = None,
    people: list[Patient] | None = None,
    note: str = "",
    is_refusal: bool = False,
    status: int = 200,
) -> HttpResponse:
    who = request.membership
    patient = choosing.chosen_patient(form["patient"].value(), who)
    asked: Asked | None = asked_for(patient.pk, who) if patient else None
    if patient and rows:
        days = [timezone.localtime(row.wish).date() for row in rows]
        others = choosing.visits_by_day(patient, min(days), max(days), who)
        for row, day in zip(rows, days, strict=True):
            row.also = others.get(day, "")
    free = sum(row.is_free for row in rows or [])
    unplaced = sum(row.pick == UNPLACED for row in rows or [])
    context = {
        "form": form,
        "patient": patient,
        "people": people,
        "looked_for": choosing.looked_for(request),
        "asked": asked,
        "rows": rows,
        "planned": _key(form) if rows is not None else "",
        "free": free,
        "unplaced": unplaced,
        "fixed": len(rows or []) - free - unplaced,
        "note": note,
        "is_refusal": is_refusal,
    }
    return render(request, "scheduling/series.html", context, status=status)
