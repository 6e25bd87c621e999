"""Who the patients are: registering, changing, finding doubles, inviting to the portal, leaving; and who treats them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import doors
from clinic.access import Access
from clinic.ids import uuid7
from clinic.models import User
from clinic.phones import to_e164
from patients import agreements, matching, rules
from patients.models import CareRole, CareTeam, Consent, ConsentKind, Patient, Sex
from patients.services.merging import apart_from as known_apart
from patients.services.refusals import Archived, at, refuse, unless_merged
from patients.signals import patient_invited, patient_left, safety_changed, visits_asked

Fields = Mapping[str, Any]

PLAIN = (
    "given_name",
    "family_name",
    "sex",
    "phone_owner",
    "email",
    "language",
    "timezone",
    "address",
    "emergency_contact",
    "reason",
    "referred_by",
    "deceased_on",
)
MOST_DOUBLES = 5
DESCRIBES = ("given_name", "family_name", "phone", "email", "date_of_birth", "sex")  # and `age`


# --- registering and changing -------------------------------------------------------------------------------------------
@transaction.atomic
def create_patient(fields: Fields, *, by: Access, consents: Mapping[str, bool] | None = None) -> Patient:
    """Register somebody under the clinic's next number.

    `fields` are those of the model, with `age` (whole years) where no `date_of_birth` is known; a phone may be national.
    A likeness to somebody known is no reason to refuse: see `duplicates`. The next number is taken under a lock of the
    clinic's row, so of two people registering at once each gets their own. Raises ValidationError at the field.
    """
    number, country, language = _next_number(by.clinic_id)
    patient = Patient(clinic_id=by.clinic_id, number=number, language=language)
    _fill(patient, fields, country)
    patient.save(force_insert=True)
    now = timezone.now()
    given = [kind for kind in ConsentKind if (consents or {}).get(kind)]
    Consent.objects.bulk_create(_yes(patient, kind, by, now) for kind in given)
    if by.member_id and not by.sees_all_patients:  # an assistant sees only whom they treat
        CareTeam.objects.create(clinic_id=by.clinic_id, patient=patient, member_id=by.member_id)
    return patient


def _next_number(clinic_id: UUID) -> tuple[int, str, str]:
    """Take the clinic's next patient number; return it with the clinic's country and language."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clinic_clinic SET last_patient_number = last_patient_number + 1 WHERE id = %s"
            " RETURNING last_patient_number, country, language",
            [clinic_id],
        )
        return cursor.fetchone()


@transaction.atomic
def update_patient(
    patient_id: UUID, fields: Fields, *, by: Access, consents: Mapping[str, bool] | None = None
) -> Patient:
    """Change what `fields` names; the rest stays.

    A new phone or e-mail ends whatever the old one opened: tokens and sessions of the portal. A death stops everything
    outgoing. Raises ValidationError at the field.
    """
    patient = _locked(patient_id, by)
    reached, died, age = (patient.phone, patient.email), patient.deceased_on, patient.age()
    _fill(patient, fields, patient.clinic.country)
    patient.save()
    if consents is not None:
        _agree(patient, consents, by)
    if patient.user_id and (patient.phone, patient.email) != reached:
        User.objects.get(pk=patient.user_id).sign_out_everywhere()
    if patient.deceased_on and not died:
        patient_left.send(Patient, patient=patient, by=by)
    if patient.age() != age:
        safety_changed.send(Patient, patient=patient, by=by)
    return patient


def _locked(patient_id: UUID, by: Access) -> Patient:
    found = Patient.objects.for_clinic(by).select_for_update(of=("self",), no_key=True)
    patient = found.select_related("clinic").get(pk=patient_id)
    unless_merged(patient)
    return patient


def _fill(patient: Patient, fields: Fields, country: str) -> None:
    for name in PLAIN:
        if name in fields:
            setattr(patient, name, fields[name])
    if "phone" in fields:
        patient.phone = at("phone", to_e164, fields["phone"], country) if fields["phone"] else ""
    _fill_birth(patient, fields)
    if not patient.phone and not patient.email:
        refuse("phone", _("Give a phone number or an e-mail address."))
    born, died = patient.date_of_birth, at("deceased_on", rules.past_day, patient.deceased_on)
    if born is None and patient.age_years is not None and patient.age_told_on:
        born = date(patient.age_told_on.year - patient.age_years - 1, 1, 1)  # at the earliest
    if born and died and died < born:
        refuse("deceased_on", _("This is before the date of birth."))


def _fill_birth(patient: Patient, fields: Fields) -> None:
    """Take over a birth date, else an age as told today. A known birth date beats an age."""
    if "date_of_birth" in fields:
        patient.date_of_birth = at("date_of_birth", rules.past_day, fields["date_of_birth"])
    age = fields.get("age", patient.age())
    if patient.date_of_birth is not None:
        if "date_of_birth" not in fields and age != patient.age():
            refuse("age", _("The date of birth is known. Change that instead."))
        patient.age_years = patient.age_told_on = None
    elif age is None:
        patient.age_years = patient.age_told_on = None
    elif age != patient.age():
        patient.age_years, patient.age_told_on = age, timezone.localdate()


@transaction.atomic
def set_consents(patient_id: UUID, agreed: Mapping[str, bool], *, by: Access) -> None:
    """Keep what a patient agrees to from now on: {kind: yes or no}. What is not named stays; a no withdraws.

    A yes is kept with today's wording in the patient's language; said to a new wording, it ends the one to the old.
    Raises Archived for a merged record.
    """
    _agree(_locked(patient_id, by), agreed, by)


def _agree(patient: Patient, agreed: Mapping[str, bool], by: Access) -> None:
    now = timezone.now()
    held = Consent.objects.for_clinic(by).filter(patient=patient, withdrawn_at=None)
    standing = {row.kind: row for row in held}
    ended = [
        row.pk
        for kind, row in standing.items()
        if kind in agreed and not (agreed[kind] and agreements.is_current(row))
    ]
    held.filter(pk__in=ended).update(withdrawn_at=now, withdrawn_to=by.member_id)
    asked = [kind for kind in ConsentKind if agreed.get(kind)]
    said = [kind for kind in asked if kind not in standing or standing[kind].pk in ended]
    Consent.objects.bulk_create((_yes(patient, kind, by, now) for kind in said), ignore_conflicts=True)


def _yes(patient: Patient, kind: ConsentKind, by: Access, now: datetime) -> Consent:
    return Consent(
        clinic_id=by.clinic_id,
        patient=patient,
        kind=kind,
        text_version=agreements.CURRENT[kind].version,
        text=agreements.said_in(kind, patient.language),
        given_at=now,
        given_to_id=by.member_id,
    )


# --- doubles --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Double:
    """Somebody on record who may be the same person: `score` 0 to 1, and why in words."""

    patient: Patient
    score: float
    reasons: Sequence[str]


def duplicates(
    partial: Fields, *, by: Access, country: str = "", apart_from: UUID | None = None
) -> list[Double]:
    """Return who on record may be the person described in part, likeliest first, from a score of 0.6. Two queries.

    Looked at are those with the same phone, e-mail or birth date, and those of the same or a similar name; but not those of
    whom it is known that they are not `apart_from` (one query more). A phone is E.164, or of `country`.
    """
    typed = _described(partial, country)
    turned = f"{typed.family_name} {typed.given_name}".strip()
    born = matching.births(typed.date_of_birth) if typed.date_of_birth else []
    candidates = doors.rows(
        "SELECT patient_id FROM tonus_patients_like(%s, %s, %s, %s, %s::date[], %s)",
        [typed.name, turned, typed.phone, typed.email, born, 40],
    )
    others = known_apart(apart_from, by) | {apart_from} if apart_from else set()
    ids = [row["patient_id"] for row in candidates if row["patient_id"] not in others]
    known = list(Patient.objects.visible_to(by).unmerged().filter(pk__in=ids)) if ids else []
    weighed = zip(known, matching.compare_all(typed, [described(each) for each in known]), strict=True)
    hints = [Double(patient, like.score, like.reasons) for patient, like in weighed if like.is_hint]
    return sorted(hints, key=lambda double: (-double.score, double.patient.number))[:MOST_DOUBLES]


def described(patient: Patient) -> matching.Person:
    return matching.Person(
        given_name=patient.given_name,
        family_name=patient.family_name,
        phone=patient.phone,
        email=patient.email,
        date_of_birth=patient.date_of_birth,
        age=patient.age(),
        sex=patient.sex,
    )


def _described(partial: Fields, country: str) -> matching.Person:
    phone = partial.get("phone") or ""
    born: date | None = partial.get("date_of_birth")
    age = Patient(date_of_birth=born).age() if born else partial.get("age")
    return matching.Person(
        given_name=partial.get("given_name") or "",
        family_name=partial.get("family_name") or "",
        phone=at("phone", to_e164, phone, country or None) if phone else "",
        email=partial.get("email") or "",
        date_of_birth=born,
        age=age,
        sex=partial.get("sex") or Sex.UNKNOWN,
    )


# --- the portal -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def invite(patient_id: UUID, *, by: Access, now: Any = None) -> Patient:
    """Let a patient sign in to the portal by one-time code; asked again, they are told again.

    Each has an account of their own, without an address: that of their record counts. Raises Archived.
    """
    patient = _locked(patient_id, by)
    if patient.archived_at or patient.deceased_on:
        raise Archived(_("This record is closed. Open it again before inviting."))
    if patient.user_id is None:
        patient.user = User.objects.create_user(name=patient.name[:150], language=patient.language)
    patient.invited_at = now or timezone.now()
    patient.save(update_fields=["user", "invited_at", "updated_at"])
    patient_invited.send(Patient, patient=patient, by=by)
    return patient


# --- leaving --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def archive(patient_id: UUID, *, by: Access) -> Patient:
    """Close a record: it leaves the lists, nothing more is sent, the portal is shut. Nothing is deleted. Raises Archived."""
    patient = _locked(patient_id, by)
    if patient.archived_at:
        raise Archived(_("This record is archived already."))
    patient.archived_at = timezone.now()
    patient.save(update_fields=["archived_at", "updated_at"])
    patient_left.send(Patient, patient=patient, by=by)
    return patient


@transaction.atomic
def restore(patient_id: UUID, *, by: Access) -> Patient:
    """Open an archived record again."""
    patient = _locked(patient_id, by)
    patient.archived_at = None
    patient.save(update_fields=["archived_at", "updated_at"])
    return patient


# --- who treats them ------------------------------------------------------------------------------------------------------
JOIN = """
INSERT INTO patients_careteam (id, clinic_id, patient_id, member_id, role, since)
SELECT new.id, m.clinic_id, %(patient)s, m.id,
    CASE WHEN m.roles @> ARRAY['physiotherapist']::varchar[]
          AND row_number() OVER (PARTITION BY m.roles @> ARRAY['physiotherapist']::varchar[] ORDER BY m.id) = 1
          AND NOT EXISTS (SELECT FROM patients_careteam WHERE patient_id = %(patient)s AND role = 'responsible')
         THEN 'responsible' ELSE 'treating' END, %(today)s
FROM unnest(%(ids)s::uuid[], %(members)s::uuid[]) AS new(id, member) JOIN clinic_membership m ON m.id = new.member
WHERE m.clinic_id = %(clinic)s
ON CONFLICT DO NOTHING
"""


def join_care_team(patient_id: UUID, member_ids: Iterable[UUID], *, by: Access) -> None:
    """Remember that these members treat a patient. One query, or none for nobody.

    The first physiotherapist of somebody for whom nobody is responsible becomes so.
    """
    members = sorted(set(member_ids))
    if not members:
        return
    values: dict[str, Any] = {
        "patient": patient_id,
        "clinic": by.clinic_id,
        "ids": [uuid7() for _ in members],
        "members": members,
        "today": timezone.localdate(),
    }
    with connection.cursor() as cursor:
        cursor.execute(JOIN, values)


@transaction.atomic
def set_therapist(patient_id: UUID, member_id: UUID | None, *, by: Access) -> None:
    """Make a member the one responsible for a patient, or nobody; who was so before goes on treating.

    Raises Archived for a merged record.
    """
    _locked(patient_id, by)
    team = CareTeam.objects.for_clinic(by).filter(patient=patient_id)
    team.filter(role=CareRole.RESPONSIBLE).exclude(member=member_id).update(role=CareRole.TREATING)
    if member_id is not None:
        CareTeam.objects.update_or_create(
            patient_id=patient_id,
            member_id=member_id,
            defaults={"role": CareRole.RESPONSIBLE},
            create_defaults={"role": CareRole.RESPONSIBLE, "clinic_id": by.clinic_id},
        )


def visits_to_come(patient: Patient) -> int:
    """Return how many visits a death would call off."""
    answers: list[tuple[Any, Any]] = visits_asked.send(Patient, patient=patient)
    return sum(number or 0 for _receiver, number in answers)
