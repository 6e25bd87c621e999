"""What there is to print of a plan, and what was printed of it before."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.models import CarePlan, DocumentKind, Layout, PlanPrint
from careplans.pages.common import Shown
from clinic.access import Access
from clinic.models import LANGUAGES
from patients.models import Patient

SHOWN = 20  # prints, the newest


class PrintForm(forms.Form):
    """Which document, in which language, how large. It is sent by GET and opens beside the page."""

    kind = forms.ChoiceField(label=_("Document"), choices=DocumentKind, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    layout = forms.ChoiceField(label=_("Size"), choices=Layout, widget=forms.RadioSelect)


def printing(plan: CarePlan | None, patient: Patient, who: Access) -> Shown:
    """Return `print_form` for a signed plan (None without one) and `prints`, those of all the patient's plans. One query."""
    usual = {
        "kind": DocumentKind.HOME_PROGRAMME,
        "language": patient.language,
        "layout": Layout.NORMAL,
    }
    signed = plan is not None and plan.signed_at is not None
    return {
        "print_plan": plan if signed else None,
        "print_form": PrintForm(initial=usual, auto_id="print-%s") if signed else None,
        "prints": prints_of(patient, who),
    }


def prints_of(patient: Patient, who: Access) -> list[Any]:
    """Return what was printed of a patient's plans, the newest first; each with its plan's version and who printed it."""
    rows = PlanPrint.objects.visible_to(who).filter(plan__patient=patient)
    rows = rows.select_related("plan", "printed_by__user").order_by("-printed_at", "-pk")
    return list(
        rows.defer("facts", *(f"plan__{name}" for name in ("findings", "overrides", "protocol_text")))[:SHOWN]
    )
