"""The life of a care plan: drafted, saved, signed, followed phase by phase, amended, ended. One function a thing a person does.

A plan's versions share a lineage. Whoever changes a version's state locks every version of the lineage in the order of
their ids (signing locks the patient first), and reads under the lock: of two people who press Sign, one signs.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from careplans import drafting, safety
from careplans.dosage import HOME_DOSE, check_clinic_item, check_home_dose
from careplans.models import RUNNING, CarePlan, Phase, PlanStatus
from careplans.services import shapes, steps, trees
from careplans.services.checking import check_tree, stopped_by_checks
from careplans.services.facts import facts_about
from careplans.services.progress import single_values
from careplans.services.reference import Reference, all_for, find_protocol, reference_for
from careplans.signals import plan_changed, plan_signed
from catalogue.knowledge import knowledge
from catalogue.models import Protocol
from clinic.access import Access
from clinic.errors import RuleBroken
from clinic.models import Clinic, Membership
from patients.models import Diagnosis, Patient
from patients.services import join_care_team
from patients.services.refusals import unless_merged

OF_THE_PLAN = ("start_date", "daily_minutes_max")  # what a draft's own row has of its content
LATEST_START = timedelta(days=730)  # a start further ahead than this is a slip of the finger


# --- refusals --------------------------------------------------------------------------------------------------------
class PlanSigned(RuleBroken):
    code = "signed"


class WrongState(RuleBroken):
    code = "state"


class Stale(RuleBroken):
    code = "stale"


class Unanswered(RuleBroken):
    code = "unanswered"


class Blocked(RuleBroken):
    code = "blocked"


class ReasonNeeded(RuleBroken):
    code = "needs_reason"


class DraftExists(RuleBroken):
    code = "draft_exists"


class SavedMeanwhile(RuleBroken):
    """Somebody saved the draft since it was read (HTTP 412)."""

    code = "saved_meanwhile"


class NoVersionNamed(RuleBroken):
    """A draft is saved only over the version that was read (HTTP 428)."""

    code = "no_version_named"


# --- drafting --------------------------------------------------------------------------------------------------------
@transaction.atomic
def create_plan(
    patient_id: UUID,
    *,
    by: Access,
    diagnosis_ids: Sequence[UUID] | None = None,
    protocol_id: str | None = None,
    copy_of: UUID | None = None,
    now: datetime | None = None,
) -> CarePlan:
    """Start a draft for a patient: from a protocol, dosed and turned to the diagnosis's side; as a copy of an earlier plan

    of theirs, with a life of its own; or from nothing. Without `diagnosis_ids` it is for every active diagnosis. Raises
    ValidationError for ids that are not known here, and for a copy of which something is no longer allowed.
    """
    patient = Patient.objects.for_clinic(by).get(pk=patient_id)
    unless_merged(patient)
    diagnoses = _diagnoses(patient, diagnosis_ids)
    earlier = _earlier(copy_of, patient) if copy_of else None
    protocol = _protocol(protocol_id, by)
    plan = CarePlan.objects.create(
        clinic_id=by.clinic_id,
        patient=patient,
        protocol=earlier.protocol if earlier else protocol,
        daily_minutes_max=earlier.daily_minutes_max if earlier else None,
        created_by_id=by.member_id,
    )
    trees.write_diagnoses(plan, [diagnosis.pk for diagnosis in diagnoses], [])
    content: trees.Tree | None = None
    if earlier:
        content = trees.without_ids(trees.tree(earlier))
    elif protocol:
        content = proposal(
            protocol.entry,
            diagnoses,
            all_for(by.clinic_id),
            today=_today(by.clinic_id, now),
            baselines=single_values(patient),
        )
    if content:
        reference = all_for(by.clinic_id)
        try:
            wanted = shapes.read_tree(content, reference)
        except serializers.ValidationError as refusal:
            if not earlier:
                raise
            raise serializers.ValidationError({"copy_of": refusal.detail}) from None
        trees.write(plan, trees.with_reasons(wanted, content), trees.NO_CONTENT, reference.exercise_keys)
    return _fresh(plan.pk)


def _earlier(plan_id: UUID, patient: Patient) -> CarePlan:
    signed = CarePlan.objects.for_clinic(patient.clinic_id).filter(patient=patient, signed_at__isnull=False)
    found = signed.with_content().filter(pk=plan_id).first()
    if found is None:
        raise serializers.ValidationError({"copy_of": [_("There is no such plan.")]})
    return found


def proposal(
    protocol: Mapping[str, Any],
    diagnoses: Iterable[Diagnosis],
    reference: Reference,
    *,
    today: date,
    baselines: Mapping[str, drafting.Value] | None = None,
) -> trees.Tree:
    """Return what a protocol (an entry of the catalogue) proposes for these diagnoses: a tree without ids. No query.

    `baselines` are what the patient's goals begin from, by measure.
    """
    content: Any = drafting.draft(
        protocol,
        modalities=reference.modalities,
        exercises=reference.exercises,
        measures=reference.measures,
        body=reference.body,
        side=_side(protocol["family"], diagnoses, reference),
        baselines=baselines,
        starts_on=today,
    )
    for goal in content["goals"]:
        goal["due_on"] = goal["due_on"] and goal["due_on"].isoformat()
    return content


def _side(family: str, diagnoses: Iterable[Diagnosis], reference: Reference) -> str | None:
    """Return the side of the diagnosis that the protocol is for: as recorded, else the subtype's own."""
    for diagnosis in diagnoses:
        if reference.known.family_of(diagnosis.condition_id) == family:
            return diagnosis.side or reference.known.conditions[diagnosis.condition_id].get("side")
    return None


def _diagnoses(patient: Patient, ids: Sequence[UUID] | None) -> list[Diagnosis]:
    standing = (
        Diagnosis.objects.for_clinic(patient.clinic_id).filter(patient=patient).standing().order_by("pk")
    )
    if ids is None:
        return list(standing.filter(status="active"))
    found = {diagnosis.pk: diagnosis for diagnosis in standing.filter(pk__in=ids)}
    errors = {
        str(place): [_("There is no such diagnosis.")] for place, pk in enumerate(ids) if pk not in found
    }
    if errors:
        raise serializers.ValidationError({"diagnoses": errors})
    return list({pk: found[pk] for pk in ids}.values())


def _protocol(protocol_id: str | None, by: Access) -> Protocol | None:
    if not protocol_id:
        return None
    protocol = find_protocol(protocol_id, by)
    if protocol is None:
        raise serializers.ValidationError({"protocol": [_("There is no such protocol.")]})
    return protocol


@transaction.atomic
def save_draft(
    plan_id: UUID,
    body: Any,
    *,
    by: Access,
    if_match: str | None,
    partial: bool = False,
    bring_back: bool = False,
) -> CarePlan:
    """Put the tree `body` in place of a draft's: what has no id is new, what is missing is removed.

    `if_match` is the ETag that was read ("*" for any). Raises, in this order, ValidationError (nested as the body is),
    PlanSigned, NoVersionNamed, SavedMeanwhile. Locks the plan, so that of two who save the second is told. `partial`
    leaves alone the parts that `body` leaves out; `bring_back` lets it name what somebody has removed since it was read.
    """
    clinic_id = by.clinic_id
    reference = reference_for(clinic_id, body)
    wanted = shapes.read_tree(body, reference, partial=partial)
    plan = _open_draft(plan_id, by, if_match)
    fresh = _fresh(plan_id)
    saved = _write(plan, wanted, fresh, reference, back_to=steps.everything(plan) if bring_back else None)
    steps.remember(fresh, trees.tree(fresh), trees.tree(saved), by=by)
    return saved


def _write(
    plan: CarePlan,
    wanted: trees.Tree,
    fresh: CarePlan,
    reference: Reference,
    *,
    back_to: trees.Tree | None = None,
) -> CarePlan:
    """Write a checked tree over a locked draft, `fresh` from the database, and return it as it then is."""
    if "diagnoses" in wanted:
        diagnoses = [diagnosis.pk for diagnosis in _diagnoses(fresh.patient, wanted["diagnoses"])]
        trees.write_diagnoses(plan, diagnoses, fresh.diagnosis_ids)
    trees.write(plan, wanted, trees.tree(fresh), reference.exercise_keys, back_to=back_to)
    for name in OF_THE_PLAN:
        if name in wanted:
            setattr(plan, name, wanted[name])
    plan.revision += 1
    plan.save(update_fields=[*OF_THE_PLAN, "revision", "updated_at"])
    return _fresh(plan.pk)


def undo(plan_id: UUID, *, by: Access, if_match: str) -> CarePlan:
    """Take a draft back to what it was before the last save; where there is nothing to go back to it stays. As `save_draft`."""
    return _turn(plan_id, undone=False, by=by, if_match=if_match)


def redo(plan_id: UUID, *, by: Access, if_match: str) -> CarePlan:
    """Take back the last undo."""
    return _turn(plan_id, undone=True, by=by, if_match=if_match)


@transaction.atomic
def _turn(plan_id: UUID, *, undone: bool, by: Access, if_match: str) -> CarePlan:
    plan = _open_draft(plan_id, by, if_match)
    fresh = _fresh(plan_id)
    content = steps.turn(fresh, trees.tree(fresh), undone=undone, by=by)
    if content is None:
        return fresh
    reference = reference_for(by.clinic_id, content)
    return _write(plan, shapes.read_tree(content, reference), fresh, reference, back_to=content)


@transaction.atomic
def discard_draft(plan_id: UUID, *, by: Access, if_match: str | None) -> None:
    """Throw a draft away: nothing of it has reached anybody. Raises PlanSigned, NoVersionNamed, SavedMeanwhile."""
    plan = _open_draft(plan_id, by, if_match)
    plan.delete()


def _open_draft(plan_id: UUID, by: Access, if_match: str | None) -> CarePlan:
    """Lock a draft and return it. Raises PlanSigned, NoVersionNamed, SavedMeanwhile."""
    plan = CarePlan.objects.for_clinic(by).select_for_update().get(pk=plan_id)
    if not plan.is_draft:
        raise PlanSigned(_("This version is signed and does not change. Amend the plan to make a new one."))
    if if_match is None:
        raise NoVersionNamed(_("Send If-Match with the ETag you read."))
    if not matches(plan, if_match):
        raise SavedMeanwhile(_("Somebody else saved this draft in between."))
    return plan


def keep_reasons(plan_id: UUID, overrides: Mapping[str, Any], *, by: Access) -> None:
    """Keep the reasons typed so far with a draft, so that a reload loses none. They count only when sent to sign."""
    drafts = CarePlan.objects.for_clinic(by).filter(pk=plan_id, status=PlanStatus.DRAFT)
    drafts.update(overrides=_as_json(overrides))


def last_saved(plan: CarePlan) -> tuple[str, datetime]:
    """Return who saved a plan last, by name ("" when nobody of the staff), and when."""
    events = apps.get_model("careplans.CarePlanEvent").objects.filter(pgh_obj_id=plan.pk)
    latest = events.order_by("-pgh_created_at", "-pgh_id").values("pgh_created_at", "pgh_context").first()
    user_id = (latest["pgh_context"] or {}).get("user") if latest else None
    member = (
        Membership.objects.for_clinic(plan.clinic_id).filter(user_id=user_id).first() if user_id else None
    )
    return (str(member) if member else ""), latest["pgh_created_at"] if latest else plan.updated_at


def matches(plan: CarePlan, if_match: str) -> bool:
    """Tell whether an If-Match header names this revision; a weak tag is as good as a strong one."""
    tags = [tag.strip().removeprefix("W/") for tag in if_match.split(",")]
    return "*" in tags or plan.etag in tags


# --- signing ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def sign_plan(
    plan_id: UUID,
    *,
    by: Access,
    overrides: Mapping[str, Any] | None = None,
    start_date: date | None = None,
    if_match: str | None = None,
    now: datetime | None = None,
) -> CarePlan:
    """Make a draft the active version of its plan; the version before it is superseded.

    `overrides` gives, for the rule of each warning, why the therapist goes on in spite of it, and for a block that bears
    one the medical clearance. Raises ValidationError for a malformed one or a start in the past; then, the first that
    holds, Stale, ValidationError for a dose that a newer edition of the catalogue does not allow, Unanswered, Blocked,
    ReasonNeeded, with what stands in the way.
    """
    now = now or timezone.now()
    overrides = overrides or {}
    today = _today(by.clinic_id, now)
    start_date = start_date or today
    _refuse_malformed(overrides, start_date, today)
    plan, versions = _lock(plan_id, by, with_patient=True)
    if not plan.is_draft or (if_match is not None and not matches(plan, if_match)):
        raise Stale(_("This draft was signed or changed meanwhile."))
    signed = [each for each in versions if each.signed_at]
    if signed and max(signed, key=lambda each: each.version).pk != plan.replaces_id:
        raise Stale(_("Another version of this plan was signed meanwhile."))
    fresh = _fresh(plan_id)
    content = trees.tree(fresh)
    knowledge(fresh=True)  # a signature is by the rules in force, not by those of half a minute ago
    reference = reference_for(by.clinic_id, content)
    _refuse_doses(content, reference)
    facts = facts_about(fresh.patient)
    check = check_tree(content, facts, reference)
    _refuse_unsafe(safety.verdict(check.findings, overrides, check.unknown))

    fired = {finding.rule for finding in check.findings}
    plan.status = PlanStatus.ACTIVE
    plan.signed_by_id, plan.signed_at = by.member_id, now
    plan.start_date, plan.signed_for = start_date, plan.patient_id
    plan.current_phase_id = _first_phase(content, versions, plan.replaces_id)
    plan.findings = [safety.kept(finding, facts) for finding in check.findings]
    plan.overrides = _as_json({rule: why for rule, why in overrides.items() if rule in fired})
    plan.protocol_text = _as_json(reference.text_used(content, fresh.protocol))
    plan.revision += 1
    plan.content_sha256 = trees.content_hash(_frozen(fresh, plan))
    replaced = _supersede(versions, plan.replaces_id)
    trees.settle(plan)
    plan.save(update_fields=[*SEALED_AT_SIGNING, "status", "current_phase", "updated_at"])
    steps.forget(plan)
    join_care_team(
        plan.patient_id, [by.member_id] if by.member_id else [], by=by
    )  # who is told what becomes of it
    plan_signed.send(CarePlan, plan=plan, replaced=replaced, by=by)
    return _fresh(plan_id)


SEALED_AT_SIGNING = (
    *("signed_by", "signed_at", "signed_for", "start_date", "findings", "overrides"),
    *("protocol_text", "content_sha256", "revision"),
)


def _frozen(fresh: CarePlan, plan: CarePlan) -> CarePlan:
    """Return the plan with its content and what signing adds to it, to make the hash of."""
    for name in ("start_date", "findings", "overrides", "protocol_text"):
        setattr(fresh, name, getattr(plan, name))
    return fresh


def _first_phase(content: trees.Tree, versions: Iterable[CarePlan], replaces_id: UUID | None) -> str | None:
    """Return the phase to begin with: the first, or of an amended plan the one it was in, by name and else by place."""
    phases = content["phases"]
    if not phases:
        return None
    before = next((each.current_phase for each in versions if each.pk == replaces_id), None)
    if before is None:
        return phases[0]["id"]
    named = [phase["id"] for phase in phases if phase["name"] == before.name]
    return named[0] if named else phases[min(before.order, len(phases)) - 1]["id"]


def _supersede(versions: Iterable[CarePlan], plan_id: UUID | None) -> CarePlan | None:
    """End the version that is replaced, if it still runs, and return it."""
    replaced = next((each for each in versions if each.pk == plan_id and each.status in RUNNING), None)
    if replaced:
        replaced.status = PlanStatus.SUPERSEDED
        replaced.save(update_fields=["status", "updated_at"])
    return replaced


def _refuse_malformed(overrides: Mapping[str, Any], start_date: date, today: date) -> None:
    errors: dict[str, Any] = {}
    if malformed := safety.override_errors(overrides, today):
        errors["overrides"] = malformed
    if start_date < today:
        errors["start_date"] = [_("A plan starts today or later.")]
    elif start_date > today + LATEST_START:
        errors["start_date"] = [_("That is more than two years ahead.")]
    if errors:
        raise serializers.ValidationError(errors)


def _refuse_doses(content: trees.Tree, reference: Reference) -> None:
    """A draft may have come from before the limits were drawn closer: from the version it amends, or an edition ago."""
    errors: Any = {}
    for place, phase in enumerate(content["phases"]):
        found = {
            "clinic": [
                check_clinic_item(reference.modalities[each["modality"]], each).errors
                for each in phase["clinic"]
            ],
            "home": [
                check_home_dose(
                    reference.exercises[each["exercise"]], {part: each[part] for part in HOME_DOSE}
                ).errors
                for each in phase["home"]
            ],
        }
        wrong = {
            kind: {row: error for row, error in enumerate(rows) if error} for kind, rows in found.items()
        }
        if any(wrong.values()):
            errors[place] = {kind: rows for kind, rows in wrong.items() if rows}
    if errors:
        raise serializers.ValidationError({"phases": errors})


def _refuse_unsafe(verdict: safety.Verdict) -> None:
    findings = [finding.as_dict() for finding in verdict.findings]
    if verdict.code == "unanswered":
        sentence = _("Some safety questions that this plan depends on are not answered.")
        raise Unanswered(sentence, unknown=list(verdict.unknown))
    if verdict.code == "blocked":
        raise Blocked(_("This plan is not safe for this patient."), findings=findings)
    if verdict.code == "needs_reason":
        raise ReasonNeeded(_("Say why, for each warning."), findings=findings)


# --- after the signature ---------------------------------------------------------------------------------------------
@transaction.atomic
def amend_plan(plan_id: UUID, *, by: Access, reason: str) -> CarePlan:
    """Start the next version of a running plan: a draft with the same content and lineages. The old one runs on.

    What a person paused is paused in it too; what a new check paused is not, and is checked when it is signed (`trees.copy`).
    Raises DraftExists with its id while a draft of the plan is open, WrongState when it has ended.
    """
    plan, versions = _lock(plan_id, by)
    if open_draft := next((each for each in versions if each.is_draft), None):
        raise DraftExists(_("A draft of this plan is open already."), id=str(open_draft.pk))
    _allow(plan, *RUNNING)
    draft = CarePlan.objects.create(
        clinic_id=by.clinic_id,
        patient_id=plan.patient_id,
        lineage_id=plan.lineage_id,
        version=plan.version + 1,
        replaces=plan,
        protocol_id=plan.protocol_id,
        daily_minutes_max=plan.daily_minutes_max,
        amend_reason=reason,
        overrides=plan.overrides,  # to be read again: they count only when sent to sign
        created_by_id=by.member_id,
    )
    trees.copy(plan, draft, stopped_by_checks(plan))
    return _fresh(draft.pk)


def set_phase(plan_id: UUID, *, by: Access, phase_id: UUID, reason: str = "") -> CarePlan:
    """Begin a phase: its home exercises are those of today. Raises WrongState unless the plan is active."""
    with transaction.atomic():
        plan, _versions = _lock(plan_id, by)
        _allow(plan, PlanStatus.ACTIVE)
        if not Phase.objects.for_clinic(by).filter(plan=plan, pk=phase_id).exists():
            raise serializers.ValidationError({"phase": [_("This plan has no such phase.")]})
        plan.current_phase_id = phase_id
        return _changed(plan, by=by, reason=reason, fields=["current_phase"])


def hold(plan_id: UUID, *, by: Access, reason: str) -> CarePlan:
    """Interrupt an active plan: nothing is due until it is resumed."""
    return _move(plan_id, PlanStatus.ON_HOLD, PlanStatus.ACTIVE, by=by, reason=reason)


def resume(plan_id: UUID, *, by: Access, reason: str = "") -> CarePlan:
    """Go on with a plan on hold."""
    return _move(plan_id, PlanStatus.ACTIVE, PlanStatus.ON_HOLD, by=by, reason=reason)


def complete(plan_id: UUID, *, by: Access, reason: str = "") -> CarePlan:
    """End a plan that has done its work."""
    return _move(plan_id, PlanStatus.COMPLETED, *RUNNING, by=by, reason=reason)


def revoke(plan_id: UUID, *, by: Access, reason: str) -> CarePlan:
    """End a plan that should not be followed any more."""
    return _move(plan_id, PlanStatus.REVOKED, *RUNNING, by=by, reason=reason)


def _move(plan_id: UUID, to: PlanStatus, *allowed: PlanStatus, by: Access, reason: str) -> CarePlan:
    with transaction.atomic():
        plan, _versions = _lock(plan_id, by)
        _allow(plan, *allowed)
        plan.status = to
        return _changed(plan, by=by, reason=reason, fields=["status"])


def _allow(plan: CarePlan, *states: PlanStatus) -> None:
    if plan.status not in states:
        raise WrongState(_("This cannot be done with a plan that is %s.") % plan.get_status_display().lower())


def _changed(plan: CarePlan, *, by: Access, reason: str, fields: list[str]) -> CarePlan:
    plan.status_reason = reason
    plan.save(update_fields=[*fields, "status_reason", "updated_at"])
    plan_changed.send(CarePlan, plan=plan, by=by)
    return _fresh(plan.pk)


# --- shared ----------------------------------------------------------------------------------------------------------
def _lock(plan_id: UUID, by: Access, *, with_patient: bool = False) -> tuple[CarePlan, list[CarePlan]]:
    """Lock every version of a plan, in the order of their ids, and return the one asked for and all.

    `with_patient` locks the patient before: whoever changes a safety fact waits, or has been waited for.
    """
    plans = CarePlan.objects.for_clinic(by)
    patient_id, lineage_id = plans.values_list("patient_id", "lineage_id").get(pk=plan_id)
    if with_patient:
        Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    lineage = plans.filter(lineage_id=lineage_id).order_by("pk")
    list(lineage.select_for_update().values_list("pk"))
    versions = list(lineage)  # read after the lock: a version that came while we waited is among them
    return next(each for each in versions if each.pk == plan_id), versions


def _fresh(plan_id: UUID) -> CarePlan:
    return CarePlan.objects.with_content().select_related("patient").get(pk=plan_id)


def _today(clinic_id: UUID, now: datetime | None) -> date:
    zone = Clinic.objects.get(pk=clinic_id).zone
    return timezone.localdate(now or timezone.now(), zone)


def _as_json(value: Any) -> Any:
    """Return a value as JSON keeps it: dates become texts, keys texts."""
    return json.loads(json.dumps(value, default=str))
