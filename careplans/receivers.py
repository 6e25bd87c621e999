"""What careplans does when the apps below tell something, in the same transaction."""

from datetime import date
from typing import Any

from django.db.models import F
from django.dispatch import receiver
from django.utils.translation import gettext as _

from careplans.models import RUNNING, PlanDiagnosis, PlanStatus
from careplans.services.checking import recheck_plans, recheck_plans_with
from careplans.services.progress import first_signed
from catalogue.signals import exercise_changed
from patients.services import CannotMerge
from patients.signals import baseline_asked, patients_parted, safety_changed


@receiver(safety_changed)
def hold_plans_against_new_facts(sender: Any, patient: Any, by: Any = None, **_kwargs: Any) -> None:
    recheck_plans(patient, by=by)


@receiver(exercise_changed)
def hold_plans_against_a_changed_exercise(sender: Any, exercise: Any, by: Any = None, **_kwargs: Any) -> None:
    recheck_plans_with(exercise, by=by)


@receiver(baseline_asked)
def treated_since(sender: Any, patient: Any, **_kwargs: Any) -> date | None:
    return first_signed(patient)


@receiver(patients_parted)
def refuse_a_plan_of_two(sender: Any, survivor: Any, merged: Any, **_kwargs: Any) -> None:
    """A plan made since the merge may treat a diagnosis of the one and stand with the other."""
    open_plans = (PlanStatus.DRAFT, *RUNNING)  # one that ended is history, and may tell of both
    rows = PlanDiagnosis.objects.for_clinic(survivor.clinic_id).filter(
        plan__patient__in=(survivor, merged), plan__status__in=open_plans
    )
    if rows.exclude(plan__patient=F("diagnosis__patient")).exists():
        raise CannotMerge(
            _(
                "A plan made since then treats a diagnosis of the other record. Take that out of the draft, or end the plan, first."
            )
        )
