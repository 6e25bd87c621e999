"""Pages of one person with two records: compare them, make one of them, part them again; or know that they are two people."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import needs
from clinic.errors import RuleBroken
from clinic.phones import national
from patients import searching, services
from patients.forms import ApartForm, MergeForm
from patients.models import Patient, PhoneOwner, RecordMerge, Sex
from patients.pages.common import the_patient, to_chart

LABELS = {
    "name": gettext_lazy("Name"),
    "birth": gettext_lazy("Born"),
    "sex": gettext_lazy("Sex"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "language": gettext_lazy("Language"),
    "timezone": gettext_lazy("Time zone"),
    "address": gettext_lazy("Address"),
    "emergency_contact": gettext_lazy("Whom to call"),
    "reason": gettext_lazy("Why they came"),
    "referred_by": gettext_lazy("Sent by"),
    "deceased_on": gettext_lazy("Died on"),
}


def _said(patient: Patient, part: str) -> str:
    """Return what a record says of one part, as people read it; "" where it says nothing."""
    if part == "name":
        return patient.name
    if part == "birth":
        age = patient.age()
        told = _("%d years, as told") % age if age is not None else ""
        return date_format(patient.date_of_birth, "j M Y") if patient.date_of_birth else told
    if part == "sex":
        return "" if patient.sex == Sex.UNKNOWN else str(patient.get_sex_display())
    if part == "phone":
        owner = "" if patient.phone_owner == PhoneOwner.OWN else f" ({patient.get_phone_owner_display()})"
        return f"{national(patient.phone)}{owner}" if patient.phone else ""
    if part == "language":
        return str(patient.get_language_display())
    if part == "deceased_on":
        return date_format(patient.deceased_on, "j M Y") if patient.deceased_on else ""
    value = getattr(patient, part)
    return ", ".join(str(each) for each in value.values() if each) if isinstance(value, dict) else str(value)


def _rows(mine: Patient, theirs: Patient) -> list[dict[str, Any]]:
    """Return what the two records say, part by part; `differs` where somebody has to choose."""
    rows = []
    for part in services.PARTS:
        both = _said(mine, part), _said(theirs, part)
        if any(both):
            row = {"part": part, "label": LABELS[part], "mine": both[0], "theirs": both[1]}
            rows.append(row | {"same": both[0] == both[1], "differs": all(both) and both[0] != both[1]})
    return rows


@needs("patients.merge")
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make one record of two: first find the other, then compare them side by side, then move everything here.

    ?with= names the other by its id, ?number= by the number people say.
    """
    patient = the_patient(request, pk)
    if patient.merged_into_id:
        return to_chart(patient.merged_into_id)
    asked = request.POST.get("with") or request.GET.get("with", "")
    number = request.GET.get("number", "").replace("\0", "")[: searching.LONGEST]
    other = _other(request, patient, asked, number)
    if other is None:
        told = {name: getattr(patient, name) for name in services.DESCRIBES} | {"age": patient.age()}
        context = {
            "patient": patient,
            "alike": services.duplicates(told, by=request.membership, apart_from=patient.pk),
            "number": number,
            "apart": ApartForm(),
            "missed": bool(number),
        }
        return render(request, "patients/merge.html", context, status=422 if number else 200)
    rows = _rows(patient, other)
    form = MergeForm([row["part"] for row in rows if row["differs"]], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.merge(
                patient.pk,
                other.pk,
                by=request.membership,
                take=form.take,
                reason=form.cleaned_data["reason"],
            )
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(
                request,
                _("%s is part of this record now. Under “Edit” this can be undone.") % other.reference,
            )
            return to_chart(patient.pk)
    for row in rows:
        row["field"] = form[f"take-{row['part']}"] if row["differs"] else None
    context = {
        "patient": patient,
        "other": other,
        "rows": rows,
        "form": form,
        "holds": services.entries(other),
        "death": (patient.deceased_on or other.deceased_on)
        if bool(patient.deceased_on) != bool(other.deceased_on)
        else None,
        "apart": ApartForm(),
    }
    return render(request, "patients/merge.html", context, status=409 if form.errors else 200)


def _other(request: HttpRequest, patient: Patient, asked: str, number: str) -> Patient | None:
    """Return the other record, where it was named and is there; a merged one is the one it became."""
    ours = Patient.objects.visible_to(request.membership).select_related("merged_into")
    if asked:
        try:
            found = get_object_or_404(ours, pk=UUID(asked))
        except ValueError:
            return None
    else:
        meant = searching.read(number).number
        if meant is None or meant > 2_147_483_647:
            return None
        found = ours.filter(number=meant).first()
    found = found and (found.merged_into or found)
    return found if found and found.pk != patient.pk else None


@needs("patients.merge")
@require_POST
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make two records again of a merged one."""
    done = get_object_or_404(RecordMerge.objects.for_clinic(request.clinic), pk=pk)
    try:
        services.undo_merge(pk, by=request.membership)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("These are two records again, each with what it had."))
        if done.before["survivor"]["deceased_on"] != done.before["then"]["deceased_on"]:
            messages.warning(request, _("Visits that were called off for the death have to be booked again."))
    return to_chart(done.survivor_id)


@needs("patients.merge")
@require_POST
def apart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Remember that a record and the one sent as `other` are two people."""
    patient = the_patient(request, pk)
    try:
        other = the_patient(request, UUID(request.POST.get("other", "")))
    except ValueError:
        return redirect("patients:merge", pk)
    form = ApartForm(request.POST)
    if form.is_valid():
        services.keep_apart(patient.pk, [other.pk], form.reason, by=request.membership)
        messages.success(request, _("Remembered: two people. Nobody is asked about these two again."))
    else:
        messages.error(request, " ".join(fault for faults in form.errors.values() for fault in faults))
    return redirect("patients:edit", pk)
