"""Staff sign in: password, forgotten password, second step. The pages are ours, the rules are allauth's."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail

from clinic.access import Role
from tests import factories
from tests.conftest import ClinicClient

NEW_PASSWORD = "seven-quiet-green-lamps"


@pytest.fixture
def physio_user(member):
    return factories.user_of(member(Role.PHYSIOTHERAPIST))


@pytest.fixture
def browser(db):
    return ClinicClient()


def sign_in(browser, user, password=factories.PASSWORD):
    return browser.post("/sign-in/", {"login": user.email, "password": password})


def code_for(secret):
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def page(browser, path):
    response = browser.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_right_password_opens_the_start_page(browser, physio_user):
    assert sign_in(browser, physio_user).headers["Location"] == "/"


def test_sign_in_returns_to_where_one_was(browser, physio_user):
    form = {"login": physio_user.email, "password": factories.PASSWORD, "next": "/settings/staff/"}
    assert browser.post("/sign-in/", form).headers["Location"] == "/settings/staff/"


def test_forgotten_password_is_replaced_by_a_link_that_works_once(browser, physio_user):
    browser.post("/password/reset/", {"email": physio_user.email})
    (link,) = re.findall(r"http://[^/]+(/password/reset/key/\S+)", mail.outbox[0].body)
    form_at = browser.get(link).headers["Location"]
    assert 'autocomplete="new-password"' in page(browser, form_at)
    browser.post(form_at, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert sign_in(browser, physio_user, NEW_PASSWORD).headers["Location"] == "/"
    assert "used, or is too old" in page(ClinicClient(), link)


def test_reset_says_the_same_for_an_address_nobody_has(browser, physio_user):
    answers = {
        browser.post("/password/reset/", {"email": email}).headers["Location"]
        for email in (physio_user.email, "nobody@example.org")
    }
    assert answers == {"/password/reset/done/"}


def test_weak_password_is_refused_at_the_field(browser, physio_user):
    sign_in(browser, physio_user)
    form = {"oldpassword": factories.PASSWORD, "password1": "short", "password2": "short"}
    html = browser.post("/password/change/", form).content.decode()
    assert 'id="id_password1_error"' in html


def test_second_step_is_set_up_and_then_asked_for(browser, physio_user):
    sign_in(browser, physio_user)
    assert "You have no second step yet" in page(browser, "/two-factor/")
    confirm = browser.get("/two-factor/totp/activate/").headers["Location"]
    assert "Confirm that it is you" in page(browser, confirm)
    browser.post(confirm, {"password": factories.PASSWORD})
    (secret,) = re.findall(
        r'<strong class="num">(\w{32})</strong>', page(browser, "/two-factor/totp/activate/")
    )
    browser.post("/two-factor/totp/activate/", {"code": code_for(secret)})
    assert "10 of 10 left" in page(browser, "/two-factor/recovery-codes/")
    assert "Turn the app off?" in page(browser, "/two-factor/totp/deactivate/")
    assert "Add a security key" in page(browser, "/two-factor/webauthn/add/")

    again = ClinicClient()
    assert sign_in(again, physio_user).headers["Location"] == "/two-factor/authenticate/"
    assert "Second step" in page(again, "/two-factor/authenticate/")
    refused = again.post("/two-factor/authenticate/", {"code": "000000"}).content.decode()
    assert 'id="id_code_error"' in refused
    assert again.get("/settings/staff/").status_code == 302
