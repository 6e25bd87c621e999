"""The pages of assessments: begun, filled while one asks and measures, signed, compared."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from rest_framework.serializers import ValidationError

from careplans import scoring
from careplans.models import Addendum, Assessment, AssessmentKind, Measurement
from careplans.pages import assessing
from careplans.pages.assessing import Assessing
from careplans.pages.common import flat
from careplans.reads import note_read
from careplans.services import assessments, filling
from careplans.services.progress import progress
from careplans.services.refusals import Signed
from catalogue.knowledge import knowledge
from clinic.access import needs
from clinic.errors import RuleBroken
from patients import wording
from patients.models import Patient
from patients.services import Voided, happenings

MOST_CHANGES = 1000
PARTS = ("stop", "steps", "review", "measures")  # of the page, that a save renews


def _patient(request: HttpRequest, pk: UUID) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.membership), pk=pk)


def _rows(request: HttpRequest) -> QuerySet[Assessment]:
    found = Assessment.objects.visible_to(request.membership).select_related(
        "patient", "signed_by__user", "entered_by__user"
    )
    addenda = Addendum.objects.select_related("by__user")
    return found.prefetch_related(
        Prefetch("measurements", Measurement.objects.order_by("pk")), Prefetch("addenda", addenda)
    )


def _row(request: HttpRequest, pk: UUID) -> Assessment:
    return get_object_or_404(_rows(request), pk=pk)


# --- all of a patient -----------------------------------------------------------------------------------------------------
@needs("chart.read")
@require_GET
def assessment_list(request: HttpRequest, patient: UUID) -> HttpResponse:
    """A patient's assessments, and how every measure goes."""
    person = _patient(request, patient)
    note_read(request, person.pk, "assessments")
    rows = list(_rows(request).filter(patient=person).standing().order_by("-entered_at", "-pk"))
    charts = [row for row in rows if row.body_chart]
    series = _series(person)
    first = min((each["since"] for each in series), default=None)
    context = {
        "patient": person,
        "rows": [
            {"row": row, "marks": len(row.body_chart), "values": len(filling.standing(row))} for row in rows
        ],
        "draft": next((row for row in rows if not row.signed_at), None),
        "charts": charts,
        "kinds": _kinds(rows),
        "series": series,
        "first": first,
        "meanwhile": happenings(person, first, timezone.localdate()) if first else [],
        "may_edit": request.membership.may("chart.edit"),
    }
    return render(request, "careplans/assessments.html", context)


def _kinds(rows: list[Assessment]) -> list[tuple[str, str, bool]]:
    """Return the kinds to begin, the one that comes next marked."""
    signed = any(row.signed_at for row in rows)
    usual = AssessmentKind.REVIEW if signed else AssessmentKind.INITIAL
    return [(kind.value, kind.label, kind == usual) for kind in AssessmentKind]


def _series(person: Patient) -> list[dict[str, Any]]:
    """Return every series once, though a measure may serve several benefits, in the order of the catalogue."""
    every = (series for benefit in progress(person)["benefits"] for series in benefit["series"])
    order = {measure: place for place, measure in enumerate(knowledge().measures)}
    once = {id(series): series for series in every}.values()
    return [_shown_series(series) for series in sorted(once, key=lambda each: order[each["measure"]])]


def _shown_series(series: Mapping[str, Any]) -> dict[str, Any]:
    measure = knowledge().measures[series["measure"]]
    where = [
        assessing.site_name(measure, series["site"] or "", series["motion"] or ""),
        assessing.side_name(series["side"] or ""),
        *(wording.choice(way) for way in series["inputs"].values() if way),
    ]
    points = series["points"]
    days = [timezone.localdate(datetime.fromisoformat(point["at"])) for point in points]
    return {
        **series,
        "where": ", ".join(part for part in where if part),
        "since": days[0],
        "line": assessing.course(
            days, [scoring.number(measure, point["value"]) for point in points], measure
        ),
        "first": points[0],
        "last": points[-1],
        "times": len(points),
        "incomparable": not points[-1]["comparable"],
    }


@needs("chart.edit")
@require_POST
def assessment_new(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Begin an assessment, or go on with the one that is open."""
    person = _patient(request, patient)
    kind = request.POST.get("kind", "")
    if kind not in AssessmentKind.values:
        messages.error(request, _("Choose what kind of assessment it is."))
        return redirect("careplans:assessments", person.pk)
    row = assessments.begin_assessment(person.pk, {"kind": kind}, by=request.membership)
    return redirect("careplans:assessment", row.pk)


@needs("chart.read")
@require_GET
def body_chart(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The body charts of two visits, side by side or one laid over the other."""
    person = _patient(request, patient)
    note_read(request, person.pk, "assessments")
    charts = [
        row
        for row in _rows(request).filter(patient=person).standing().order_by("-entered_at", "-pk")
        if row.body_chart
    ]
    if not charts:
        return redirect("careplans:assessments", person.pk)
    now = _chosen(charts, request.GET.get("now"), charts[0])
    then = _chosen(charts, request.GET.get("then"), charts[min(charts.index(now) + 1, len(charts) - 1)])
    if charts.index(then) < charts.index(
        now
    ):  # whichever way round they were chosen: then is the earlier one
        now, then = then, now
    context = {
        "patient": person,
        "charts": charts,
        "now": now,
        "then": then,
        "overlay": request.GET.get("as") == "overlay",
        "now_figure": assessing.figure(now.body_chart, then.body_chart),
        "then_figure": assessing.figure(then.body_chart),
        "plain_figure": assessing.figure(now.body_chart),
        "changes": assessing.compared(then.body_chart, now.body_chart),
    }
    return render(request, "careplans/body_chart.html", context)


def _chosen(charts: list[Assessment], wanted: str | None, usual: Assessment) -> Assessment:
    return next((row for row in charts if str(row.pk) == wanted), usual)


# --- one ------------------------------------------------------------------------------------------------------------------
@needs("chart.read")
@require_http_methods(["GET", "POST"])
def assessment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One assessment: a form while it is a draft, for whoever may edit the chart; else to read."""
    row = _row(request, pk)
    if request.method == "POST":
        if not request.membership.may("chart.edit"):
            return HttpResponse(status=403)
        return (
            _save_typed(request, row)
            if request.content_type == "application/json"
            else _save_sent(request, row)
        )
    note_read(request, row.patient_id, "assessments")
    if row.signed_at or row.voided_at or not request.membership.may("chart.edit"):
        return _read(request, row)
    state = filling.state(row)
    if request.headers.get("Accept") == "application/json":  # another tab may have written meanwhile
        return JsonResponse({"state": state, "revision": row.revision})
    errors = filling.faults(row, state, request.membership)
    return _form(request, row, state, errors)


def _read(request: HttpRequest, row: Assessment, status: int = 200, **more: Any) -> HttpResponse:
    shown = Assessing(row, filling.state(row), {})
    context = {
        "patient": row.patient,
        "row": row,
        "shown": shown,
        "figure": assessing.figure(row.body_chart),
        "may_edit": request.membership.may("chart.edit"),
        **more,
    }
    return render(request, "careplans/assessment.html", context, status=status)


def _form(
    request: HttpRequest,
    row: Assessment,
    state: filling.State,
    errors: Mapping[str, str],
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    return render(
        request, "careplans/assessing.html", _context(request, row, state, errors) | more, status=status
    )


def _context(
    request: HttpRequest, row: Assessment, state: filling.State, errors: Mapping[str, str]
) -> dict[str, Any]:
    shown = Assessing(row, state, errors)
    known = knowledge()
    return {
        "patient": row.patient,
        "row": row,
        "shown": shown,
        "state": state,
        "figure": assessing.figure(row.body_chart),
        "kinds": assessing.kinds(),
        "empty_mark": {"name": "__name__", "kind": "spasm", "said": {key: {} for key in filling.PROPERTIES}},
        "spasm_types": [(each["id"], each["label"]) for each in known.vocabulary["spasm_characters"]],
        "positions": [(each, each.replace("-", " ").capitalize()) for each in known.vocabulary["positions"]],
        "assessment_kinds": AssessmentKind.choices,
        "may_sign": request.membership.may("chart.sign"),
    }


def _save_typed(request: HttpRequest, row: Assessment) -> HttpResponse:
    """Save while somebody types: {"changes": {field: [was, now]}, "renew": […]} in, what stands now and the renewed parts out."""
    try:
        body = json.loads(request.body)
        changes = {str(name): (str(was), str(now)) for name, (was, now) in body["changes"].items()}
        wanted = [part for part in body.get("renew", ()) if part in PARTS]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JsonResponse({"detail": _("This is no change of this form.")}, status=400)
    if len(changes) > MOST_CHANGES or any("\0" in name + now for name, (_was, now) in changes.items()):
        return JsonResponse({"detail": _("This is no change of this form.")}, status=400)
    try:
        saved = filling.fill_form(row.pk, changes, by=request.membership)
    except (Signed, Voided) as refused:
        return JsonResponse({"detail": str(refused)}, status=409)
    context = _context(request, saved.row, saved.state, saved.errors)
    parts = {
        part: render_to_string(f"careplans/_assess_{part}.html", context, request)
        for part in ("stop", "steps", "review", *wanted)
    }
    return JsonResponse(
        {
            "state": saved.state,
            "revision": saved.row.revision,
            "errors": saved.errors,
            "conflicts": saved.conflicts,
            "scores": _scores(context["shown"])
            if any(name.startswith(filling.MEASURED) for name in changes)
            else {},
            "parts": parts,
        }
    )


def _scores(shown: Assessing) -> dict[str, str]:
    """Return the line beside each value: what it comes to, what it was, and whether that is a change."""
    cells = [cell for grid in shown.measures for line in grid["rows"] for cell in line["cells"]]
    cells += [grid["score"] for grid in shown.measures if grid["score"]]
    return {cell["slot"]: render_to_string("careplans/_score.html", {"cell": cell}) for cell in cells}


def _save_sent(request: HttpRequest, row: Assessment) -> HttpResponse:
    """Save the form as a browser without script sends it, whole."""
    if row.signed_at or row.voided_at:
        messages.error(request, _("This assessment is closed and does not change. Add an addendum instead."))
        return redirect("careplans:assessment", row.pk)
    state = filling.state(row)
    sent = {name: text.replace("\r\n", "\n") for name, text in request.POST.items() if filling.known(name)}
    sent |= _ordered(request)
    is_current = request.POST.get("revision") == str(row.revision)
    if not is_current and any(state.get(name, "") != told for name, told in sent.items()):
        errors = {
            name: _("Now on record: %s") % (state.get(name) or "–")
            for name, told in sent.items()
            if state.get(name, "") != told
        }
        messages.error(
            request,
            _("Somebody else saved this assessment meanwhile. Compare what is marked, and save again."),
        )
        return _form(request, row, {**state, **sent}, errors, status=409)
    try:
        filling.fill_form(
            row.pk, {name: (state.get(name, ""), told) for name, told in sent.items()}, by=request.membership
        )
    except (Signed, Voided) as refused:
        messages.error(request, str(refused))
        return redirect("careplans:assessment", row.pk)
    if request.POST.get("do") == "close":
        return redirect("careplans:assessments", row.patient_id)
    return redirect("careplans:assessment", row.pk)


def _ordered(request: HttpRequest) -> filling.State:
    """Return the fields that a button of the form adds or clears."""
    post, found = request.POST, {}
    if post.get("add_region") and post.get("add_kind"):
        found[f"mark.{post['add_region']}.{post['add_kind']}"] = "1"
    if measure := post.get("add_measure"):
        found[f"row.{measure}.."] = "1"
    for name, place in post.items():
        if name.startswith("add_place.") and place:
            found[f"row.{name.removeprefix('add_place.')}.{place}"] = "1"
    if (what := post.get("do", "")).startswith("clear:"):
        found[what.removeprefix("clear:")] = ""
    return {name: told for name, told in found.items() if filling.known(name)}


@needs("chart.sign")
@require_POST
def assessment_sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign: from here on it does not change."""
    row = _row(request, pk)
    state = filling.state(row)
    if errors := filling.faults(row, state, request.membership):
        messages.error(request, _("Correct or clear the marked fields before you sign."))
        return _form(
            request,
            row,
            state,
            {name: why for name, why in errors.items() if why} or dict.fromkeys(errors, _("Enter this too.")),
            status=422,
        )
    try:
        assessments.sign_assessment(pk, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect("careplans:assessment", pk)
    messages.success(request, _("Signed. It does not change any more; what comes later is added below."))
    return redirect("careplans:assessment", pk)


@needs("chart.edit")
@require_POST
def assessment_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add to a signed assessment."""
    row = _row(request, pk)
    text = request.POST.get("text", "").replace("\0", "").strip()
    fault = (
        _("Write what is to be added.")
        if not text
        else _("This is too long: %d characters at most.") % 5000
        if len(text) > 5000
        else ""
    )
    if fault:
        return _read(request, row, status=422, typed=request.POST.get("text", ""), fault=fault)
    try:
        assessments.add_addendum(pk, text, by=request.membership)
    except ValidationError as refused:
        messages.error(request, " ".join(flat(refused.detail)))
    else:
        messages.success(request, _("Added."))
    return redirect("careplans:assessment", pk)


@needs("chart.edit")
@require_POST
def assessment_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Strike through an assessment entered in error."""
    row = _row(request, pk)
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:500]
    if not reason:
        messages.error(request, _("Say why it is struck through."))
        return redirect("careplans:assessment", pk)
    try:
        assessments.void_assessment(pk, reason, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Struck through. It stays on record, crossed out."))
    return redirect("careplans:assessments", row.patient_id)


@needs("chart.read")
@require_GET
def assessment_referral(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A letter to print, for whoever sees the patient next about a red flag."""
    row = _row(request, pk)
    shown = Assessing(row, filling.state(row), {})
    if not shown.raised:
        raise Http404
    note_read(request, row.patient_id, "assessments")
    known = knowledge()
    context = {
        "patient": row.patient,
        "row": row,
        "shown": shown,
        "conditions": sorted(known.conditions[family]["name"] for family in shown.families),
        "clinic": request.clinic,
        "who": request.membership.name,
    }
    return render(request, "careplans/referral.html", context)
