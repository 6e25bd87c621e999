"""Fill the database with made-up clinics for measurements, by COPY: a million patients in minutes.

Not for a database that holds real people: foreign keys, exclusion constraints and secondary indexes are taken down while it
writes and put back, validated, at the end; all in one transaction, so that a failure leaves nothing behind.
"""

import random
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import TextIOBase
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

GIVEN = tuple("Ananya Ruma Imran Debasish Lakshmi Abdul Sunita Farida Arun Rekha রুমা অনন্যা सुनीता राजेश".split())  # noqa: SIM905
FAMILY = tuple("Sen Ghosh Khan Mondal Iyer Rahim Devi Begum Pillai Sharma Das Dey ঘোষ সেন देवी शर्मा".split())  # noqa: SIM905
THERAPISTS = 8  # a clinic; a therapist sees 12 people a day, 45 minutes each
TABLES = [
    "patients_patient",
    "patients_consent",
    "patients_diagnosis",
    "careplans_careplan",
    "careplans_plandiagnosis",
    "careplans_phase",
    "careplans_clinicprescription",
    "careplans_homeprescription",
    "scheduling_appointment",
    "scheduling_booking",
    "reminders_reminder",
]
NOW = datetime.now(UTC).replace(microsecond=0)


class Command(BaseCommand):
    help = "Fill the database with made-up clinics for measurements (never one that holds real people)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinics", type=int, default=20)
        parser.add_argument(
            "--patients", type=int, default=10_000, help="in all, spread evenly over the clinics"
        )
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, clinics: int, patients: int, seed: int, **_options: Any) -> None:
        if clinics < 1 or patients < clinics:
            raise CommandError("Ask for at least one clinic, and at least one patient for each.")
        began = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            maker = Maker(cursor, random.Random(seed))  # noqa: S311  (made-up people, not secrets)
            with bare(cursor, TABLES):
                for number in range(clinics):
                    share = patients // clinics + (number < patients % clinics)
                    maker.clinic(number, share)
                    self.progress(number + 1, clinics, began)
            self.stdout.write("\nConstraints and indexes are back. Analysing.")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.stdout.write(f"{patients} patients in {clinics} clinics, {time.monotonic() - began:.0f} s.")

    def progress(self, done: int, total: int, began: float) -> None:
        width = 40 * done // total
        left = (time.monotonic() - began) / done * (total - done)
        self.stdout.write(
            f"\r[{'#' * width}{'.' * (40 - width)}] {done}/{total} clinics, {left:4.0f} s left", ending=""
        )
        self.stdout.flush()


class bare:  # noqa: N801  (used as a block)
    """Take constraints, secondary indexes and triggers of tables down for the length of a block."""

    def __init__(self, cursor: Any, tables: list[str]) -> None:
        self.cursor, self.tables, self.rebuild = cursor, tables, []

    def __enter__(self) -> None:
        self.cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'x')",
            [self.tables],
        )
        for table, name, definition in self.cursor.fetchall():
            self.cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            self.rebuild.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        self.cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique"
            " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [self.tables],
        )
        for index, definition in self.cursor.fetchall():
            self.cursor.execute(f"DROP INDEX {index}")
            self.rebuild.insert(0, definition)
        for table in self.tables:
            self.cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def __exit__(self, failed: Any, *_exc: Any) -> None:
        if failed:
            return
        for table in self.tables:
            self.cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for statement in self.rebuild:
            self.cursor.execute(statement)


class Rows(TextIOBase):
    """Lines for COPY, made while PostgreSQL reads them."""

    def __init__(self, rows: Iterable[tuple]) -> None:
        self.lines = ("\t".join(map(text, row)) + "\n" for row in rows)
        self.rest = ""

    def read(self, size: int = -1) -> str:
        parts, length = [self.rest], len(self.rest)
        for line in self.lines:
            parts.append(line)
            length += len(line)
            if 0 <= size <= length:
                break
        whole = "".join(parts)
        self.rest = whole[size:] if size >= 0 else ""
        return whole[:size] if size >= 0 else whole


def text(value: Any) -> str:
    """Return a value as COPY's text format writes it."""
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    return str(value)


def ids(rng: random.Random) -> Iterator[str]:
    """Yield ever new UUIDv7s: the clock once, then a counter in the random bits."""
    start = int(time.time() * 1000) << 80 | 0x7 << 76 | 0b10 << 62 | rng.getrandbits(20) << 40
    for count in range(sys.maxsize):
        yield str(UUID(int=start + count))


class Maker:
    """Makes one clinic after the other, and writes it."""

    def __init__(self, cursor: Any, rng: random.Random) -> None:
        self.cursor, self.rng, self.ids = cursor, rng, ids(rng)
        self.conditions = self._subtypes()
        self.exercises = self._keys(
            "SELECT id FROM catalogue_exercise WHERE clinic_id IS NULL ORDER BY id LIMIT 40"
        )
        self.modalities = self._keys("SELECT id FROM catalogue_modality ORDER BY id LIMIT 20")

    def _keys(self, sql: str) -> list[str]:
        self.cursor.execute(sql)
        keys = [str(key) for (key,) in self.cursor.fetchall()]
        if not keys:
            raise CommandError("Load the catalogue first: manage.py load_catalogue")
        return keys

    def _subtypes(self) -> list[str]:
        return self._keys("SELECT id FROM catalogue_condition WHERE family_id IS NOT NULL ORDER BY id")

    def copy(self, table: str, columns: str, rows: Iterable[tuple]) -> None:
        self.cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", Rows(rows), size=1 << 16)

    def clinic(self, number: int, patients: int) -> None:
        new = self.ids
        clinic = next(new)
        stamp = NOW.isoformat()
        self.cursor.execute(
            "INSERT INTO clinic_clinic (id, slug, name, city, address, phone, email, timezone, country, language, languages,"
            " emergency_number, crisis_line, hours, quiet_from, quiet_until, cancel_notice_hours, last_patient_number,"
            " created_at) VALUES (%s, %s, %s, 'Kolkata', '', '', '', 'Asia/Kolkata', 'IN', 'en', '{en,bn,hi}', '112',"
            " '14416', '[]', '21:00', '07:00', 24, %s, %s)",
            [clinic, f"generated-{clinic[-12:]}", f"Generated clinic {number + 1}", patients, stamp],
        )
        member, therapists, kind = self._staff(clinic, stamp)
        who = [next(new) for _ in range(patients)]
        rng = self.rng
        self.copy(
            "patients_patient",
            "id, clinic_id, number, given_name, family_name, date_of_birth, sex, phone, phone_owner, email, language,"
            " timezone, address, emergency_contact, reason, referred_by, pin, created_at, updated_at",
            (
                (
                    pk, clinic, n, rng.choice(GIVEN), rng.choice(FAMILY), date(1940 + n % 65, 1 + n % 12, 1 + n % 28),
                    "female" if n % 2 else "male", f"+9198{rng.randrange(10**8):08d}", "own", "", "en", "", "{}", "{}", "",
                    "", "", stamp, stamp,
                )
                for n, pk in enumerate(who, 1)
            ),
        )  # fmt: skip
        self.copy(
            "patients_consent",
            "id, clinic_id, patient_id, kind, text_version, given_at",
            ((next(new), clinic, pk, kind_, "1", stamp) for pk in who for kind_ in ("care", "reminders")),
        )
        diagnoses = [next(new) for _ in who]
        self.copy(
            "patients_diagnosis",
            "id, clinic_id, patient_id, condition_id, icd10, side, qualifiers, status, entered_by_id, entered_at, void_reason",
            (
                (dx, clinic, pk, rng.choice(self.conditions), "", "left", "{}", "active", member, stamp, "")
                for dx, pk in zip(diagnoses, who, strict=True)
            ),
        )
        self._plans(clinic, member, who, diagnoses, stamp)
        self._visits(clinic, member, therapists, kind, who, stamp)

    def _staff(self, clinic: str, stamp: str) -> tuple[str, list[str], str]:
        user, member, kind = next(self.ids), next(self.ids), next(self.ids)
        self.cursor.execute(
            "INSERT INTO clinic_user (id, password, email, name, language, theme, is_staff, is_active, is_superuser, created_at)"
            " VALUES (%s, '!', %s, 'Generated person', 'en', '', false, true, false, %s)",
            [user, f"{user}@generated.example", stamp],
        )
        self.cursor.execute(
            "INSERT INTO clinic_membership (id, clinic_id, user_id, roles, title, is_active, created_at)"
            " VALUES (%s, %s, %s, '{physiotherapist,admin}', '', true, %s)",
            [member, clinic, user, stamp],
        )
        self.cursor.execute(
            "INSERT INTO scheduling_appointmenttype (id, clinic_id, code, name, minutes, active)"
            " VALUES (%s, %s, 'treatment', 'Treatment', 45, true)",
            [kind, clinic],
        )
        therapists = [next(self.ids) for _ in range(THERAPISTS)]
        for n, pk in enumerate(therapists, 1):
            self.cursor.execute(
                "INSERT INTO scheduling_resource (id, clinic_id, kind, name, short_name, capacity, equipment, active)"
                " VALUES (%s, %s, 'therapist', %s, '', 1, '', true)",
                [pk, clinic, f"Therapist {n}"],
            )
        return member, therapists, kind

    def _plans(self, clinic: str, member: str, who: list[str], diagnoses: list[str], stamp: str) -> None:
        new, rng = self.ids, self.rng
        plans, phases = [next(new) for _ in who], [next(new) for _ in who]
        self.copy(
            "careplans_careplan",
            "id, clinic_id, patient_id, lineage_id, version, status, protocol_text, start_date, current_phase_id,"
            " amend_reason, status_reason, revision, created_by_id, created_at, updated_at, signed_by_id, signed_at,"
            " overrides, findings, content_sha256",
            (
                (
                    plan, clinic, pk, plan, 1, "active", "{}", NOW.date(), phase, "", "", 1, member, stamp, stamp, member,
                    stamp, "{}", "[]", "0" * 64,
                )
                for plan, phase, pk in zip(plans, phases, who, strict=True)
            ),
        )  # fmt: skip
        self.copy(
            "careplans_plandiagnosis",
            "id, clinic_id, plan_id, diagnosis_id",
            ((next(new), clinic, plan, dx) for plan, dx in zip(plans, diagnoses, strict=True)),
        )
        self.copy(
            "careplans_phase",
            'id, clinic_id, plan_id, "order", name, weeks, entry, progress_when, education',
            (
                (phase, clinic, plan, 1, "Start", 6, "", "", "{}")
                for phase, plan in zip(phases, plans, strict=True)
            ),
        )
        self.copy(
            "careplans_clinicprescription",
            'id, clinic_id, plan_id, phase_id, "order", lineage_id, modality_id, sites, dosage, minutes, visits_per_week,'
            " note, status, status_reason",
            (
                (
                    next(new), clinic, plan, phase, 1, next(new), rng.choice(self.modalities), "{left-calf}", "{}", 20, 2,
                    "", "active", "",
                )
                for phase, plan in zip(phases, plans, strict=True)
            ),
        )  # fmt: skip
        self.copy(
            "careplans_homeprescription",
            'id, clinic_id, plan_id, phase_id, "order", lineage_id, exercise_id, side, sets, reps, hold_s, rest_s,'
            " days_of_week, times, note, status, status_reason",
            (
                (
                    next(new), clinic, plan, phase, order, next(new), rng.choice(self.exercises), "left", 1, 10, 20, 10,
                    "{1,2,3,4,5,6,7}", "{08:00,19:00}", "", "active", "",
                )
                for phase, plan in zip(phases, plans, strict=True)
                for order in (1, 2)
            ),
        )  # fmt: skip

    def _visits(
        self, clinic: str, member: str, therapists: list[str], kind: str, who: list[str], stamp: str
    ) -> None:
        """One visit and two reminders each; twelve a day for each therapist, so that nobody is double booked."""
        new = self.ids
        visits = [next(new) for _ in who]
        day = NOW.replace(hour=3, minute=30, second=0) + timedelta(days=1)
        spans, starts = [], []
        for n in range(len(who)):
            block = n // len(therapists)
            start = day + timedelta(days=block // 12, minutes=45 * (block % 12))
            starts.append(start)
            spans.append(f"[{start.isoformat()},{(start + timedelta(minutes=45)).isoformat()})")
        self.copy(
            "scheduling_appointment",
            "id, clinic_id, patient_id, type_id, span, status, override_hours_reason, status_reason, created_by_id,"
            " created_at, updated_at",
            (
                (visit, clinic, pk, kind, span, "booked", "", "", member, stamp, stamp)
                for visit, pk, span in zip(visits, who, spans, strict=True)
            ),
        )
        self.copy(
            "scheduling_booking",
            "id, clinic_id, appointment_id, resource_id, lane, span, active",
            (
                (next(new), clinic, visit, therapists[n % len(therapists)], 1, span, True)
                for n, (visit, span) in enumerate(zip(visits, spans, strict=True))
            ),
        )
        self.copy(
            "reminders_reminder",
            "id, clinic_id, patient_id, appointment_id, kind, subject, occurrence, facts, channel, due_at, useless_after,"
            " state, attempts, provider_id, last_error, created_at",
            (
                (
                    next(new), clinic, pk, visit, "appointment", visit, f"{lead}h", "{}", "email",
                    (start - timedelta(hours=lead)).isoformat(), start.isoformat(), "pending", 0, "", "", stamp,
                )
                for pk, visit, start in zip(who, visits, starts, strict=True)
                for lead in (24, 2)
            ),
        )  # fmt: skip
