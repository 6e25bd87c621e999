"""What happened elsewhere: typed and struck through on the page of medicines, which shows both over time."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from rest_framework.serializers import ValidationError

from clinic.access import needs
from clinic.errors import RuleBroken
from clinic.forms import refuse_at_fields
from patients import services
from patients.forms import OutsideTreatmentForm
from patients.models import OutsideTreatment
from patients.pages.common import strike, the_patient
from patients.pages.medications import medications_page


@needs("chart.edit")
@require_POST
def treatment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what happened elsewhere."""
    patient = the_patient(request, pk)
    form = OutsideTreatmentForm(request.POST)
    if form.is_valid():
        try:
            services.record_outside_treatment(pk, form.cleaned_data, by=request.membership)
        except (ValidationError, RuleBroken) as refused:
            refuse_at_fields(form, refused)
        else:
            messages.success(request, _("Recorded."))
            return redirect("patients:medications", pk)
    return medications_page(request, patient, elsewhere=form)


@needs("chart.edit")
@require_POST
def treatment_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note that a treatment elsewhere that went on is over: today was its last day."""
    row = get_object_or_404(OutsideTreatment.objects.visible_to(request.membership), pk=pk)
    try:
        services.change_outside_treatment(pk, {"ended_on": timezone.localdate()}, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Today is its last day."))
    return redirect("patients:medications", row.patient_id)


@needs("chart.edit")
@require_POST
def treatment_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Strike through what was entered in error."""
    row = get_object_or_404(OutsideTreatment.objects.visible_to(request.membership), pk=pk)
    return strike(
        request,
        services.void_outside_treatment,
        row,
        lambda: redirect("patients:medications", row.patient_id),
    )
