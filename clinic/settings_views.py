"""The clinic's settings: everybody on the staff reads, the admin changes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.serializers import ValidationError

from clinic import services
from clinic.access import needs
from clinic.forms import ClinicForm, refuse_at_fields
from clinic.models import Clinic


@needs("staff.read")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    context = {
        "week": ClinicForm(instance=request.clinic).week(),
        "may_edit": request.membership.may("clinic.edit"),
    }
    return render(request, "clinic/settings.html", context)


@needs("clinic.edit")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    clinic = Clinic.objects.get(
        pk=request.clinic.pk
    )  # the form fills its own: a refused name stands in no frame
    form = ClinicForm(request.POST if request.method == "POST" else None, instance=clinic)
    if form.is_bound and form.is_valid():
        try:
            services.change_settings(form.told, by=request.membership)
        except ValidationError as refused:
            refuse_at_fields(form, refused)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("clinic:settings")
    return render(request, "clinic/settings_change.html", {"form": form}, status=422 if form.errors else 200)
