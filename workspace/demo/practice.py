"""The two practices: staff, accounts, what can be booked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from clinic import tenancy
from clinic.access import Access
from clinic.models import Clinic, Membership, User
from scheduling.models import AppointmentType, Resource
from workspace.demo.clock import as_told
from workspace.demo.keys import key

PASSWORD = "tonus-demo"

PRACTICES: dict[str, dict[str, Any]] = {
    "demo": {
        "name": "Alipore Nerve Clinic",
        "city": "Kolkata",
        "address": "14 Belvedere Road, Alipore, Kolkata 700027",
        "phone": "+913324795500",
        "email": "desk@alipore-nerve.example",
    },
    "other": {
        "name": "Deccan Spine and Nerve",
        "city": "Pune",
        "address": "8 Law College Road, Pune 411004",
        "phone": "+912025671200",
        "email": "desk@deccan-spine.example",
        "language": "en",
    },
}
# e-mail, roles, title, name, whether they may sign in
STAFF = {
    "demo": [
        ("physio@demo.tonus", ["physiotherapist"], "Dr", "Anirban Sen", True),
        ("physio2@demo.tonus", ["physiotherapist"], "", "Shreya Bose", True),
        ("vikram@alipore-nerve.example", ["physiotherapist"], "", "Vikram Menon", False),
        ("rina@alipore-nerve.example", ["assistant"], "", "Rina Das", False),
        ("desk@demo.tonus", ["front_desk"], "", "Mita Pal", True),
        ("admin@demo.tonus", ["admin"], "", "Kaberi Mitra", True),
    ],
    "other": [
        ("physio@other.tonus", ["physiotherapist"], "Dr", "Sanjay Apte", True),
        ("desk@other.tonus", ["front_desk"], "", "Vaishali Kale", True),
        ("admin@other.tonus", ["admin"], "", "Nitin Gokhale", True),
    ],
}
TYPES = [
    ("initial-assessment", "First assessment", 60),
    ("treatment", "Treatment", 45),
    ("review", "Review", 45),
    ("exercise-class", "Exercise class", 60),
]
# kind, name, short name, capacity, equipment; the first room and device of each therapist in their order
THINGS = {
    "demo": [
        ("room", "Room 2", "R2", 1, "treatment-couch"),
        ("room", "Room 3", "R3", 1, "treatment-couch"),
        ("room", "Room 4", "R4", 1, "treatment-couch"),
        ("room", "Bay A", "Bay A", 1, "treatment-couch"),
        ("room", "Room 1", "R1", 1, "treatment-couch"),
        ("room", "Gym", "Gym", 6, "gym-space"),
        ("device", "TENS 1", "TENS 1", 1, "tens-unit"),
        ("device", "EMS 1", "EMS 1", 1, "nmes-unit"),
        ("device", "TENS 2", "TENS 2", 1, "tens-unit"),
        ("device", "Standing frame", "Frame", 1, "standing-frame"),
        ("device", "Hot packs", "Heat", 2, "hot-pack-unit"),
    ],
    "other": [
        ("room", "Room A", "A", 1, "treatment-couch"),
        ("room", "Hall", "Hall", 4, "gym-space"),
        ("device", "TENS", "TENS", 1, "tens-unit"),
    ],
}


@dataclass(frozen=True)
class Practice:
    """A demo clinic as the other parts need it: its people and things in the order of the tables above."""

    clinic: Clinic
    members: list[Membership]
    therapists: list[Resource]
    rooms: list[Resource]
    devices: list[Resource]
    types: dict[str, AppointmentType]

    def acting(self, member: Membership) -> Access:
        clinic = self.clinic
        return Access(
            clinic_id=clinic.pk,
            clinic_slug=clinic.slug,
            clinic_name=clinic.name,
            user_id=member.user_id,
            roles=tuple(member.roles),
            name=member.user.name,
            member_id=member.pk,
        )


def found(slug: str, now: datetime) -> tuple[Clinic, bool]:
    """Return the practice, and whether it had to be made. Its `created_at` stays the day from which its people are told."""
    pk = key(slug)
    with tenancy.scope(pk), as_told(Clinic, "created_at"):
        return Clinic.objects.get_or_create(
            pk=pk, defaults={"slug": slug, "created_at": now, **PRACTICES[slug]}
        )


def furnish(clinic: Clinic) -> None:
    """Give a new practice its staff, rooms and devices."""
    password = make_password(PASSWORD)
    for email, roles, title, name, signs_in in STAFF[clinic.slug]:
        user, _made = User.objects.get_or_create(
            email=email, defaults={"name": name, "password": password if signs_in else make_password(None)}
        )
        member = Membership.objects.create(
            pk=key(clinic.slug, "member", email), clinic=clinic, user=user, roles=roles, title=title
        )
        if {"physiotherapist", "assistant"} & set(roles):
            short = "".join(part[0] for part in name.split())
            Resource.objects.create(
                pk=key(clinic.slug, "therapist", email),
                clinic=clinic,
                kind="therapist",
                name=str(member),
                short_name=short,
                member=member,
            )
    AppointmentType.objects.bulk_create(
        AppointmentType(clinic=clinic, code=code, name=name, minutes=minutes) for code, name, minutes in TYPES
    )
    Resource.objects.bulk_create(
        Resource(
            pk=key(clinic.slug, kind, name),
            clinic=clinic,
            kind=kind,
            name=name,
            short_name=short,
            capacity=capacity,
            equipment=equipment,
        )
        for kind, name, short, capacity, equipment in THINGS[clinic.slug]
    )


def practice_of(clinic: Clinic) -> Practice:
    """Return what is still in use of what the practice was furnished with."""
    slug = clinic.slug
    things = {each.pk: each for each in Resource.objects.for_clinic(clinic).bookable()}
    members = {each.pk: each for each in Membership.objects.for_clinic(clinic).select_related("user")}
    emails = [row[0] for row in STAFF[slug]]
    named = {
        kind: [key(slug, kind, row[1]) for row in THINGS[slug] if row[0] == kind]
        for kind in ("room", "device")
    }
    named["therapist"] = [key(slug, "therapist", email) for email in emails]
    found = {kind: [things[pk] for pk in keys if pk in things] for kind, keys in named.items()}
    return Practice(
        clinic=clinic,
        members=[members[pk] for email in emails if (pk := key(slug, "member", email)) in members],
        therapists=found["therapist"],
        rooms=found["room"],
        devices=found["device"],
        types={each.code: each for each in AppointmentType.objects.for_clinic(clinic)},
    )
