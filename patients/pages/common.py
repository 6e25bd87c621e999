"""What the pages of patients share: whose record it is, and one service called about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from clinic.errors import RuleBroken
from patients.forms import (
    ReasonForm,
)
from patients.models import Patient


def the_patient(request: HttpRequest, pk: UUID) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.membership), pk=pk)


def to_chart(pk: UUID) -> HttpResponse:
    return redirect("workspace:chart", pk)


def strike(request: HttpRequest, service: Callable, row: Any, then: Callable) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it is struck through."))
        return then()
    try:
        service(row.pk, form.cleaned_data["reason"], by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Struck through. It stays on record, crossed out."))
    return then()


def act(
    request: HttpRequest, pk: UUID, service: Callable, done: str, then: Callable = to_chart
) -> HttpResponse:
    """Call one service about a patient; say what became of it on the page that follows."""
    the_patient(request, pk)
    try:
        service(pk, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, done)
    return then(pk)


def flat(fault: Any) -> list[str]:
    if isinstance(fault, dict):
        fault = list(fault.values())
    return [each for part in fault for each in flat(part)] if isinstance(fault, list) else [str(fault)]
