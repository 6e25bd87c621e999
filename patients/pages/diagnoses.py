"""Pages of diagnoses."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.serializers import ValidationError

from catalogue import coding
from catalogue.knowledge import knowledge
from clinic.access import needs
from clinic.errors import RuleBroken
from clinic.forms import refuse_at_fields
from patients import services, wording
from patients.forms import (
    ASKED,
    ConditionForm,
    DiagnosisForm,
    ReasonForm,
)
from patients.models import Diagnosis, Patient
from patients.pages.common import strike, the_patient, to_chart
from patients.reads import log_read
from patients.services.diagnoses import codes_of, heed, is_on_record, missing


@needs("chart.edit")
@require_http_methods(["GET", "POST"])
def diagnosis_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a diagnosis: first which disorder, then what its family asks."""
    patient = the_patient(request, pk)
    told, scrap = request.POST or request.GET, request.GET.get("find", "").replace("\0", "").strip()
    condition = ConditionForm(told if told.get("condition") or "condition" in request.POST else None)
    looked_for = {"condition": condition, "find": scrap, "found": coding.find(scrap, knowledge())}
    if not condition.is_valid():
        context = {"patient": patient, **looked_for}
        return render(request, "patients/diagnosis.html", context, status=422 if condition.errors else 200)
    chosen = condition.cleaned_data["condition"]
    entry = knowledge().conditions[chosen]
    code = request.GET.get("code", "")
    first = {
        "status": "active",
        "side": entry.get("side") or "",
        "icd10": code if code in codes_of(entry) else services.own_code(entry),
    }
    form = DiagnosisForm(chosen, request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid() and is_on_record(patient, chosen, form.told):
        form.add_error(None, _("This diagnosis is on record already. Change that one instead."))
    elif form.is_valid():
        try:
            fields = {**form.told, "condition": chosen}
            services.record_diagnosis(pk, fields, by=request.membership)
        except (ValidationError, RuleBroken) as refused:
            _refuse_diagnosis(form, refused)
        else:
            messages.success(request, _("Diagnosis recorded."))
            return to_chart(pk)
    return _diagnosis_page(request, patient, form, **looked_for)


@needs("chart.edit")
@require_http_methods(["GET", "POST"])
def diagnosis_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a diagnosis; which disorder it is does not change: strike it through instead."""
    row = get_object_or_404(
        Diagnosis.objects.visible_to(request.membership).standing().select_related("patient"), pk=pk
    )
    plain = ("icd10", "level", "onset_date", "status")
    first = {
        **{name: getattr(row, name) for name in plain},
        "side": row.side or "",
        **{f"{ASKED}{name}": value for name, value in row.qualifiers.items()},
    }
    form = DiagnosisForm(row.condition_id, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_diagnosis(pk, form.told, by=request.membership)
        except (ValidationError, RuleBroken) as refused:
            _refuse_diagnosis(form, refused)
        else:
            messages.success(request, _("Saved."))
            return to_chart(row.patient_id)
    log_read(request, row.patient_id, "diagnoses")
    return _diagnosis_page(request, row.patient, form, row=row)


def _refuse_diagnosis(form: DiagnosisForm, refused: ValidationError | RuleBroken) -> None:
    """Put what was refused at the fields; the questions of a family have a prefix there."""
    detail = getattr(refused, "detail", None)
    if isinstance(detail, dict) and (asked := detail.pop("qualifiers", {})):
        detail |= {f"{ASKED}{name}": found for name, found in dict(asked).items()}
    refuse_at_fields(form, refused if detail is None else detail)


def _diagnosis_page(
    request: HttpRequest, patient: Patient, form: DiagnosisForm, row: Diagnosis | None = None, **more: Any
) -> HttpResponse:
    context = {
        "patient": patient,
        "form": form,
        "row": row,
        "name": wording.condition(form.entry["id"]),
        "codes": _("Usual: %s.") % ", ".join(form.codes) if form.codes else "",
        "missing": missing(row) if row else [],
        "heed": (told := heed(form.entry["id"])),
        "flags": [wording.flag(flag) for flag in told["flags"]],
        "void": ReasonForm(),
        **more,
    }
    return render(request, "patients/diagnosis.html", context, status=422 if form.errors else 200)


@needs("chart.edit")
@require_POST
def diagnosis_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Strike through a diagnosis entered in error."""
    row = get_object_or_404(Diagnosis.objects.visible_to(request.membership), pk=pk)
    return strike(request, services.void_diagnosis, row, lambda: to_chart(row.patient_id))
