"""Pages of medicines."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from rest_framework.serializers import ValidationError

from clinic.access import needs
from clinic.errors import RuleBroken
from clinic.forms import refuse_at_fields
from patients import services
from patients.forms import (
    MedicationForm,
)
from patients.models import Medication, Patient
from patients.pages.common import strike, the_patient
from patients.reads import log_read


@needs("chart.read")
@require_GET
def medications(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What somebody takes and took, each dose with its time."""
    return _medications_page(request, the_patient(request, pk))


def _medications_page(
    request: HttpRequest, patient: Patient, form: MedicationForm | None = None
) -> HttpResponse:
    log_read(request, patient, "medications")
    rows = list(
        Medication.objects.for_clinic(request.clinic)
        .filter(patient=patient)
        .select_related("entered_by__user")
        .order_by("-pk")
    )
    today = timezone.localdate()
    context = {
        "patient": patient,
        "taken": [row for row in rows if row.is_taken_on(today)],
        "before": [row for row in rows if not row.is_taken_on(today)],
        "burden": services.burden(rows, today),
        "form": form or MedicationForm(),
        "names": sorted(key.removesuffix("-oral").capitalize() for key in services.reference_doses()),
        "may_edit": request.membership.may("chart.edit"),
    }
    return render(request, "patients/medications.html", context, status=422 if form and form.errors else 200)


def _medications(pk: UUID) -> HttpResponse:
    return redirect("patients:medications", pk)


@needs("chart.edit")
@require_POST
def medication_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a medicine."""
    patient = the_patient(request, pk)
    form = MedicationForm(request.POST)
    if form.is_valid():
        try:
            services.record_medication(pk, form.cleaned_data, by=request.membership)
        except ValidationError as refused:
            refuse_at_fields(form, refused.detail)
        else:
            messages.success(request, _("Recorded."))
            return _medications(pk)
    return _medications_page(request, patient, form)


@needs("chart.edit")
@require_POST
def medication_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note that somebody takes a medicine, or this dose of it, no more: today was the last day."""
    row = get_object_or_404(Medication.objects.visible_to(request.membership), pk=pk)
    try:
        services.change_medication(pk, {"stopped_on": timezone.localdate()}, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Today is its last day. For another dose, record the new one."))
    return _medications(row.patient_id)


@needs("chart.edit")
@require_POST
def medication_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Strike through a medicine entered in error."""
    row = get_object_or_404(Medication.objects.visible_to(request.membership), pk=pk)
    return strike(request, services.void_medication, row, lambda: _medications(row.patient_id))
