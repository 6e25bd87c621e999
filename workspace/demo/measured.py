"""What was asked, marked and measured at the assessments of the demo, and the medicines that people take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from careplans import scoring
from careplans.models import Assessment, AssessmentKind, Measurement
from careplans.services.assessments import asked_of
from careplans.services.reassessing import interval_of
from catalogue.knowledge import knowledge
from patients.models import Medication, OutsideKind, OutsideTreatment, Patient
from workspace.demo.cast import PATIENT, Person
from workspace.demo.clock import Clock, as_told
from workspace.demo.keys import chance
from workspace.demo.practice import Practice
from workspace.demo.records import lead_of

SHARE = {  # of the way from the first value to the best one that a story goes
    "better": 1.0, "steady": 0.6, "worse": -0.2, "quiet": 0.4, "stuck": 0.05, "painful": 0.2, "stopped": 0.0, "seldom": 0.2,
    "paper": 0.5,
}  # fmt: skip
TREATED = {  # elsewhere, by family: what, weeks after the first visit (before it: less than 0), days it took, details
    "multiple-sclerosis": (
        (OutsideKind.RELAPSE, -30, 21, "Right leg weaker; steroids for five days"),
        (OutsideKind.BOTULINUM, 3, 0, "Gastrocnemius and soleus, 150 U a side"),
    ),
    "spinal-cord-injury": (
        (OutsideKind.SURGERY, -50, 9, "Fixation"),
        (OutsideKind.BOTULINUM, 2, 0, "Adductors, 200 U a side"),
    ),
    "peripheral-neuropathy": ((OutsideKind.HOSPITAL, -16, 6, "Sugar brought under control"),),
    "radiculopathy": ((OutsideKind.INJECTION, 2, 0, "Epidural steroid"),),
    "sciatica": ((OutsideKind.THERAPY, -12, 28, "Traction and heat at another clinic"),),
}
WAITING = {"stuck", "seldom"}  # for a review that is due
WALKING = {"tug", "timed-10m-walk", "single-leg-stance", "berg-balance", "five-times-sit-to-stand"}
VALUES: dict[str, tuple[float, float]] = {  # the first value, and the best that is told
    "nprs": (7, 3),
    "spasm-count-day": (9, 4),
    "straight-leg-raise-angle": (42, 66),
    "oswestry-disability-index": (46, 28),
    "neck-disability-index": (23, 13),
    "five-times-sit-to-stand": (19.4, 14.2),
    "patient-specific-functional-scale": (3, 7),
    "monofilament-10g": (4, 6),
    "single-leg-stance": (5.5, 12),
    "tug": (17.2, 13.1),
    "timed-10m-walk": (14.3, 11.2),
    "penn-frequency": (3, 2),
    "spasticity-nrs": (7, 5),
    "berg-balance": (38, 45),
    "nine-hole-peg": (31, 26),
    "fatigue-nrs": (7, 5),
    "grip-strength": (18, 25),
    "scim-total": (54, 62),
}
GRADES = {"modified-ashworth": ("2", "1+"), "mrc-strength": ("4", "5")}
PLACES = {
    "modified-ashworth": ("hamstrings", "gastrocnemius", "soleus"),
    "mrc-strength": ("tibialis-anterior", "gastrocnemius"),
}
ACTIVITIES = ("Climbing the stairs", "Sleeping through the night", "Walking to the market")
NOTES = {
    AssessmentKind.INITIAL: "Came walking. Wants to move without spasms and sleep through. Agreed on home exercises twice a day.",
    AssessmentKind.REVIEW: "Does most of the exercises. Talked over what helps and what does not; plan goes on.",
}
TAKEN = {  # by family: name, class, dose in mg, times a day, and times a day later on
    "multiple-sclerosis": ("Baclofen", "muscle-relaxant", 10, 3, 2),
    "spinal-cord-injury": ("Baclofen", "muscle-relaxant", 20, 3, 3),
    "peripheral-neuropathy": ("Gabapentin", "neuropathic-pain", 300, 3, 2),
    "radiculopathy": ("Ibuprofen", "anti-inflammatory", 400, 3, 0),
    "sciatica": ("Naproxen", "anti-inflammatory", 250, 2, 0),
}


@dataclass(frozen=True)
class Visit:
    """One assessment of one person: `share` is how far they had come on the way to the best values."""

    person: Person
    patient: Patient
    lead: Any
    kind: AssessmentKind
    at: datetime
    share: float


def assess(practice: Practice, people: Sequence[Person], patients: Sequence[Patient], clock: Clock) -> None:
    """Write down the assessments of a new practice, signed, the medicines, and what was done elsewhere."""
    rows, values, medicines, treatments = [], [], [], []
    for place, (person, patient) in enumerate(zip(people, patients, strict=True)):
        if not person.condition or person.plan in ("none", "draft"):
            continue
        lead = lead_of(practice, place)
        medicines += _medicines(person, patient, lead, clock)
        treatments += _elsewhere(person, patient, lead, clock)
        for visit in _visits(person, patient, lead, clock):
            rows.append(row := _assessment(practice, visit))
            values += _values(practice, visit, row)
    with as_told(Assessment, "updated_at"):
        Assessment.objects.bulk_create(rows)
        Measurement.objects.bulk_create(values, batch_size=500)
        for row in rows:
            row.signed_at, row.signed_by_id = row.entered_at + timedelta(minutes=40), row.entered_by_id
        Assessment.objects.bulk_update(rows, ["signed_at", "signed_by"])
    Medication.objects.bulk_create(medicines)
    OutsideTreatment.objects.bulk_create(treatments)


def _visits(person: Person, patient: Patient, lead: Any, clock: Clock) -> Iterator[Visit]:
    first, best = clock.first_day(person.weeks) - timedelta(days=1), SHARE[person.story]
    yield Visit(person, patient, lead, AssessmentKind.INITIAL, clock.at(first, 11, 45), 0)
    for week in _review_weeks(person):
        day = clock.first_day(person.weeks - week)
        yield Visit(
            person,
            patient,
            lead,
            AssessmentKind.REVIEW,
            clock.at(day, 11, 45),
            best * week / max(person.weeks, 8),
        )


def _review_weeks(person: Person) -> list[int]:
    """Return the weeks in which somebody was reviewed, as their disorder asks; some are waiting for the last one."""
    every = interval_of([person.condition], knowledge())
    weeks = list(range(every.first, person.weeks, min(every.then, 3)))
    return weeks[:-1] if person.story in WAITING else weeks


def _assessment(practice: Practice, visit: Visit) -> Assessment:
    family = knowledge().family_of(visit.person.condition)
    return Assessment(
        clinic=practice.clinic,
        patient=visit.patient,
        kind=visit.kind,
        red_flags={entry["id"]: False for entry in asked_of({family}, visit.kind)},
        body_chart=list(_marks(visit)),
        notes=NOTES[visit.kind],
        entered_by=visit.lead,
        entered_at=visit.at,
        updated_at=visit.at,
    )


def _marks(visit: Visit) -> Iterator[dict[str, Any]]:
    """Mark where the disorder usually cramps, on the person's side, and where its pain and numbness are."""
    known, person = knowledge(), visit.person
    sites = known.conditions[person.condition]["spasm_sites"][:4]
    sides = {person.side or "left", "midline"} if person.side else {"left", "right", "midline"}
    spots = [
        spot["id"]
        for site in sites
        for spot in known.vocabulary["chart_regions"]
        if spot["region"] == site and spot["side"] in sides
    ]
    strength = max(1, round(7 - 4 * visit.share))
    for place, region in enumerate(dict.fromkeys(spots)):
        if place >= (4 if visit.share < 0.5 else 3):
            break
        kind = "pain" if place == 1 and not person.condition.startswith(("ms", "sci")) else "spasm"
        mark = {"region": region, "kind": kind, "intensity": max(1, strength - place)}
        yield mark | ({"trigger": "At night", "wakes_at_night": visit.share < 0.5} if place == 0 else {})
    numb = [
        region for name, regions, _note in person.flags if name.endswith("-sensation") for region in regions
    ]
    for region in numb:
        yield {"region": region, "kind": "numbness"}


def _values(practice: Practice, visit: Visit, row: Assessment) -> Iterator[Measurement]:
    known, person = knowledge(), visit.person
    family = known.conditions[known.family_of(person.condition)]
    seated = str(person.qualifiers.get("ambulation", "")).startswith("wheelchair")
    for name in family["usual_measures"]:
        if name not in (VALUES | GRADES) or (seated and name in WALKING):
            continue
        measure = known.measures[name]
        for site, side, told, inputs in _told(visit, measure):
            found = scoring.value(measure, told, inputs)
            yield Measurement(
                clinic=practice.clinic,
                patient=visit.patient,
                assessment=row,
                measure_id=name,
                value=found.kept,
                number=found.number,
                inputs=found.inputs,
                site=site,
                side=side,
                conditions={"rater": str(visit.lead)}
                | ({"position": "supine"} if scoring.by_hand(measure) else {}),
                measured_at=visit.at + timedelta(minutes=15),
                source=measure["recorded_by"][0],
                entered_by=visit.lead,
                entered_at=visit.at,
            )


def _told(visit: Visit, measure: Any) -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """Yield site, side, value and inputs of each value that was taken of a measure."""
    name, luck = measure["id"], chance(visit.patient.pk, measure["id"])
    sides = [visit.person.side] if visit.person.side in ("left", "right") else ["left", "right"]
    if name in GRADES:
        first, best = GRADES[name]
        grade = best if visit.share > 0.5 else first
        yield from ((site, side, grade, {}) for site in PLACES[name] for side in sides)
        return
    first, best = VALUES[name]
    value = first + (best - first) * visit.share + luck.uniform(-0.06, 0.06) * first
    if name == "patient-specific-functional-scale":
        rating = min(10, max(0, round(value)))
        yield "", "", None, {"items": [{"activity": each, "rating": rating} for each in ACTIVITIES]}
    elif name == "timed-10m-walk":
        yield "", "", None, {"seconds": round(value, 1), "pace": "usual"}
    elif name == "nprs":
        worst = min(10, round(value))
        yield "", "", worst, {"timing": "worst-24h"}
        yield "", "", max(0, worst - 2), {"timing": "average-24h"}
    else:
        value = _fitting(measure["value"], value)
        for side in sides if "side" in measure["recorded_per"] else [""]:
            yield "", side, value, {"vision": "eyes-open"} if name == "single-leg-stance" else {}


def _fitting(limits: Any, value: float) -> float | int:
    """Return the nearest value that a measure may have."""
    if choices := limits.get("choices"):
        return min(choices, key=lambda each: abs(each - value))
    low, step = limits["min"], limits["step"]
    value = round(low + round((min(max(value, low), limits["max"]) - low) / step) * step, 4)
    return int(value) if limits["type"] == "integer" else value


def _medicines(person: Person, patient: Patient, lead: Any, clock: Clock) -> Iterator[Medication]:
    """Tell one medicine of two patients in three and of her whom the demo shows first, and that some take less of it by now."""
    luck = chance(patient.pk, "medicines")
    if luck.random() > 0.66 and person.name != PATIENT:
        return
    name, kind, dose, before, later = TAKEN[knowledge().family_of(person.condition)]
    seen = clock.first_day(person.weeks) - timedelta(days=1)
    changed = seen + timedelta(weeks=4)
    less = later < before and SHARE[person.story] >= 0.6 and changed < clock.anchor
    told = {
        "clinic_id": patient.clinic_id,
        "patient": patient,
        "name": name,
        "drug_class": kind,
        "dose": dose,
        "entered_by": lead,
    }
    yield Medication(
        **told, per_day=before, started_on=seen - timedelta(weeks=luck.randrange(3, 30)),
        stopped_on=changed - timedelta(days=1) if less else None, entered_at=clock.at(seen, 12),
    )  # fmt: skip
    if less and later:
        yield Medication(**told, per_day=later, started_on=changed, entered_at=clock.at(changed, 12))


def _elsewhere(person: Person, patient: Patient, lead: Any, clock: Clock) -> Iterator[OutsideTreatment]:
    """Tell what was done elsewhere, of every second patient and of her whom the demo shows first."""
    if person.name != PATIENT and chance(patient.pk, "elsewhere").random() > 0.5:
        return
    seen = clock.first_day(person.weeks) - timedelta(days=1)
    for kind, weeks, days, detail in TREATED[knowledge().family_of(person.condition)]:
        began = seen + timedelta(weeks=weeks)
        told_on = max(seen, began + timedelta(days=days + 2))
        if told_on <= clock.anchor:
            yield OutsideTreatment(
                clinic_id=patient.clinic_id, patient=patient, kind=kind, began_on=began, detail=detail,
                ended_on=began + timedelta(days=days) if days else None, entered_by=lead, entered_at=clock.at(told_on, 12),
            )  # fmt: skip
