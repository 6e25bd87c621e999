"""The front desk's board of today: who is expected, who waits, who is being treated, who has been."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import needs
from clinic.errors import RuleBroken
from scheduling import services
from scheduling.models import Appointment, Status
from scheduling.pages.visits import resources_of, stamp, stamp_of, visits_on

COMING, GONE = {Status.BOOKED, Status.CONFIRMED}, {Status.DONE, Status.NO_SHOW, Status.CANCELLED}
BOARD = (  # the columns: key, heading, which visits, what to say when there are none, the step from there, its name
    ("expected", _("Expected"), COMING, _("Nobody else is expected today."), "check-in", _("Check in")),
    ("waiting", _("Waiting"), {Status.ARRIVED}, _("Nobody is waiting."), "start", _("Start")),
    ("session", _("In session"), {Status.IN_TREATMENT}, _("Nobody is in session."), "complete", _("Done")),
    ("gone", _("Done and missed"), GONE, _("Nobody yet."), "", ""),
)
STEPS = {"check-in": services.check_in, "start": services.start, "complete": services.complete}


@needs("appointments.read")
@require_GET
def arrivals(request: HttpRequest) -> HttpResponse:
    """Today's visits by state. An open board asks for itself again; unchanged, it is answered with nothing."""
    now = timezone.localtime()
    asked = request.GET.get("stamp")
    if asked and asked == stamp(now.date(), request.membership, now):
        return HttpResponse(status=204)
    part = "_board" if request.htmx and not request.htmx.history_restore_request else "arrivals"
    return render(request, f"scheduling/{part}.html", board(request))


@needs("appointments.edit")
@require_POST
def pass_on(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Check in, start or complete with one press: htmx gets the board as it now is, a browser without script the page."""
    if name not in STEPS or not Appointment.objects.visible_to(request.membership).filter(pk=pk).exists():
        raise Http404
    refusal = None
    try:
        STEPS[name](pk, by=request.membership)
    except RuleBroken as refused:
        refusal = refused
    if request.htmx:
        context = board(request) | {"refusal": refusal, "just": pk}
        return render(request, "scheduling/_board.html", context, status=409 if refusal else 200)
    if refusal:
        messages.error(request, str(refusal))
    return redirect("scheduling:arrivals")


def board(request: HttpRequest) -> dict[str, Any]:
    """Return the board: its columns of visits, and the stamp of what was read. Two queries."""
    now = timezone.localtime()
    who = request.membership
    everybody = visits_on(now.date(), who, resources_of(who))
    visits = [visit for visit in everybody if visit.seen]
    columns = [
        {
            "key": key,
            "heading": heading,
            "visits": [visit for visit in visits if visit.status in states],
            "nobody": nobody,
            "step": step,
            "label": label,
        }
        for key, heading, states, nobody, step, label in BOARD
    ]
    return {
        "columns": columns,
        "number": sum(len(column["visits"]) for column in columns),
        "now": now,
        "here": reverse("scheduling:arrivals"),
        "stamp": stamp_of(everybody, now.date(), now),
        "may_edit": who.may("appointments.edit"),
    }
