"""The patients' records: who they are, what they agreed to, their diagnosis, what makes treatments unsafe for them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from catalogue.knowledge import knowledge
from clinic.models import Clinic, User
from patients import derived
from patients.models import (
    CareRole,
    CareTeam,
    ChartRead,
    Consent,
    Diagnosis,
    Patient,
    SafetyAnswer,
    SafetyFlag,
)
from patients.services.safety import derivable, record_flag
from workspace.demo.cast import PATIENT, THEIR_EMAIL, Person
from workspace.demo.clock import Clock, as_told
from workspace.demo.keys import chance, key
from workspace.demo.practice import PASSWORD, Practice

CODES = {  # of subtypes with several WHO codes, the one used here
    "diabetic-polyneuropathy": "G63.2", "polyneuropathy-unspecified": "G62.9", "ms-relapsing-remitting": "G35",
    "sci-tetraplegia-complete": "G82.4", "sci-tetraplegia-incomplete": "G82.4", "sci-paraplegia-complete": "G82.1",
    "sci-paraplegia-incomplete": "G82.1", "sci-central-cord": "T91.3", "sci-cauda-equina": "G83.4",
    "sci-degenerative-cervical-myelopathy": "G99.2", "cervical-radiculopathy": "M50.1", "thoracic-radiculopathy": "M51.1",
    "lumbar-radiculopathy": "M51.1", "lumbosacral-radiculopathy": "M51.1",
}  # fmt: skip
STREETS = (
    "Chetla Road",
    "Rash Behari Avenue",
    "Diamond Harbour Road",
    "Sarat Bose Road",
    "Kalighat Road",
    "Judges Court Road",
)
SENT_BY = (
    "Dr P. Basu, neurology",
    "Dr S. Kar, orthopaedics",
    "Diabetes clinic, SSKM",
    "Came by themselves",
    "Dr N. Ray, physician",
)


def patient_key(clinic: Clinic, person: Person) -> object:
    return key(clinic.slug, "patient", person.name, person.age)


def on_record(clinic: Clinic, people: Sequence[Person]) -> list[Person]:
    """Return those of `people` whom the clinic has registered."""
    there = set(Patient.objects.for_clinic(clinic).values_list("pk", flat=True))
    return [person for person in people if patient_key(clinic, person) in there]


def register(practice: Practice, people: Sequence[Person], clock: Clock) -> list[Patient]:
    """Make the patients of a new practice, with accounts for those who were invited. Return them in the order of `people`."""
    clinic = practice.clinic
    rows = [_patient(clinic, number, person, clock) for number, person in enumerate(people, 1)]
    for person, row in zip(people, rows, strict=True):
        holder = next((each for each in people if each.name == person.phone_of), None)
        if holder:
            row.phone, row.phone_owner = rows[people.index(holder)].phone, "family"
        elif person.phone_of:
            row.phone_owner = "family"
    invited = [
        row for person, row in zip(people, rows, strict=True) if person.weeks and person.story != "paper"
    ]
    for row in invited:
        row.invited_at = row.created_at + timedelta(hours=1)
        row.user = User(name=row.name, language=row.language, email=None, password="!")
    theirs = rows[[person.name for person in people].index(PATIENT)]
    theirs.email = theirs.user.email = THEIR_EMAIL.replace("demo", clinic.slug)
    theirs.user.set_password(PASSWORD)
    User.objects.bulk_create(row.user for row in invited)
    with as_told(Patient, "created_at", "updated_at"):
        Patient.objects.bulk_create(rows)
    Clinic.objects.filter(pk=clinic.pk).update(last_patient_number=len(rows))
    agreed = (("care", 1.0), ("reminders", 0.92), ("data_sharing", 0.6))
    Consent.objects.bulk_create(
        Consent(clinic=clinic, patient=row, kind=kind, given_at=row.created_at)
        for row in rows
        for kind, share in agreed
        if kind == "care" or row.user is theirs.user or chance(row.pk, kind).random() < share
    )
    return rows


def _patient(clinic: Clinic, number: int, person: Person, clock: Clock) -> Patient:
    pk = patient_key(clinic, person)
    luck = chance(pk)
    met = clock.at(
        clock.first_day(person.weeks) - timedelta(days=7 if person.weeks else 2), 11, luck.randrange(60)
    )
    exact = luck.random() < 0.85
    born = date(clock.anchor.year - person.age - 1, luck.randrange(1, 13), luck.randrange(1, 28))
    if (born.month, born.day) < (clock.anchor.month, clock.anchor.day):
        born = born.replace(year=born.year + 1)
    return Patient(
        pk=pk,
        clinic=clinic,
        number=number,
        given_name=person.given,
        family_name=person.family,
        date_of_birth=born if exact else None,
        age_years=None if exact else person.age,
        age_told_on=None if exact else clock.anchor,
        sex=person.sex,
        phone=f"+9170000{luck.randrange(10_000, 100_000)}",
        email=_email(clinic, number, person) if luck.random() < 0.7 else "",
        language=person.language,
        address={
            "line1": f"{luck.randrange(2, 180)} {luck.choice(STREETS)}",
            "city": clinic.city,
            "postal_code": f"7000{luck.randrange(10, 99)}",
        },
        emergency_contact={
            "name": luck.choice(("Husband", "Wife", "Son", "Daughter", "Sister")),
            "phone": "+917000090000",
        },
        reason=person.reason,
        referred_by=luck.choice(SENT_BY),
        archived_at=clock.start if person.plan == "archived" else None,
        created_at=met,
        updated_at=met,
    )


def _email(clinic: Clinic, number: int, person: Person) -> str:
    name = f"{person.given}.{person.family}".lower().replace("’", "")
    return f"{name if name.isascii() else f'patient{number}'}@{clinic.slug}-patients.example"


def diagnose(
    practice: Practice, people: Sequence[Person], patients: Sequence[Patient], clock: Clock
) -> list[Diagnosis | None]:
    """Record the diagnoses, what makes treatments unsafe, and the answers to the safety questions, as of the first visit."""
    clinic = practice.clinic
    known = knowledge()
    rows: list[Diagnosis | None] = []
    flags, answers, team = [], [], []
    for place, (person, patient) in enumerate(zip(people, patients, strict=True)):
        lead = lead_of(practice, place)
        seen = clock.at(clock.first_day(person.weeks) - timedelta(days=1), 12, 30)
        row = _diagnosis(clinic, patient, person, lead, seen) if person.condition else None
        rows.append(row)
        team.append(
            CareTeam(
                clinic=clinic, patient=patient, member=lead, role=CareRole.RESPONSIBLE, since=seen.date()
            )
        )
        if row is None:
            continue
        follows = derived.derive(derivable(row), seen.date()).set
        told = {name: (regions, note) for name, regions, note in person.flags}
        told |= dict.fromkeys(follows, ((), "Follows from the diagnosis."))
        flags += [
            SafetyFlag(
                clinic=clinic, patient=patient, flag_id=name, regions=list(regions), note=note, since=seen.date(),
                entered_by=lead, entered_at=seen,
            )
            for name, (regions, note) in told.items()
        ]  # fmt: skip
        if person.plan != "draft":
            answers += [
                SafetyAnswer(
                    clinic=clinic, patient=patient, flag_id=flag["id"], present=flag["id"] in told,
                    answered_on=seen.date(), answered_at=seen, answered_by=lead,
                )
                for flag in known.flags.current
                if flag["critical"]
            ]  # fmt: skip
    Diagnosis.objects.bulk_create(row for row in rows if row)
    SafetyFlag.objects.bulk_create(flags)
    SafetyAnswer.objects.bulk_create(answers)
    CareTeam.objects.bulk_create(team)
    return rows


def find_out(practice: Practice, people: Sequence[Person], patients: Sequence[Patient], clock: Clock) -> None:
    """Record what was found since the plan was signed, and holds parts of it up."""
    for place, (person, patient) in enumerate(zip(people, patients, strict=True)):
        if person.found:
            name, regions, note = person.found
            by = practice.acting(lead_of(practice, place))
            since = clock.today - timedelta(days=1)
            record_flag(patient.pk, name, by=by, regions=regions, note=note, since=since)


def read_charts(
    practice: Practice, people: Sequence[Person], patients: Sequence[Patient], clock: Clock
) -> None:
    """Note that staff opened the records: whoever leads, now and then a colleague."""
    rows = []
    for place, (person, patient) in enumerate(zip(people, patients, strict=True)):
        luck, days = chance(patient.pk, "reads"), 7 * person.weeks
        for back in sorted(luck.sample(range(1, days), min(4, days - 1)), reverse=True) if days > 1 else ():
            reader = lead_of(practice, place) if luck.random() < 0.8 else practice.members[0]
            at = clock.at(clock.anchor - timedelta(days=back), 9 + luck.randrange(8), luck.randrange(60))
            what = luck.choice(("chart", "plan"))
            rows.append(
                ChartRead(clinic=practice.clinic, patient=patient, user_id=reader.user_id, what=what, at=at)
            )
    ChartRead.objects.bulk_create(rows)


def lead_of(practice: Practice, place: int):
    """Return the physiotherapist responsible for the n-th patient: those booked with an assistant have the first."""
    member = practice.members[place % len(practice.therapists)]
    return member if "physiotherapist" in member.roles else practice.members[0]


def _diagnosis(clinic: Clinic, patient: Patient, person: Person, lead, seen: datetime) -> Diagnosis:
    entry = knowledge().conditions[person.condition]
    onset = seen.date() - timedelta(weeks=chance(patient.pk, "onset").randrange(4, 60))
    qualifiers = dict(person.qualifiers)
    if "ais" in qualifiers:
        qualifiers["injury-date"] = onset.isoformat()
    return Diagnosis(
        clinic=clinic,
        patient=patient,
        condition_id=person.condition,
        icd10=CODES.get(person.condition) or entry["icd10"]["who"][0],
        side=person.side or entry.get("side"),
        level=person.level,
        qualifiers=qualifiers,
        onset_date=onset,
        entered_by=lead,
        entered_at=seen,
    )
