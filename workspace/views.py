"""The staff's pages that show several subjects: the caseload, and a patient's chart."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from careplans.models import StopReport
from careplans.pages.printing import printing
from clinic.access import needs
from patients.models import ChartRead, ConsentKind, Patient
from patients.reads import log_read
from patients.rules import EARLIEST
from scheduling.models import Status
from workspace import charts, drawing, services
from workspace import diary as days
from workspace.caseload import caseload as read_caseload
from workspace.caseload import stop_of, visits_today
from workspace.documents import documents_of, plan_that_counts, signed_plans

ROWS = 25
GROUPS = ("needs-you", "on-track", "new", "ending-soon")
SHOWN_VISITS = 5
PARTS = {  # what somebody opened, in words
    "record": gettext_lazy("Overview"),
    "plan": gettext_lazy("Plan"),
    "plan draft": gettext_lazy("Draft of the plan"),
    "safety": gettext_lazy("Safety"),
    "diagnoses": gettext_lazy("Diagnoses"),
    "assessments": gettext_lazy("Assessment"),
    "progress": gettext_lazy("How they fare"),
    "medications": gettext_lazy("Medicines"),
    "diary": gettext_lazy("Diary"),
    "documents": gettext_lazy("Documents"),
}


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
    why = {row.patient.pk: row.reason for row in rows}
    for visit in today:
        visit.why = why.get(visit.patient_id)
    context = {
        "page": Paginator([row for row in rows if row.group == group], ROWS).get_page(
            request.GET.get("page")
        ),
        "group": group,
        "tabs": tabs,
        "people": len(rows),
        "needing": counts["needs-you"],
        "at_once": sum(row.reason is not None and row.reason.signal == "stop" for row in rows),
        "on_track": len(rows) - counts["needs-you"],
        "visits": today,
        "visits_done": sum(visit.status == Status.DONE for visit in today),
        "now": timezone.now(),
        "may_sign": request.membership.may("plans.sign"),
    }
    return render(request, "workspace/caseload.html", context)


# --- a patient's chart ----------------------------------------------------------------------------------------------------
def _found(request: HttpRequest, pk: UUID) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.membership), pk=pk)


@needs("patients.read")
@require_GET
def chart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A patient at a glance; the desk sees who they are, their visits and what to beware of."""
    who = request.membership
    shown = Patient.objects.visible_to(who)
    patient = charts.with_contact(shown).filter(pk=pk, merged_into=None).first()
    if patient is None:
        return _merged(
            request, get_object_or_404(shown, pk__in=Patient.objects.for_clinic(who).became(pk)), pk
        )
    log_read(request, patient, "record")
    head = charts.head_of(patient, who)
    context: dict[str, Any] = {
        "patient": patient,
        "head": head,
        "coming": head.coming[:SHOWN_VISITS],
        "last_visit": next((visit for visit in head.appointments if visit.status == Status.DONE), None),
        "agreed": [str(ConsentKind(kind).label) for kind in patient.agreed_to],
        "may_chart": who.may("chart.read"),
        "may_treat": who.may("chart.edit"),
        "may_plan": who.may("plans.read"),
        "may_draft": who.may("plans.draft"),
        "may_invite": who.may("patients.invite"),
        "may_edit": who.may("patients.edit"),
    }
    if who.may("chart.read"):
        context |= _at_home(patient, head)
    return render(request, "workspace/chart.html", context)


def _merged(request: HttpRequest, became: Patient, pk: UUID) -> HttpResponse:
    was = Patient.objects.for_clinic(request.clinic).get(pk=pk)
    messages.info(request, _("%s was merged into this record.") % was.reference)
    return redirect("workspace:chart", became.pk)


def _at_home(patient: Any, head: charts.Head) -> dict[str, Any]:
    days = charts.days_at_home(patient, head.today)
    weeks, effort = charts.by_week(days), head.effort(days)
    return {
        "stops": [(row["id"], stop_of(row)) for row in patient.stops_found],
        "plot": drawing.pain_plot(weeks),
        "bars": drawing.bars(weeks),
        "bars_said": _("Days with home exercise each week: %s of 7")
        % ", ".join(str(week.days_done) for week in weeks),
        "fortnight": effort,
        "week": effort.last(7),
    }


@needs("chart.edit")
@require_POST
def see_to(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody has seen to a patient who stopped: it no longer asks for attention. Who and when stays on record."""
    stop = get_object_or_404(StopReport.objects.visible_to(request.membership), pk=pk)
    if services.see_to(stop.pk, by=request.membership):
        messages.success(request, _("Seen to. It is on record with your name."))
    return redirect("workspace:chart", stop.patient_id)


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


@needs("chart.read")
@require_GET
def diary(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a patient told of four weeks of days; ?until= names the last of them."""
    patient = _found(request, pk)
    log_read(request, patient, "diary")
    today = timezone.localdate()
    try:
        until = min(date.fromisoformat(request.GET.get("until", "")), today)
    except ValueError:
        until = today
    until = max(until, EARLIEST + timedelta(days=days.DAYS))
    told = days.days_told(patient, until)
    context = {
        "patient": patient,
        "days": [day for day in reversed(told) if day.is_told],
        "plot": drawing.diary_plot(told),
        "first": told[0].day,
        "until": until,
        "older": told[0].day - timedelta(days=1),
        "newer": until + timedelta(days=days.DAYS) if until < today else None,
    }
    return render(request, "workspace/diary.html", context)


@needs("chart.read")
@require_GET
def documents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What there is to print or to hand on about a patient."""
    patient = _found(request, pk)
    log_read(request, patient, "documents")
    plans = signed_plans(patient, request.membership)
    context = {"patient": patient, "documents": documents_of(patient, plans)}
    if request.membership.may("plans.read"):
        context |= printing(plan_that_counts(plans), patient, request.membership)
    return render(request, "workspace/documents.html", context)


@needs("audit.read")
@require_GET
def access(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who opened a patient's record, and when."""
    patient = _found(request, pk)
    reads = ChartRead.objects.for_clinic(request.clinic).about(patient).select_related("user")
    page = Paginator(reads.order_by("-at", "-pk"), ROWS).get_page(request.GET.get("page"))
    for read in page:
        read.part = PARTS.get(read.what, read.what)
    return render(request, "workspace/access.html", {"patient": patient, "page": page})
