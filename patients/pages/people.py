"""Pages of people: finding, registering, changing, inviting, leaving."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.serializers import ValidationError

from clinic.access import Role, needs
from clinic.forms import refuse_at_fields
from clinic.models import Membership
from clinic.phones import national
from patients import alongside, searching, services
from patients.forms import (
    PatientForm,
    RecordForm,
    initial_of,
)
from patients.models import Patient, PhoneOwner, Sex
from patients.pages.common import act, to_chart

ROWS, BEST = 25, 50  # on a page of the list; of those found


# --- finding ----------------------------------------------------------------------------------------------------
@needs("patients.read")
@require_http_methods(["GET", "POST"])
def patients(request: HttpRequest) -> HttpResponse:
    """Everybody in care by name, page by page (?archived=yes: whose record is closed); or those a scrap means.

    A scrap comes by POST, so that no name stands in an address; it finds closed records too. The desk is told no diagnosis.
    """
    who = request.membership
    shown = Patient.objects.visible_to(who).annotate(responsible=alongside.RESPONSIBLE)
    if who.may("chart.read"):
        shown = shown.annotate(diagnoses_found=alongside.DIAGNOSES)
    q = request.POST.get("q", "").replace("\0", "").strip()[: searching.LONGEST]
    archived = request.GET.get("archived") == "yes"
    context: dict[str, Any] = {"q": q, "archived": archived, "may_chart": who.may("chart.read")}
    if q:
        context |= {"found": list(shown.found(searching.read(q), who)[:BEST]), "most": BEST}
    else:
        shown = shown.filter(archived_at__isnull=not archived).order_by("name_key", "pk")
        page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
        context |= {"page": page, "found": list(page)}
    context["rows"] = [_row(person) for person in context.pop("found")]
    context["found_here"] = True  # the box in the bar finds as one types
    return render(request, "patients/_found.html" if request.htmx else "patients/patients.html", context)


def _row(person: Any) -> dict[str, Any]:
    """Return a line of the list in plain values: a page shows many."""
    age, sex = person.age(), person.get_sex_display() if person.sex != Sex.UNKNOWN else ""
    return {
        "url": reverse("workspace:chart", args=[person.pk]),
        "name": person.name,
        "about": ", ".join(str(part).lower() for part in (age, sex) if part not in (None, "")),
        "archived": person.archived_at is not None,
        "number": person.reference,
        "phone": national(person.phone),
        "email": person.email,
        "owner": person.get_phone_owner_display().lower() if person.phone_owner != PhoneOwner.OWN else "",
        "diagnosis": alongside.diagnosis_words(getattr(person, "diagnoses_found", ())),
        "responsible": person.responsible or "",
    }


# --- registering ------------------------------------------------------------------------------------------------
def _therapists(request: HttpRequest) -> list[Membership]:
    staff = Membership.objects.for_clinic(request.clinic).filter(is_active=True)
    found = staff.filter(roles__contains=[Role.PHYSIOTHERAPIST]).select_related("user")
    return list(found.order_by("user__name"))


@needs("patients.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register somebody. Who may be the same person is shown while it is typed, and never stands in the way."""
    first = {
        "phone_owner": "own",
        "sex": "unknown",
        "language": request.clinic.language,
    }
    form = _patient_form(request, PatientForm, first)
    alike = _doubles(request, form) if form.is_bound else []
    if alike and form.is_valid() and "seen" not in request.POST:
        return _form_page(request, form, doubles=alike, status=409)  # ask once; pressed again it is saved
    if request.method == "POST" and form.is_valid():
        try:
            patient = services.create_patient(form.told, by=request.membership, consents=form.consents)
            if form.therapist_id:
                services.set_therapist(patient.pk, form.therapist_id, by=request.membership)
        except ValidationError as refused:
            refuse_at_fields(form, refused.detail)
        else:
            messages.success(
                request,
                _("%(name)s is registered as %(number)s.")
                % {"name": patient.name, "number": patient.reference},
            )
            if request.POST.get("then") == "book":
                return redirect(f"{reverse('scheduling:book')}?patient={patient.pk}")
            return to_chart(patient.pk)
    return _form_page(request, form, doubles=alike)


def _patient_form(
    request: HttpRequest,
    kind: type[PatientForm],
    initial: dict[str, Any],
    responsible: Membership | None = None,
) -> Any:
    therapists = _therapists(request)
    if (
        responsible and responsible not in therapists
    ):  # somebody who left, or an assistant: stays until changed
        therapists.append(responsible)
    country = request.clinic.country
    return kind(request.POST or None, initial=initial, country=country, therapists=therapists)


@needs("patients.read")
@require_POST
def doubles(request: HttpRequest) -> HttpResponse:
    """Who on record may be the person being typed: a part of the page, asked for while typing."""
    form = PatientForm(request.POST, country=request.clinic.country)
    return render(request, "patients/_doubles.html", {"doubles": _doubles(request, form), "seen": True})


def _doubles(request: HttpRequest, form: PatientForm) -> list[services.Double]:
    told = form.told_so_far
    if not (told.get("given_name") or told.get("phone") or told.get("email")):
        return []
    return services.duplicates(told, by=request.membership)


def _form_page(
    request: HttpRequest,
    form: PatientForm,
    patient: Patient | None = None,
    doubles: Any = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "patient": patient,
        "doubles": doubles,
        "seen": bool(doubles),
        "asks": status == 409,
    }
    return render(request, "patients/patient.html", context, status=422 if form.errors else status)


@needs("patients.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change who somebody is, how they are reached, what they agreed to."""
    found = Patient.objects.visible_to(request.membership).with_people()
    if request.method == "POST":
        found = found.select_for_update(of=("self",), no_key=True)
    patient = get_object_or_404(found, pk=pk)
    leads = next((lead.member for lead in patient.leads), None)
    form = _patient_form(request, RecordForm, initial_of(patient, request.clinic.country), leads)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_patient(pk, form.told, by=request.membership, consents=form.consents or None)
            if "therapist" in form.changed:
                services.set_therapist(pk, form.therapist_id, by=request.membership)
        except ValidationError as refused:
            refuse_at_fields(form, refused.detail)
        else:
            messages.success(request, _("Saved."))
            return to_chart(pk)
    return _form_page(request, form, patient)


@needs("patients.invite")
@require_POST
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the patient sign in by one-time code, and tell them."""
    return act(request, pk, services.invite, _("Invited. A message is on its way."))


@needs("patients.edit")
@require_POST
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the record; nothing is deleted."""
    return act(request, pk, services.archive, _("Archived. Nothing more is sent to them."))


@needs("patients.edit")
@require_POST
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open an archived record again."""
    return act(request, pk, services.restore, _("The record is open again."))
