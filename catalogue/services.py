"""What a clinic does with the library: look through it, add exercises and protocols of its own, hide what it does not offer.

A library is the exercises or the protocols. An entry's public id is its slug if it ships, else its UUID.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Exists, F, JSONField, OuterRef, Value, When
from django.utils.translation import gettext as _

from catalogue import relevance, schema, searching, validation
from catalogue.knowledge import Knowledge, knowledge
from catalogue.models import Exercise, HiddenEntry, Ownable, Protocol
from catalogue.programmes import Index, exercise_problems, harder_round, protocol_problems
from catalogue.searching import Found
from catalogue.shapes import LANGUAGES, Place, Problem
from catalogue.signals import exercise_changed
from clinic.access import Access
from clinic.errors import RuleBroken

Entry = Mapping[str, Any]


class Shipped(RuleBroken):
    """What ships is the same in every clinic and cannot be changed by one."""

    code = "shipped"


class ChangedMeanwhile(RuleBroken):
    """An own entry was changed by somebody else after it was read."""

    code = "stale"


class InvalidEntry(ValidationError):
    """An own entry that may not be kept; `faults` are messages nested as the entry is."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__([str(problem.text) for problem in problems])
        self.faults = nested(problems)


@dataclass(frozen=True)
class Library:
    """The exercises, or the protocols."""

    kind: str  # the name of its shelf and of its relevance
    model: type[Ownable]
    name: str  # of one entry: "exercise"; the column of HiddenEntry is called so too
    found_by: str  # the look-up that searches it for a word
    defaults: Mapping[str, Any]
    problems: Callable[[Entry, Index], list[Problem]]


EXERCISES = Library(
    "exercises", Exercise, "exercise", "search__contains", schema.EXERCISE_DEFAULTS, exercise_problems
)
PROTOCOLS = Library(
    "protocols", Protocol, "protocol", "name__icontains", schema.PROTOCOL_DEFAULTS, protocol_problems
)


OFFERED, HIDDEN, RETIRED = "", "hidden", "retired"


# --- looking through -----------------------------------------------------------------------------------------------------
def offered(
    library: Library, clinic: Any, *, search: str = "", condition: str = "", hidden: bool = False
) -> list[Entry]:
    """Return what the clinic (a Clinic, an Access or an id) offers, shipped first, or what it has `hidden`. One query.

    `search` is words that must all be found; with a `condition` only what concerns it, best match first.
    Raises KeyError for an unknown condition.
    """
    entries = _entries(library, clinic, HIDDEN if hidden else OFFERED, search=search)
    known = knowledge()
    if condition:
        return relevance.best_first(library.kind, entries, relevance.concern(condition, known))
    return entries


def _entries(library: Library, clinic: Any, shelf: str, *, search: str = "") -> list[Entry]:
    """Return all of one shelf, shipped first. One query; of what ships it asks for the slugs alone."""
    known_shelf = getattr(knowledge(), library.kind)
    rows = library.model.objects.visible_to_clinic(clinic)
    if shelf == RETIRED:
        rows = rows.filter(active=False).exclude(clinic=None)
    else:
        hides = HiddenEntry.objects.for_clinic(clinic).filter(**{library.name: OuterRef("pk")})
        rows = rows.current().filter(Exists(hides) if shelf == HIDDEN else ~Exists(hides))
    for word in search.lower().replace("-", " ").split():
        rows = rows.filter(**{library.found_by: word})
    own_data = Case(When(slug="", then=F("data")), default=Value(None, output_field=JSONField()))
    found = rows.order_by(F("clinic").asc(nulls_first=True), "order", "pk").values_list(
        "pk", "slug", own_data
    )
    # the knowledge may for seconds be the one before: what is new in the rows waits for it
    return [
        known_shelf[slug] if slug else {"id": str(pk), **data}
        for pk, slug, data in found
        if not slug or slug in known_shelf
    ]


def explore(
    library: Library,
    clinic: Any,
    chosen: Mapping[str, Collection[str]],
    *,
    search: str = "",
    shelf: str = OFFERED,
) -> Found:
    """Narrow down what the clinic offers, has HIDDEN, or has RETIRED of its own (`shelf`). One query.

    `chosen` are values by filter (searching.facets). With one condition the best match comes first, else what ships.
    """
    known = knowledge()
    found = searching.find(
        _entries(library, clinic, shelf),
        searching.facets(library.kind, known),
        chosen,
        search=search,
        text=searching.searched(library.kind, known),
    )
    match list(chosen.get("condition", ())):
        case [condition]:
            about = relevance.concern(condition, known)
            return replace(found, entries=relevance.best_first(library.kind, found.entries, about))
    return found


def find(library: Library, public_id: str, clinic: Any) -> Ownable | None:
    """Return the row with this public id that the clinic may see, hidden and retired ones too; None when there is none."""
    rows = library.model.objects.visible_to_clinic(clinic)
    if "\0" in public_id:  # in no id
        return None
    if key := _uuid(public_id):
        return rows.filter(slug="", pk=key).first()
    return rows.exclude(slug="").filter(slug=public_id).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def read(library: Library, public_id: str, clinic: Any) -> Entry | None:
    """Return the entry with this public id, hidden and retired ones too; a shipped one costs no query."""
    shelf = getattr(knowledge(), library.kind)
    if public_id in shelf:
        return shelf[public_id]
    row = find(library, public_id, clinic)
    return row.entry if row else None


def by_public_id(library: Library, public_ids: Iterable[str], clinic: Any) -> dict[str, Entry]:
    """Return the entries with these public ids, hidden and retired ones too; unknown ids are left out. At most one query."""
    shelf: Mapping[str, Entry] = getattr(knowledge(), library.kind)
    wanted = set(public_ids)
    own = list(filter(None, map(_uuid, wanted - shelf.keys())))
    rows: Iterable[Any] = (
        library.model.objects.visible_to_clinic(clinic).filter(slug="", pk__in=own) if own else ()
    )
    return {key: shelf[key] for key in wanted & shelf.keys()} | {row.public_id: row.entry for row in rows}


def is_hidden(library: Library, public_id: str, clinic: Any) -> bool:
    """Tell whether the clinic has hidden an entry that is there."""
    column = "slug" if public_id in getattr(knowledge(), library.kind) else "pk"
    hides = HiddenEntry.objects.for_clinic(clinic)
    return hides.filter(**{f"{library.name}__{column}": public_id}).exists()


# --- adding and changing -------------------------------------------------------------------------------------------------
@transaction.atomic
def add(library: Library, fields: Entry, *, by: Access) -> Ownable:
    """Keep a new entry of the clinic's own. Raises InvalidEntry."""
    return _keep(library, library.model(clinic_id=by.clinic_id), fields)


@transaction.atomic
def change(library: Library, pk: UUID, fields: Entry, *, by: Access, seen: str = "") -> Ownable:
    """Change fields of an own entry, each as a whole.

    `seen` is the mark (`mark_of`) of what was read before: with it, somebody else's change meanwhile is not written over.
    Raises Shipped, ChangedMeanwhile, InvalidEntry or the model's DoesNotExist. Of an exercise `exercise_changed` is sent.
    """
    row = _own(library, pk, by)
    if seen and seen != mark_of(row):
        raise ChangedMeanwhile(
            _("Somebody else changed this meanwhile. Look at what they kept before you write over it.")
        )
    counted = {"total_weeks"} if "phases" in fields else set()  # of other phases: counted again
    kept = _keep(library, row, {**{k: v for k, v in row.data.items() if k not in counted}, **fields})
    if isinstance(kept, Exercise):
        exercise_changed.send(Exercise, exercise=kept, by=by)
    return kept


def _own(library: Library, pk: UUID, by: Access) -> Ownable:
    row = library.model.objects.visible_to_clinic(by).select_for_update().get(pk=pk)
    if row.clinic_id is None:
        raise Shipped(_("This ships with Tonus and cannot be changed. Add one of your own instead."))
    return row


def mark_of(row: Ownable) -> str:
    """Return a mark of an entry's content: another one after every change."""
    told = json.dumps(row.data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@transaction.atomic
def retire(library: Library, pk: UUID, *, by: Access) -> Ownable:
    """Offer an own entry no more; plans and protocols that use it keep it. Raises Shipped or DoesNotExist."""
    return _set_active(_own(library, pk, by), active=False)


@transaction.atomic
def bring_back(library: Library, pk: UUID, *, by: Access) -> Ownable:
    """Offer a retired own entry again. Raises Shipped or DoesNotExist."""
    return _set_active(_own(library, pk, by), active=True)


def _set_active(row: Ownable, *, active: bool) -> Ownable:
    row.active = active
    row.save(update_fields=["active"])
    return row


def _keep(library: Library, row: Ownable, fields: Entry) -> Ownable:
    entry = complete(library, fields)
    known = _known_to(row.clinic_id, knowledge(), apart_from=row.pk)
    found = library.problems(entry, known)
    if library is EXERCISES and not found and harder_round(row.public_id, entry, known):
        found = [Problem(Place() / "harder", _("The harder exercises go round."))]
    if found:
        raise InvalidEntry(found)
    row.fill(_with_every_language(entry))
    row.save()
    return row


def complete(library: Library, fields: Entry) -> dict[str, Any]:
    """Return an own entry with what was left out: its defaults, and for a protocol those of its phases and its weeks."""
    entry = {**library.defaults, **fields}
    phases = entry.get("phases")
    if library is EXERCISES or not isinstance(phases, list) or not all(isinstance(p, dict) for p in phases):
        return entry
    entry["phases"] = [
        {"id": f"phase-{number}", **schema.PHASE_DEFAULTS, **phase}
        for number, phase in enumerate(phases, start=1)
    ]
    weeks = [phase.get("weeks") for phase in phases]
    if (
        weeks
        and "total_weeks" not in fields
        and all(isinstance(w, dict) and isinstance(w.get("default"), int) for w in weeks)
    ):
        entry["total_weeks"] = sum(w["default"] for w in weeks)
    return entry


def _with_every_language(entry: Entry) -> dict[str, Any]:
    """Return an exercise whose texts name every language, blank where nobody translated."""
    filled = dict(entry)
    for key in ("name", "steps"):
        if isinstance(value := entry.get(key), dict):
            nothing: Any = [] if isinstance(value["en"], list) else ""
            filled[key] = {language: value.get(language) or nothing for language in LANGUAGES}
    return filled


def _known_to(clinic: Any, known: Knowledge, *, apart_from: UUID) -> Index:
    """Return what an own entry may name: everything shipped and in force, and the clinic's own other exercises."""
    kinds = ("sources", "flags", "modalities", "measures", "education_topics", "exercises")
    index = validation.index(
        {
            **known.vocabulary,
            **{kind: list(getattr(known, kind).current) for kind in kinds},
            "families": [condition for condition in known.conditions.current if condition["family"] is None],
        }
    )
    own = Exercise.objects.visible_to_clinic(clinic).current().exclude(clinic=None).exclude(pk=apart_from)
    index["exercises"].update({row.public_id: row.entry for row in own})
    return index


def nested(problems: list[Problem]) -> dict[str, Any]:
    """Return the messages of problems nested as the entry is: {"dosage": {"sets": {"max": ["…"]}}}."""
    faults: dict[str, Any] = {}
    for problem in problems:
        level, path = faults, problem.place.path or ("detail",)
        for key in path[:-1]:
            below = level.setdefault(key, {})
            if isinstance(below, list):  # something is wrong with the whole as well
                below = level[key] = {"detail": below}
            level = below
        there = level.setdefault(path[-1], [])
        (there if isinstance(there, list) else there.setdefault("detail", [])).append(str(problem.text))
    return faults


# --- hiding --------------------------------------------------------------------------------------------------------------
def hide(row: Ownable, *, by: Access) -> None:
    """Leave the entry out of this clinic's lists; plans that use it keep it. Hiding twice is hiding once."""
    HiddenEntry.objects.get_or_create(clinic_id=by.clinic_id, **_of(row))


def show(row: Ownable, *, by: Access) -> None:
    """Offer a hidden entry again."""
    HiddenEntry.objects.for_clinic(by).filter(**_of(row)).delete()


def _of(row: Ownable) -> dict[str, Any]:
    """Return which column of HiddenEntry names the row, and the row."""
    return {"exercise" if isinstance(row, Exercise) else "protocol": row}
