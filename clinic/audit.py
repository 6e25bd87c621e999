"""Who did what, when and in which request: the history tables of all apps and the read log, newest first.

Each tracked table has its own history behind its own wall (`track`). One question goes to all of them: every arm of the union
gives its newest rows by an index on (clinic, time), and the newest of those are the page. Nothing is kept twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import pghistory.models
from django.apps import apps
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.access import Access
from clinic.doors import rows
from clinic.models import User

SUBJECT = "patients.Patient"  # whose record a row is about; named, not imported: the floor knows no patients
READS = "patients.ChartRead"
SILENT = {
    "id",
    "clinic_id",
    "created_at",
    "updated_at",
    "name_key",
    "name_sound",
}  # say nothing when they change

THINGS = {
    "careplans.Addendum": gettext_lazy("an addendum"),
    "careplans.Assessment": gettext_lazy("an assessment"),
    "careplans.CarePlan": gettext_lazy("a care plan"),
    "careplans.ClinicPrescription": gettext_lazy("a treatment of a plan"),
    "careplans.DiaryEntry": gettext_lazy("a day of the diary"),
    "careplans.ExerciseLog": gettext_lazy("a home exercise"),
    "careplans.Goal": gettext_lazy("a goal of a plan"),
    "careplans.HomePrescription": gettext_lazy("a home exercise of a plan"),
    "careplans.Measurement": gettext_lazy("a measured value"),
    "careplans.Phase": gettext_lazy("a phase of a plan"),
    "careplans.PlanAlert": gettext_lazy("what a new safety check found against a plan"),
    "careplans.PlanDiagnosis": gettext_lazy("a diagnosis of a plan"),
    "careplans.StopReport": gettext_lazy("a report that something felt wrong"),
    "catalogue.Exercise": gettext_lazy("an exercise of the library"),
    "catalogue.Protocol": gettext_lazy("a protocol of the library"),
    "clinic.Clinic": gettext_lazy("the clinic’s settings"),
    "clinic.Membership": gettext_lazy("a member of the staff"),
    "patients.CareTeam": gettext_lazy("who treats a patient"),
    "patients.Consent": gettext_lazy("a consent"),
    "patients.Diagnosis": gettext_lazy("a diagnosis"),
    "patients.KnownApart": gettext_lazy("that two patients are not one person"),
    "patients.Medication": gettext_lazy("a medicine"),
    "patients.OutsideTreatment": gettext_lazy("a treatment elsewhere"),
    "patients.Patient": gettext_lazy("a patient’s details"),
    "patients.RecordMerge": gettext_lazy("a merge of two records"),
    "patients.SafetyAnswer": gettext_lazy("an answer of the safety screen"),
    "patients.SafetyFlag": gettext_lazy("a safety flag"),
    "reminders.Preference": gettext_lazy("a patient’s wishes for messages"),
    "scheduling.Appointment": gettext_lazy("a visit"),
    "scheduling.AppointmentType": gettext_lazy("a kind of visit"),
    "scheduling.Booking": gettext_lazy("the room, device or therapist of a visit"),
    "scheduling.Closure": gettext_lazy("a closed day or an absence"),
    "scheduling.Resource": gettext_lazy("a room, device or therapist"),
    "scheduling.Series": gettext_lazy("a series of visits"),
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: rows that come after it are older, or of the same time and later in order."""

    at: datetime
    source: str
    key: str

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.key}"

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Read what `str` wrote. Raises ValueError."""
        at, source, key = text.split("~")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or source not in sources():
            raise ValueError(text)
        return cls(moment, source, str(UUID(key)) if source == READS else str(min(int(key), 2**62)))


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done: `action` is insert, update, delete or read; `what` a model's label, `changed` columns of it."""

    at: datetime
    action: str
    what: str
    object_id: str
    patient_id: UUID | None
    patient: str  # the number people say
    user_id: UUID | None
    who: str
    request_id: str
    changed: tuple[str, ...]

    @property
    def thing(self) -> str:
        return str(THINGS.get(self.what) or apps.get_model(self.what)._meta.verbose_name)

    @property
    def fields(self) -> str:
        """The names of what changed, as people read them."""
        columns = {field.column: field for field in apps.get_model(self.what)._meta.fields}
        return ", ".join(str(columns[name].verbose_name) for name in self.changed if name in columns)

    @property
    def sentence(self) -> str:
        """Say it in one plain sentence."""
        told = {"who": self.who or _("Tonus"), "thing": self.thing, "fields": self.fields}
        if self.action == "read":
            return _("%(who)s opened a record.") % told
        if self.action == "insert":
            return _("%(who)s added %(thing)s.") % told
        if self.action == "delete":
            return _("%(who)s took away %(thing)s.") % told
        if self.fields:
            return _("%(who)s changed %(thing)s: %(fields)s.") % told
        return _("%(who)s changed %(thing)s.") % told


@lru_cache
def sources() -> Mapping[str, type[models.Model]]:
    """Return the history tables and the read log, by the label of what they tell of."""
    history = {
        model.pgh_tracked_model._meta.label: model
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event)
    }
    return {**history, READS: apps.get_model(READS)}


def recent(
    who: Access,
    *,
    patient: UUID | None = None,
    user: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: Cursor | None = None,
    most: int = 50,
) -> tuple[list[Entry], Cursor | None]:
    """Return what was done in the clinic of `who`, newest first, and where the next page begins. Four queries."""
    arms, params = [], []
    for label, model in sources().items():
        arm = _arm(label, model, patient, user, since, until, before)
        if arm:
            arms.append(f"({arm[0]} LIMIT %s)")
            params += [*arm[1](who), most + 1]
    found = rows(
        f"SELECT * FROM ({' UNION ALL '.join(arms)}) done"  # noqa: S608
        ' ORDER BY at DESC, source COLLATE "C" DESC, key COLLATE "C" DESC LIMIT %s',
        [*params, most + 1],
    )
    page = found[:most]
    last = page[-1] if len(found) > most else None
    return _told(page, who), last and Cursor(last["at"], last["source"], last["key"])


def _arm(
    label: str, model: type[models.Model], patient: Any, user: Any, since: Any, until: Any, before: Any
) -> Any:
    """Return one table's part of the union, and a function that gives its parameters; None where it has no such rows."""
    is_read = label == READS
    at, key = ("e.at", "e.id") if is_read else ("e.pgh_created_at", "e.pgh_id")
    subject = _subject(label)
    clinic = "e.clinic_id" if hasattr(model, "clinic") else "e.id"  # a clinic's own history
    where, values = [f"{clinic} = %s"], []
    if patient:
        if not subject:
            return None
        where.append(_is_about(label))
        values.append(patient)
    if user:
        where.append("e.user_id = %s" if is_read else "e.pgh_context->>'user' = %s")
        values.append(user if is_read else str(user))
    for moment, sign in ((since, ">="), (until, "<")):
        if moment:
            where.append(f"{at} {sign} %s")
            values.append(moment)
    if before and label == before.source:
        where.append(f"({at}, {key}) < (%s, %s)")
        values += [before.at, before.key]
    elif before:
        where.append(f"{at} {'<=' if label < before.source else '<'} %s")
        values.append(before.at)
    told = (
        f"SELECT {at} AS at, %s AS source, e.id::text AS key, 'read' AS action, e.patient_id::text AS object_id,"
        " e.patient_id AS patient_id, e.user_id::text AS user_id, e.request_id AS request_id"
        if is_read
        else f"SELECT {at} AS at, %s AS source, lpad(e.pgh_id::text, 20, '0') AS key, e.pgh_label AS action,"
        f" e.pgh_obj_id::text AS object_id, {subject or 'NULL::uuid'} AS patient_id, e.pgh_context->>'user' AS user_id,"
        " e.pgh_context->>'request' AS request_id"
    )
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"{told} FROM {table} e WHERE {' AND '.join(where)} ORDER BY {at} DESC, {key} DESC"
    return sql, lambda who: [label, who.clinic_id, *values]


@lru_cache
def _way(label: str) -> tuple[models.Field, ...] | None:
    """Return the references that lead from a table to the patient, the shortest way; () for the patient's own."""
    ways: list[tuple[models.Field, ...]] = [()]
    start = apps.get_model(label)
    seen = {start}
    while ways:
        way = ways.pop(0)
        model = way[-1].related_model if way else start
        if model._meta.label == SUBJECT:
            return way
        for field in model._meta.fields:
            if (
                field.many_to_one
                and field.related_model not in seen
                and hasattr(field.related_model, "clinic")
            ):
                seen.add(field.related_model)
                ways.append((*way, field))
    return None


def _subject(label: str) -> str:
    """Return SQL for the id of the patient a history row `e` is about; "" where there is none."""
    way = _way(label)
    if way is None:
        return ""
    if not way:
        return "e.pgh_obj_id"
    sql = f"e.{way[0].column}"
    for field in way[1:]:
        table = field.model._meta.db_table
        sql = f"(SELECT t.{field.column} FROM {table} t WHERE t.id = {sql})"  # noqa: S608  (our own tables)
    return sql


def _is_about(label: str) -> str:
    """Return SQL that picks the history rows about one patient by an index: from the patient down."""
    way = _way(label) or ()
    if not way:
        return "e.pgh_obj_id = %s"
    sql = "%s"
    for field in reversed(way[1:]):
        sql = f"ANY(ARRAY(SELECT t.id FROM {field.model._meta.db_table} t WHERE t.{field.column} = {sql}))"  # noqa: S608
    return f"e.{way[0].column} = {sql}"


def _told(page: Sequence[dict[str, Any]], who: Access) -> list[Entry]:
    users = dict(
        User.objects.filter(pk__in={row["user_id"] for row in page if row["user_id"]}).values_list(
            "pk", "name"
        )
    )
    people = (
        apps.get_model(SUBJECT)
        .objects.for_clinic(who)
        .filter(pk__in={r["patient_id"] for r in page if r["patient_id"]})
    )
    numbers = {patient.pk: patient.reference for patient in people.only("number")}
    changes = _changes([row for row in page if row["action"] == "update"])
    return [
        Entry(
            at=timezone.localtime(row["at"]),
            action=row["action"],
            what=row["source"],
            object_id=row["object_id"],
            patient_id=row["patient_id"] if row["patient_id"] in numbers else None,
            patient=numbers.get(row["patient_id"], ""),
            user_id=(user := row["user_id"] and UUID(row["user_id"])),
            who=users.get(user, ""),
            request_id=row["request_id"] or "",
            changed=changes.get((row["source"], row["key"]), ()),
        )
        for row in page
    ]


def _changes(updates: Iterable[dict[str, Any]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return which columns each update changed, each row beside the one before it. One query."""
    ids: dict[str, list[int]] = {}
    for row in updates:
        ids.setdefault(row["source"], []).append(int(row["key"]))
    if not ids:
        return {}
    arms = [
        "SELECT %s AS source, lpad(e.pgh_id::text, 20, '0') AS key,"  # noqa: S608
        " ARRAY(SELECT n.key FROM jsonb_each(to_jsonb(e)) n"
        " WHERE n.value IS DISTINCT FROM to_jsonb(p) -> n.key ORDER BY n.key) AS changed"
        f" FROM {table} e, LATERAL (SELECT * FROM {table} o WHERE o.pgh_obj_id = e.pgh_obj_id AND o.pgh_id < e.pgh_id"
        " ORDER BY o.pgh_id DESC LIMIT 1) p WHERE e.pgh_id = ANY(%s)"
        for table in (connection.ops.quote_name(sources()[label]._meta.db_table) for label in ids)
    ]
    found = rows(" UNION ALL ".join(arms), [value for label, keys in ids.items() for value in (label, keys)])
    return {
        (row["source"], row["key"]): tuple(
            name for name in row["changed"] if not name.startswith("pgh_") and name not in SILENT
        )
        for row in found
    }
