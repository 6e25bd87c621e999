"""Accounts: too many wrong tries, tokens, several clinics, who am I, the idle lock, and forms of other sites."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp_auth
from django.conf import settings as django_settings
from django.utils import timezone

from clinic import doors, tenancy
from clinic.access import Role
from clinic.models import Membership, User
from tests import factories
from tests.conftest import ClinicAPIClient, ClinicClient, outside

TOKEN, ME = "/api/v1/auth/token/", "/api/v1/auth/me/"
BACKEND = django_settings.AUTHENTICATION_BACKENDS[0]


@pytest.fixture
def user(physio):
    return factories.user_of(physio)


@pytest.fixture
def api(db):
    return ClinicAPIClient()


@pytest.fixture
def limits(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/300s/key"}


@pytest.fixture
def two_clinics(user, other_clinic):
    """A user who is a physiotherapist here and an admin there."""
    with outside():
        factories.make_member(other_clinic, Role.ADMIN, user=user)
    return user


def by_password(api, user, password=factories.PASSWORD, **more):
    return api.post(TOKEN, {"email": user.email, "password": password, **more})


def with_token(api, user):
    api.credentials(HTTP_AUTHORIZATION=f"Token {by_password(api, user).json()['token']}")
    return api


# --- wrong tries ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("email", ["", "nobody@example.org"], ids=["wrong password", "unknown address"])
def test_wrong_credentials_are_401_and_say_not_which_was_wrong(email, api, user):
    answer = api.post(TOKEN, {"email": email or user.email, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.json() == {"detail": "These are not the right e-mail and password."}


@pytest.mark.parametrize(
    "wrong", [{"password": ""}, {"email": "x"}, {"extra": 1}, {"otp": "1" * 21}], ids=str
)
def test_a_wrong_body_is_400_at_its_field(wrong, api, user):
    answer = by_password(api, user, **wrong) if "password" not in wrong else by_password(api, user, "")
    assert (answer.status_code, list(answer.json())) == (400, list(wrong))


def test_after_five_wrong_tries_the_right_password_is_429_by_program(limits, api, user):
    assert [by_password(api, user, "wrong").status_code for _ in range(5)] == [401] * 5
    answer = by_password(api, user)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/sign-in/", "/admin/login/"])
def test_after_five_wrong_tries_the_right_password_is_429_on_the_page(path, limits, user):
    browser = ClinicClient()
    form = {"login": user.email, "password": "wrong"}
    for _ in range(5):
        browser.post("/sign-in/", form)
    page = browser.get(path, follow=True).request["PATH_INFO"]
    answer = browser.post(page, form | {"password": factories.PASSWORD})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "_auth_user_id" not in browser.session


def test_too_many_resets_are_429_too(settings, user):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "2/m/ip"}
    browser = ClinicClient()
    for _ in range(2):
        assert browser.post("/password/reset/", {"email": user.email}).status_code == 302
    answer = browser.post("/password/reset/", {"email": user.email})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_page_and_program_count_together(limits, api, user):
    browser = ClinicClient()
    for _ in range(5):
        browser.post("/sign-in/", {"login": user.email, "password": "wrong"})
    assert by_password(api, user).status_code == 429


def test_others_still_come_in(limits, api, user, desk):
    for _ in range(6):
        by_password(api, user, "wrong")
    assert by_password(api, factories.user_of(desk)).status_code == 200


# --- tokens ---------------------------------------------------------------------------------------------------------
def test_a_staff_token_lasts_twelve_hours(api, user):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        with_token(api, user)
        clock.shift(timedelta(hours=11, minutes=59))
        assert api.get(ME).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert api.get(ME).status_code == 401


@pytest.mark.parametrize("header", ["Token x", "Token ", "Token", "Bearer x", "Token \x7f"], ids=repr)
def test_a_token_that_is_none_is_401(header, api):
    api.credentials(HTTP_AUTHORIZATION=header)
    assert api.get(ME).status_code == 401


def test_a_closed_account_is_out_by_token_and_by_password(api, user):
    with_token(api, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert api.get(ME).status_code == 401
    assert by_password(ClinicAPIClient(), user).status_code == 401


def test_who_am_i(api, user, clinic):
    assert with_token(api, user).get(ME).json() == {
        "user": {"id": str(user.pk), "email": user.email, "name": user.name},
        "clinic": {
            "id": str(clinic.pk),
            "name": "Alipore Nerve Clinic",
            "slug": "demo",
            "timezone": "Asia/Kolkata",
        },
        "role": "physiotherapist",
        "roles": ["physiotherapist"],
    }


# --- several clinics ------------------------------------------------------------------------------------------------
def test_with_several_clinics_a_program_says_which(api, two_clinics):
    with_token(api, two_clinics)
    assert api.get(ME).status_code == 400
    for slug, role in (("demo", "physiotherapist"), ("other", "admin")):
        found = api.get(ME, HTTP_X_CLINIC=slug).json()
        assert (found["clinic"]["slug"], found["role"]) == (slug, role)
    assert api.get(ME, HTTP_X_CLINIC="nowhere").status_code == 404


def test_a_clinic_of_others_is_404(api, user, other_clinic):
    assert with_token(api, user).get(ME, HTTP_X_CLINIC="other").status_code == 404


def test_the_switcher_goes_on_in_the_other_clinic_and_stays_there(two_clinics):
    browser = ClinicClient()
    browser.force_login(two_clinics, backend=BACKEND)
    asked = browser.get("/settings/staff/")
    assert asked["Location"] == "/sign-in/clinics/?next=%2Fsettings%2Fstaff%2F"
    assert "Other Clinic" in browser.get(asked["Location"]).content.decode()
    there = {"clinic": "demo", "next": "/settings/staff/"}
    assert browser.post("/switch/", there)["Location"] == "/settings/staff/"
    assert "Other Clinic" in browser.get("/settings/staff/").content.decode()
    assert browser.post("/switch/", {"clinic": "other"})["Location"] == "/"
    assert browser.get("/activity/").status_code == 200  # admin there, not here
    assert browser.post("/switch/", {"clinic": "nowhere"}).status_code == 404
    assert browser.get("/activity/").status_code == 200


def test_a_browser_that_did_not_choose_is_in_no_clinic(two_clinics):
    browser = ClinicClient()
    browser.force_login(two_clinics, backend=BACKEND)
    assert browser.get(ME).status_code == 400
    assert browser.get("/")["Location"] == "/sign-in/clinics/"
    assert browser.get(ME, HTTP_X_CLINIC="other").json()["clinic"]["slug"] == "other"


def test_who_leaves_the_clinic_of_their_session_is_not_put_into_another(two_clinics):
    browser = ClinicClient()
    browser.force_login(two_clinics, backend=BACKEND)
    browser.post("/switch/", {"clinic": "other"})
    with outside():
        here = next(who for who in doors.identities(two_clinics.pk) if who.clinic_slug == "other")
        with tenancy.scope(here.clinic_id):
            Membership.objects.filter(pk=here.member_id).update(is_active=False)
    assert browser.get("/settings/staff/")["Location"].startswith("/sign-in/clinics/")
    assert browser.get(ME).status_code == 400


def test_a_form_of_the_clinic_before_is_void_after_a_switch(two_clinics):
    browser = ClinicClient(enforce_csrf_checks=True)
    browser.force_login(two_clinics, backend=BACKEND)
    page = browser.get("/sign-in/clinics/").content.decode()
    old = {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]}
    assert browser.post("/switch/", old | {"clinic": "demo"}).status_code == 302
    assert browser.post("/switch/", old | {"clinic": "other"}).status_code == 403


# --- the idle lock --------------------------------------------------------------------------------------------------
def test_staff_are_signed_out_after_twenty_idle_minutes(physio, client_for):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = client_for(physio)
        for _ in range(3):
            assert browser.get("/settings/staff/").status_code == 200
            clock.shift(timedelta(minutes=19))
        assert browser.get(ME, HTTP_X_POLL="1").status_code == 200  # asks by itself: no sign of anybody there
        clock.shift(timedelta(minutes=2))
        answer = browser.get("/settings/staff/")
        assert answer["Location"] == "/sign-in/?next=/settings/staff/"
        assert browser.get(ME).status_code == 401


def test_a_program_of_an_idle_page_is_told_so(physio, client_for):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = client_for(physio)
        browser.get(ME)
        clock.shift(timedelta(seconds=django_settings.STAFF_IDLE_SECONDS + 1))
        answer = browser.get(ME)
        assert (answer.status_code, answer.json()) == (
            401,
            {"detail": "Signed out after 20 minutes to keep records safe."},
        )


# --- forms of other sites -------------------------------------------------------------------------------------------
def test_a_session_writes_by_api_only_with_the_key_of_its_page(user, patient):
    browser = ClinicClient(enforce_csrf_checks=True)
    browser.force_login(user, backend=BACKEND)
    url, told = f"/api/v1/patients/{patient.pk}/", {"family_name": "Das"}
    assert browser.patch(url, told, content_type="application/json").status_code == 403
    browser.get("/settings/staff/")
    key = browser.cookies[django_settings.CSRF_COOKIE_NAME].value
    answer = browser.patch(url, told, content_type="application/json", HTTP_X_CSRFTOKEN=key)
    assert answer.status_code == 200


def test_a_token_needs_no_such_key(user, patient):
    program = with_token(ClinicAPIClient(enforce_csrf_checks=True), user)
    assert program.patch(f"/api/v1/patients/{patient.pk}/", {"family_name": "Das"}).status_code == 200


def test_wrong_second_steps_are_counted_by_program(limits, api, user):
    secret = totp_auth.generate_totp_secret()
    totp_auth.TOTP.activate(user, secret)
    told = {"email": user.email, "password": factories.PASSWORD}
    answers = [api.post("/api/v1/auth/token/", {**told, "otp": f"{n:06d}"}).status_code for n in range(7)]
    assert answers == [401] * 5 + [429] * 2


def test_a_record_is_kept_by_no_browser(client_for, desk, patient):
    for path in (f"/patients/{patient.pk}/", "/patients/", "/calendar/"):
        assert client_for(desk).get(path)["Cache-Control"] == "no-store"
