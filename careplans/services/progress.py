"""How a patient fares: every measure over time, by the benefit it serves, and whether its change means anything."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from careplans import scoring
from careplans.models import CarePlan, Measurement
from catalogue.knowledge import knowledge
from patients.models import Patient
from patients.services import conditions_of


def progress(patient: Patient) -> dict[str, Any]:
    """Return {"benefits": [{"id", "series": […]}]}, all five benefits, a series for each measure, site, side and way of measuring.

    The baseline is the last value up to the day the first version of a plan was signed, else the first; a change is what lies
    between it and the latest value. Each point says whether it may be compared with the baseline.
    """
    rows = list(
        Measurement.objects.for_clinic(patient.clinic_id)
        .standing()
        .filter(patient=patient)
        .order_by("measured_at", "pk")
    )
    signed = first_signed(patient)
    conditions = conditions_of(patient)
    found: dict[tuple, list[Measurement]] = defaultdict(list)
    for row in rows:
        way = scoring.series_key(knowledge().measures[row.measure_id], row.inputs)
        found[(row.measure_id, row.site, row.side, row.motion, way)].append(row)
    series = [_series(points, signed, conditions) for points in found.values()]
    return {
        "benefits": [
            {"id": benefit["id"], "series": [each for each in series if benefit["id"] in _benefits(each)]}
            for benefit in knowledge().vocabulary["benefits"]
        ]
    }


def _benefits(series: Mapping[str, Any]) -> Sequence[str]:
    return knowledge().measures[series["measure"]]["benefits"]


def first_signed(patient: Patient) -> date | None:
    """Return the day on which the first version of a plan was signed: what was before it is the baseline."""
    plans = CarePlan.objects.for_clinic(patient.clinic_id).filter(patient=patient, signed_at__isnull=False)
    first = plans.order_by("signed_at").values_list("signed_at", flat=True).first()
    return timezone.localdate(first) if first else None


def single_values(patient: Patient) -> dict[str, Any]:
    """Return the latest value of each measure that has one series for this patient: not of one with many joints or sides.

    A grade as the measure writes it, else a number.
    """
    rows = (
        Measurement.objects.for_clinic(patient.clinic_id)
        .standing()
        .filter(patient=patient)
        .order_by("measured_at", "pk")
    )
    found: dict[str, dict[tuple, Any]] = defaultdict(dict)
    for row in rows:
        measure = knowledge().measures[row.measure_id]
        series = (row.site, row.side, row.motion, scoring.series_key(measure, row.inputs))
        found[row.measure_id][series] = row.value if measure["value"]["type"] == "choice" else row.number
    return {measure: next(iter(each.values())) for measure, each in found.items() if len(each) == 1}


def _series(rows: list[Measurement], signed: date | None, conditions: frozenset[str]) -> dict[str, Any]:
    measure = knowledge().measures[rows[0].measure_id]
    before = [row for row in rows if signed and timezone.localdate(row.measured_at) <= signed]
    baseline, latest = (before or rows[:1])[-1], rows[-1]
    about = scoring.About(conditions, scoring.limb_of(rows[0].site))
    shown: dict[str, Any] = {
        "measure": measure["id"],
        "name": measure["name"],
        "unit": measure["value"].get("unit", ""),
        "direction": measure["direction"],
        "site": rows[0].site or None,
        "side": rows[0].side or None,
        "motion": rows[0].motion or None,
        "inputs": {field["id"]: rows[0].inputs.get(field["id"]) for field in scoring.ways(measure)},
        "points": [
            {
                "at": timezone.localtime(row.measured_at).isoformat(),
                "value": row.value,
                "source": row.source,
                "comparable": not scoring.differences(measure, baseline.conditions, row.conditions),
            }
            for row in rows
        ],
        "baseline": baseline.number,
        "latest": latest.number,
    }
    if baseline is latest:
        return shown | {"change": None, **_judged(scoring.only_one(measure, baseline.number, about))}
    comparable = shown["points"][-1]["comparable"]
    change = scoring.change(measure, baseline.number, latest.number, about, comparable=comparable)
    return shown | {"change": change.amount, **_judged(change)}


def _judged(change: scoring.Change) -> dict[str, Any]:
    return {
        "mcid": change.mcid,
        "mdc": change.mdc,
        "important": change.important,
        "label": change.label,
        "reason": change.reason,
    }
