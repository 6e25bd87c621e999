"""The safety panel: what speaks against a plan, one line a rule, and what still stands between it and a signature."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans import safety
from careplans.goals import is_unfinished
from careplans.pages.common import Errors, Shown, flat
from careplans.services import wording
from careplans.services.checking import Check, items_of
from careplans.services.reference import Reference, local
from careplans.services.trees import Tree, items
from patients.wording import flag_category


def panel(
    content: Tree,
    check: Check,
    reference: Reference,
    overrides: Mapping[str, Any],
    typed: Any,
    today: date,
) -> Shown:
    """Return what the safety panel shows: one line a rule with the items it touches, questions, what is in the way.

    `typed` has what came back refused: `override_errors` by rule, `answers` and `answer_errors` by flag.
    """
    names = item_names(content, reference)
    rules: dict[str, Shown] = {}
    for finding in check.findings:
        answer = overrides.get(finding.rule)
        line = rules.setdefault(finding.rule, _line(finding, answer, reference, typed.override_errors))
        line["items"].append(names.get(finding.prescription, {"name": finding.modality, "prefix": ""}))
    lines = list(rules.values())
    blocks = [line for line in lines if line["blocks"]]
    warnings = [line for line in lines if not line["blocks"]]
    questions = [
        _question(flag, reference)
        | typed.answers.get(flag, {})
        | {"error": typed.answer_errors.get(flag, "")}
        for flag in check.unknown
    ]
    return {
        "blocks": blocks,
        "warnings": warnings,
        "questions": questions,
        "groups": _grouped(questions),
        "passed": _rules_asked(content, reference) - len(lines),
        "to_do": [*_to_do(content, questions, blocks, warnings), *_unfinished(content, today)],
    }


def _line(finding: safety.Finding, answer: Any, reference: Reference, errors: Errors) -> Shown:
    source = reference.known.sources.get(finding.source, {})
    clearance = answer if isinstance(answer, Mapping) else {}
    return {
        "rule": finding.rule,
        "blocks": finding.blocks,
        "policy": finding.override,
        "message": finding.message,
        "source": source.get("citation", finding.source),
        "items": [],
        "answered": safety.accepts(finding.override, answer),
        "why": answer if isinstance(answer, str) else "",
        "clearance": {part: clearance.get(part, "") for part in safety.CLEARANCE_FIELDS},
        "errors": flat(errors.get(finding.rule)),
        "missing": safety.REASON_LENGTH - len(answer.strip())
        if isinstance(answer, str)
        else safety.REASON_LENGTH,
    }


def _grouped(questions: list[Shown]) -> list[Shown]:
    """Return the questions by what they are about, in the order of the catalogue, as the safety page has them."""
    groups: dict[str, Shown] = {}
    for question in questions:
        category = question["category"]
        group = groups.setdefault(
            category, {"id": category, "label": flag_category(category), "questions": []}
        )
        group["questions"].append(question)
    return list(groups.values())


def _unfinished(content: Tree, today: date) -> list[str]:
    """Return what a plan still lacks before a patient may read it, in sentences."""
    said = []
    if open_goals := sum(is_unfinished(goal["text"]) for goal in content["goals"]):
        said.append(
            ngettext(
                "%d goal to finish: fill in what stands in brackets, or remove it.",
                "%d goals to finish: fill in what stands in brackets, or remove them.",
                open_goals,
            )
            % open_goals
        )
    if content["start_date"] and date.fromisoformat(content["start_date"]) < today:
        said.append(_("The day it starts on has gone by."))
    return said


def _question(flag: str, reference: Reference) -> Shown:
    entry = reference.known.flags[flag]
    return {
        "flag": flag,
        "label": entry["label"],
        "ask": local(entry["ask_clinician"]),
        "needs_region": entry["needs_region"],
        "category": entry["category"],
    }


def item_names(content: Tree, reference: Reference) -> dict[str, Shown]:
    """Return the name of every item and the field that it begins with, by its id."""
    return {
        item["id"]: {
            "name": wording.item_name(item, reference),
            "prefix": f"phases-{place}-{kind}-{row}",
            "phase": place,
        }
        for place, phase in enumerate(content["phases"])
        for kind in ("clinic", "home")
        for row, item in enumerate(phase[kind])
    }


def _rules_asked(content: Tree, reference: Reference) -> int:
    asked = {rule.id for item in items_of(content, reference) for rule in reference.rulebook.about(item)}
    return len(asked)


def _to_do(content: Tree, questions: list[Shown], blocks: list[Shown], warnings: list[Shown]) -> list[str]:
    """Return what still stands between this plan and a signature, in sentences; empty: nothing."""
    to_do = []
    if not items(content, "clinic") and not items(content, "home"):
        to_do.append(_("Add a treatment or an exercise first."))
    if questions:
        number = len(questions)
        to_do.append(
            ngettext("%d question to answer first.", "%d questions to answer first.", number) % number
        )
    standing = [line for line in blocks if not line["answered"]]
    if standing:
        said = ngettext(
            "%(number)d block to clear first: %(items)s.",
            "%(number)d blocks to clear first: %(items)s.",
            len(standing),
        )
        to_do.append(said % {"number": len(standing), "items": _named(standing)})
    standing = [line for line in warnings if not line["answered"]]
    if standing:
        said = ngettext(
            "%(number)d reason to give first: %(items)s.",
            "%(number)d reasons to give first: %(items)s.",
            len(standing),
        )
        to_do.append(said % {"number": len(standing), "items": _named(standing)})
    return to_do


def _named(lines: list[Shown]) -> str:
    return ", ".join(dict.fromkeys(line["items"][0]["name"] for line in lines))
