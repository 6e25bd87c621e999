"""The page of what somebody agreed to: in which words, when, and when they took it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.access import needs
from clinic.errors import RuleBroken
from patients import agreements, services
from patients.models import Consent, ConsentKind
from patients.pages.common import the_patient


@needs("patients.edit")
@require_http_methods(["GET", "POST"])
def consents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What they agree to today, with the words to read out, and all they ever said."""
    patient = the_patient(request, pk)
    if request.method == "POST":
        kind, said = request.POST.get("kind"), request.POST.get("said")
        if kind in ConsentKind.values and said in ("yes", "no"):
            try:
                services.set_consents(pk, {kind: said == "yes"}, by=request.membership)
            except RuleBroken as broken:
                messages.error(request, str(broken))
            else:
                done = _("Agreed.") if said == "yes" else _("Taken back. It counts from now on.")
                messages.success(request, done)
        return redirect("patients:consents", pk)
    rows = Consent.objects.for_clinic(request.clinic).filter(patient=patient)
    rows = list(rows.select_related("given_to__user", "withdrawn_to__user").order_by("-given_at", "-pk"))
    standing = {row.kind: row for row in rows if row.withdrawn_at is None}
    context: dict[str, Any] = {
        "patient": patient,
        "kinds": [
            {
                "id": kind,
                "label": kind.label,
                "row": standing.get(kind),
                "old": kind in standing and not agreements.is_current(standing[kind]),
                "text": wording.text,
                "theirs": agreements.said_in(kind, patient.language),
                "version": wording.version,
            }
            for kind, wording in agreements.CURRENT.items()
        ],
        "rows": [{"row": row, "text": agreements.wording_of(row)} for row in rows],
    }
    return render(request, "patients/consents.html", context)
