"""What tests of plans share: a patient with sciatica who has answered the safety screen, and plans for them."""

from typing import Any

from careplans.models import CarePlan
from careplans.services import plans
from catalogue.models import Condition, Flag
from clinic.access import Access
from patients.models import Diagnosis, Patient, SafetyAnswer, SafetyFlag

SCIATICA = "sciatica-left"
PROTOCOL = "sciatica-acute"
REASON = "Discussed with the patient, gentle dose only."


def diagnose(patient: Patient, condition: str = SCIATICA, **fields: Any) -> Diagnosis:
    return Diagnosis.objects.create(
        clinic_id=patient.clinic_id, patient=patient, condition=Condition.objects.get(pk=condition), **fields
    )


def answer_all(patient: Patient, present: bool | None = False) -> None:
    """Answer every critical question of the safety screen."""
    SafetyAnswer.objects.bulk_create(
        SafetyAnswer(clinic_id=patient.clinic_id, patient=patient, flag=flag, present=present)
        for flag in Flag.objects.filter(critical=True)
    )


def flag(patient: Patient, flag_id: str, *regions: str) -> SafetyFlag:
    return SafetyFlag.objects.create(
        clinic_id=patient.clinic_id, patient=patient, flag_id=flag_id, regions=list(regions)
    )


def reasons_for(plan: CarePlan) -> dict[str, Any]:
    """Give a reason or a clearance for whatever stands against a plan."""
    from careplans.services.checking import check_plan

    clearance = {"doctor": "Dr Basu", "date": "2026-01-01", "note": "May be treated."}
    return {
        finding.rule: clearance if finding.override == "with-medical-clearance" else REASON
        for finding in check_plan(plan).findings
    }


def sign(plan: CarePlan, by: Access, **kwargs: Any) -> CarePlan:
    return plans.sign_plan(plan.pk, by=by, overrides=reasons_for(plan), **kwargs)
