"""What careplans does when the apps below tell something, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from careplans.services.checking import recheck_plans
from patients.signals import safety_changed


@receiver(safety_changed)
def hold_plans_against_new_facts(sender: Any, patient: Any, by: Any = None, **_kwargs: Any) -> None:
    recheck_plans(patient, by=by)
