"""The shipped knowledge, held in memory by each process: what the safety engine and the builder look up without a query.

    k = knowledge()
    k.modalities["tens-conventional"]["parameters"]

Read it, never change it: every request of the process shares it. A clinic's own exercises and protocols are not in here;
they come from the database (services.py).
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.conf import settings

from catalogue.models import (
    CatalogueVersion,
    Condition,
    EducationTopic,
    Exercise,
    Flag,
    Measure,
    Modality,
    Protocol,
    RedFlag,
    SafetyRule,
    Source,
    Vocabulary,
)

Entry = Mapping[str, Any]
RECHECK_SECONDS = 30  # how long a process may go on with the version before; one tiny query then tells


class CatalogueNotLoaded(RuntimeError):
    """There is no knowledge yet: `manage.py load_catalogue` has not been run."""


class Shelf(Mapping[str, Entry]):
    """The entries of one kind by id. Retired ones are found too, since a plan may name them; `current` leaves them out."""

    def __init__(self, rows: list[tuple[str, Entry, bool]]) -> None:
        self._entries = {key: entry for key, entry, _active in rows}
        self.current = tuple(entry for _key, entry, active in rows if active)

    def __getitem__(self, key: str) -> Entry:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Everything shipped, of one version. Entries are as in data/*.yaml (data/README.md), in its order.

    `conditions` are families (`family` None, `subtypes` nested) and subtypes (`family` their family's id). `vocabulary`
    maps the name of each shared list to the list. Compared by identity, so that what is computed from it can be kept by it.
    """

    version: int
    content_sha256: str
    sources: Shelf
    conditions: Shelf
    flags: Shelf
    rules: Shelf
    red_flags: Shelf
    modalities: Shelf
    measures: Shelf
    education_topics: Shelf
    exercises: Shelf
    protocols: Shelf
    vocabulary: Mapping[str, Any]
    exercise_ids: Mapping[str, UUID]  # slug → key of the row
    protocol_ids: Mapping[str, UUID]

    def terms(self, name: str) -> Mapping[str, Entry]:
        """Return a shared list of entries by id: `terms("stop_cues")["sharp-pain"]`."""
        return self._terms[name]

    @cached_property
    def _terms(self) -> Mapping[str, Mapping[str, Entry]]:
        return MappingProxyType(
            {
                name: MappingProxyType(
                    {item["id"]: item for item in items if isinstance(item, dict) and "id" in item}
                )
                for name, items in self.vocabulary.items()
                if isinstance(items, list)
            }
        )

    def family_of(self, condition: str) -> str:
        """Return the family of a subtype, or the family itself. Raises KeyError for an unknown id."""
        return self.conditions[condition]["family"] or condition


_kept: tuple[float, Knowledge] | None = None
_loading = threading.Lock()


def knowledge(*, fresh: bool = False) -> Knowledge:
    """Return the knowledge in force. Costs no query, but one every 30 s, and a dozen after a new version was loaded.

    `fresh` asks the database in any case: where a decision is kept, such as a signature. Raises CatalogueNotLoaded.
    """
    global _kept
    kept = _kept
    if kept and not fresh and (settings.TESTING or monotonic() - kept[0] < RECHECK_SECONDS):
        return kept[1]
    newest = CatalogueVersion.objects.order_by("-pk").first()
    if newest is None:
        raise CatalogueNotLoaded("The clinical knowledge is not loaded: run manage.py load_catalogue.")
    with _loading:
        kept = _kept
        known = kept[1] if kept and kept[1].version == newest.pk else _load(newest)
        _kept = (monotonic(), known)
    return known


def forget() -> None:
    """Let the next call read the database again."""
    global _kept
    _kept = None


def _load(version: CatalogueVersion) -> Knowledge:
    exercises, exercise_ids = _shipped(Exercise)
    protocols, protocol_ids = _shipped(Protocol)
    return Knowledge(
        version=version.pk,
        content_sha256=version.content_sha256,
        sources=_shelf(Source),
        conditions=_shelf(Condition),
        flags=_shelf(Flag),
        rules=_shelf(SafetyRule),
        red_flags=_shelf(RedFlag),
        modalities=_shelf(Modality),
        measures=_shelf(Measure),
        education_topics=_shelf(EducationTopic),
        exercises=exercises,
        protocols=protocols,
        vocabulary=MappingProxyType({row.pk: row.data["items"] for row in Vocabulary.objects.current()}),
        exercise_ids=exercise_ids,
        protocol_ids=protocol_ids,
    )


def _shelf(model: Any) -> Shelf:
    return Shelf([(row.pk, row.data, row.active) for row in model.objects.all()])


def _shipped(model: Any) -> tuple[Shelf, Mapping[str, UUID]]:
    rows = list(model.objects.shipped())
    shelf = Shelf([(row.slug, row.entry, row.active) for row in rows])
    return shelf, MappingProxyType({row.slug: row.pk for row in rows})
