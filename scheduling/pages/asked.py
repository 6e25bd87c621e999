"""What a patient's plan asks for, as the desk may know it: how many visits, how often, how long. No clinical word."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import ngettext

from careplans.models import CarePlan, Phase
from careplans.services.wording import number
from clinic.access import Access

STANDING = Q(clinic_items__status="active")


@dataclass(frozen=True, slots=True)
class Asked:
    """The plan that runs: its version, and the visits of its current phase."""

    pk: UUID
    version: int
    visits_per_week: Decimal
    weeks: Decimal

    def __str__(self) -> str:
        visits, weeks = ceil(self.visits_per_week), ceil(self.weeks)
        often = ngettext(
            "Plan version %(version)d asks for %(visits)s visit a week.",
            "Plan version %(version)d asks for %(visits)s visits a week.",
            visits,
        ) % {"version": self.version, "visits": number(float(self.visits_per_week))}
        long = ngettext(
            "In %(weeks)s week that makes %(count)d.", "In %(weeks)s weeks that makes %(count)d.", weeks
        ) % {"weeks": number(float(self.weeks)), "count": self.count}
        return f"{often} {long}"

    @property
    def count(self) -> int:
        return ceil(self.visits_per_week * self.weeks)


def asked_for(patient_id: UUID, who: Access) -> Asked | None:
    """Return what the patient's running plan asks for, None where it brings nobody in. One query."""
    running = CarePlan.objects.visible_to(who).running().filter(patient=patient_id)
    phases = (
        Phase.objects.for_clinic(who)
        .filter(plan__in=running.values("pk"))
        .annotate(visits=Max("clinic_items__visits_per_week", filter=STANDING))
        .filter(visits__isnull=False)
        .select_related("plan")
        .order_by("-plan__signed_at", "order")
    )
    found = list(phases)
    current = next((each for each in found if each.pk == each.plan.current_phase_id), None)
    phase = current or (found[0] if found else None)
    return phase and Asked(phase.plan_id, phase.plan.version, phase.visits, phase.weeks)
