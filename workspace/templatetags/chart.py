"""The head of every page about one patient: who, alerts, diagnosis, plan, visits, and the tabs."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from patients.models import Patient
from workspace.charts import head_of

register = template.Library()

TABS = (
    ("overview", "workspace:chart", "patients.read", lambda: _("Overview")),
    ("assessment", "careplans:assessments", "chart.read", lambda: _("Assessment")),
    ("plan", "careplans:plan", "plans.read", lambda: _("Plan")),
    ("visits", "workspace:visits", "appointments.read", lambda: _("Visits")),
    ("diary", "workspace:diary", "chart.read", lambda: _("Diary")),
    ("safety", "patients:safety", "flags.read", lambda: _("Safety")),
    ("medicines", "patients:medications", "chart.read", lambda: _("Medicines")),
    ("documents", "workspace:documents", "chart.read", lambda: _("Documents")),
    ("access", "workspace:access", "audit.read", lambda: _("Who opened it")),
)


@register.inclusion_tag("workspace/_chart_head.html", takes_context=True)
def chart_head(context: dict[str, Any], patient: Patient, tab: str, actions: bool = False) -> dict[str, Any]:
    """Show the head with `tab` as the current one. A page that read it before passes it as `head`."""
    request = context["request"]
    who = request.membership
    head = context.get("head") or head_of(patient, who)
    tabs = [
        {"url": reverse(name, args=[patient.pk]), "label": label(), "current": key == tab}
        for key, name, capability, label in TABS
        if who.may(capability)
    ]
    return {
        "head": head,
        "patient": patient,
        "tabs": tabs,
        "actions": actions,
        "may_plan": who.may("plans.read"),
        "may_book": who.may("appointments.edit"),
        "may_edit": who.may("patients.edit"),
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }
