"""Keeping a plan as a protocol of the clinic."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers

from careplans import protocols
from careplans.models import CarePlan
from careplans.services.reference import reference_for
from careplans.services.trees import tree
from catalogue.models import Protocol
from catalogue.services import PROTOCOLS, InvalidEntry, add
from clinic.access import Access
from patients.models import Diagnosis


@transaction.atomic
def keep_as_protocol(plan_id: UUID, *, name: str, by: Access, keep_text: bool = False) -> Protocol:
    """Add a protocol with the phases and doses of a plan; nothing of the patient goes with it.

    `keep_text`: somebody read the names and criteria that are not the protocol's (`protocols.own_words`) and says so of them too.
    Raises ValidationError at `name`, also where something of the plan cannot stand in a protocol for the disorder.
    """
    plan = CarePlan.objects.for_clinic(by).with_content().get(pk=plan_id)
    content = tree(plan)
    reference = reference_for(by.clinic_id, content)
    treated = Diagnosis.objects.for_clinic(by).filter(pk__in=plan.diagnosis_ids).order_by("pk")
    conditions = [diagnosis.condition_id for diagnosis in treated]
    began_as = plan.protocol.entry if plan.protocol else None
    families = [reference.known.family_of(condition) for condition in conditions]
    family = began_as["family"] if began_as else next(iter(families), None)
    if not content["phases"]:
        raise serializers.ValidationError({"name": [_("This plan has no phases.")]})
    if family is None:
        raise serializers.ValidationError({"name": [_("Without a diagnosis nobody can find the protocol.")]})
    entry = protocols.protocol_of(
        content,
        name=name,
        family=family,
        subtypes={
            condition
            for condition in conditions
            if condition != family and reference.known.family_of(condition) == family
        },
        began_as=began_as,
        topics=reference.education,
        exercises=reference.exercises,
        body=reference.body,
        keep_text=keep_text,
    )
    try:
        kept = add(PROTOCOLS, entry, by=by)
    except InvalidEntry as refusal:
        raise serializers.ValidationError({"name": list(dict.fromkeys(refusal.messages))}) from None
    assert isinstance(kept, Protocol)  # noqa: S101 (what the library of protocols holds)
    return kept
