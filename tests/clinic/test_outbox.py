"""The outbox of the embedded default: what would have left the clinic, for the admin to read."""

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.utils import timezone

from clinic import outbox
from clinic.access import Role


@pytest.fixture
def folder(settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"
    return settings.OUTBOX


@pytest.fixture
def office(client_for):
    return client_for(Role.ADMIN)


def test_mail_and_sms_are_shown_newest_first(folder, office):
    mail = EmailMessage("Your visit", "Tomorrow at 9.\nhttp://testserver/me/", to=["ananya@example.org"])
    with time_machine.travel(timezone.now(), tick=False) as clock:  # names sort by millisecond
        outbox.EmailBackend().send_messages([mail])
        clock.shift(1)
        outbox.put(".txt", "To: +919830012345\n\nকাল ৯টায় <b>".encode())
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
