"""One visit: what it is, the steps that can be taken now, and moving it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from rest_framework.serializers import ValidationError

from clinic.access import needs
from clinic.errors import RuleBroken
from scheduling import services
from scheduling.forms import Reason, When, bookable, refuse
from scheduling.models import Appointment, Kind, Resource, Status
from scheduling.pages.choosing import clash_words, offers, take_offer
from scheduling.pages.visits import Visit, resources_of, visits_from
from scheduling.services import Conflict

RESTORE = "restore"
MOVABLE = {Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.UNPLACED}
SAID = {  # what was done, in words
    "confirm": gettext_lazy("Confirmed."),
    "check-in": gettext_lazy("Checked in."),
    "start": gettext_lazy("The session has begun."),
    "complete": gettext_lazy("The session is done."),
    "cancel": gettext_lazy("The visit is cancelled. Its time is free."),
    "no-show": gettext_lazy("Marked as missed."),
    RESTORE: gettext_lazy("The visit is back in its place."),
}
WITH_REASON = ("cancel", "no-show")


@needs("appointments.read")
@require_GET
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of a visit; to htmx the same as a dialog over the calendar."""
    return _show(request, pk)


@needs("appointments.edit")
@require_POST
def step(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Take one step: check in, start, complete, miss, cancel, restore. Goes back to where the button was."""
    row = _find(request, pk)
    if name not in SAID:
        raise Http404
    reason = Reason(request.POST)
    if name in WITH_REASON and not reason.is_valid():
        return _show(request, pk, reason=(name, reason), status=422)
    try:
        if name == RESTORE:
            services.restore(row.pk, by=request.membership)
        elif name in WITH_REASON:
            STEPS[name](row.pk, by=request.membership, reason=reason.cleaned_data["reason"])
        else:
            STEPS[name](row.pk, by=request.membership)
    except Conflict as conflict:
        return _show(request, pk, conflict=conflict, status=409)
    except RuleBroken as refused:
        return refused_step(request, pk, str(refused))
    messages.success(request, str(SAID[name]))
    return redirect(_back(request, row))


STEPS = {
    "confirm": services.confirm,
    "check-in": services.check_in,
    "start": services.start,
    "complete": services.complete,
    "cancel": services.cancel,
    "no-show": services.no_show,
}


def refused_step(request: HttpRequest, pk: UUID, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return _show(request, pk, status=409)


@needs("appointments.edit")
@require_POST
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a visit another time, length or place; what is taken is told with what is free nearest."""
    row = _find(request, pk)
    held = list(Resource.objects.for_clinic(request.membership).filter(bookings__appointment=row))
    form = _form(request, row, held, request.POST)
    if not form.is_valid():
        return _show(request, pk, form=form, status=422)
    changes: dict[str, Any] = {
        "start": form.start(),
        "minutes": form.cleaned_data["minutes"],
        "resources": _wanted(form, held),
    }
    if reason := form.cleaned_data["override_hours_reason"]:
        changes["override_hours_reason"] = reason
    try:
        if offer := take_offer(request.POST):
            changes["start"], changes["resources"] = offer
        moved = services.move(row.pk, changes, by=request.membership)
    except ValidationError as refused:
        refuse(form, refused.detail)
        return _show(request, pk, form=form, status=422)
    except Conflict as conflict:
        return _show(request, pk, form=form, conflict=conflict, status=409)
    except RuleBroken as refused:
        return refused_step(request, pk, str(refused))
    messages.success(request, _("Moved to %s.") % moment(moved.start))
    return redirect(_back(request, moved))


def moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "D j M, H:i")


def _find(request: HttpRequest, pk: UUID) -> Appointment:
    row = Appointment.objects.visible_to(request.membership).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _wanted(form: When, held: list[Resource]) -> list[UUID]:
    """Return the chosen resources, and those beyond the first of a kind, which this form does not show."""
    beyond = [each for kind in Kind for each in [one for one in held if one.kind == kind][1:]]
    chosen = [pk for pk in form.chosen().values() if isinstance(pk, UUID)]
    return chosen + [each.pk for each in beyond if each.pk not in chosen]


def _form(request: HttpRequest, row: Appointment, held: list[Resource], data: Any = None) -> When:
    start = timezone.localtime(row.start)
    initial = {"date": start.date(), "time": start.time(), "minutes": row.minutes}
    for each in reversed(held):
        initial[each.kind] = str(each.pk)
    if data is None:
        asked = {name: value for name, value in request.GET.items() if name in When.base_fields and value}
        initial |= asked
    known = {each.pk: each for each in [*bookable(request.membership), *held]}
    resources = sorted(known.values(), key=lambda each: each.name)
    return When(data, resources=resources, initial=initial, prefix=None)


def _back(request: HttpRequest, row: Appointment) -> str:
    """Return where the button was pressed; else the day of the visit."""
    target = request.POST.get("next", "")
    calendar = reverse("scheduling:calendar")
    if target.startswith("?"):
        target = calendar + target
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return f"{calendar}?date={timezone.localtime(row.start):%Y-%m-%d}"


def _show(
    request: HttpRequest,
    pk: UUID,
    *,
    form: When | None = None,
    reason: tuple[str, Reason] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    who = request.membership
    rows = Appointment.objects.visible_to(who).filter(pk=pk)
    row = rows.select_related("patient").first()
    if row is None:
        raise Http404
    visit = visits_from(rows, who, resources_of(who))[0]
    may_edit = who.may("appointments.edit")
    failed = dict([reason]) if reason else {}
    possible = _steps(visit) if may_edit else []
    movable = may_edit and visit.status in MOVABLE
    if movable and form is None:
        form = _form(request, row, visit.resources)
    context = {
        "visit": visit,
        "row": row,
        "steps": [name for name in possible if name not in WITH_REASON],
        "ends": [(name, failed.get(name)) for name in possible if name in WITH_REASON],
        "form": form if movable else None,
        "moving": bool(form and form.is_bound) or "move" in request.GET or visit.status == Status.UNPLACED,
        "clashes": clash_words(conflict.extra["conflicts"], who) if conflict else [],
        "offers": offers(conflict, who, visit.start) if conflict else [],
        "conflict": conflict,
        "next": request.POST.get("next") or _came_from(request),
        "dialog": bool(request.htmx),
    }
    part = "_visit_dialog" if request.htmx else "visit"
    return render(request, f"scheduling/{part}.html", context, status=status)


def _came_from(request: HttpRequest) -> str:
    """Return the calendar's address where a dialog was opened over it."""
    current = request.htmx.current_url_abs_path if request.htmx else ""
    return current or ""


def _steps(visit: Visit) -> list[str]:
    """Return the steps that make sense now, the likeliest first: nobody arrives on another day, or is missed before their time."""
    possible = [name for name, step in services.STEPS.items() if visit.status in step.possible]
    now = timezone.localtime()
    if visit.start.date() != now.date():
        possible = [name for name in possible if name not in ("check-in", "start")]
    else:
        possible = [name for name in possible if name != "confirm"]
    if visit.start > now:
        possible = [name for name in possible if name != "no-show"]
    if visit.status in (Status.CANCELLED, Status.NO_SHOW):
        possible.append(RESTORE)
    return possible
