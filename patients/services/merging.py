"""Two records found to be one person, and the way back; and pairs that look alike and are two people.

A merge moves every row that has a `patient` from one record to the other, whatever app it belongs to. What cannot stand twice
(a second diary page of one day) stays with the merged record, which is closed and never deleted. An undo moves back what was
moved, and what has been hung on it since; what was changed meanwhile stays changed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.errors import ExclusionViolation

from clinic.access import Access
from clinic.errors import RuleBroken
from clinic.models import User
from patients.models import (
    CareRole,
    CareTeam,
    ChartRead,
    Consent,
    ConsentKind,
    KnownApart,
    Patient,
    RecordMerge,
)
from patients.services.refusals import refuse
from patients.signals import patient_left, patients_merged, patients_parted, safety_changed

# What is right or wrong as one: nobody's name is half of the one record and half of the other.
PARTS: Mapping[str, tuple[str, ...]] = {
    "name": ("given_name", "family_name"),
    "birth": ("date_of_birth", "age_years", "age_told_on"),
    "sex": ("sex",),
    "phone": ("phone", "phone_owner"),
    "email": ("email",),
    "language": ("language",),
    "timezone": ("timezone",),
    "address": ("address",),
    "emergency_contact": ("emergency_contact",),
    "reason": ("reason",),
    "referred_by": ("referred_by",),
    "deceased_on": ("deceased_on",),
}
NOTHING: tuple[Any, ...] = (None, "", {}, "unknown")
KEPT = (*(name for part in PARTS.values() for name in part), "archived_at", "user_id", "invited_at", "pin")

Keys = dict[str, set[UUID]]  # of rows, by the label of their model


class CannotMerge(RuleBroken):
    """As things stand these two cannot become one, or one not two again."""

    code = "cannot_merge"


# --- two become one -------------------------------------------------------------------------------------------------------
@transaction.atomic
def merge(
    survivor_id: UUID, merged_id: UUID, *, by: Access, take: Iterable[str] = (), reason: str = ""
) -> RecordMerge:
    """Move everything of `merged_id` to `survivor_id`, close it, and return what was done.

    `take` names the PARTS in which the merged record is right; where the survivor's says nothing, the other's is taken anyway.
    Consent is as it was last said. Raises ValidationError at `merged`, and CannotMerge: one of the two is merged already, or
    both have a visit at one time.
    """
    if survivor_id == merged_id:
        refuse("merged", _("These are the same record."))
    survivor, merged = _lock((survivor_id, merged_id), by)
    if survivor.merged_into_id or merged.merged_into_id:
        raise CannotMerge(_("One of these records is merged already."))
    done = RecordMerge.objects.create(
        clinic_id=by.clinic_id, survivor=survivor, merged=merged, merged_by_id=by.member_id, reason=reason
    )
    done.before = {
        "survivor": _fields(survivor),
        "merged": _fields(merged),
        "withdrawn": _agree_as_last_said(survivor, merged, by),
        "stood_down": _stand_down(survivor, merged),
        "followed": _follow(merged, survivor),
    }
    was_alive = survivor.deceased_on is None or merged.deceased_on is None
    _become_one(survivor, merged, set(take))
    done.before["then"] = _fields(survivor)
    try:
        with transaction.atomic():
            done.moved = {label: sorted(keys) for label, keys in _move_all(merged, survivor).items()}
    except IntegrityError as refused:
        if isinstance(refused.__cause__, ExclusionViolation):
            raise CannotMerge(
                _("Both have a visit at the same time. Cancel or move one of the two first.")
            ) from refused
        raise
    done.before["promoted"] = _promote(survivor, merged)
    done.save(update_fields=["before", "moved"])
    if was_alive and survivor.deceased_on:
        patient_left.send(Patient, patient=survivor, by=by)
    patients_merged.send(Patient, survivor=survivor, merged=merged, by=by)
    safety_changed.send(Patient, patient=survivor, by=by)
    return done


def _lock(pks: tuple[UUID, UUID], by: Access) -> tuple[Patient, Patient]:
    """Lock both records, against whoever is just adding something to one of them too."""
    rows = Patient.objects.for_clinic(by).filter(pk__in=pks).order_by("pk").select_for_update()
    found = {row.pk: row for row in rows}
    if len(found) < len(pks):
        raise Patient.DoesNotExist
    return found[pks[0]], found[pks[1]]


def _fields(patient: Patient) -> dict[str, Any]:
    """Return what a merge may change of a record, as JSON has it: days and instants as text, to the microsecond."""
    told = {name: getattr(patient, name) for name in KEPT}
    return json.loads(json.dumps(told, default=str))


def _become_one(survivor: Patient, merged: Patient, take: set[str]) -> None:
    """Give the survivor what the merged record knows better, and the account where it has none; close the merged one."""
    for part, names in PARTS.items():
        says = [name for name in names if name != "phone_owner"]
        if part in take or all(getattr(survivor, name) in NOTHING for name in says):
            for name in names:
                setattr(survivor, name, getattr(merged, name))
    if merged.archived_at is None:  # somebody in care stays in care
        survivor.archived_at = None
    user_id, account = merged.user_id, {name: getattr(merged, name) for name in ("invited_at", "pin")}
    merged.archived_at = merged.archived_at or timezone.now()
    merged.merged_into = survivor
    merged.user_id = user_id if survivor.user_id else None
    merged.save()
    if user_id and not survivor.user_id:
        survivor.user_id = user_id
        survivor.invited_at, survivor.pin = account["invited_at"], account["pin"]
    survivor.save()
    _sign_out({user_id, survivor.user_id})


def _sign_out(users: Iterable[UUID | None]) -> None:
    """End what is open in the portal: whoever comes back by code finds the record as it is now."""
    for user in User.objects.filter(pk__in=[pk for pk in users if pk]):
        user.sign_out_everywhere()


def _agree_as_last_said(survivor: Patient, merged: Patient, by: Access) -> list[UUID]:
    """Withdraw a consent that the other record withdrew later than this was given; return which."""
    now, withdrawn = timezone.now(), []
    for kind in ConsentKind:
        rows = Consent.objects.for_clinic(by).filter(kind=kind, patient__in=(survivor, merged))
        standing = {row.patient_id: row for row in rows if row.withdrawn_at is None}
        for row in standing.values():
            later = [each for each in rows if each.withdrawn_at and each.withdrawn_at > row.given_at]
            if any(each.patient_id not in standing for each in later):
                row.withdrawn_at, row.withdrawn_to_id = now, by.member_id
                row.save(update_fields=["withdrawn_at", "withdrawn_to"])
                withdrawn.append(row.pk)
    return withdrawn


def _stand_down(survivor: Patient, merged: Patient) -> list[UUID]:
    """Let whoever is responsible for the merged record go on treating, where the survivor has somebody; return whom."""
    leads = CareTeam.objects.for_clinic(merged.clinic_id).filter(role=CareRole.RESPONSIBLE)
    if not leads.filter(patient=survivor).exists():
        return []
    found = leads.filter(patient=merged)
    keys = list(found.values_list("pk", flat=True))
    found.update(role=CareRole.TREATING)
    return keys


def _promote(survivor: Patient, merged: Patient) -> list[UUID]:
    """Make whoever led the merged record, and treats the survivor already, responsible where nobody is; return whom.

    Their row there could not move: a member stands once in a team.
    """
    team = CareTeam.objects.for_clinic(survivor.clinic_id)
    if team.filter(patient=survivor, role=CareRole.RESPONSIBLE).exists():
        return []
    led = team.filter(patient=merged, role=CareRole.RESPONSIBLE).values("member")
    found = team.filter(patient=survivor, member__in=led)
    keys = list(found.values_list("pk", flat=True))
    found.update(role=CareRole.RESPONSIBLE)
    return keys


def _follow(merged: Patient, survivor: Patient) -> list[UUID]:
    """Let the records that were merged into this one earlier follow; return which."""
    earlier = Patient.objects.for_clinic(merged.clinic_id).filter(merged_into=merged)
    keys = list(earlier.values_list("pk", flat=True))
    earlier.update(merged_into=survivor)
    return keys


# --- every row of a patient, of whatever app --------------------------------------------------------------------------------
def owned() -> list[Any]:
    """Return the models with a `patient`, but for the log of who opened which record: that is never rewritten."""
    found = [rel.related_model for rel in Patient._meta.related_objects if rel.field.name == "patient"]
    return [model for model in found if model is not ChartRead]


def entries(patient: Patient) -> int:
    """Return how many rows a record holds: what a merge would move. One query."""
    held = (
        model._base_manager.filter(clinic_id=patient.clinic_id, patient=patient).order_by().values("pk")
        for model in owned()
    )
    first, *rest = held
    return first.union(*rest, all=True).count()


def _move_all(merged: Patient, survivor: Patient) -> Keys:
    return {
        model._meta.label: keys
        for model in owned()
        if (keys := _move(model, _movable(model, merged, survivor), survivor))
    }


def _movable(model: Any, merged: Patient, survivor: Patient) -> models.QuerySet:
    """Return the rows of `merged` but those that would stand twice: of which the survivor has the one there may be."""
    rows = model._base_manager.filter(clinic_id=merged.clinic_id, patient=merged)
    for fields, condition in _once(model):
        twins = model._base_manager.filter(patient=survivor, **{name: OuterRef(name) for name in fields})
        rows = rows.exclude(condition & Exists(twins.filter(condition)))
    return rows


def _once(model: Any) -> Iterator[tuple[list[str], Q]]:
    """Yield by which fields, and where, there is but one row of a patient."""
    if model._meta.get_field("patient").unique:
        yield [], Q()
    for rule in model._meta.constraints:
        if isinstance(rule, UniqueConstraint) and "patient" in rule.fields:
            yield [name for name in rule.fields if name not in ("clinic", "patient")], rule.condition or Q()


def _move(model: Any, rows: models.QuerySet, to: Patient) -> set[UUID]:
    keys = set(rows.values_list("pk", flat=True))
    touched = {"updated_at": timezone.now()} if _has(model, "updated_at") else {}
    model._base_manager.filter(pk__in=keys).update(patient=to, **touched)
    return keys


def _has(model: Any, name: str) -> bool:
    return any(field.name == name for field in model._meta.fields)


def _with_what_hangs(moved: Keys, survivor: Patient) -> Keys:
    """Return `moved` and what has been hung on it since: a new version of a plan, a visit of it, a log of its exercise."""
    every = {label: set(keys) for label, keys in moved.items()}
    models_owned = owned()
    grown = True
    while grown:
        grown = False
        for model in models_owned:
            held = every.setdefault(model._meta.label, set())
            for path, target in _paths(model, models_owned):
                rows = model._base_manager.filter(
                    patient=survivor, **{f"{path}__in": every.get(target._meta.label, ())}
                )
                more = set(rows.exclude(pk__in=held).values_list("pk", flat=True))
                held |= more
                grown = grown or bool(more)
    return every


def _paths(model: Any, models_owned: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield how a row of `model` points to a row of another patient's model: straight, or by a part of it."""
    for field in _references(model):
        if field.related_model in models_owned:
            yield field.name, field.related_model
        else:
            for further in _references(field.related_model):
                if further.related_model in models_owned:
                    yield f"{field.name}__{further.name}", further.related_model


def _references(model: Any) -> list[Any]:
    return [field for field in model._meta.fields if field.is_relation and field.name != "patient"]


# --- and two again ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def undo_merge(merge_id: UUID, *, by: Access) -> RecordMerge:
    """Make two records again of a merged one. Raises CannotMerge: undone already, or merged further since."""
    found = RecordMerge.objects.for_clinic(by)
    done = found.get(pk=merge_id)
    survivor, merged = _lock((done.survivor_id, done.merged_id), by)
    done = found.select_for_update().get(pk=merge_id)
    if done.undone_at:
        raise CannotMerge(_("This was undone already."))
    later = found.filter(undone_at=None, merged_at__gt=done.merged_at)
    if survivor.merged_into_id or later.filter(survivor=survivor).exists():
        raise CannotMerge(_("This record was merged again since. Undo that first."))
    done.undone_at, done.undone_by_id = timezone.now(), by.member_id
    done.save(update_fields=["undone_at", "undone_by"])
    _become_two(survivor, merged, done.before)
    moved = {label: {UUID(key) for key in keys} for label, keys in done.moved.items()}
    every = _with_what_hangs(moved, survivor)
    for model in owned():
        if keys := every.get(model._meta.label):
            _move(model, model._base_manager.filter(pk__in=keys, patient=survivor), merged)
    _lead_again(merged, done.before, by)
    _agree_again(done.before["withdrawn"], by)
    Patient.objects.for_clinic(by).filter(pk__in=done.before["followed"]).update(merged_into=merged)
    patients_parted.send(Patient, survivor=survivor, merged=merged, by=by)
    for patient in (survivor, merged):
        safety_changed.send(Patient, patient=patient, by=by)
    return done


def _lead_again(merged: Patient, before: Mapping[str, Any], by: Access) -> None:
    """Let those lead who led; whoever was put in charge of the merged one's rows meanwhile goes on treating."""
    team = CareTeam.objects.for_clinic(by)
    team.filter(pk__in=before.get("promoted", ())).update(role=CareRole.TREATING)
    if keys := before["stood_down"]:
        led = team.filter(patient=merged, role=CareRole.RESPONSIBLE)
        led.exclude(pk__in=keys).update(role=CareRole.TREATING)
        team.filter(pk__in=keys).update(role=CareRole.RESPONSIBLE)


def _agree_again(withdrawn: Iterable[UUID], by: Access) -> None:
    """Let the consents stand again that the merge withdrew, but where the patient has said yes anew since."""
    anew = Consent.objects.for_clinic(by).filter(
        patient=OuterRef("patient"), kind=OuterRef("kind"), withdrawn_at=None
    )
    rows = Consent.objects.for_clinic(by).filter(pk__in=list(withdrawn)).exclude(Exists(anew))
    rows.update(withdrawn_at=None, withdrawn_to=None)


def _become_two(survivor: Patient, merged: Patient, before: Mapping[str, Any]) -> None:
    """Give each record back what it said; a part that was changed since the merge stays whole with the survivor."""
    now = _fields(survivor)
    users = {survivor.user_id, merged.user_id}
    for names in (*PARTS.values(), ("archived_at",), ("user_id",), ("invited_at", "pin")):
        if all(now[name] == before["then"][name] for name in names):
            for name in names:
                setattr(survivor, name, before["survivor"][name])
    for name in KEPT:
        setattr(merged, name, before["merged"][name])
    if (
        not survivor.phone and not survivor.email
    ):  # the one was the other's, and the other was taken away since
        for name in ("phone", "phone_owner", "email"):
            setattr(survivor, name, now[name])
    merged.merged_into = None
    survivor.save()
    merged.save()
    survivor.refresh_from_db()
    merged.refresh_from_db()
    _sign_out(users)


# --- two people -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def keep_apart(patient_id: UUID, others: Iterable[UUID], reason: str, *, by: Access) -> None:
    """Remember that a record and `others` are not one person, and why. Raises ValidationError at `reason`."""
    if not reason.strip():
        refuse("reason", _("Say how you know that it is somebody else."))
    known = Patient.objects.for_clinic(by).filter(pk__in=set(others) - {patient_id})
    pairs = [sorted((patient_id, pk)) for pk in known.values_list("pk", flat=True)]
    KnownApart.objects.bulk_create(
        [
            KnownApart(
                clinic_id=by.clinic_id,
                first_id=first,
                second_id=second,
                reason=reason.strip(),
                decided_by_id=by.member_id,
            )
            for first, second in pairs
        ],
        ignore_conflicts=True,
    )


def apart_from(patient_id: UUID, by: Access) -> set[UUID]:
    """Return the records that are known to be somebody else's. One query."""
    rows = KnownApart.objects.for_clinic(by).filter(Q(first=patient_id) | Q(second=patient_id))
    return {pk for pair in rows.values_list("first_id", "second_id") for pk in pair} - {patient_id}
