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
from clinic.errors import RuleBroken
from clinic.forms import refuse_at_fields
from clinic.models import Membership
from clinic.phones import national
from patients import alongside, searching, services
from patients.forms import ApartForm, DeathForm, PatientForm, RecordForm, initial_of
from patients.models import Patient, PhoneOwner, RecordMerge, Sex
from patients.pages.common import act, flat, the_patient, to_chart

LOOKED_FOR = "looked-for"  # the key of the last scrap in the session
REGISTERING = "registering"  # the id of the form beside which likely doubles are shown
INSIDE = ("address_", "contact_")  # what is folded away while there is nothing in it
ROWS, BEST = 25, 50  # on a page of the list; of those found


# --- finding ----------------------------------------------------------------------------------------------------
@needs("patients.read")
@require_http_methods(["GET", "POST"])
def patients(request: HttpRequest) -> HttpResponse:
    """Everybody in care by name, page by page (?archived=yes: whose record is closed); or those a scrap means.

    A scrap comes by POST, so that no name stands in an address; it is kept in the session, and ?found=yes shows whom it means, so
    that one comes back to the list. It finds closed records too. The desk is told no diagnosis.
    """
    who = request.membership
    if request.method == "POST" and not request.htmx:
        request.session[LOOKED_FOR] = request.POST.get("q", "").replace("\0", "")[: searching.LONGEST]
        return redirect(f"{reverse('patients:list')}?found=yes")
    shown = Patient.objects.visible_to(who).annotate(responsible=alongside.RESPONSIBLE)
    if who.may("chart.read"):
        shown = shown.annotate(diagnoses_found=alongside.DIAGNOSES)
    scrap = request.session.get(LOOKED_FOR, "") if request.GET.get("found") else request.POST.get("q", "")
    q = scrap.replace("\0", "").strip()[: searching.LONGEST]
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
    answer = render(request, "patients/_found.html" if request.htmx else "patients/patients.html", context)
    if request.htmx:  # coming back to this address shows the same people again
        request.session[LOOKED_FOR] = q
        answer["HX-Replace-Url"] = f"{reverse('patients:list')}?found=yes" if q else reverse("patients:list")
    return answer


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
    apart = ApartForm(request.POST or None, form_id=REGISTERING)
    if alike and form.is_valid():
        seen = {str(double.patient.pk) for double in alike} <= set(request.POST.getlist("seen"))
        if not seen or not apart.is_valid():  # ask who it is; told that it is somebody else, it is saved
            return _form_page(request, form, doubles=alike, apart=apart if seen else None, status=409)
    if request.method == "POST" and form.is_valid():
        try:
            patient = _register(request, form, [double.patient.pk for double in alike], apart)
        except (ValidationError, RuleBroken) as refused:
            refuse_at_fields(form, refused)
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


def _register(request: HttpRequest, form: PatientForm, alike: list[UUID], apart: ApartForm) -> Patient:
    who = request.membership
    patient = services.create_patient(form.told, by=who, consents=form.consents)
    if alike:
        services.keep_apart(patient.pk, alike, apart.reason, by=who)
    if form.therapist_id:
        services.set_therapist(patient.pk, form.therapist_id, by=who)
    return patient


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
    context = {"doubles": _doubles(request, form), "apart": _apart_so_far(request)}
    return render(request, "patients/_doubles.html", context)


def _apart_so_far(request: HttpRequest) -> ApartForm:
    """The same choice again, without a word about what is not chosen yet."""
    return ApartForm(initial=request.POST.dict(), form_id=REGISTERING)


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
    apart: ApartForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "patient": patient,
        "doubles": doubles,
        "apart": apart or _apart_so_far(request),
        "asks": status == 409,
        "more": any(
            form[name].errors or form[name].value() for name in form.fields if name.startswith(INSIDE)
        ),
    }
    if patient:
        context |= _closing(request, patient)
    return render(request, "patients/patient.html", context, status=422 if form.errors else status)


def _closing(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    """What else is done with a record that is there: found to be one with another, parted again, closed."""
    who = request.membership
    merges = RecordMerge.objects.for_clinic(who).filter(survivor=patient, undone_at=None)
    may_merge = who.may("patients.merge") and patient.merged_into_id is None
    told = {name: getattr(patient, name) for name in services.DESCRIBES} | {"age": patient.age()}
    return {
        "visits": services.visits_to_come(patient) if patient.deceased_on is None else 0,
        "may_merge": may_merge,
        "alike": services.duplicates(told, by=who, apart_from=patient.pk) if may_merge else [],
        "merges": merges.select_related("merged", "merged_by__user").order_by("-merged_at"),
        "death": DeathForm(initial={"died_on": patient.deceased_on}),
    }


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
        except (ValidationError, RuleBroken) as refused:
            refuse_at_fields(form, refused)
        else:
            messages.success(request, _("Saved."))
            return to_chart(pk)
    return _form_page(request, form, patient)


# --- closing --------------------------------------------------------------------------------------------------------------
@needs("patients.edit")
@require_POST
def died(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note the day of somebody's death, or take it back: nothing more is sent to them, and their visits are called off."""
    the_patient(request, pk)
    form = DeathForm(request.POST)
    alive = request.POST.get("alive") == "yes"
    if not alive and not form.is_valid():
        return _refused(request, pk, " ".join(form.errors["died_on"]))
    day = None if alive else form.cleaned_data["died_on"]
    try:
        services.update_patient(pk, {"deceased_on": day}, by=request.membership)
    except RuleBroken as broken:
        return _refused(request, pk, str(broken))
    except ValidationError as refused:
        return _refused(request, pk, " ".join(flat(refused.detail)))
    if alive:
        messages.success(request, _("Taken back. Visits that were called off stay so: book them again."))
    else:
        messages.success(request, _("Noted. Nothing more is sent, and the visits to come are called off."))
    return to_chart(pk)


def _refused(request: HttpRequest, pk: UUID, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect("patients:edit", pk)


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
