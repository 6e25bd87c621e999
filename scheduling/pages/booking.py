"""Booking one visit: find the patient, choose when and with whom; what is taken is answered with what is free nearest."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.serializers import ValidationError

from clinic.access import Access, needs
from clinic.errors import RuleBroken
from scheduling import services
from scheduling.forms import Booking, bookable, refuse, types_of
from scheduling.models import Kind, Resource
from scheduling.pages import choosing
from scheduling.pages.visit import moment
from scheduling.services import ANY, Conflict


@needs("appointments.edit")
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """Book a visit. An address may fill in: ?patient=&type=&date=&time=&therapist=&room=&device=."""
    if request.method == "GET":
        form = _form(request, initial=_usual(request) | _typed(request.GET))
        return _page(request, form)
    post, typed = request.POST, _typed(request.POST)
    if chosen := post.get("choose"):
        return _page(request, _form(request, initial=typed | {"patient": chosen}))
    if time := post.get("pick"):
        return _page(request, _form(request, initial=typed | {"time": time}))
    if post.get("do") == "find" or (post.get("find") and not post.get("patient")):
        form = _form(request, initial=typed | {"patient": None})
        return _page(request, form, people=choosing.found(request))
    form = _form(request, post)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        booked = services.book(_fields(form, request.membership, post), by=request.membership)
    except ValidationError as refused:
        refuse(form, refused.detail)
        return _page(request, form, status=422)
    except Conflict as conflict:
        return _page(request, form, conflict=conflict, status=409)
    except RuleBroken as refused:
        form.add_error("patient", str(refused))
        return _page(request, form, status=422)
    said = {"name": booked.patient.name, "when": moment(booked.start)}
    messages.success(request, _("%(name)s is booked for %(when)s.") % said)
    day = timezone.localtime(booked.start).date()
    return redirect(f"{reverse('scheduling:calendar')}?date={day:%Y-%m-%d}")


@needs("appointments.read")
@require_POST
def free(request: HttpRequest) -> HttpResponse:
    """What is free on the day in the form, with what it asks for: shown beside the form, and again when it changes."""
    form = _form(request, request.POST)
    return render(request, "scheduling/_free.html", free_on(form, request.membership))


def free_on(form: Booking, who: Access) -> dict[str, Any]:
    """Return the free times of the form's day, as far as it is filled in. Four queries or none."""
    form = Booking(_as_data(form), resources=form.resources, types=form.types)
    form.is_valid()
    data = form.cleaned_data
    day, kind = data.get("date"), data.get("type")
    if not day or not kind:
        return {}
    zone = timezone.get_current_timezone()
    begin = datetime.combine(day, datetime.min.time(), zone)
    asked = {each.value: which for each, which in form.chosen().items()}
    patient = choosing.chosen_patient(data.get("patient"), who) if data.get("patient") else None
    try:
        found = services.availability(
            UUID(kind),
            by=who,
            start=begin,
            end=begin + timedelta(days=1),
            patient=patient and patient.pk,
            minutes=data.get("minutes"),
            **asked,
        )
    except ValidationError:
        return {}
    times = [timezone.localtime(choice.start).strftime("%H:%M") for choice in found]
    chosen = data.get("time")
    has = choosing.visits_by_day(patient, day, day, who).get(day, "") if patient else ""
    return {"free_day": day, "times": times, "chosen": f"{chosen:%H:%M}" if chosen else "", "has_visits": has}


def _as_data(form: Booking) -> Any:
    """Return what a form shows as if it had been sent."""
    if form.is_bound:
        return form.data
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def _form(
    request: HttpRequest, data: QueryDict | None = None, initial: dict[str, Any] | None = None
) -> Booking:
    who = request.membership
    return Booking(data, initial=initial, resources=bookable(who), types=types_of(who))


def _typed(source: QueryDict) -> dict[str, Any]:
    return {name: source[name][:300] for name in Booking.base_fields if source.get(name)}


def _usual(request: HttpRequest) -> dict[str, Any]:
    """Return what most bookings are: a treatment in any room; with oneself, where one treats."""
    usual: dict[str, Any] = {"date": timezone.localdate(), "therapist": ANY, "room": ANY}
    if treatment := choosing.usual_type(request.membership, request.GET.get("patient")):
        usual["type"] = str(treatment.pk)
    own = (
        Resource.objects.for_clinic(request.membership)
        .bookable()
        .filter(kind=Kind.THERAPIST, member=request.membership.member_id)
    )
    if mine := own.first():
        usual["therapist"] = str(mine.pk)
    return usual


def _fields(form: Booking, who: Access, post: QueryDict) -> dict[str, Any]:
    data = form.cleaned_data
    fields = {
        "patient": data["patient"],
        "type": UUID(data["type"]),
        "minutes": data["minutes"],
        "override_hours_reason": data["override_hours_reason"],
    }
    if offer := choosing.read_offer(post.get("take", "")):
        fields["start"], fields["resources"] = offer
    else:
        fields["start"] = form.start()
        fields["resources"] = _settled(form, fields, who)
    return fields


def _settled(form: Booking, fields: dict[str, Any], who: Access) -> list[UUID]:
    """Return the resources that were chosen, and for "any" one that is free then; where none is, the first, to be refused."""
    chosen = form.chosen()
    anyone = [kind for kind, which in chosen.items() if which == ANY]
    if not anyone:
        return [pk for pk in chosen.values() if isinstance(pk, UUID)]
    if together := _free_at(chosen, fields, who):
        return together
    for kind in anyone:  # something else is taken: that is what the refusal should name
        apart = _free_at({kind: ANY}, fields, who)
        chosen[kind] = apart[0] if apart else next(each.pk for each in form.resources if each.kind == kind)
    return [pk for pk in chosen.values() if isinstance(pk, UUID)]


def _free_at(chosen: dict[Kind, UUID | str], fields: dict[str, Any], who: Access) -> list[UUID]:
    found = services.availability(
        fields["type"],
        by=who,
        start=fields["start"],
        exactly=True,
        minutes=fields["minutes"],
        **{kind.value: which for kind, which in chosen.items()},
    )
    return found[0].resources if found else []


def _page(
    request: HttpRequest,
    form: Booking,
    *,
    people: list[Any] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    who = request.membership
    patient = choosing.chosen_patient(form["patient"].value(), who)
    context = {
        "form": form,
        "patient": patient,
        "people": people,
        "looked_for": choosing.looked_for(request),
        "conflict": conflict,
        "clashes": choosing.clash_words(conflict.extra["conflicts"], who) if conflict else [],
        "offers": choosing.offers(conflict, who, form.start()) if conflict else [],
        **free_on(form, who),
    }
    return render(request, "scheduling/book.html", context, status=status)
