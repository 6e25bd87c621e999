"""The staff of the clinic: who works here, in which roles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.access import needs
from clinic.models import Membership


@needs("staff.read")
def staff(request: HttpRequest) -> HttpResponse:
    members = Membership.objects.for_clinic(request.clinic).select_related("user").order_by("user__name")
    return render(request, "clinic/staff.html", {"members": members})
