"""Fill the database with made-up clinics for measurements, by COPY: a million patients in minutes.

Not for a database that holds real people. Foreign keys, exclusion constraints and secondary indexes of the tables it fills
are taken down while it writes and put back, validated, at the end. All of it is one transaction: whatever fails or is
killed, nothing is left behind and nothing is left off. Meanwhile nobody else reads these tables.

Triggers rest too: what is generated has no history before its first change, and its signatures are not real.
"""

import json
import math
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_clock
from io import TextIOBase
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.base import OutputWrapper as Output
from django.db import connection, models, transaction
from django.utils import timezone

from careplans import drafting
from careplans.models import CarePlan, ClinicPrescription, HomePrescription, Phase, PlanDiagnosis, PlanStatus
from careplans.services.reference import rulebook
from catalogue.knowledge import CatalogueNotLoaded, Knowledge, knowledge
from clinic.access import Role
from clinic.ids import uuid7
from clinic.models import Clinic, Membership, User
from patients.models import CareRole, CareTeam, Consent, ConsentKind, Diagnosis, Patient
from reminders import timing
from reminders.models import Kind as About
from reminders.models import Reminder, State
from scheduling.models import Appointment, AppointmentType, Booking, Kind, Resource, Status

FILLED: list[type[models.Model]] = [
    *(Patient, Consent, CareTeam, Diagnosis),
    *(CarePlan, PlanDiagnosis, Phase, ClinicPrescription, HomePrescription),
    *(Appointment, Booking, Reminder),
]
ROWS_EACH = 16  # rows of a patient, in all these tables
THERAPISTS, A_DAY, MINUTES = 8, 12, 45  # of a clinic; visits of each, from nine to six on weekdays
ZONE = ZoneInfo("Asia/Kolkata")

GIVEN = (
    *(
        "Ananya",
        "Ruma",
        "Imran",
        "Debasish",
        "Lakshmi",
        "Abdul",
        "Sunita",
        "Farida",
        "Arun",
        "Rekha",
        "Meera",
        "Subrata",
    ),
    *(
        "Karthik",
        "Nasreen",
        "Gopal",
        "Mita",
        "Joydeep",
        "Padma",
        "Rohan",
        "Shabnam",
        "Vikram",
        "Anjali",
        "Bimal",
        "Tara",
    ),
    *("রুমা", "অনন্যা", "সুব্রত", "মিতা", "सुनीता", "राजेश", "मीरा", "गोपाल"),
)
MIDDLE = ("", "", "", "", "Kumar", "Rani", "Nath", "Bala", "Prasad", "Mohan", "Bibi", "Chandra")
FAMILY = (
    *("Sen", "Ghosh", "Khan", "Mondal", "Iyer", "Rahim", "Devi", "Begum", "Pillai", "Sharma", "Das", "Dey", "Banerjee"),
    *("Chatterjee", "Mukherjee", "Saha", "Roy", "Bose", "Naskar", "Sardar", "Halder", "Menon", "Nair", "Reddy", "Verma"),
    *("Gupta", "Ansari", "Mallick", "Biswas", "Paul", "ঘোষ", "সেন", "মণ্ডল", "देवी", "शर्मा", "वर्मा"),
)  # fmt: skip


class Command(BaseCommand):
    help = "Fill the database with made-up clinics for measurements (never one that holds real people)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinics", type=int, default=20)
        parser.add_argument(
            "--patients", type=int, default=10_000, help="in all, spread evenly over the clinics"
        )
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, clinics: int, patients: int, seed: int, **_options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This is a production database: made-up clinics have no place in it.")
        if clinics < 1 or patients < clinics:
            raise CommandError("Ask for at least one clinic, and at least one patient for each.")
        began = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            refuse_without_ownership(cursor)
            with bare(cursor, FILLED, self.stdout), Bar(self.stdout, "Writing", patients * ROWS_EACH) as bar:
                maker = Maker(cursor, random.Random(seed), bar)  # noqa: S311  (made-up people, not secrets)
                for number in range(clinics):
                    maker.clinic(patients // clinics + (number < patients % clinics))
        wrote = time.monotonic() - began
        if not connection.in_atomic_block:  # (a test is)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        self.stdout.write(
            f"{patients} patients in {clinics} clinics: {wrote:.0f} s, and {time.monotonic() - began - wrote:.0f} s to analyse."
        )


def refuse_without_ownership(cursor: Any) -> None:
    cursor.execute(
        "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'patients_patient'::regclass"
    )
    if not cursor.fetchone()[0]:
        raise CommandError(
            "Run it as the owner of the tables: TONUS_AS_OWNER=1, or tools/tonus.py manage generate."
        )


# --- taking down and putting back ---------------------------------------------------------------------------------------
class bare:  # noqa: N801  (used as a block)
    """Take foreign keys, exclusion constraints, secondary indexes and triggers of tables down for the length of a block."""

    def __init__(self, cursor: Any, filled: list[type[models.Model]], out: Output) -> None:
        self.cursor, self.out = cursor, out
        self.tables = [model._meta.db_table for model in filled]
        self.rebuild: list[str] = []

    def __enter__(self) -> None:
        self.cursor.execute(
            "SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique"
            " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [self.tables],
        )
        found = self.cursor.fetchall()
        self.cursor.execute(
            "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),"
            " format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))"
            " FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'x')",
            [self.tables],
        )
        found += self.cursor.fetchall()
        for drop, make in found:
            self.cursor.execute(drop)
            self.rebuild.append(make)
        for table in self.tables:
            self.cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def __exit__(
        self, failed: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        if failed:
            return  # the transaction takes everything back
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        with Bar(self.out, "Indexes and constraints", len(self.rebuild)) as bar:
            for statement in self.rebuild:
                self.cursor.execute(statement)
                bar.add(1)
        for table in self.tables:
            self.cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


class Bar:
    """A line that fills: how much is done, and how long the rest may take."""

    def __init__(self, out: Output, label: str, total: int) -> None:
        self.out, self.label, self.total, self.done = out, label, total, 0
        self.began = self.shown = time.monotonic()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(
        self, failed: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.show(time.monotonic(), ending="\n")

    def add(self, count: int) -> None:
        self.done += count
        now = time.monotonic()
        if now - self.shown > 0.5:
            self.show(now)

    def show(self, now: float, ending: str = "") -> None:
        self.shown, part = now, min(self.done / self.total, 1)
        left = (now - self.began) / part * (1 - part) if part else 0
        full = "#" * int(40 * part)
        self.out.write(f"\r{self.label} [{full:.<40}] {part:4.0%} {left:5.0f} s left ", ending=ending)
        self.out.flush()


# --- writing ------------------------------------------------------------------------------------------------------------
class Lines(TextIOBase):
    """Lines for COPY, made while PostgreSQL reads them."""

    def __init__(self, rows: Iterable[str], tail: str, bar: Bar) -> None:
        self.rows, self.tail, self.bar, self.rest = iter(rows), tail, bar, ""

    def read(self, size: int = -1) -> str:
        parts, length, count = [self.rest], len(self.rest), 0
        for row in self.rows:
            line = row + self.tail
            parts.append(line)
            length += len(line)
            count += 1
            if 0 <= size <= length:
                break
        self.bar.add(count)
        whole = "".join(parts)
        cut = size if size >= 0 else length
        self.rest = whole[cut:]
        return whole[:cut]


def literal(field: Any, value: Any) -> str:
    """Return a value of a field as COPY's text format writes it."""
    if value is None:
        return r"\N"
    if isinstance(field, models.JSONField):
        value = json.dumps(value)
    elif isinstance(field, ArrayField):
        value = "{" + ",".join(map(str, value)) + "}"
    return str(value).replace("\\", r"\\").replace("\n", r"\n").replace("\t", r"\t")


class Ids:
    """Ever new UUIDv7s, in order: one made as all others are, then a count in its last 40 bits."""

    def __init__(self) -> None:
        self.head, self.count = str(uuid7())[:-10], 0

    def __next__(self) -> str:
        self.count += 1
        return f"{self.head}{self.count:010x}"

    def take(self, count: int) -> list[str]:
        return [next(self) for _ in range(count)]


class Maker:
    """Makes one clinic after the other, and writes it."""

    def __init__(self, cursor: Any, rng: random.Random, bar: Bar) -> None:
        self.cursor, self.rng, self.bar, self.ids = cursor, rng, bar, Ids()
        self.now = timezone.now().replace(microsecond=0)
        try:
            self.courses = [
                Course(knowledge(), protocol, self.now) for protocol in knowledge().protocols.current
            ]
        except CatalogueNotLoaded as error:
            raise CommandError(str(error)) from error

    def clinic(self, patients: int) -> None:
        number = next(self.ids)[-6:]
        clinic = Clinic.objects.create(
            slug=f"generated-{uuid7().hex[-12:]}",
            name=f"Generated clinic {number}",
            city="Kolkata",
            last_patient_number=patients,
        )
        self.clinic_id, self.number, self.who = str(clinic.pk), number, self.ids.take(patients)
        team, kind = self.staff(clinic)
        self.people(team)
        self.plans(team)
        self.visits(team, kind)

    def write(self, model: type[models.Model], columns: str, rows: Iterable[str], **same: Any) -> None:
        """COPY rows: `columns` differ from row to row, `same` do not, and for the rest the model's own defaults serve."""
        said, constant = columns.split(), {"clinic_id": self.clinic_id, **same}
        rest = [f for f in model._meta.concrete_fields if not f.generated and f.column not in said]
        tail = [literal(field, constant.get(field.column, self.default(field))) for field in rest]
        names = ", ".join(f'"{name}"' for name in (*said, *(field.column for field in rest)))
        source: Any = Lines(rows, "\t".join(["", *tail]) + "\n", self.bar)
        self.cursor.copy_expert(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN', source, size=1 << 16)

    def default(self, field: Any) -> Any:
        return (
            self.now
            if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
            else field.get_default()
        )

    def staff(self, clinic: Clinic) -> tuple[list[tuple[str, str]], AppointmentType]:
        """Hire therapists, a desk and an admin; return (member, resource) of each therapist."""

        def hire(role: str, place: int) -> Membership:
            name = f"{Role(role).label} {self.number}-{place}"
            user = User(name=name, email=f"{role}{place}.{self.number}.{clinic.slug[-6:]}@generated.example")
            user.set_unusable_password()
            user.save()
            return Membership.objects.create(clinic=clinic, user=user, roles=[role])

        hire(Role.ADMIN, 1)
        hire(Role.FRONT_DESK, 1)
        team = []
        for place in range(1, THERAPISTS + 1):
            member = hire(Role.PHYSIOTHERAPIST, place)
            resource = Resource.objects.create(
                clinic=clinic,
                kind=Kind.THERAPIST,
                name=member.user.name,
                short_name=f"T{place}",
                member=member,
            )
            team.append((str(member.pk), str(resource.pk)))
        kind = AppointmentType.objects.create(
            clinic=clinic, code="treatment", name="Treatment", minutes=MINUTES
        )
        return team, kind

    def people(self, team: list[tuple[str, str]]) -> None:
        """Write who they are and who treats them; the first of the clinic has the portal."""
        rng, who, fresh = self.rng, self.who, self.ids.__next__
        user = User.objects.create_user(name=f"Patient {self.number}")
        portal = (str(user.pk), str(self.now))

        def rows() -> Iterator[str]:
            for n, patient in enumerate(who, 1):
                given = f"{rng.choice(GIVEN)} {rng.choice(MIDDLE)}".rstrip()
                born = date(1940 + n % 65, 1 + n % 12, 1 + n % 28)
                opened, invited = portal if n == 1 else (r"\N", r"\N")
                yield (
                    f"{patient}\t{n}\t{given}\t{rng.choice(FAMILY)}\t{born}\t{'female' if n % 2 else 'male'}"
                    f"\t+9198{rng.randrange(10**8):08d}\tp{n}.{self.clinic_id[-8:]}@generated.example\t{opened}\t{invited}"
                )

        self.write(
            Patient,
            "id number given_name family_name date_of_birth sex phone email user_id invited_at",
            rows(),
        )
        for kind in (ConsentKind.CARE, ConsentKind.REMINDERS):
            self.write(Consent, "id patient_id", (f"{fresh()}\t{patient}" for patient in who), kind=kind)
        self.write(
            CareTeam,
            "id patient_id member_id",
            (f"{fresh()}\t{patient}\t{team[n % THERAPISTS][0]}" for n, patient in enumerate(who)),
            role=CareRole.RESPONSIBLE,
        )

    def plans(self, team: list[tuple[str, str]]) -> None:
        """Write a diagnosis and a signed plan for each: the first phase of a protocol, one treatment, two exercises."""
        rng, who, fresh = self.rng, self.who, self.ids.__next__
        diagnoses, plans, phases = (self.ids.take(len(who)) for _ in range(3))
        courses = [rng.choice(self.courses) for _ in who]
        signer = team[0][0]
        self.write(
            Diagnosis,
            "id patient_id condition_id",
            (
                f"{diagnosis}\t{patient}\t{rng.choice(course.conditions)}"
                for diagnosis, patient, course in zip(diagnoses, who, courses, strict=True)
            ),
            side="left",
            entered_by_id=signer,
        )
        self.write(
            CarePlan,
            "id lineage_id patient_id current_phase_id protocol_id",
            (
                f"{plan}\t{plan}\t{patient}\t{phase}\t{course.protocol}"
                for plan, patient, phase, course in zip(plans, who, phases, courses, strict=True)
            ),
            status=PlanStatus.ACTIVE,
            start_date=self.now.astimezone(ZONE).date() - timedelta(days=7),
            created_by_id=signer,
            signed_by_id=signer,
            signed_at=self.now,
            content_sha256="0" * 64,
        )
        self.write(
            PlanDiagnosis,
            "id plan_id diagnosis_id",
            (f"{fresh()}\t{plan}\t{diagnosis}" for plan, diagnosis in zip(plans, diagnoses, strict=True)),
        )
        trees = list(zip(plans, phases, courses, strict=True))
        self.write(
            Phase,
            f"id plan_id {' '.join(PHASE)}",
            (f"{phase}\t{plan}\t{course.phase}" for plan, phase, course in trees),
        )
        self.write(
            ClinicPrescription,
            f"id plan_id phase_id lineage_id {' '.join(CLINIC)}",
            (f"{fresh()}\t{plan}\t{phase}\t{fresh()}\t{course.clinic}" for plan, phase, course in trees),
        )
        self.write(
            HomePrescription,
            f"id plan_id phase_id lineage_id {' '.join(HOME)}",
            (
                f"{fresh()}\t{plan}\t{phase}\t{fresh()}\t{item}"
                for plan, phase, course in trees
                for item in course.home
            ),
        )
        self.write(
            Reminder,
            "id patient_id plan_id subject occurrence due_at useless_after",
            (
                f"{fresh()}\t{patient}\t{plan}\t{plan}\t{course.session}"
                for patient, (plan, _phase, course) in zip(who, trees, strict=True)
            ),
            kind=About.HOME_EXERCISE,
        )

    def visits(self, team: list[tuple[str, str]], kind: AppointmentType) -> None:
        """Write one visit and two reminders each, half of them behind us; every therapist is full, and nobody booked twice."""
        who, fresh, now = self.who, self.ids.__next__, self.now
        visits, starts = self.ids.take(len(who)), list(self.starts(math.ceil(len(who) / THERAPISTS)))
        spans = [
            f"[{start.isoformat()},{(start + timedelta(minutes=MINUTES)).isoformat()})" for start in starts
        ]
        over = [start + timedelta(minutes=MINUTES) <= now for start in starts]
        self.write(
            Appointment,
            "id patient_id span status",
            (
                f"{visit}\t{patient}\t{spans[n // THERAPISTS]}\t{(Status.DONE if over[n // THERAPISTS] else Status.BOOKED).value}"
                for n, (visit, patient) in enumerate(zip(visits, who, strict=True))
            ),
            type_id=kind.pk,
        )
        self.write(
            Booking,
            "id appointment_id resource_id span",
            (
                f"{fresh()}\t{visit}\t{team[n % THERAPISTS][1]}\t{spans[n // THERAPISTS]}"
                for n, visit in enumerate(visits)
            ),
        )

        def promises() -> Iterator[str]:
            before = timing.BEFORE_A_VISIT.items()
            said = []
            for start in starts:
                told = start.isoformat()
                for lead, due in ((lead, start - ahead) for lead, ahead in before):
                    state = (
                        f"{State.SENT.value}\t1\t{due}" if due <= now else f"{State.PENDING.value}\t0\t\\N"
                    )
                    facts = json.dumps({"start": told})
                    said.append(f"{lead}:{told}\t{facts}\t{due}\t{start}\t{state}")
            each = len(before)
            for n, (patient, visit) in enumerate(zip(who, visits, strict=True)):
                block = n // THERAPISTS * each
                for text in said[block : block + each]:
                    yield f"{fresh()}\t{patient}\t{visit}\t{visit}\t{text}"

        self.write(
            Reminder,
            "id patient_id appointment_id subject occurrence facts due_at useless_after state attempts finished_at",
            promises(),
            kind=About.APPOINTMENT,
        )

    def starts(self, count: int) -> Iterator[datetime]:
        """Yield when visits begin: from nine on, weekdays alone, as many days before this week as after it."""
        today = self.now.astimezone(ZONE).date()
        weeks = math.ceil(count / A_DAY / 5)
        first = today - timedelta(days=today.weekday(), weeks=weeks // 2)
        for n in range(count):
            day, place = divmod(n, A_DAY)
            on = first + timedelta(weeks=day // 5, days=day % 5)
            nine = datetime(on.year, on.month, on.day, 9, tzinfo=ZONE)
            yield (nine + timedelta(minutes=MINUTES * place)).astimezone(UTC)


# --- what plans consist of ----------------------------------------------------------------------------------------------
PHASE = ("name", "weeks", "entry", "progress_when", "education")
CLINIC = ("modality_id", "sites", "dosage", "minutes", "visits_per_week", "note")
HOME = ("order", "exercise_id", "side", "sets", "reps", "hold_s", "rest_s", "note", "days_of_week", "times")


class Course:
    """The beginning of a protocol, as the columns of a plan's rows: its first phase, one treatment, two exercises."""

    def __init__(self, known: Knowledge, protocol: Mapping[str, Any], now: datetime) -> None:
        drafted = drafting.draft(
            protocol,
            modalities=known.modalities,
            exercises=known.exercises,
            measures=known.measures,
            body=rulebook(known).body,
            side="left",
        )
        phase = drafted["phases"][0]
        clinic, home = phase["clinic"][0], phase["home"][:2]
        self.protocol = known.protocol_ids[protocol["id"]]
        self.conditions = [c["id"] for c in known.conditions.values() if c["family"] == protocol["family"]]
        self.phase = columns(Phase, PHASE, phase)
        self.clinic = columns(ClinicPrescription, CLINIC, {**clinic, "modality_id": clinic["modality"]})
        self.home = [
            columns(
                HomePrescription, HOME, {**i, "order": n, "exercise_id": known.exercise_ids[i["exercise"]]}
            )
            for n, i in enumerate(home, 1)
        ]
        due = timing.next_session(
            [(item["days_of_week"], [wall_clock.fromisoformat(at) for at in item["times"]]) for item in home],
            after=now,
            zone=ZONE.key,
        )
        self.session = f"{due.isoformat()}\t{due}\t{due + timing.EXERCISE_USEFUL_FOR}"


def columns(model: type[models.Model], names: Iterable[str], values: Mapping[str, Any]) -> str:
    fields = {field.column: field for field in model._meta.concrete_fields}
    return "\t".join(literal(fields[name], values[name]) for name in names)
