"""Pages of what makes treatments unsafe: flags, and the safety screen."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from rest_framework.serializers import ValidationError

from catalogue.knowledge import knowledge
from clinic.access import needs
from clinic.errors import RuleBroken
from clinic.forms import refuse_at_fields
from patients import services, wording
from patients.forms import (
    FlagForm,
    ReasonForm,
)
from patients.models import Patient, SafetyFlag
from patients.pages.common import flat, strike, the_patient
from patients.reads import log_read


def _safety(pk: UUID) -> HttpResponse:
    return redirect("patients:safety", pk)


@needs("flags.read")
@require_GET
def safety(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What makes treatments unsafe: flags on record, and the questions of the safety screen."""
    return _safety_page(request, the_patient(request, pk))


def _safety_page(
    request: HttpRequest, patient: Patient, form: FlagForm | None = None, faults: dict | None = None
) -> HttpResponse:
    log_read(request, patient, "safety")
    rows = SafetyFlag.objects.for_clinic(request.clinic).filter(patient=patient)
    screen = services.safety_screen(patient, by=request.membership)
    groups = _questions(screen, request.POST if faults else {}, faults or {})
    context = {
        "patient": patient,
        "flags": list(rows.select_related("entered_by__user").order_by("-pk")),
        "form": form or FlagForm(),
        "groups": [group for group in groups if group["open"]],
        "due": sum(group["due"] for group in groups),
        "settled": [group for group in groups if not group["open"]],
        "regions": wording.region_names(),
        "may_edit": request.membership.may("flags.edit"),
        "void": ReasonForm(),
    }
    context["flags"] = [_shown_flag(row) for row in context["flags"]]
    return render(
        request, "patients/safety.html", context, status=422 if faults or (form and form.errors) else 200
    )


def _shown_flag(row: SafetyFlag) -> dict[str, Any]:
    return {
        "row": row,
        "label": wording.flag(row.flag_id),
        "where": wording.regions(row.regions),
        "active": row.counts_on(timezone.localdate()),
        "expires_on": row.expires_on,
    }


def _questions(screen: dict[str, Any], typed: Any, faults: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the critical questions, those that are due and those usual with the disorder, by category; with what was typed and
    is wrong with it.
    """
    groups: dict[str, dict[str, Any]] = {}
    due, usual = set(screen["due"]), set(screen["usual"])
    for entry in knowledge().flags.current:
        flag = entry["id"]
        if not entry["critical"] and flag not in due | usual and flag not in screen["answers"]:
            continue
        known = screen["answers"].get(flag)
        group = groups.setdefault(entry["category"], {"id": entry["category"], "questions": []})
        where = wording.regions(known["regions"]) if known else ""
        said = (
            ""
            if known is None or known["expired"]
            else {True: "yes", False: "no"}.get(known["present"], "unsure")
        )
        group["questions"].append(
            {
                "flag": flag,
                "label": entry["label"],
                "ask": entry.get("ask_clinician") or entry["label"],
                "needs_region": entry["needs_region"],
                "due": flag in due or (flag in usual and not said),
                "was": said,  # what is on record: only what differs from it is an answer
                "was_where": where,
                "said": typed.get(f"answer-{flag}", said),
                "where": typed.get(f"where-{flag}", where),
                "by": known and known["answered_by"] and known["answered_by"]["name"],
                "on": known and date.fromisoformat(known["answered_on"]),
                "fault": faults.get(flag, ""),
            }
        )
    for group in groups.values():
        group["label"] = wording.flag_category(group["id"])
        questions = group["questions"]
        group["open"] = [each for each in questions if each["due"] or not each["said"]]
        group["answered"] = [each for each in questions if each not in group["open"]]
        group["yes"] = [each["label"] for each in group["answered"] if each["said"] == "yes"]
        group["fault"] = any(each["fault"] for each in group["answered"])
        group["due"] = sum(question["due"] for question in questions)
    return list(groups.values())


@needs("flags.edit")
@require_POST
def screen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer safety questions: what was ticked, or "none of these" for what a category still asks."""
    patient = the_patient(request, pk)
    answers = _answers(request)
    if not answers:
        messages.info(request, _("Nothing was answered."))
        return _safety(pk)
    try:
        services.answer_safety_screen(pk, answers, by=request.membership)
    except ValidationError as refused:
        found = refused.detail.get("answers", {})
        faults = {flag: " ".join(flat(fault)) for flag, fault in found.items()}
        return _safety_page(request, patient, faults=faults)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return _safety(pk)
    messages.success(request, _("Answers saved."))
    return _safety(pk)


def _answers(request: HttpRequest) -> dict[str, Any]:
    """Return what was answered anew. "None of these" answers with no what its category asks and nobody ticked."""
    none_of = request.POST.get("none_of", "")
    answers = {}
    for entry in knowledge().flags.current:
        flag = entry["id"]
        said = request.POST.get(f"answer-{flag}", "")
        if none_of and entry["category"] == none_of and request.POST.get(f"asked-{flag}") and not said:
            said = "no"
        where = request.POST.get(f"where-{flag}", "").replace("\0", "")
        before = (request.POST.get(f"was-{flag}", ""), request.POST.get(f"was-where-{flag}", ""))
        if said not in ("yes", "no", "unsure") or (said, where) == before:
            continue
        places = [wording.region_called(part) for part in where.split(",") if part.strip()]
        answers[flag] = {
            "present": {"yes": True, "no": False}.get(said),
            "regions": places if said == "yes" else [],
        }
    return answers


@needs("flags.edit")
@require_POST
def flag_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a flag on record."""
    patient = the_patient(request, pk)
    form = FlagForm(request.POST)
    if form.is_valid():
        try:
            services.record_flag(pk, by=request.membership, **form.cleaned_data)
        except (ValidationError, RuleBroken) as refused:
            refuse_at_fields(form, refused)
        else:
            messages.success(request, _("Recorded. Running plans were checked again."))
            return _safety(pk)
    return _safety_page(request, patient, form)


@needs("flags.edit")
@require_POST
def flag_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a flag today."""
    row = get_object_or_404(SafetyFlag.objects.visible_to(request.membership), pk=pk)
    try:
        services.end_flag(pk, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    except ValidationError as refused:
        messages.error(request, " ".join(flat(refused.detail)))
    else:
        messages.success(request, _("Ended. It counts no more from today on."))
    return _safety(row.patient_id)


@needs("flags.edit")
@require_POST
def flag_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Strike through a flag entered in error."""
    row = get_object_or_404(SafetyFlag.objects.visible_to(request.membership), pk=pk)
    return strike(request, services.void_flag, row, lambda: _safety(row.patient_id))
