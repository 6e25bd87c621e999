"""The outbox of the embedded default: what would have left the clinic, for the admin to read."""

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.utils import timezone

from clinic import outbox
from clinic.access import Role
from tests import factories
from tests.conftest import ClinicClient, outside


@pytest.fixture
def folder(settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"
    return settings.OUTBOX


@pytest.fixture
def office(client_for):
    return client_for(Role.ADMIN)


def test_mail_and_sms_are_shown_newest_first(folder, office, clinic):
    mail = EmailMessage("Your visit", "Tomorrow at 9.\nhttp://testserver/me/", to=["ananya@example.org"])
    mail.clinic_id = clinic.pk
    with time_machine.travel(timezone.now(), tick=False) as clock:  # names sort by millisecond
        outbox.EmailBackend().send_messages([mail])
        clock.shift(1)
        outbox.put(".txt", "To: +919830012345\n\nকাল ৯টায় <b>".encode(), clinic.pk)
    html = office.get("/outbox/").content.decode()
    assert html.index("+919830012345") < html.index("ananya@example.org")
    for shown in ("Your visit", "Tomorrow at 9.", 'href="http://testserver/me/"', "কাল ৯টায় &lt;b&gt;"):
        assert shown in html, shown


def test_an_empty_one_says_so(folder, office):
    assert "No messages yet" in office.get("/outbox/").content.decode()


def test_where_mail_really_leaves_there_is_none(settings, office):
    settings.OUTBOX = None
    assert office.get("/outbox/").status_code == 404


@pytest.mark.parametrize("role", [Role.PHYSIOTHERAPIST, Role.ASSISTANT, Role.FRONT_DESK, Role.PATIENT])
def test_only_the_admin_reads_it(role, folder, client_for):
    assert client_for(role).get("/outbox/").status_code == 403


@pytest.fixture
def kept(folder, settings):
    settings.EMAIL_BACKEND = "clinic.outbox.EmailBackend"
    return lambda: [path.name for path in folder.glob("*")]


def test_an_admin_reads_the_messages_of_their_clinic_alone(kept, office, clinic, other_clinic, client_for):
    with outside():
        there = factories.make_access(other_clinic, Role.ADMIN)
        theirs = factories.make_access(other_clinic, Role.PHYSIOTHERAPIST)
        both = factories.make_user(email="both@example.org")
        for each in (clinic, other_clinic):
            factories.make_member(each, user=both)
        patients = [
            factories.make_patient(
                where, email=email, invited_at=timezone.now(), user=factories.make_user(email=None)
            )
            for where, email in (
                (clinic, "ours@example.org"),
                (other_clinic, "theirs@example.org"),
                (clinic, "shared@example.org"),
                (other_clinic, "shared@example.org"),
            )
        ]
    anybody = ClinicClient()
    for patient in patients[:3]:
        assert (
            anybody.post("/api/v1/auth/code/", {"email": patient.email}, "application/json").status_code
            == 202
        )
    for email in (factories.user_of(theirs).email, "both@example.org", "nobody@example.org"):
        assert anybody.post("/password/reset/", {"email": email}).status_code == 302
    new = {"name": "Mita Pal", "email": "both@example.org", "title": "", "roles": ["front_desk"]}
    office.post("/settings/staff/new/", new | {"email": factories.user_of(theirs).email})
    ours, other = (browser.get("/outbox/").content.decode() for browser in (office, client_for(there)))
    assert len(kept()) == 7
    assert ours.count("letter__body") == 2
    assert "ours@example.org" in ours
    assert "invites you" in ours
    assert "/password/reset/key/" not in ours
    assert other.count("letter__body") == 2
    assert "theirs@example.org" in other
    assert "/password/reset/key/" in other


def test_those_of_others_do_not_crowd_out_ones_own(folder, office, clinic, other_clinic):
    outbox.put(".txt", b"To: +911\n\nOurs", clinic.pk)
    for _ in range(outbox.SHOWN):
        outbox.put(".txt", b"To: +912\n\nTheirs", other_clinic.pk)
    html = office.get("/outbox/").content.decode()
    assert "Ours" in html
    assert "Theirs" not in html
