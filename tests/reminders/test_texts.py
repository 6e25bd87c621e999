"""What a message says: whose it is and when, in their language, and nothing clinical."""

import re
from datetime import timedelta

import pytest

from catalogue.knowledge import knowledge
from patients.models import Patient
from reminders import links, texts
from reminders.models import Kind, Reminder
from tests import factories
from tests.reminders.desk import NOON

LANGUAGES = ("en", "hi", "bn")
SAID = [
    (Kind.HOME_EXERCISE, ""),
    (Kind.APPOINTMENT, ""),
    *((Kind.NOTICE, about) for about in ("booked", "series", "moved", "cancelled")),
    (Kind.WAITLIST_OFFER, ""),
    (Kind.OTHER, "invited"),
    (Kind.OTHER, ""),
]


@pytest.fixture
def invited(clinic):
    return factories.make_access(clinic, "patient", patient=factories.make_patient(clinic))


@pytest.fixture
def patient(invited):
    return Patient.objects.get(pk=invited.patient_id)


def said(patient, kind=Kind.APPOINTMENT, about="", **fields):
    for name, value in fields.items():
        setattr(patient, name, value)
    facts = {"start": (NOON + timedelta(hours=22)).isoformat(), "about": about}
    text = texts.write(Reminder(kind=kind, facts=facts), patient, patient.clinic)
    return text.subject, text.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "about"), SAID)
def test_no_message_names_a_family_a_disorder_or_an_exercise(language, kind, about, patient):
    subject, body = said(patient, kind, about, language=language)
    text = f"{subject}\n{body}".lower()
    known = knowledge()
    clinical = [exercise["name"][language] for exercise in known.exercises.values()]
    clinical += [condition["name"] for condition in known.conditions.values()]
    assert len(clinical) > 100
    assert [word for word in clinical if word and word.lower() in text] == []
    assert patient.family_name not in text.title()
    assert patient.reference not in text
    assert "%(" not in text


def test_a_visit_is_told_with_day_and_hour_of_the_patients_clock(patient):
    subject, body = said(patient)
    assert subject == "Your visit on Tue 5 Jan, 10:00"
    assert "Ananya, we see you at Alipore Nerve Clinic on Tue 5 Jan, 10:00." in body
    assert "Questions? Call us on +913322223333." in body
    assert said(patient, timezone="Asia/Dubai")[0] == "Your visit on Tue 5 Jan, 08:30"


@pytest.mark.parametrize("language", ["hi", "bn"])
@pytest.mark.parametrize(("kind", "about"), SAID)
def test_every_message_is_in_the_patients_language(language, kind, about, patient):
    english, theirs = said(patient, kind, about, language="en"), said(patient, kind, about, language=language)
    letters = {"hi": "\u0900-\u097f", "bn": "\u0980-\u09ff"}[language]
    assert english[0] != theirs[0]
    for text in (theirs[0], theirs[1].split("\n\n")[0], theirs[1].split("\n\n")[-1]):
        assert re.search(f"[{letters}]", text), text


@pytest.mark.parametrize("owner", ["family", "neighbour"])
@pytest.mark.parametrize(("kind", "about"), SAID)
def test_a_phone_that_others_read_is_told_nothing(owner, kind, about, patient):
    subject, body = said(patient, kind, about, phone_owner=owner)
    assert subject == "A message from Alipore Nerve Clinic"
    assert body.startswith("You have a reminder from Alipore Nerve Clinic.")
    assert "Ananya" not in body
    assert "/me/go/" not in body


def test_a_message_leads_to_today(patient):
    assert f"http://127.0.0.1:8000/me/go/{links.token_for(patient)[:20]}" in said(patient)[1]


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"pin": "hashed"}, "http://127.0.0.1:8000/me/"),
        ({"phone_owner": "family"}, "http://127.0.0.1:8000/me/"),
        ({"user_id": None}, ""),
        ({"invited_at": None}, ""),
    ],
    ids=["pin", "shared", "no account", "not invited"],
)
def test_who_gets_a_link_that_lets_in(fields, link, patient):
    for name, value in fields.items():
        setattr(patient, name, value)
    assert links.link_for(patient) == link


def test_a_link_is_over_after_a_day_and_cannot_be_forged(patient):
    token = links.token_for(patient, now=NOON)
    user, mark, ends = links.read(token, now=NOON + timedelta(hours=23, minutes=59))
    assert (user, mark) == (patient.user_id, links.address_mark(patient))
    assert ends == int((NOON + timedelta(days=1)).timestamp())
    assert links.read(token, now=NOON + timedelta(days=1)) is None
    for broken in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "x" + token,
        token.split(".")[0],
        "",
        ".",
    ):
        assert links.read(broken, now=NOON) is None


@pytest.mark.parametrize("fields", [{"phone": "+919830099999"}, {"email": "new@example.org"}, {"pin": "set"}])
def test_a_link_dies_with_the_address_it_went_to(fields, patient):
    before = links.address_mark(patient)
    for name, value in fields.items():
        setattr(patient, name, value)
    assert links.address_mark(patient) != before
