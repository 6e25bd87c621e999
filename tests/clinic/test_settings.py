"""The clinic's settings: the staff reads them, the admin changes them."""

import pytest

from clinic import services
from clinic.access import Role
from clinic.models import Clinic

SETTINGS = "/settings/clinic/"
TOLD = {
    "name": "Alipore Pain Clinic",
    "city": "Kolkata",
    "address": "4 Judges Court Road",
    "phone": "98300 12345",
    "email": "desk@example.org",
    "timezone": "Asia/Dhaka",
    "language": "bn",
    "emergency_number": "112",
    "crisis_line": "14416",
    "quiet_from": "22:00",
    "quiet_until": "06:30",
    "cancel_notice_hours": "12",
    "from-1-1": "09:00",
    "to-1-1": "13:00",
    "from-1-2": "14:00",
    "to-1-2": "18:00",
    "from-6-1": "10:00",
    "to-6-1": "12:00",
}


@pytest.fixture
def office(client_for):
    return client_for(Role.ADMIN)


def change(office, **told):
    return office.post(f"{SETTINGS}change/", TOLD | told)


def test_everything_is_kept_and_shown(office, clinic):
    assert change(office)["Location"] == SETTINGS
    clinic.refresh_from_db()
    assert clinic.phone == "+919830012345"
    assert (clinic.timezone, clinic.cancel_notice_hours, f"{clinic.quiet_until:%H:%M}") == (
        "Asia/Dhaka",
        12,
        "06:30",
    )
    assert clinic.hours == [
        {"weekday": 1, "start": "09:00", "end": "13:00"},
        {"weekday": 1, "start": "14:00", "end": "18:00"},
        {"weekday": 6, "start": "10:00", "end": "12:00"},
    ]
    html = office.get(SETTINGS).content.decode()
    for told in ("Alipore Pain Clinic", "09:00–13:00, 14:00–18:00", "Closed", "22:00–06:30", "098300 12345"):
        assert told in html, told


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 151),
        ("name", "a\0b"),
        ("phone", "12"),
        ("email", "x"),
        ("timezone", "Mars/Olympus"),
        ("timezone", ""),
        ("language", "xx"),
        ("emergency_number", ""),
        ("emergency_number", "help"),
        ("crisis_line", "<b>"),
        ("quiet_from", "25:00"),
        ("quiet_until", ""),
        ("cancel_notice_hours", "-1"),
        ("cancel_notice_hours", "337"),
        ("cancel_notice_hours", "99999999999"),
        ("address", "x" * 501),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(field, typed, office, clinic):
    answer = change(office, **{field: typed})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in html
    assert 'value="Kolkata"' in html
    assert 'name="to-1-2" value="18:00"' in html
    assert Clinic.objects.get(pk=clinic.pk).city == ""


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"to-1-1": ""}, "Give both times, or neither."),
        ({"to-1-1": "08:00"}, "This ends before it begins."),
        ({"from-1-2": "12:00"}, "This begins before the first part ends."),
        ({"from-3-1": "nine", "to-3-1": "18:00"}, "Enter a valid time."),
    ],
    ids=["half", "backwards", "overlapping", "no time"],
)
def test_hours_that_cannot_be_are_refused(told, said, office):
    answer = change(office, **told)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_refused_name_stands_in_no_frame(office):
    assert (
        "Never Kept" not in change(office, name="Never Kept", phone="12").content.decode().split("<main")[0]
    )


@pytest.mark.parametrize("role", [Role.PHYSIOTHERAPIST, Role.ASSISTANT, Role.FRONT_DESK])
def test_the_rest_of_the_staff_only_reads(role, client_for):
    browser = client_for(role)
    assert f"{SETTINGS}change/" not in browser.get(SETTINGS).content.decode()
    assert browser.get(f"{SETTINGS}change/").status_code == 403
    assert change(browser).status_code == 403


def test_a_change_of_settings_leaves_the_next_patients_number(clinic, member):
    boss = member(Role.ADMIN)
    Clinic.objects.filter(pk=clinic.pk).update(last_patient_number=41)
    services.change_settings({"name": "New"}, by=boss)
    clinic.refresh_from_db()
    assert (clinic.name, clinic.last_patient_number) == ("New", 41)
