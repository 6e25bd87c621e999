"""Printing a signed plan: gather what is true today, keep it with the print, and make the same bytes of it ever after.

What a document says comes from the signed version, from the catalogue's text kept with it, and from the facts of the print:
nothing else, so that a later edition, visit or address changes no print that was made (decision 0014).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import serializers

from careplans.documents import home_programme, plan, typesetting, words
from careplans.models import CarePlan, DocumentKind, ItemStatus, Layout, PlanPrint, PlanStatus, StopReport
from careplans.services import trees
from careplans.services.home import TOO_PAINFUL
from careplans.services.reference import reference_for
from careplans.signals import next_visit_asked
from catalogue import pictures
from clinic import phones
from clinic.access import Access
from clinic.errors import RuleBroken
from clinic.models import LANGUAGES, Clinic
from patients.models import Diagnosis
from patients.wording import condition

log = structlog.get_logger(__name__)

TEMPLATES: dict[str, Any] = {DocumentKind.HOME_PROGRAMME: home_programme, DocumentKind.PLAN: plan}
KEPT = {
    "exercises",
    "modalities",
    "education",
    "protocol",
    "stop_cues",
    "regions",
    "measures",
    "danger_signs",
}
LATER = ("discharge",)  # kinds that are still to come


class NotSigned(RuleBroken):
    """A draft is not printed: nobody has put their name to it (HTTP 409)."""

    code = "not_signed"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which document of a plan, and how; language None is the patient's."""

    kind: str
    language: str | None = None
    layout: str = Layout.NORMAL


@dataclass(frozen=True, slots=True)
class Printed:
    """A print, and its bytes."""

    row: PlanPrint
    pdf: bytes

    @property
    def etag(self) -> str:
        return f'"{_sha256(self.pdf)}"'

    @property
    def name(self) -> str:
        """A name for the file that says nothing of anybody."""
        return f"{self.row.kind}-v{self.row.plan.version}.pdf"


def read_wish(told: Mapping[str, Any]) -> Wish:
    """Return what was asked for, from the parameters of an address. Raises ValidationError at the parameter."""
    kind, language, layout = (str(told.get(name) or "") for name in ("kind", "language", "layout"))
    errors = {}
    if kind in LATER:
        errors["kind"] = [_("Discharge letters are not made yet.")]
    elif kind not in DocumentKind.values:
        errors["kind"] = [_("Choose one of: %s.") % ", ".join(DocumentKind.values)]
    if language and language not in dict(LANGUAGES):
        errors["language"] = [_("Choose one of: %s.") % ", ".join(dict(LANGUAGES))]
    if layout and layout not in Layout.values:
        errors["layout"] = [_("Choose one of: %s.") % ", ".join(Layout.values)]
    if errors:
        raise serializers.ValidationError(errors)
    return Wish(kind, language or None, layout or Layout.NORMAL)


@transaction.atomic
def print_plan(plan_id: UUID, wish: Wish, *, by: Access) -> Printed:
    """Print a signed plan as it stands with what is true now. The same input is the same row, and the same bytes.

    Raises NotSigned for a draft, and PermissionDenied for patients who want more than the home programme.
    """
    if by.is_patient and wish.kind != DocumentKind.HOME_PROGRAMME:
        raise PermissionDenied
    found = CarePlan.objects.for_clinic(by).with_content().select_related("patient", "clinic").get(pk=plan_id)
    if found.is_draft:
        raise NotSigned(_("Only a signed plan is printed. Sign this draft first."))
    content = _content(found)
    language = wish.language or found.patient.language
    facts, mark = _facts_now(found, content, wish.kind, language)
    same = {
        "plan_id": found.pk,
        "kind": wish.kind,
        "language": language,
        "layout": wish.layout,
        "facts_sha256": mark,
        "release": typesetting.release(),
    }
    pdf = _typeset(content, found.protocol_text, facts, wish.kind, language, wish.layout)
    row = PlanPrint(
        clinic_id=by.clinic_id,
        facts=facts,
        pdf_sha256=_sha256(pdf),
        printed_by_id=by.member_id,
        **same,
    )
    PlanPrint.objects.bulk_create([row], ignore_conflicts=True)  # two who print at once are one row
    row = PlanPrint.objects.for_clinic(by).get(**same)
    row.plan = found
    return Printed(row, pdf)


def print_again(row: PlanPrint) -> Printed:
    """Return the document of a kept print, from nothing but the signed plan and the facts kept then.

    By the release that made it the bytes are the same; a later release may set the same words differently, and that is noted.
    """
    found = CarePlan.objects.for_clinic(row.clinic_id).with_content().get(pk=row.plan_id)
    pdf = _typeset(_content(found), found.protocol_text, row.facts, row.kind, row.language, row.layout)
    if _sha256(pdf) != row.pdf_sha256:
        same_release = row.release == typesetting.release()
        log.warning("document_differs", print=str(row.pk), same_release=same_release)
    row.plan = found
    return Printed(row, pdf)


def is_true_today(row: PlanPrint) -> bool:
    """Tell whether a kept print says what one that is made now would say."""
    found = CarePlan.objects.for_clinic(row.clinic_id).with_content().select_related("patient", "clinic")
    plan_now = found.get(pk=row.plan_id)
    return _facts_now(plan_now, _content(plan_now), row.kind, row.language)[1] == row.facts_sha256


def _facts_now(found: CarePlan, content: trees.Tree, kind: str, language: str) -> tuple[dict[str, Any], str]:
    """Return the facts of a print made now as they are read again, and their mark."""
    with translation.override(language):
        facts = json.loads(json.dumps(facts_of(found, content, kind), default=str))
    return facts, _digest(facts)


def facts_of(found: CarePlan, content: trees.Tree, kind: str) -> dict[str, Any]:
    """Return what is true of a signed plan today and is not in it, as a print keeps it. Plain values, in the active language.

    clinic: name, address, city, phone, emergency_number, timezone. patient: name ("R. Ghosh"), number. signer, status.
    terms: words of the catalogue that older signed plans did not keep. A home programme also has phase, paused (ids of items),
    next_visit (an instant, or None), portal (an address) and pictures ({sha256, alt, author} by the id of the item); a plan
    stopped (why, by the id of the item), diagnoses (names) and versions.
    """
    patient, clinic = found.patient, found.clinic
    stopped = _stopped(found, content)
    facts = {
        "clinic": _clinic(clinic),
        "patient": {
            "name": words.short_name(patient.given_name, patient.family_name),
            "number": patient.reference,
        },
        "signer": str(found.signed_by),
        "status": found.status,
        "terms": _terms(found, content),
    }
    if kind == DocumentKind.HOME_PROGRAMME:
        return facts | {
            "phase": content["current_phase"],
            "paused": sorted(item["id"] for item in trees.items(content, "home") if item["id"] in stopped),
            "next_visit": _next_visit(found),
            "portal": settings.BASE_URL + reverse("portal:today"),
            "pictures": _pictures(content, stopped) if found.status == PlanStatus.ACTIVE else {},
        }
    return facts | {"stopped": stopped, "diagnoses": _diagnoses(found), "versions": _versions(found)}


def _pictures(content: trees.Tree, stopped: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return which pictures the exercises of the current phase are shown with, by the id of the item. One query."""
    phase = content["current_phase"]
    items = [item for each in content["phases"] if each["id"] == phase for item in each["home"]]
    named = {
        item["id"]: picture
        for item in items
        if item["id"] not in stopped and (picture := pictures.printed(item["exercise"], item["side"]))
    }
    wanted = {picture["sha256"] for picture in named.values()}
    held = pictures.among_kept(wanted)
    if lost := wanted - held:
        log.error("picture_not_kept", count=len(lost), advice="run load_catalogue")
    return {key: picture for key, picture in named.items() if picture["sha256"] in held}


def _drawn(facts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the pictures of a print with their `svg`, as they were drawn then. One query, none for a print without any."""
    named = facts.get("pictures") or {}
    svg = pictures.kept(picture["sha256"] for picture in named.values()) if named else {}
    return {
        key: {**picture, "svg": svg[picture["sha256"]]}
        for key, picture in named.items()
        if picture["sha256"] in svg
    }


def _clinic(clinic: Clinic) -> dict[str, str]:
    names = ("name", "city", "emergency_number", "timezone")
    address = ", ".join(line.strip() for line in clinic.address.splitlines() if line.strip())
    phone = phones.national(clinic.phone) if clinic.phone else ""
    return {name: getattr(clinic, name) for name in names} | {"address": address, "phone": phone}


def _terms(found: CarePlan, content: trees.Tree) -> dict[str, Any]:
    if found.protocol_text.keys() >= KEPT:
        return {}
    used = reference_for(found.clinic_id, content).text_used(content, found.protocol)
    return {name: used[name] for name in KEPT - found.protocol_text.keys()}


def _stopped(found: CarePlan, content: trees.Tree) -> dict[str, str]:
    """Return why ("" where nobody said) for the ids of items that are paused, or hurt too much and nobody has seen to it."""
    hurt = StopReport.objects.for_clinic(found.clinic_id).filter(
        patient=found.patient, cue=TOO_PAINFUL, seen_at=None, prescription__isnull=False
    )
    held = set(
        map(str, hurt.values_list("prescription__lineage_id", flat=True))
    )  # in whatever version it hurt
    return {
        item["id"]: item["status_reason"] if item["status"] == ItemStatus.PAUSED else _("It hurt too much.")
        for kind in ("clinic", "home")
        for item in trees.items(content, kind)
        if item["status"] == ItemStatus.PAUSED or item["lineage_id"] in held
    }


def _next_visit(found: CarePlan) -> str | None:
    answers: list[Any] = [
        answer for _receiver, answer in next_visit_asked.send(CarePlan, patient=found.patient)
    ]
    coming = min((answer for answer in answers if answer is not None), default=None)
    return coming.isoformat() if coming else None


def _diagnoses(found: CarePlan) -> list[str]:
    rows = Diagnosis.objects.for_clinic(found.clinic_id).filter(pk__in=found.diagnosis_ids)
    return [_diagnosis(row) for row in rows.order_by("pk")]


def _diagnosis(row: Diagnosis) -> str:
    name = ", ".join(part for part in (condition(row.condition_id), row.get_side_display() or "") if part)
    return f"{name} ({row.icd10})" if row.icd10 else name


def _versions(found: CarePlan) -> list[dict[str, Any]]:
    rows = CarePlan.objects.for_clinic(found.clinic_id).filter(
        lineage_id=found.lineage_id, signed_at__isnull=False, version__lte=found.version
    )
    return [
        {
            "version": row.version,
            "signed_at": row.signed_at.isoformat(),
            "signer": str(row.signed_by),
            "why": row.amend_reason,
        }
        for row in rows.select_related("signed_by__user").without_weight().order_by("version")
        if row.signed_at
    ]


def _content(found: CarePlan) -> trees.Tree:
    """Return the tree of a signed plan; the values of its goals as they were stored, whatever a measure's scale is today."""
    stored = {row["id"]: row for row in found.goal_rows}
    content = trees.tree(found)
    goals = [
        goal | {name: stored[goal["id"]][name] for name in ("baseline", "target")}
        for goal in content["goals"]
    ]
    return content | {"goals": goals}


def _typeset(
    content: trees.Tree,
    kept: Mapping[str, Any],
    facts: Mapping[str, Any],
    kind: str,
    language: str,
    layout: str,
) -> bytes:
    document = TEMPLATES[kind]
    told = {**facts["terms"], **kept, "pictures": _drawn(facts)}
    with translation.override(language):
        values = document.values(content, told, facts, layout=layout)
    return typesetting.pdf(kind.replace("-", "_"), values)


def _digest(facts: Mapping[str, Any]) -> str:
    told = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return _sha256(told.encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
