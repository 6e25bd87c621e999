"""Plans held against what is known about the patient: in the builder, at signing, and again when a fact changes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from careplans import safety
from careplans.models import (
    RUNNING,
    CarePlan,
    Cause,
    ClinicPrescription,
    HomePrescription,
    ItemStatus,
    PlanAlert,
)
from careplans.services.facts import facts_about, facts_about_all
from careplans.services.reference import Reference, reference_for
from careplans.services.trees import Tree, items, tree
from careplans.signals import items_paused
from catalogue.models import Exercise
from clinic.access import Access
from patients.models import Patient


@dataclass(frozen=True)
class Check:
    """What stands against a plan today: `findings`, and `unknown`, the critical questions still to be answered."""

    findings: list[safety.Finding]
    unknown: list[str]

    def as_dict(self) -> dict[str, Any]:
        return {"findings": [finding.as_dict() for finding in self.findings], "unknown": self.unknown}


def check_plan(plan: CarePlan) -> Check:
    """Check a plan, fetched `with_content()`, against its patient's live facts."""
    content = tree(plan)
    reference = reference_for(plan.clinic_id, content)
    return check_tree(content, facts_about(plan.patient), reference, signed=plan.protocol_text)


def check_tree(
    content: Tree,
    facts: safety.PatientFacts,
    reference: Reference,
    *,
    signed: Mapping[str, Any] | None = None,
) -> Check:
    """Check the items of a tree. Every item has an id (`trees.with_places` gives one to those that have none yet).

    `signed` is the catalogue's text that was kept with a signed plan (`Reference.text_used`): see `items_of`.
    """
    found = items_of(content, reference, signed)
    return Check(
        safety.findings(found, facts, reference.rulebook), safety.unknown(found, facts, reference.rulebook)
    )


def items_of(
    content: Tree, reference: Reference, signed: Mapping[str, Any] | None = None
) -> list[safety.Item]:
    """Return what the rules see of a tree: every treatment and exercise of every phase, paused ones too.

    An exercise of the clinic's own that was changed after the signature is there twice, as it was signed and as it is now: no
    change of the library takes a danger away from what a patient was told to do, nor hides one that was found since. What
    ships is as the edition in force says.
    """
    clinic = [
        safety.clinic_item(item["id"], reference.modalities[item["modality"]], item["sites"], item["dosage"])
        for item in items(content, "clinic")
    ]
    home = [
        safety.home_item(item["id"], reference.exercises[item["exercise"]], item["side"])
        for item in items(content, "home")
    ]
    kept = (signed or {}).get("exercises", {})
    as_signed = [
        safety.home_item(item["id"], kept[item["exercise"]], item["side"])
        for item in items(content, "home")
        if item["exercise"] in reference.own
        and kept.get(item["exercise"], reference.exercises[item["exercise"]])
        != reference.exercises[item["exercise"]]
    ]
    return [*clinic, *home, *as_signed]


@dataclass
class Outcome:
    """What a new check of running plans did: how many it looked at, which it paused something of, which alerts changed."""

    plans: int = 0
    paused: list[CarePlan] = field(default_factory=list)
    alerts: int = 0


def recheck_plans(patient: Patient, *, by: Access | None = None) -> list[CarePlan]:
    """Check a patient's running plans again, after a safety fact changed; return those of which something was paused."""
    return recheck(patient.clinic_id, [patient.pk], cause=Cause.FACT, by=by).paused


def recheck_plans_with(exercise: Exercise, *, by: Access | None = None) -> list[CarePlan]:
    """Check the running plans of a clinic that have an exercise of its own, after that was changed; as `recheck_plans`."""
    if exercise.clinic_id is None:  # what ships comes with an edition
        return []
    prescribed = HomePrescription.objects.for_clinic(exercise.clinic_id).filter(
        exercise=exercise, plan__status__in=RUNNING
    )
    patients = list(prescribed.values_list("plan__patient", flat=True).distinct())
    if not patients:
        return []
    with translation.override(settings.LANGUAGE_CODE):  # the reason of a pause is kept
        return recheck(exercise.clinic_id, patients, cause=Cause.EXERCISE, by=by).paused


@transaction.atomic
def recheck(
    clinic_id: UUID,
    patient_ids: Collection[UUID],
    *,
    cause: Cause,
    today: date | None = None,
    by: Access | None = None,
) -> Outcome:
    """Check the running plans of these patients again: against their facts of today, by the rules in force.

    An item that a new block stops is paused, with the rule's words as its reason, until a physiotherapist signs a version in
    which it may stand; what was cleared at signing stays. New warnings and questions that are open again pause nothing: they
    stand in the plan's alert until the next version is signed. Locks the patients first, as signing does: a plan just being
    signed is either seen here, or sees the new fact itself. A fixed number of queries, but for what `items_paused` sets off.
    """
    today = today or timezone.localdate()
    ours = Patient.objects.for_clinic(clinic_id).filter(pk__in=patient_ids).order_by("pk")
    patients = list(ours.select_for_update(no_key=True))
    running = CarePlan.objects.for_clinic(clinic_id).filter(patient__in=patients, status__in=RUNNING)
    plans = list(running.with_content().order_by("pk"))
    if not plans:
        return Outcome()
    contents = {plan.pk: tree(plan) for plan in plans}
    every = {"phases": [phase for content in contents.values() for phase in content["phases"]]}
    reference, facts = reference_for(clinic_id, every), facts_about_all(patients, today)
    checks = {
        plan.pk: check_tree(contents[plan.pk], facts[plan.patient_id], reference, signed=plan.protocol_text)
        for plan in plans
    }
    new = {
        plan.pk: safety.news(
            checks[plan.pk].findings, plan.findings, facts[plan.patient_id], plan.signed_at or timezone.now()
        )
        for plan in plans
    }
    paused = _pause_all([finding for findings in new.values() for finding in findings], cause)
    stopped = {
        item["id"]
        for content in contents.values()
        for kind in ("clinic", "home")
        for item in items(content, kind)
        if item["status"] == ItemStatus.PAUSED
    } | {str(item.pk) for rows in paused.values() for item in rows}
    standing = {
        key: [finding for finding in findings if finding.blocks or finding.prescription not in stopped]
        for key, findings in new.items()
    }
    changed = _keep_alerts(plans, standing, checks, cause, today)
    hit = [plan for plan in plans if _tell_paused(plan, paused, by)]
    return Outcome(plans=len(plans), paused=hit, alerts=changed)


def stopped_by_checks(plan: CarePlan) -> set[UUID]:
    """Return the items of a running plan that are paused because a new check found a block, and not by a person.

    A pause by a person has no reason of the rules'; the history of the plan's alert has every block that a check found. Three
    queries.
    """
    events = apps.get_model("careplans.PlanAlertEvent").objects.filter(plan=plan)
    told = {
        finding["prescription"]
        for findings in events.values_list("findings", flat=True)
        for finding in findings
        if finding["severity"] == "block"
    }
    return {
        pk
        for model in (ClinicPrescription, HomePrescription)
        for pk in model.objects.filter(plan=plan, pk__in=told, status=ItemStatus.PAUSED)
        .exclude(status_reason="")
        .values_list("pk", flat=True)
    }


def _pause_all(new: Iterable[safety.Finding], cause: Cause) -> dict[str, list[Any]]:
    """Pause whatever a new block stops and is not paused yet; return the rows by kind."""
    opening = f"{cause.label} " if cause in (Cause.RULES, Cause.EXERCISE) else ""
    why: dict[str, str] = {}
    for finding in new:
        if finding.blocks:
            why.setdefault(finding.prescription, opening + finding.message)
    return {
        kind: _pause(model, why) if why else []
        for kind, model in (("clinic_items", ClinicPrescription), ("home_items", HomePrescription))
    }


def _pause(model: Any, why: dict[str, str]) -> list[Any]:
    """Pause those of the items that are active, and return them."""
    found = list(
        model.objects.filter(pk__in=why, status=ItemStatus.ACTIVE).order_by("pk").select_for_update()
    )
    for item in found:
        item.status, item.status_reason = ItemStatus.PAUSED, why[str(item.pk)][:500]
    model.objects.bulk_update(found, ["status", "status_reason"])
    return found


def _tell_paused(plan: CarePlan, paused: Mapping[str, Sequence[Any]], by: Access | None) -> bool:
    its = {kind: [row for row in rows if row.plan_id == plan.pk] for kind, rows in paused.items()}
    if not any(its.values()):
        return False
    items_paused.send(CarePlan, plan=plan, by=by, **its)
    return True


def _keep_alerts(
    plans: Iterable[CarePlan],
    new: Mapping[UUID, Sequence[safety.Finding]],
    checks: Mapping[UUID, Check],
    cause: Cause,
    today: date,
) -> int:
    """Make the plans' alerts say what stands now; return how many say something else than before."""
    there = {row.plan_id: row for row in PlanAlert.objects.filter(plan__in=list(plans))}
    added: list[PlanAlert] = []
    changed: list[PlanAlert] = []
    for plan in plans:
        told = [finding.as_dict() for finding in new[plan.pk]]
        asked = checks[plan.pk].unknown
        row = there.get(plan.pk)
        before = (row.findings, row.unknown) if row else ([], [])
        if (told, asked) == before:
            continue
        row = row or PlanAlert(clinic_id=plan.clinic_id, plan=plan, cause=cause, since=today)
        if any(each not in before[0] for each in told) or not set(asked) <= set(before[1]):
            row.cause, row.since = cause, today
        row.findings, row.unknown = told, asked
        (changed if plan.pk in there else added).append(row)
    PlanAlert.objects.bulk_create(added)
    PlanAlert.objects.bulk_update(changed, ["cause", "since", "findings", "unknown"])
    return len(added) + len(changed)
