"""What is known about a patient, as the safety rules see it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from careplans.safety import PatientFacts
from patients.models import Patient
from patients.services import facts_of


def facts_about(patient: Patient, today: date | None = None) -> PatientFacts:
    """Return the patient's active flags with their places, conditions, age, and which questions are answered. 3 queries.

    What counts as answered is decided in one place, that of the safety screen.
    """
    return facts_about_all([patient], today)[patient.pk]


def facts_about_all(patients: Sequence[Patient], today: date | None = None) -> dict[UUID, PatientFacts]:
    """Return the same about several patients of one clinic, by patient. 3 queries, however many they are."""
    return {
        key: PatientFacts(
            flags=known.flags,
            conditions=known.conditions,
            age=known.age,
            answered=known.answered,
            recorded=known.recorded,
        )
        for key, known in facts_of(patients, today).items()
    }
