"""What is known about a patient, as the safety rules see it."""

from datetime import date, timedelta

from django.utils import timezone

from careplans.safety import PatientFacts, merge_flags
from catalogue.knowledge import knowledge
from patients.models import Diagnosis, Patient, SafetyAnswer, SafetyFlag


def facts_about(patient: Patient, today: date | None = None) -> PatientFacts:
    """Return the patient's active flags with their places, conditions, age, and which questions are answered."""
    today = today or timezone.localdate()
    known = knowledge()
    flags = SafetyFlag.objects.for_clinic(patient.clinic_id).filter(patient=patient)
    active = merge_flags(flags.active(today).values_list("flag_id", "regions"))
    latest = (
        SafetyAnswer.objects.for_clinic(patient.clinic_id)
        .filter(patient=patient)
        .order_by("flag_id", "-answered_at")
        .distinct("flag_id")
    )

    def holds(flag: str, since: date) -> bool:
        days = known.flags[flag].get("expires_days")
        return not days or since + timedelta(days=days) >= today

    answered = {
        flag
        for flag, present, on in latest.values_list("flag_id", "present", "answered_on")
        if present is not None and holds(flag, on)
    }
    answered |= {
        flag
        for flag, until in flags.standing().filter(until__lte=today).values_list("flag_id", "until")
        if until and holds(flag, until)
    }
    diagnoses = (
        Diagnosis.objects.for_clinic(patient.clinic_id).filter(patient=patient, status="active").standing()
    )
    subtypes = set(diagnoses.values_list("condition_id", flat=True))
    return PatientFacts(
        flags=active,
        conditions=frozenset(subtypes | {known.family_of(subtype) for subtype in subtypes}),
        age=patient.age(today),
        answered=frozenset(answered | active.keys()),
    )
