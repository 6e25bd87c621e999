"""Pages of medicines."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from rest_framework.serializers import ValidationError

from clinic.access import needs
from clinic.errors import RuleBroken
from clinic.forms import refuse_at_fields
from patients import services, timeline, wording
from patients.forms import LastDayForm, MedicationForm, OutsideTreatmentForm
from patients.models import Medication, OutsideKind, OutsideTreatment, Patient
from patients.pages.common import flat, strike, the_patient
from patients.reads import log_read
from patients.services.elsewhere import goes_on
from patients.timeline import Span


@needs("chart.read")
@require_GET
def medications(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What somebody takes and took, each dose with its time, and what was done elsewhere."""
    return medications_page(request, the_patient(request, pk))


def medications_page(
    request: HttpRequest,
    patient: Patient,
    form: MedicationForm | None = None,
    elsewhere: OutsideTreatmentForm | None = None,
) -> HttpResponse:
    """Show the page, with the form that was refused if one was."""
    log_read(request, patient, "medications")
    rows, treatments = (
        list(found.for_clinic(request.clinic).filter(patient=patient).select_related("entered_by__user"))
        for found in (
            Medication.objects.order_by("-pk"),
            OutsideTreatment.objects.order_by("-began_on", "-pk"),
        )
    )
    for row in treatments:
        row.where, row.goes_on = wording.regions(row.regions), goes_on(row)
    today, baseline = timezone.localdate(), services.baseline_day(patient)
    context = {
        "patient": patient,
        "taken": [row for row in rows if row.is_taken_on(today)],
        "before": [row for row in rows if not row.is_taken_on(today)],
        "burden": services.burden(rows, today),
        "baseline": baseline,
        "ratio": services.dose_ratio(rows, baseline, today) if baseline else None,
        "treatments": treatments,
        "timeline": timeline.draw(_spans(rows, treatments), today),
        "form": form or MedicationForm(),
        "elsewhere": elsewhere or OutsideTreatmentForm(),
        "names": sorted(key.removesuffix("-oral").capitalize() for key in services.reference_doses()),
        "regions": wording.region_names(),
        "may_edit": request.membership.may("chart.edit"),
    }
    refused = any(each and each.errors for each in (form, elsewhere))
    return render(request, "patients/medications.html", context, status=422 if refused else 200)


def _spans(rows: list[Medication], treatments: list[OutsideTreatment]) -> list[Span]:
    """Return what is drawn: a lane for each medicine, its bars in parts of its greatest dose, one for each kind of treatment."""
    greatest: dict[str, Decimal] = {}
    standing = [row for row in reversed(rows) if not row.voided_at]
    for row in standing:
        name = row.name.casefold()
        greatest[name] = max(greatest.get(name, Decimal()), row.dose * row.per_day)
    doses = [
        Span(
            name=row.name.capitalize(),
            label=f"{row.amounts[0]} {row.unit}, {row.amounts[1]} ×",
            first=row.started_on,
            last=row.stopped_on,
            weight=float(row.dose * row.per_day / greatest[row.name.casefold()]),
        )
        for row in standing
    ]
    events = [
        Span(
            str(OutsideKind(row.kind).label),
            row.detail,
            row.began_on,
            row.ended_on or row.began_on,
            is_event=True,
        )
        for row in reversed(treatments)
        if not row.voided_at
    ]
    return [*doses, *events]


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
        except (ValidationError, RuleBroken) as refused:
            refuse_at_fields(form, refused)
        else:
            messages.success(request, _("Recorded."))
            return _medications(pk)
    return medications_page(request, patient, form)


@needs("chart.edit")
@require_POST
def medication_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note the last day on which somebody took a medicine, or this dose of it: today where none is given."""
    row = get_object_or_404(Medication.objects.visible_to(request.membership), pk=pk)
    form = LastDayForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["stopped_on"]))
        return _medications(row.patient_id)
    day = form.cleaned_data["stopped_on"] or timezone.localdate()
    try:
        services.change_medication(pk, {"stopped_on": day}, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    except ValidationError as refused:
        messages.error(request, " ".join(flat(refused.detail)))
    else:
        done = _("%s is its last day. For another dose, record the new one.")
        messages.success(request, done % date_format(day, "j M Y"))
    return _medications(row.patient_id)


@needs("chart.edit")
@require_POST
def medication_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Strike through a medicine entered in error."""
    row = get_object_or_404(Medication.objects.visible_to(request.membership), pk=pk)
    return strike(request, services.void_medication, row, lambda: _medications(row.patient_id))
