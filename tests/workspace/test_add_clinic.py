"""How a clinic begins in production: one command, then its admin does the rest in the browser."""

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from clinic import doors
from clinic.models import User


def add(**changed):
    told = {"slug": "alipore", "name": "Alipore", "admin": "boss@example.org"} | changed
    call_command("add_clinic", *(f"--{name}={value}" for name, value in told.items()), verbosity=0)


def test_its_admin_chooses_a_password_by_mail_and_signs_in(db):
    add()
    browser = Client()
    browser.post("/password/reset/", {"email": "boss@example.org"})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)[1]
    page = browser.get(link, follow=True)
    browser.post(
        page.request["PATH_INFO"], {"password1": "a long enough one", "password2": "a long enough one"}
    )
    assert browser.login(email="boss@example.org", password="a long enough one")
    (who,) = doors.identities(User.objects.get(email="boss@example.org").pk)
    assert (who.clinic_slug, who.roles) == ("alipore", ("admin",))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"slug": "not a slug"}, "slug"),
        ({"timezone": "Mars/Olympus"}, "time zone"),
        ({"admin": "nobody"}, "e-?mail"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(db, changed, told):
    with pytest.raises(CommandError, match=f"(?i){told}"):
        add(**changed)
    assert not User.objects.exists()


def test_a_second_one_of_that_name_is_refused(db):
    add()
    with pytest.raises(CommandError, match="already"):
        add(name="Another")


def test_who_works_elsewhere_keeps_their_account(db):
    add()
    add(slug="ballygunge", name="Ballygunge")
    assert User.objects.count() == 1
