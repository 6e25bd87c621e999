"""How far a plan's goals were reached: each on its own five levels, together one T score (goal attainment scaling)."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers

from careplans.goals import LEVELS
from careplans.models import CarePlan, Goal, Measurement
from careplans.services.measuring import record_measurement
from clinic.access import Access

MEASURE = "goal-attainment"


@transaction.atomic
def score_goals(plan_id: UUID, reached: Mapping[str, int], *, by: Access) -> Measurement:
    """Record the T score of a signed plan's goals; `reached` gives for goals, by id, the level from -2 to +2.

    Raises ValidationError by goal: where it is none of the plan's with levels, or the level is none.
    """
    plan = CarePlan.objects.for_clinic(by).filter(signed_at__isnull=False).get(pk=plan_id)
    scaled = {str(goal.pk): goal for goal in Goal.objects.filter(plan=plan) if goal.gas}
    errors = {}
    for goal, level in reached.items():
        if goal not in scaled:
            errors[goal] = [_("This plan has no such goal with levels.")]
        elif level not in LEVELS:
            errors[goal] = [_("Choose a level from -2 to +2.")]
    if errors:
        raise serializers.ValidationError(errors)
    if not reached:
        raise serializers.ValidationError({"detail": [_("Choose a level for at least one goal.")]})
    items = [{"weight": scaled[goal].weight, "attainment": level} for goal, level in reached.items()]
    return record_measurement(plan.patient_id, {"measure": MEASURE, "inputs": {"items": items}}, by=by)


def latest_score(plan: CarePlan) -> Measurement | None:
    """Return the last T score of the patient, or None."""
    rows = Measurement.objects.for_clinic(plan.clinic_id).standing()
    return rows.filter(patient_id=plan.patient_id, measure=MEASURE).order_by("-measured_at", "-pk").first()
