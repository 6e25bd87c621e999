"""What makes treatments unsafe for a patient: flags on record, and the answers of the safety screen.

Every change locks the patient first, as the signing of a plan does: a plan just being signed is either checked again with the
new fact, or sees it itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from catalogue.knowledge import knowledge
from clinic.access import Access
from patients import derived, rules, screening, wording
from patients.models import Diagnosis, DiagnosisStatus, Patient, SafetyAnswer, SafetyFlag
from patients.services.refusals import Ended, Voided, at, refuse, unless_merged
from patients.signals import safety_changed

Fields = Mapping[str, Any]
NOTE = 500  # characters


def lock_patient(patient_id: UUID, by: Access) -> Patient:
    patient = Patient.objects.for_clinic(by).select_for_update(no_key=True).get(pk=patient_id)
    unless_merged(patient)
    return patient


def tell(patient: Patient, by: Access | None) -> None:
    safety_changed.send(Patient, patient=patient, by=by)


# --- flags on record ------------------------------------------------------------------------------------------------------
@transaction.atomic
def record_flag(
    patient_id: UUID,
    flag: str,
    *,
    by: Access,
    regions: Sequence[str] = (),
    note: str = "",
    since: date | None = None,
    until: date | None = None,
) -> SafetyFlag:
    """Put a safety flag on a patient's record: it counts from `since` (today) to the day before `until`.

    Raises ValidationError at the field: an unknown flag or region, no region where one is needed, impossible days.
    """
    patient = lock_patient(patient_id, by)
    entry = _entry(flag)
    row = SafetyFlag(clinic_id=by.clinic_id, patient=patient, flag_id=flag, entered_by_id=by.member_id)
    _fill(row, entry, {"regions": regions, "note": note, "since": since, "until": until})
    row.save(force_insert=True)
    tell(patient, by)
    return row


@transaction.atomic
def change_flag(flag_id: UUID, fields: Fields, *, by: Access) -> SafetyFlag:
    """Change where a flag lies, its note or its days. Raises Voided, or ValidationError at the field."""
    patient, row = _find(flag_id, by)
    _fill(row, _entry(row.flag_id, retired=True), fields)
    row.save(update_fields=["regions", "note", "since", "until"])
    tell(patient, by)
    return row


@transaction.atomic
def end_flag(flag_id: UUID, *, by: Access, until: date | None = None) -> SafetyFlag:
    """End a flag: it counts no more from `until` (today) on, which answers its question with no.

    Raises Ended, Voided, or ValidationError at "until".
    """
    today = timezone.localdate()
    patient, row = _find(flag_id, by)
    if row.until is not None and row.until <= today:
        raise Ended(_("This flag has ended already."))
    last = until or today
    _fill(row, _entry(row.flag_id, retired=True), {"until": last})
    row.save(update_fields=["until"])
    if last <= today:
        _answer(patient, row.flag_id, by, present=False).save(force_insert=True)
    tell(patient, by)
    return row


@transaction.atomic
def void_flag(flag_id: UUID, reason: str, *, by: Access) -> SafetyFlag:
    """Strike through a flag that was entered in error. Raises Voided."""
    patient, row = _find(flag_id, by)
    strike_through(row, reason)
    tell(patient, by)
    return row


def strike_through(row: Any, reason: str) -> None:
    """Mark an entry as entered in error; it stays, crossed out, with the reason."""
    row.voided_at, row.void_reason = timezone.now(), reason
    row.save(update_fields=["voided_at", "void_reason"])


def _find(flag_id: UUID, by: Access) -> tuple[Patient, SafetyFlag]:
    """Return a flag that stands, and its patient, locked."""
    found = SafetyFlag.objects.for_clinic(by)
    patient = lock_patient(found.values_list("patient_id", flat=True).get(pk=flag_id), by)
    row = found.get(pk=flag_id)
    if row.voided_at:
        raise Voided(_("This flag was struck through."))
    return patient, row


def _entry(flag: str, *, retired: bool = False) -> Mapping[str, Any]:
    known = knowledge().flags
    entry = known.get(flag)
    if entry is None or not (retired or any(entry is each for each in known.current)):
        refuse("flag", _("There is no such flag."))
    return entry


def _fill(row: SafetyFlag, entry: Mapping[str, Any], fields: Fields) -> None:
    if "regions" in fields:
        row.regions = checked_regions(entry, fields["regions"])
    if "note" in fields:
        row.note = fields["note"][:NOTE]
    if "since" in fields:
        row.since = at("since", rules.past_day, fields["since"]) or timezone.localdate()
    if "until" in fields:
        row.until = fields["until"]
    if row.until is not None and row.until < row.since:
        refuse("until", _("This is before it began."))


def checked_regions(entry: Mapping[str, Any], regions: Iterable[str]) -> list[str]:
    """Return the regions of a flag, each once. Raises ValidationError at "regions"."""
    chosen = list(dict.fromkeys(regions))
    if unknown := [region for region in chosen if not wording.is_region(region)]:
        refuse("regions", _("There is no such place: %s.") % ", ".join(unknown)[:200])
    if entry["needs_region"] and not chosen:
        refuse("regions", _("Say where on the body it is."))
    return chosen


# --- the safety screen ----------------------------------------------------------------------------------------------------
@transaction.atomic
def answer_safety_screen(patient_id: UUID, answers: Mapping[str, Fields], *, by: Access) -> dict[str, Any]:
    """Keep answers to safety questions, {flag: {present, regions, note}}, and return the screen as it then stands.

    Present true records the flag, or renews the one that runs (a new place is added to it); false ends it; None is "not
    sure" and leaves the question open. All or nothing: raises ValidationError {"answers": {flag: …}}.
    """
    today = timezone.localdate()
    patient = lock_patient(patient_id, by)
    running: dict[str, list[SafetyFlag]] = {}
    for row in (
        SafetyFlag.objects.for_clinic(by).filter(patient=patient, flag__in=list(answers)).active(today)
    ):
        running.setdefault(row.flag_id, []).append(row)
    checked = _checked(answers, running)

    new, renewed, ended = [], [], []
    for flag, answer in checked.items():
        rows = running.get(flag, [])
        if answer["present"] and not rows:
            new.append(_new_flag(patient, flag, answer, by, today))
        elif answer["present"]:
            renewed += [_renew(row, answer, today) for row in rows]
        elif answer["present"] is False:
            ended += rows
    SafetyFlag.objects.bulk_create(new)
    SafetyFlag.objects.bulk_update(renewed, ["renewed_on", "regions", "note"])
    SafetyFlag.objects.filter(pk__in=[row.pk for row in ended]).update(until=today)
    SafetyAnswer.objects.bulk_create(
        _answer(patient, flag, by, present=answer["present"], note=answer["note"])
        for flag, answer in checked.items()
    )
    tell(patient, by)
    return safety_screen(patient, by=by)


def _checked(answers: Mapping[str, Fields], running: Mapping[str, list[SafetyFlag]]) -> dict[str, Fields]:
    """Return the answers with nothing left out; a place that a running flag has already need not be said again."""
    checked: dict[str, Fields] = {}
    faults: dict[str, Any] = {}
    for flag, answer in answers.items():
        present, regions = answer.get("present"), list(answer.get("regions") or ())
        try:
            entry = _entry(flag)
            known = [region for row in running.get(flag, []) for region in row.regions]
            if present and (regions or not known):
                regions = checked_regions(entry, regions)
            checked[flag] = {
                "present": present,
                "regions": regions,
                "note": (answer.get("note") or "")[:NOTE],
            }
        except ValidationError as refused:
            faults[flag] = refused.detail
    if faults:
        raise ValidationError({"answers": faults})
    return checked


def _new_flag(patient: Patient, flag: str, answer: Fields, by: Access | None, today: date) -> SafetyFlag:
    return SafetyFlag(
        clinic_id=patient.clinic_id,
        patient=patient,
        flag_id=flag,
        regions=answer["regions"],
        note=answer["note"],
        since=today,
        entered_by_id=by.member_id if by else None,
    )


def _renew(row: SafetyFlag, answer: Fields, today: date) -> SafetyFlag:
    row.renewed_on = today
    row.regions = list(dict.fromkeys([*row.regions, *answer["regions"]]))
    row.note = answer["note"] or row.note
    return row


def _answer(
    patient: Patient, flag: str, by: Access | None, *, present: bool | None, note: str = ""
) -> SafetyAnswer:
    return SafetyAnswer(
        clinic_id=patient.clinic_id,
        patient=patient,
        flag_id=flag,
        present=present,
        note=note,
        answered_by_id=by.member_id if by else None,
    )


def safety_screen(patient: Patient, *, by: Access, today: date | None = None) -> dict[str, Any]:
    """Return how the safety questions of a patient stand: `answers` by flag; `due`, those to ask about; `usual`. 3 queries.

    Due are critical flags never asked or asked too long ago, and what hangs on something missing in a diagnosis. Usual is what
    people with their disorders often have. Both of these only for those who may know of diagnoses, since a question would tell.
    """
    today = today or timezone.localdate()
    flags = knowledge().flags
    known = screening.standings(
        _periods(patient).select_related("entered_by__user"),
        _replies(patient).select_related("answered_by__user"),
        flags,
        today,
    )
    diagnoses = _diagnoses(patient) if by.may("chart.read") else []
    hanging = {flag for facts in diagnoses for flag in derived.derive(facts, today).ask}
    return {
        "answers": {flag: _shown(standing, today) for flag, standing in known.items()},
        "due": screening.due(known, flags.current, hanging.__contains__, today),
        "usual": list(
            dict.fromkeys(flag for each in diagnoses for flag in derived.usual(each.family, each.subtype))
        ),
    }


def _shown(standing: screening.Standing, today: date) -> dict[str, Any]:
    row = standing.source
    is_flag = isinstance(row, SafetyFlag)
    who = row.entered_by if is_flag else row.answered_by
    at = row.entered_at if is_flag else row.answered_at
    return {
        "present": standing.present,
        "regions": list(standing.regions),
        "note": standing.note,
        "answered_on": standing.on.isoformat(),
        "answered_at": timezone.localtime(at).isoformat(),
        "answered_by": {"id": str(who.pk), "name": str(who)} if who else None,
        "expires_on": standing.expires_on and standing.expires_on.isoformat(),
        "expired": standing.expires_on is not None and standing.expires_on < today,
    }


# --- what the safety rules need -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a patient on a day, as the safety engine takes it.

    `flags` are the active ones with their regions (none: the place is not known); `conditions` subtypes and families of
    active diagnoses; `answered` the questions with a yes or no that holds; `recorded` when an active flag was last written
    down anew (renewing it is not anew).
    """

    flags: Mapping[str, tuple[str, ...]]
    conditions: frozenset[str]
    age: int | None
    answered: frozenset[str]
    recorded: Mapping[str, datetime]


def patient_facts(patient: Patient, today: date | None = None) -> Facts:
    """Return what the safety rules must know of a patient. 3 queries."""
    return facts_of([patient], today)[patient.pk]


def facts_of(patients: Sequence[Patient], today: date | None = None) -> dict[UUID, Facts]:
    """Return what the safety rules must know of each of these patients of one clinic. 3 queries, however many they are."""
    today = today or timezone.localdate()
    periods, replies, diagnoses = (
        _by_patient(rows) for rows in (_periods(*patients), _replies(*patients), _active(*patients))
    )
    return {
        patient.pk: _facts(patient, periods[patient.pk], replies[patient.pk], diagnoses[patient.pk], today)
        for patient in patients
    }


def _facts(
    patient: Patient,
    periods: list[SafetyFlag],
    replies: list[SafetyAnswer],
    diagnoses: list[Diagnosis],
    today: date,
) -> Facts:
    known = screening.standings(periods, replies, knowledge().flags, today)
    active = {flag: standing.regions for flag, standing in known.items() if standing.present}
    counting = [row for row in periods if row.flag_id in active and row.counts_on(today)]
    return Facts(
        flags=active,
        conditions=_conditions(map(derivable, diagnoses)),
        age=patient.age(today),
        answered=frozenset(flag for flag, standing in known.items() if standing.answers(today)),
        recorded={row.flag_id: row.entered_at for row in sorted(counting, key=lambda row: row.entered_at)},
    )


def _by_patient(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.patient_id].append(row)
    return found


def conditions_of(patient: Patient) -> frozenset[str]:
    """Return the disorders that somebody has: subtypes and families of active diagnoses. One query."""
    return _conditions(_diagnoses(patient))


def _conditions(diagnoses: Iterable[derived.Facts]) -> frozenset[str]:
    return frozenset(entry["id"] for each in diagnoses for entry in (each.subtype, each.family))


def _periods(*patients: Patient) -> Any:
    ours = SafetyFlag.objects.for_clinic(patients[0].clinic_id).filter(patient__in=patients)
    return ours.standing().order_by("pk")


def _replies(*patients: Patient) -> Any:
    """The latest answer to each question."""
    told = SafetyAnswer.objects.for_clinic(patients[0].clinic_id).filter(patient__in=patients)
    return told.order_by("patient_id", "flag_id", "-answered_at", "-pk").distinct("patient_id", "flag_id")


def _active(*patients: Patient) -> Any:
    found = Diagnosis.objects.for_clinic(patients[0].clinic_id).filter(patient__in=patients).standing()
    return found.filter(status=DiagnosisStatus.ACTIVE).order_by("pk")


def _diagnoses(patient: Patient) -> list[derived.Facts]:
    return [derivable(row) for row in _active(patient)]


def derivable(row: Diagnosis) -> derived.Facts:
    """Return a diagnosis as the rules for derived flags see it."""
    known = knowledge().conditions
    return derived.Facts(
        family=known[knowledge().family_of(row.condition_id)],
        subtype=known[row.condition_id],
        level=row.level,
        qualifiers=row.qualifiers,
        onset=row.onset_date,
    )


@transaction.atomic
def set_derived(patient: Patient, flags: Iterable[str], *, by: Access, note: str = "") -> list[SafetyFlag]:
    """Record flags that follow from a diagnosis, or a finding, but those that run already. Sends nothing: the caller does."""
    flags = sorted(flags)
    running = SafetyFlag.objects.for_clinic(by).filter(patient=patient, flag__in=flags).active()
    missing = set(flags) - set(running.values_list("flag_id", flat=True)) if flags else set()
    answer = {"regions": [], "note": note or _("Follows from the diagnosis.")}
    today = timezone.localdate()
    return SafetyFlag.objects.bulk_create(
        [_new_flag(patient, flag, answer, by, today) for flag in flags if flag in missing]
    )
