"""The staff's pages that show several subjects: the caseload, and a patient's chart."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from clinic.access import needs
from patients.models import ChartRead, Patient
from patients.reads import log_read
from workspace import charts, drawing
from workspace.caseload import caseload as read_caseload
from workspace.caseload import visits_today

ROWS = 25
GROUPS = ("needs-you", "on-track", "new", "ending-soon")
SHOWN_VISITS = 5


# --- the caseload ---------------------------------------------------------------------------------------------------------
@needs("chart.edit")
@require_GET
def caseload(request: HttpRequest) -> HttpResponse:
    """Who needs me, and why; the rest by group; my visits of today."""
    rows = read_caseload(request.membership)
    counts = {group: sum(row.group == group for row in rows) for group in GROUPS}
    group = request.GET.get("group", "")
    if group not in GROUPS:
        group = "needs-you"
    labels = (_("Needs you"), _("On track"), _("New"), _("Ending soon"))
    tabs = [
        {
            "url": f"?group={key}",
            "label": label,
            "count": counts[key],
            "urgent": key == "needs-you" and counts[key],
            "current": key == group,
        }
        for key, label in zip(GROUPS, labels, strict=True)
    ]
    today = visits_today(request.membership)
    context = {
        "page": Paginator([row for row in rows if row.group == group], ROWS).get_page(
            request.GET.get("page")
        ),
        "group": group,
        "tabs": tabs,
        "people": len(rows),
        "needing": counts["needs-you"],
        "on_track": len(rows) - counts["needs-you"],
        "visits": today,
        "visits_done": sum(each["visit"].status == "done" for each in today),
        "now": timezone.now(),
        "may_sign": request.membership.may("plans.sign"),
    }
    return render(request, "workspace/caseload.html", context)


# --- a patient's chart ----------------------------------------------------------------------------------------------------
def _found(request: HttpRequest, pk: UUID) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.membership).with_people(), pk=pk)


@needs("patients.read")
@require_GET
def chart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A patient at a glance; the desk sees who they are, their visits and what to beware of."""
    patient = _found(request, pk)
    log_read(request, patient, "record")
    who = request.membership
    head = charts.head_of(patient, who)
    context: dict[str, Any] = {
        "patient": patient,
        "head": head,
        "coming": head.coming[:SHOWN_VISITS],
        "may_chart": who.may("chart.read"),
        "may_diagnose": who.may("chart.edit"),
        "may_plan": who.may("plans.read"),
        "may_draft": who.may("plans.draft"),
        "may_invite": who.may("patients.invite"),
        "may_edit": who.may("patients.edit"),
    }
    if who.may("chart.read"):
        context |= _at_home(patient, head)
    return render(request, "workspace/chart.html", context)


def _at_home(patient: Patient, head: charts.Head) -> dict[str, Any]:
    days = charts.days_at_home(patient, head.today)
    weeks = charts.by_week(days)
    last_7 = sum(day.logged > 0 for day in days[-7:])
    return {
        "plot": drawing.pain_plot(weeks),
        "bars": drawing.bars(weeks),
        "bars_said": _("Days with home exercise each week: %s of 7")
        % ", ".join(str(week.days_done) for week in weeks),
        "done_14": sum(day.logged > 0 for day in days[-14:]),
        "week_marks": ["1" if day.logged else "" for day in days[-7:]],
        "week_said": ngettext(
            "Home exercise on %d of the last 7 days", "Home exercise on %d of the last 7 days", last_7
        )
        % last_7,
    }


@needs("appointments.read")
@require_GET
def visits(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every visit of a patient: to come, and before."""
    patient = _found(request, pk)
    head = charts.head_of(patient, request.membership)
    coming = head.coming
    expected = {visit.pk for visit in coming}
    groups = [
        {"label": _("To come"), "visits": coming},
        {"label": _("Before"), "visits": [v for v in head.appointments if v.pk not in expected]},
    ]
    return render(request, "workspace/visits.html", {"patient": patient, "head": head, "groups": groups})


@needs("audit.read")
@require_GET
def access(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who opened a patient's record, and when."""
    patient = _found(request, pk)
    reads = ChartRead.objects.for_clinic(request.clinic).filter(patient=patient).select_related("user")
    page = Paginator(reads.order_by("-at", "-pk"), ROWS).get_page(request.GET.get("page"))
    return render(request, "workspace/access.html", {"patient": patient, "page": page})
