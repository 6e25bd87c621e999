"""Plans held against what is known about the patient: in the builder, at signing, and again when a fact changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from careplans import safety
from careplans.models import CarePlan, ClinicPrescription, HomePrescription, ItemStatus, PlanStatus
from careplans.services.facts import facts_about
from careplans.services.reference import Reference, reference_for
from careplans.services.trees import Tree, items, tree
from careplans.signals import items_paused
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
    return check_tree(content, facts_about(plan.patient), reference_for(plan.clinic_id, content))


def check_tree(content: Tree, facts: safety.PatientFacts, reference: Reference) -> Check:
    """Check the items of a tree. Every item has an id (`trees.with_places` gives one to those that have none yet)."""
    found = items_of(content, reference)
    return Check(
        safety.findings(found, facts, reference.rulebook), safety.unknown(found, facts, reference.rulebook)
    )


def items_of(content: Tree, reference: Reference) -> list[safety.Item]:
    """Return what the rules see of a tree: every treatment and exercise of every phase, paused ones too."""
    clinic = [
        safety.clinic_item(item["id"], reference.modalities[item["modality"]], item["sites"], item["dosage"])
        for item in items(content, "clinic")
    ]
    home = [
        safety.home_item(item["id"], reference.exercises[item["exercise"]], item["side"])
        for item in items(content, "home")
    ]
    return [*clinic, *home]


@transaction.atomic
def recheck_plans(patient: Patient, *, by: Access | None = None) -> list[CarePlan]:
    """Check a patient's running plans again, after a safety fact changed; return those of which something was paused.

    An item that a new block stops is paused, with the rule's words as its reason, until a physiotherapist decides; what
    was cleared at signing stays. Locks the patient first, as signing does: a plan just being signed is either seen
    here, or sees the new fact itself.
    """
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    running = CarePlan.objects.for_clinic(patient.clinic_id).filter(
        patient=patient, status__in=[PlanStatus.ACTIVE, PlanStatus.ON_HOLD]
    )
    plans = list(running.with_content().order_by("pk"))
    if not plans:
        return []
    facts = facts_about(patient)
    return [plan for plan in plans if _pause_clashes(plan, facts, by)]


def _pause_clashes(plan: CarePlan, facts: safety.PatientFacts, by: Access | None) -> bool:
    content = tree(plan)
    check = check_tree(content, facts, reference_for(plan.clinic_id, content))
    why = {finding.prescription: finding.message for finding in reversed(new_blocks(plan, check.findings))}
    paused = {
        kind: _pause(model, why)
        for kind, model in (("clinic_items", ClinicPrescription), ("home_items", HomePrescription))
    }
    if not any(paused.values()):
        return False
    items_paused.send(CarePlan, plan=plan, by=by, **paused)
    return True


def _pause(model: Any, why: dict[str, str]) -> list[Any]:
    """Pause those of the items that are active, and return them."""
    found = list(
        model.objects.filter(pk__in=why, status=ItemStatus.ACTIVE).order_by("pk").select_for_update()
    )
    for item in found:
        item.status, item.status_reason = ItemStatus.PAUSED, why[str(item.pk)][:500]
    model.objects.bulk_update(found, ["status", "status_reason"])
    return found


def new_blocks(plan: CarePlan, findings: Iterable[safety.Finding]) -> list[safety.Finding]:
    """Return the blocks that the signer did not know of: another rule or item, or one more flag behind it."""
    known = {(each["rule"], each["prescription"]): set(each["flags"]) for each in plan.findings}

    def is_known(finding: safety.Finding) -> bool:
        flags = known.get((finding.rule, finding.prescription))
        return flags is not None and flags >= set(
            finding.flags
        )  # a diagnosis alone may fire: without any flag

    return [finding for finding in findings if finding.blocks and not is_known(finding)]
