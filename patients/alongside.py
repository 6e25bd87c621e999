"""What lists of patients fetch along in their own query, and how it reads."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat, JSONObject, Trim

from patients import wording
from patients.models import CareRole, CareTeam, Diagnosis, DiagnosisStatus


def responsible() -> Subquery:
    """Return the name of whoever is responsible for a patient."""
    lead = CareTeam.objects.filter(patient=OuterRef("pk"), role=CareRole.RESPONSIBLE)
    name = Trim(Concat("member__title", Value(" "), "member__user__name"))
    return Subquery(lead.values(name=name)[:1])


def diagnoses() -> ArraySubquery:
    """Return a patient's active diagnoses as JSON rows; `diagnosis_words` reads them. Only for those who may read the chart."""
    rows = Diagnosis.objects.filter(patient=OuterRef("pk"), status=DiagnosisStatus.ACTIVE).standing()
    row = JSONObject(condition_id="condition_id", side="side", level="level", qualifiers="qualifiers")
    return ArraySubquery(rows.order_by("pk").values(row=row))


def diagnosis_words(rows: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(wording.diagnosis(Diagnosis(**row)) for row in rows)
