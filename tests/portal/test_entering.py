"""How patients come in: a code to their address, one of several people behind it, or a link that opens Today alone."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.core import mail

from clinic.access import Role
from clinic.models import Token
from patients.models import Patient
from patients.services import people
from reminders import links
from tests import factories
from tests.conftest import ClinicAPIClient, ClinicClient, outside
from tests.reminders.desk import NOON
from tests.routes import routes

ADDRESS = "family@example.org"


@pytest.fixture
def browser(db):
    return ClinicClient()


@pytest.fixture
def family(clinic, noon):
    """Two people who share an e-mail; the second has a PIN."""
    both = []
    for name, pin in (("Ananya", ""), ("Bimal", make_password("4711"))):
        patient = factories.make_patient(
            clinic, given_name=name, email=ADDRESS, pin=pin, phone_owner="family"
        )
        with outside():
            both.append(factories.make_access(clinic, Role.PATIENT, patient=patient))
    return both


def code_in(message):
    (code,) = re.findall(r"\b\d{6}\b", message.body)
    return code


def ask(browser, address=ADDRESS, **form):
    return browser.post("/sign-in/code/", {"address": address, **form})


def enter(browser, address=ADDRESS, **form):
    """Sign in as far as the code goes; return the answer to it."""
    ask(browser, address, **form)
    return browser.post("/sign-in/code/enter/", {"code": code_in(mail.outbox[-1])})


def is_inside(browser):
    return browser.get("/me/plan/").status_code == 200


# --- by code ----------------------------------------------------------------------------------------------------------
def test_a_code_lets_in_and_lasts_a_month(browser, me, patient):
    assert ask(browser, patient.email)["Location"] == "/sign-in/code/enter/"
    code = code_in(mail.outbox[0])
    assert browser.post("/sign-in/code/enter/", {"code": f" {code[:3]} {code[3:]} "})["Location"] == "/me/"
    assert is_inside(browser)
    assert browser.session.get_expiry_age() == 30 * 86400


def test_the_code_is_in_the_patients_language_and_names_the_clinic(browser, me, patient):
    Patient.objects.filter(pk=patient.pk).update(language="bn")
    enter(browser, patient.email)
    assert "আপনার সাইন-ইন কোড" in mail.outbox[0].body
    assert mail.outbox[0].from_email.startswith("Alipore Nerve Clinic")
    assert browser.cookies["tonus_language"].value == "bn"
    assert '<html lang="bn"' in browser.get("/me/").content.decode()


def test_nobody_learns_whether_an_address_is_known(browser, me, patient):
    pages = []
    for address in (patient.email, "nobody@example.org"):
        assert ask(browser, address)["Location"] == "/sign-in/code/enter/"
        pages.append(browser.get("/sign-in/code/enter/").content.decode().replace(address, "…"))
    forms = [re.sub(r'value="[^"]{64}"', "", page) for page in pages]
    assert forms[0] == forms[1]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "address", ["", "x", "98300", "@", "a@b", "x" * 200, "\0", "+91 12"], ids=lambda text: repr(text)[:8]
)
def test_what_is_no_address_is_refused_at_the_field(address, browser, db):
    answer = ask(browser, address)
    assert answer.status_code == 422
    assert 'id="id_address_error"' in answer.content.decode()


def test_a_wrong_code_is_refused_and_after_five_the_right_one_too(browser, me, patient):
    ask(browser, patient.email)
    code = code_in(mail.outbox[0])
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert browser.post("/sign-in/code/enter/", {"code": wrong}).status_code == 422
    assert browser.post("/sign-in/code/enter/", {"code": code}).status_code == 422
    assert not is_inside(browser)


def test_a_code_is_over_after_ten_minutes_and_works_once(browser, me, patient, noon):
    ask(browser, patient.email)
    code = code_in(mail.outbox[0])
    browser.post("/sign-in/code/enter/", {"code": code})
    other = ClinicClient()
    ask(other, patient.email)
    assert other.post("/sign-in/code/enter/", {"code": code}).status_code == 422
    noon.shift(timedelta(minutes=11))
    late = other.post("/sign-in/code/enter/", {"code": code_in(mail.outbox[1])})
    assert late["Location"] == "/sign-in/code/"


def test_asking_again_and_again_is_slowed_down(browser, me, patient):
    answers = [ask(browser, patient.email) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert answers[-1]["Retry-After"] == "600"
    assert len(mail.outbox) == 5


def test_who_was_not_invited_gets_no_code(browser, patient):
    ask(browser, patient.email)
    assert mail.outbox == []


def test_one_goes_on_to_the_page_one_came_for(browser, me, patient):
    answer = browser.get("/me/plan/")
    assert answer["Location"] == "/sign-in/code/?next=%2Fme%2Fplan%2F"
    assert 'name="next" value="/me/plan/"' in browser.get(answer["Location"]).content.decode()
    assert enter(browser, patient.email, next="/me/plan/")["Location"] == "/me/plan/"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/me/", "/me/../admin/", "/settings/staff/", "/me/nothing/"],
)
def test_one_does_not_go_on_to_anywhere_else(target, browser, me, patient):
    assert enter(browser, patient.email, next=target)["Location"] == "/me/"


def test_somebody_signed_in_is_sent_home(client_for):
    assert client_for(Role.FRONT_DESK).get("/sign-in/code/")["Location"] == "/"


# --- shared phones ----------------------------------------------------------------------------------------------------
def test_several_people_behind_an_address_choose_who_it_is(browser, family):
    assert enter(browser)["Location"] == "/sign-in/code/who/"
    html = browser.get("/sign-in/code/who/").content.decode()
    assert re.findall(r"Go on as (\w+)", html) == ["Ananya", "Bimal"]
    assert html.count('name="pin"') == 1
    answer = browser.post("/sign-in/code/who/", {"patient": family[0].patient_id})
    assert answer["Location"] == "/me/"
    assert "Ananya" in browser.get("/me/").content.decode()


def test_a_pin_keeps_the_others_out(browser, family):
    enter(browser)
    for pin in ("", "0000", "47111"):
        answer = browser.post("/sign-in/code/who/", {"patient": family[1].patient_id, "pin": pin})
        assert answer.status_code == 422
        assert not is_inside(browser)
    browser.post("/sign-in/code/who/", {"patient": family[1].patient_id, "pin": "4711"})
    assert "Bimal" in browser.get("/me/").content.decode()


def test_a_pin_bears_five_tries_from_all_who_try(browser, family):
    enter(browser)
    form = {"patient": family[1].patient_id, "pin": "0000"}
    for _ in range(5):
        assert browser.post("/sign-in/code/who/", form).status_code == 422
    assert browser.post("/sign-in/code/who/", form | {"pin": "4711"}).status_code == 429


def test_even_one_alone_is_asked_for_the_pin(browser, family):
    Patient.objects.filter(pk=family[0].patient_id).update(email="else@example.org")
    assert enter(browser)["Location"] == "/sign-in/code/who/"
    assert not is_inside(browser)


def test_nobody_else_can_be_chosen(browser, family, clinic):
    stranger = factories.make_access(clinic, Role.PATIENT)
    enter(browser)
    for patient in (stranger.patient_id, "x", ""):
        assert browser.post("/sign-in/code/who/", {"patient": patient}).status_code == 422
    assert not is_inside(browser)


def test_the_choice_is_not_open_without_a_code(browser, family):
    ask(browser)
    assert browser.get("/sign-in/code/who/")["Location"] == "/sign-in/code/"
    assert (
        browser.post("/sign-in/code/who/", {"patient": family[0].patient_id})["Location"] == "/sign-in/code/"
    )


def test_a_shared_device_forgets_when_the_browser_closes_and_within_the_hour(browser, family, noon):
    enter(browser, shared="on")
    browser.post("/sign-in/code/who/", {"patient": family[0].patient_id})
    assert browser.session.get_expire_at_browser_close()
    assert browser.cookies[django_settings.SESSION_COOKIE_NAME]["max-age"] == ""
    assert is_inside(browser)
    noon.shift(timedelta(minutes=61))
    assert not is_inside(browser)


def test_two_people_of_different_clinics_share_a_phone(browser, family, other_clinic):
    with outside():
        elsewhere = factories.make_patient(
            other_clinic, given_name="Chitra", email=ADDRESS, pin=make_password("1")
        )
        factories.make_access(other_clinic, Role.PATIENT, patient=elsewhere)
    enter(browser)
    browser.post("/sign-in/code/who/", {"patient": elsewhere.pk, "pin": "1"})
    assert "Chitra" in browser.get("/me/").content.decode()


# --- over the API -----------------------------------------------------------------------------------------------------
def api_enter(address=ADDRESS):
    api = ClinicAPIClient()
    assert api.post("/api/v1/auth/code/", {"email": address}).status_code == 202
    answer = api.post("/api/v1/auth/code/verify/", {"email": address, "code": code_in(mail.outbox[-1])})
    api.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    return api, answer.json()


def test_one_alone_gets_a_token_of_their_own(me, patient):
    api, answer = api_enter(patient.email)
    assert [p["given_name"] for p in answer["profiles"]] == ["Ananya"]
    assert api.get("/api/v1/me/").json()["name"] == "Ananya Sen"


def test_a_token_to_choose_with_does_nothing_else_and_is_used_up(family):
    api, answer = api_enter()
    assert [p["given_name"] for p in answer["profiles"]] == ["Ananya", "Bimal"]
    assert api.get("/api/v1/me/today/").status_code == 401
    assert api.get("/api/v1/auth/me/").status_code == 401
    bimal = answer["profiles"][1]["patient"]
    assert api.post("/api/v1/auth/profile/", {"patient": bimal, "pin": "1"}).json() == {
        "pin": ["That PIN did not work."]
    }
    chosen = api.post("/api/v1/auth/profile/", {"patient": bimal, "pin": "4711", "shared_device": True})
    assert chosen.status_code == 200
    assert api.post("/api/v1/auth/profile/", {"patient": bimal, "pin": "4711"}).status_code == 401
    api.credentials(HTTP_AUTHORIZATION=f"Token {chosen.json()['token']}")
    assert api.get("/api/v1/me/").json()["name"] == "Bimal Sen"


@pytest.mark.parametrize("shared", [False, True])
def test_how_long_a_token_lasts(shared, family, noon):
    api, answer = api_enter()
    first = answer["profiles"][0]["patient"]
    api.post("/api/v1/auth/profile/", {"patient": first, "shared_device": shared})
    lasts = Token.objects.get(patient=first).expires_at - NOON
    assert lasts == (timedelta(hours=1) if shared else timedelta(days=30))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "x"},
        {"phone": "x"},
        {"email": "a@b.example", "phone": "+919830012345"},
        {"email": "a@b.example", "x": 1},
        {"email": ["a"]},
        {"phone": "1\0"},
    ],
    ids=str,
)
def test_a_wrong_body_is_refused(body, db):
    assert ClinicAPIClient().post("/api/v1/auth/code/", body).status_code == 400


# --- by the link in a message -----------------------------------------------------------------------------------------
@pytest.fixture
def link(me, patient, noon):
    patient.refresh_from_db()
    return f"/me/go/{links.token_for(patient)}/"


@pytest.fixture
def visitor(browser, link, plan):
    """A browser in which the link was opened."""
    assert browser.get(link)["Location"] == "/me/"
    return browser


def test_a_link_opens_today_and_an_exercise_can_be_logged(visitor, stretch):
    html = visitor.get("/me/").content.decode()
    assert "Good afternoon, Ananya" in html
    page = visitor.get(f"/me/exercise/{stretch.pk}/?session=08:00").content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(event|prescription|session)" value="([^"]*)"', page))
    assert visitor.post("/me/log/", form | {"sets_done": 2})["Location"] == "/me/"
    assert "ex--done" in visitor.get("/me/").content.decode()
    assert visitor.get("/me/help/").status_code == 200
    assert visitor.get("/")["Location"] == "/me/"


def test_a_link_opens_nothing_else(visitor):
    opened = set()
    for route in routes():
        for method in route.methods:
            if route.capability(method) is None:
                continue
            answer = getattr(visitor, method)(route.url())
            turned_away = answer.status_code in (401, 403) or (
                answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
            )
            if not turned_away:
                opened.add(route.name)
    assert opened == {"today", "exercise", "stopped", "log", "help"}


@pytest.mark.parametrize(
    "path",
    [
        "/password/set/",
        "/password/change/",
        "/two-factor/",
        "/two-factor/totp/activate/",
        "/reauthenticate/",
        "/admin/",
    ],
)
def test_a_link_signs_nobody_in(path, visitor):
    answer = visitor.get(path)
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"] or "login" in answer["Location"]
    assert "_auth_user_id" not in visitor.session


def test_anything_more_asks_for_the_code_and_then_all_is_open(visitor, patient):
    assert visitor.get("/me/privacy/")["Location"] == "/sign-in/code/?next=%2Fme%2Fprivacy%2F"
    assert visitor.get("/sign-in/code/").status_code == 200
    assert enter(visitor, patient.email, next="/me/privacy/")["Location"] == "/me/privacy/"
    assert is_inside(visitor)


def test_a_link_is_over_after_a_day_and_so_is_what_it_opened(visitor, browser, link, noon):
    noon.shift(timedelta(hours=23, minutes=59))
    assert visitor.get("/me/").status_code == 200
    noon.shift(timedelta(minutes=1))
    assert visitor.get("/me/")["Location"].startswith("/sign-in/code/")
    assert ClinicClient().get(link)["Location"] == "/sign-in/code/"


@pytest.mark.parametrize("changed", [{"phone": "+919830099999"}, {"email": "new@example.org"}])
def test_a_link_dies_with_the_address_it_went_to(changed, visitor, link, patient, desk):
    people.update_patient(patient.pk, changed, by=desk)
    assert visitor.get("/me/")["Location"] == "/sign-in/code/"
    again = ClinicClient()
    again.get(link)
    assert again.get("/me/")["Location"] == "/sign-in/code/"


def test_a_link_dies_with_the_record(visitor, patient, desk):
    people.archive(patient.pk, by=desk)
    assert visitor.get("/me/")["Location"].startswith("/sign-in/code/")


@pytest.mark.parametrize("token", ["x", "a.b", "..", "%2e%2e", "\u0985"])
def test_a_forged_link_leads_to_the_code(token, browser, db):
    answer = browser.get(f"/me/go/{token}/")
    assert answer.status_code in (302, 404)
    if answer.status_code == 302:
        assert answer["Location"].startswith("/sign-in/")


def test_who_is_signed_in_stays_so(link, phone, client_for):
    assert phone.get(link)["Location"] == "/"
    assert is_inside(phone)
    desk = client_for(Role.FRONT_DESK)
    assert desk.get(link)["Location"] == "/"
    assert desk.get("/reminders/").status_code == 200


def test_a_link_starts_a_session_of_its_own(browser, link, db):
    browser.get("/sign-in/code/")
    session = browser.session
    session["before"] = "kept by whoever planted it"
    session.save()
    browser.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    browser.get(link)
    assert "before" not in browser.session
    assert browser.session.session_key != session.session_key
