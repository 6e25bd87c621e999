"""The catalogue as plans take from it: the shipped knowledge from memory, and a clinic's own exercises by one query."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from careplans.body import Body
from careplans.safety import Rulebook
from catalogue.knowledge import Knowledge, knowledge
from catalogue.models import Exercise, Protocol
from catalogue.services import PROTOCOLS, find
from catalogue.wording import is_translated, said
from clinic.access import Access

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Reference:
    """Every entry that a plan may name, by public id; of a clinic's own exercises those that were asked for."""

    known: Knowledge
    own: Mapping[str, Exercise]

    @property
    def modalities(self) -> Mapping[str, Entry]:
        return self.known.modalities

    @property
    def measures(self) -> Mapping[str, Entry]:
        return self.known.measures

    @property
    def education(self) -> Mapping[str, Entry]:
        return self.known.education_topics

    @property
    def benefits(self) -> Mapping[str, Entry]:
        return self.known.terms("benefits")

    @property
    def rulebook(self) -> Rulebook:
        return rulebook(self.known)

    @property
    def body(self) -> Body:
        return self.rulebook.body

    @cached_property
    def exercises(self) -> Mapping[str, Entry]:
        return ChainMap({key: row.entry for key, row in self.own.items()}, self.known.exercises)  # type: ignore[arg-type]

    @cached_property
    def exercise_keys(self) -> Mapping[str, UUID]:
        """The keys of the rows by public id."""
        return ChainMap({key: row.pk for key, row in self.own.items()}, self.known.exercise_ids)  # type: ignore[arg-type]

    def text_used(self, content: Mapping[str, Any], protocol: Protocol | None) -> dict[str, Any]:
        """Return what a signed plan keeps of the catalogue, so that later editions change no history."""
        clinic = dict.fromkeys(item["modality"] for phase in content["phases"] for item in phase["clinic"])
        home = dict.fromkeys(item["exercise"] for phase in content["phases"] for item in phase["home"])
        topics = dict.fromkeys(topic for phase in content["phases"] for topic in phase["education"])
        return {
            "catalogue_sha256": self.known.content_sha256,
            "schema_version": self.known.vocabulary["schema_version"],
            "protocol": protocol.entry if protocol else None,
            "modalities": {key: self.modalities[key] for key in clinic},
            "exercises": {key: self.exercises[key] for key in home},
            "education": {key: self.education[key] for key in topics},
            **self.words_used(content),
        }

    def words_used(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return what else of the catalogue a print of the plan says: stop cues, names of regions, measures, danger signs."""
        home = {item["exercise"] for phase in content["phases"] for item in phase["home"]}
        sites = {site for phase in content["phases"] for item in phase["clinic"] for site in item["sites"]}
        cues, texts = (
            {cue for key in home for cue in self.exercises[key]["stop_if"]},
            self.known.terms("stop_cues"),
        )
        measures = {goal["measure"] for goal in content["goals"] if goal["measure"]}
        return {
            "stop_cues": {cue: texts[cue] for cue in sorted(cues) if cue in texts},
            "regions": {site: self.body.name(site) for site in sorted(sites)},
            "measures": {key: self.measures[key] for key in sorted(measures)},
            "danger_signs": self.education["danger-signs"]["text"],
        }


def reference_for(clinic_id: UUID | None, content: Any = None) -> Reference:
    """Return the reference for a tree: no query, or one when the tree names exercises of the clinic itself.

    `content` is a tree, or a body that came in and may be anything.
    """
    named = set(_own_ids(content))
    own = Exercise.objects.visible_to_clinic(clinic_id).filter(pk__in=named) if named else ()
    return Reference(knowledge(), {row.public_id: row for row in own})


def all_for(clinic_id: UUID) -> Reference:
    """Return the reference with every exercise of the clinic itself: for a protocol, and for choosing."""
    own = Exercise.objects.filter(clinic_id=clinic_id)
    return Reference(knowledge(), {row.public_id: row for row in own})


def find_protocol(public_id: str, by: Access) -> Protocol | None:
    """Return a current protocol, shipped or of the clinic, by its public id."""
    found = find(PROTOCOLS, public_id, by)
    return found if isinstance(found, Protocol) and found.active else None


@lru_cache(maxsize=2)  # the edition in force, and the one before while requests still hold it
def rulebook(known: Knowledge) -> Rulebook:
    """Return the rules of an edition, read once."""
    return Rulebook(
        rules=known.rules.current,
        flags=known.flags.current,
        modalities=list(known.modalities.values()),
        body=Body(known.vocabulary, known.vocabulary["chart_regions"]),
    )


def local(text: Any) -> Any:
    """Return a text of the catalogue in the active language; what is not translated is in English."""
    return said(text, (get_language() or "en")[:2]) if is_translated(text) else text


def _own_ids(content: Any) -> Iterator[UUID]:
    for phase in _rows(content, "phases"):
        for item in _rows(phase, "home"):
            if (key := _uuid(item.get("exercise"))) is not None:
                yield key


def _rows(body: Any, name: str) -> Iterable[Mapping[str, Any]]:
    rows = body.get(name) if isinstance(body, Mapping) else None
    return (row for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else ()


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
