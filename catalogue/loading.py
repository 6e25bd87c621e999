"""Bring the shipped knowledge into the database: once or a hundred times, the result is the same.

Signed plans keep ids, so nothing is deleted: what has left the files is retired (`active` false) and can come back.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection, models, transaction

from catalogue import knowledge, pictures, schema
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
from catalogue.reading import Content, content_hash
from catalogue.shapes import Problem
from catalogue.validation import problems

LOCK = 0x746F6E7573  # "tonus": one loader at a time


class Invalid(Exception):
    """The content may not be loaded; `problems` says why, each with its place."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__("\n".join(map(str, found)))
        self.problems = found


@dataclass
class Count:
    """What a load did to one table, in rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0

    def __str__(self) -> str:
        parts = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return ", ".join(f"{number} {name}" for name, number in parts if number) or "none"


@dataclass(frozen=True)
class Report:
    """What a load did: rows by table, and the version now in force (new when the content differs from before)."""

    counts: dict[str, Count]
    version: CatalogueVersion
    is_new: bool


def load(content: Content) -> Report:
    """Check the content and make the tables say the same, in one transaction. Raises Invalid; needs the tables' owner."""
    if found := problems(content):
        raise Invalid(found)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        counts = {name: _sync(model, entries) for name, model, entries in _tables(content)}
        pictures.keep()
        version, is_new = _version(content_hash(content))
    knowledge.forget()
    return Report(counts, version, is_new)


def _tables(content: Content) -> Iterator[tuple[str, type[models.Model], list[Mapping[str, Any]]]]:
    """Yield each table with its entries; what is referred to comes first."""
    yield "sources", Source, content["sources"]
    yield "shared lists", Vocabulary, [{"id": name, "items": content[name]} for name in schema.VOCABULARY]
    yield "conditions", Condition, list(_conditions(content["families"]))
    yield "flags", Flag, content["flags"]
    yield "safety rules", SafetyRule, content["rules"]
    yield "red flags", RedFlag, content["red_flags"]
    yield "modalities", Modality, content["modalities"]
    yield "measures", Measure, content["measures"]
    yield "education topics", EducationTopic, content["education_topics"]
    yield "exercises", Exercise, content["exercises"]
    yield "protocols", Protocol, content["protocols"]


def _conditions(families: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield each family, then its subtypes, which name it."""
    for family in families:
        yield {**family, "family": None}
        for subtype in family["subtypes"]:
            yield {**subtype, "family": family["id"]}


def _sync(model: Any, entries: list[Mapping[str, Any]]) -> Count:
    """Make the shipped rows of a table say what the entries say, in their order, writing only what differs."""
    ownable = hasattr(model, "slug")
    key = "slug" if ownable else "id"
    shipped = model.objects.shipped() if ownable else model.objects.all()
    there = {getattr(row, key): row for row in shipped}
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    count, new, changed = Count(), [], []
    for order, entry in enumerate(entries, start=1):
        row = there.pop(entry["id"], None)
        before = row and [getattr(row, column) for column in columns]
        row = row or model(**{key: entry["id"]})
        row.order, row.active = order, True
        row.fill(entry)
        if before is None:
            new.append(row)
        elif before != [getattr(row, column) for column in columns]:
            changed.append(row)
        else:
            count.unchanged += 1
    gone = [row.pk for row in there.values() if row.active]
    model.objects.bulk_create(new)
    model.objects.bulk_update(
        changed, [column for column in columns if column != "clinic_id"], batch_size=200
    )
    model.objects.filter(pk__in=gone).update(active=False)
    count.new, count.changed, count.retired = len(new), len(changed), len(gone)
    return count


def _version(digest: str) -> tuple[CatalogueVersion, bool]:
    newest = CatalogueVersion.objects.order_by("-pk").first()
    if newest and newest.content_sha256 == digest:
        return newest, False
    return CatalogueVersion.objects.create(content_sha256=digest), True
