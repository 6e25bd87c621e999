"""What is known about a patient, as the safety rules see it."""

from datetime import date

from careplans.safety import PatientFacts
from patients.models import Patient
from patients.services import patient_facts


def facts_about(patient: Patient, today: date | None = None) -> PatientFacts:
    """Return the patient's active flags with their places, conditions, age, and which questions are answered. 3 queries.

    What counts as answered is decided in one place, that of the safety screen.
    """
    known = patient_facts(patient, today)
    return PatientFacts(
        flags=known.flags, conditions=known.conditions, age=known.age, answered=known.answered
    )
