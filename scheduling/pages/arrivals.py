"""The front desk's board of today: who is expected, who waits, who is being treated, who has been."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import needs
from clinic.errors import RuleBroken
from scheduling import services
from scheduling.models import Appointment, Status
from scheduling.pages import day as days

BOARD = (  # the columns: key, heading, which visits, what to say when there are none
    ("expected", _("Expected"), {Status.BOOKED, Status.CONFIRMED}, _("Nobody else is expected today.")),
    ("waiting", _("Waiting"), {Status.ARRIVED}, _("Nobody is waiting.")),
    ("session", _("In session"), {Status.IN_TREATMENT}, _("Nobody is in session.")),
    ("gone", _("Done and missed"), {Status.DONE, Status.NO_SHOW, Status.CANCELLED}, _("Nobody yet.")),
)
STEPS = {"check-in": services.check_in, "start": services.start, "complete": services.complete}


@needs("appointments.read")
@require_GET
def arrivals(request: HttpRequest) -> HttpResponse:
    """Today's visits by state. An open board asks for itself again; unchanged, it is answered with nothing."""
    now = timezone.localtime()
    stamp = request.GET.get("stamp")
    if stamp and stamp == days.stamp(now.date(), request.membership, now):
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
    everybody = days.visits_on(now.date(), request.membership)
    visits = [visit for visit in everybody if visit.seen]
    columns = [
        {
            "key": key,
            "heading": heading,
            "visits": [visit for visit in visits if visit.status in states],
            "nobody": nobody,
        }
        for key, heading, states, nobody in BOARD
    ]
    return {
        "columns": columns,
        "number": sum(len(column["visits"]) for column in columns),
        "now": now,
        "stamp": days.stamp_of(everybody, now.date(), now),
        "may_edit": request.membership.may("appointments.edit"),
    }
