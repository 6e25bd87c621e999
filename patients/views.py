"""Pages of patients: finding and registering people, their diagnoses, what makes treatments unsafe for them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from rest_framework.serializers import ValidationError

from catalogue.knowledge import knowledge
from clinic.access import Role, needs
from clinic.errors import RuleBroken
from clinic.forms import refuse_at_fields
from clinic.models import Membership
from clinic.phones import national
from patients import alongside, searching, services, wording
from patients.forms import (
    ASKED,
    ConditionForm,
    DiagnosisForm,
    FlagForm,
    MedicationForm,
    PatientForm,
    ReasonForm,
    RecordForm,
    initial_of,
)
from patients.models import Diagnosis, Medication, Patient, PhoneOwner, SafetyFlag, Sex
from patients.reads import log_read
from patients.services.diagnoses import missing

ROWS, BEST = 25, 50  # on a page of the list; of those found


def _patient(request: HttpRequest, pk: UUID) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.membership), pk=pk)


def _chart(pk: UUID) -> HttpResponse:
    return redirect("workspace:chart", pk)


# --- finding --------------------------------------------------------------------------------------------------------------
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


# --- registering ----------------------------------------------------------------------------------------------------------
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
            return _chart(patient.pk)
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
            return _chart(pk)
    return _form_page(request, form, patient)


def _act(
    request: HttpRequest, pk: UUID, service: Callable, done: str, then: Callable = _chart
) -> HttpResponse:
    """Call one service about a patient; say what became of it on the page that follows."""
    _patient(request, pk)
    try:
        service(pk, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, done)
    return then(pk)


@needs("patients.invite")
@require_POST
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the patient sign in by one-time code, and tell them."""
    return _act(request, pk, services.invite, _("Invited. A message is on its way."))


@needs("patients.edit")
@require_POST
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the record; nothing is deleted."""
    return _act(request, pk, services.archive, _("Archived. Nothing more is sent to them."))


@needs("patients.edit")
@require_POST
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open an archived record again."""
    return _act(request, pk, services.restore, _("The record is open again."))


# --- diagnoses ------------------------------------------------------------------------------------------------------------
@needs("chart.edit")
@require_http_methods(["GET", "POST"])
def diagnosis_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a diagnosis: first which disorder, then what its family asks."""
    patient = _patient(request, pk)
    told = request.POST or request.GET
    condition = ConditionForm(told if "condition" in told else None)
    if not condition.is_valid():
        context = {"patient": patient, "condition": condition}
        return render(request, "patients/diagnosis.html", context, status=422 if condition.errors else 200)
    chosen = condition.cleaned_data["condition"]
    entry = knowledge().conditions[chosen]
    first = {"status": "active", "side": entry.get("side") or "", "icd10": services.own_code(entry)}
    form = DiagnosisForm(chosen, request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        try:
            fields = {**form.told, "condition": chosen}
            services.record_diagnosis(pk, fields, by=request.membership)
        except ValidationError as refused:
            _refuse_diagnosis(form, refused.detail)
        else:
            messages.success(request, _("Diagnosis recorded."))
            return _chart(pk)
    return _diagnosis_page(request, patient, form, condition=condition)


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
        except ValidationError as refused:
            _refuse_diagnosis(form, refused.detail)
        else:
            messages.success(request, _("Saved."))
            return _chart(row.patient_id)
    log_read(request, row.patient_id, "diagnoses")
    return _diagnosis_page(request, row.patient, form, row=row)


def _refuse_diagnosis(form: DiagnosisForm, detail: Any) -> None:
    asked = detail.pop("qualifiers", {}) if isinstance(detail, dict) else {}
    refuse_at_fields(form, {**detail, **{f"{ASKED}{name}": found for name, found in dict(asked).items()}})


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
        "void": ReasonForm(),
        **more,
    }
    return render(request, "patients/diagnosis.html", context, status=422 if form.errors else 200)


@needs("chart.edit")
@require_POST
def diagnosis_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Strike through a diagnosis entered in error."""
    row = get_object_or_404(Diagnosis.objects.visible_to(request.membership), pk=pk)
    return _strike(request, services.void_diagnosis, row, lambda: _chart(row.patient_id))


def _strike(request: HttpRequest, service: Callable, row: Any, then: Callable) -> HttpResponse:
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


# --- safety ---------------------------------------------------------------------------------------------------------------
def _safety(pk: UUID) -> HttpResponse:
    return redirect("patients:safety", pk)


@needs("flags.read")
@require_GET
def safety(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What makes treatments unsafe: flags on record, and the questions of the safety screen."""
    return _safety_page(request, _patient(request, pk))


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
        "due": len(screen["due"]),
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
    """Return the critical questions, and those that are due, by category; with what was typed and is wrong with it."""
    groups: dict[str, dict[str, Any]] = {}
    due = set(screen["due"])
    for entry in knowledge().flags.current:
        flag = entry["id"]
        if not entry["critical"] and flag not in due and flag not in screen["answers"]:
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
                "due": flag in due,
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
    patient = _patient(request, pk)
    answers = _answers(request)
    if not answers:
        messages.info(request, _("Nothing was answered."))
        return _safety(pk)
    try:
        services.answer_safety_screen(pk, answers, by=request.membership)
    except ValidationError as refused:
        found = refused.detail.get("answers", {})
        faults = {flag: " ".join(_flat(fault)) for flag, fault in found.items()}
        return _safety_page(request, patient, faults=faults)
    messages.success(request, _("Answers saved."))
    return _safety(pk)


def _flat(fault: Any) -> list[str]:
    if isinstance(fault, dict):
        fault = list(fault.values())
    return [each for part in fault for each in _flat(part)] if isinstance(fault, list) else [str(fault)]


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
    patient = _patient(request, pk)
    form = FlagForm(request.POST)
    if form.is_valid():
        try:
            services.record_flag(pk, by=request.membership, **form.cleaned_data)
        except ValidationError as refused:
            refuse_at_fields(form, refused.detail)
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
        messages.error(request, " ".join(_flat(refused.detail)))
    else:
        messages.success(request, _("Ended. It counts no more from today on."))
    return _safety(row.patient_id)


@needs("flags.edit")
@require_POST
def flag_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Strike through a flag entered in error."""
    row = get_object_or_404(SafetyFlag.objects.visible_to(request.membership), pk=pk)
    return _strike(request, services.void_flag, row, lambda: _safety(row.patient_id))


# --- medicines ------------------------------------------------------------------------------------------------------------
@needs("chart.read")
@require_GET
def medications(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What somebody takes and took, each dose with its time."""
    return _medications_page(request, _patient(request, pk))


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
    patient = _patient(request, pk)
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
    return _strike(request, services.void_medication, row, lambda: _medications(row.patient_id))
