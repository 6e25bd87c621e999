"""What lists of patients fetch along in their own query, and how it reads.

Plain SQL, because the ORM takes longer to say the same than PostgreSQL to answer it. The rows are found by their patient, who
was found through both walls; the tables have walls of their own as ever.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL

from patients import wording
from patients.models import Diagnosis


def rows(sql: str) -> RawSQL:
    """Return the rows of a query, each one JSON value, as a list: read at one go. No word of `sql` may come from outside."""
    return RawSQL(f"to_jsonb(ARRAY({sql}))", (), output_field=models.JSONField())  # noqa: S611


# the name of whoever is responsible
RESPONSIBLE = RawSQL(
    "(SELECT trim(member.title || ' ' || person.name) FROM patients_careteam team"
    " JOIN clinic_membership member ON member.id = team.member_id"
    " JOIN clinic_user person ON person.id = member.user_id"
    " WHERE team.patient_id = patients_patient.id AND team.role = 'responsible')",
    (),
    output_field=models.CharField(),
)

# active diagnoses, for those who may read the chart; `diagnosis_words` reads them
DIAGNOSES = rows(
    "SELECT jsonb_build_object('condition_id', found.condition_id, 'side', found.side, 'level', found.level,"
    " 'qualifiers', found.qualifiers) FROM patients_diagnosis found"
    " WHERE found.clinic_id = patients_patient.clinic_id AND found.patient_id = patients_patient.id"
    " AND found.status = 'active' AND found.voided_at IS NULL ORDER BY found.id"
)

# what they agreed to, by its kind
AGREED = rows(
    "SELECT to_jsonb(consent.kind) FROM patients_consent consent"
    " WHERE consent.patient_id = patients_patient.id AND consent.withdrawn_at IS NULL ORDER BY consent.kind"
)


def diagnosis_words(found: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(wording.diagnosis(Diagnosis(**row)) for row in found)
