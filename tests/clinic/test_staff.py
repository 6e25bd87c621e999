"""The staff: added by name and e-mail, let in by a mailed link, changed, and out at once when they leave."""

import re
from smtplib import SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core import mail

from clinic import accounts, services
from clinic.access import Role
from clinic.errors import RuleBroken
from clinic.models import Membership, Token, User
from tests import factories
from tests.conftest import ClinicClient, outside
from tests.patients.counting import queries_of

STAFF = "/settings/staff/"
NEW = {"name": "Mita Pal", "email": "mita@example.org", "title": "Dr", "roles": ["front_desk"]}


@pytest.fixture
def boss(member):
    return member(Role.ADMIN, name="Kavita Rao")


@pytest.fixture
def office(boss, client_for):
    return client_for(boss)


def row_of(who):
    return Membership.objects.get(pk=who.member_id)


def text(answer):
    return answer.content.decode()


# --- adding ---------------------------------------------------------------------------------------------------------
def test_somebody_new_chooses_a_password_by_the_mailed_link_says_yes_and_is_in(office, clinic):
    assert office.post(f"{STAFF}new/", NEW)["Location"] == STAFF
    assert "Dr Mita Pal" in text(office.get(STAFF))
    (message,) = mail.outbox
    assert message.to == ["mita@example.org"]
    assert "Kavita Rao invites you to the staff of Alipore Nerve Clinic" in message.body
    (link,) = re.findall(r"http://[^/]+(/password/reset/key/\S+)", message.body)
    browser = ClinicClient()
    form = browser.get(link)["Location"]
    password = "seven-quiet-green-lamps"
    browser.post(form, {"password1": password, "password2": password})
    browser.post("/sign-in/", {"login": "MITA@example.org", "password": password})
    assert browser.get(STAFF).status_code == 403
    mita = Membership.objects.for_clinic(clinic).get(user__email="mita@example.org")
    browser.post("/sign-in/clinics/", {"member": mita.pk, "yes": "1"})
    assert "Dr Mita Pal" in text(browser.get(STAFF))


def test_an_account_of_another_clinic_is_invited_as_it_is_and_nothing_is_told(office, other_clinic, clinic):
    known = factories.make_user(email="Known@example.org", name="Somebody Known")
    answers = [
        office.post(f"{STAFF}new/", NEW | {"email": email, "name": "As Typed"})
        for email in ("known@example.org", "nobody@example.org")
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, STAFF)}
    known.refresh_from_db()
    assert known.name == "Somebody Known"
    assert known.check_password(factories.PASSWORD)
    assert Membership.objects.for_clinic(clinic).filter(user=known, is_active=False).exists()
    assert "Somebody Known" not in text(office.get(STAFF))
    assert text(office.get(STAFF)).count("no answer yet") == 2
    to_known, to_new = mail.outbox
    assert "/password/reset/" not in to_known.body
    assert "/password/reset/" in to_new.body


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"email": "x"}, "email"),
        ({"email": ""}, "email"),
        ({"roles": []}, "roles"),
        ({"roles": ["patient"]}, "roles"),
        ({"roles": ["owner"]}, "roles"),
        ({"title": "x" * 31}, "title"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(wrong, field, office):
    answer = office.post(f"{STAFF}new/", NEW | {"title": "Prof"} | wrong)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in text(answer)
    kept = {"name": "Mita Pal", "title": "Prof"}
    kept.pop(field, None)
    assert all(f'value="{value}"' in text(answer) for value in kept.values())
    assert mail.outbox == []
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_nobody_is_added_twice(office, boss):
    answer = office.post(f"{STAFF}new/", NEW | {"email": factories.user_of(boss).email.upper()})
    assert answer.status_code == 422
    assert "on the staff already" in text(answer)


def test_a_mail_that_does_not_leave_is_said_and_can_be_sent_again(office, monkeypatch):
    def broken(*_args):
        raise SMTPServerDisconnected

    with monkeypatch.context() as patch:
        patch.setattr(accounts.AccountAdapter, "send_mail", broken)
        assert "did not leave" in text(office.post(f"{STAFF}new/", NEW, follow=True))
    mita = Membership.objects.get(user__email=NEW["email"])
    office.post(f"{STAFF}{mita.pk}/welcome/")
    assert [message.to for message in mail.outbox] == [[NEW["email"]]]


# --- changing -------------------------------------------------------------------------------------------------------
def test_roles_and_title_change_and_hold_from_the_next_request(office, physio, client_for):
    browser = client_for(physio)
    assert browser.get("/activity/").status_code == 403
    form = {"title": "Prof", "roles": ["admin", "physiotherapist"]}
    assert office.post(f"{STAFF}{physio.member_id}/", form)["Location"] == STAFF
    row = row_of(physio)
    assert (row.title, row.roles) == ("Prof", ["physiotherapist", "admin"])
    assert browser.get("/activity/").status_code == 200


def test_the_last_admin_stays_admin_and_stays(office, boss, physio):
    refused = office.post(f"{STAFF}{boss.member_id}/", {"title": "", "roles": ["front_desk"]})
    assert refused.status_code == 422
    assert "This is the only admin" in text(refused)
    assert "This is the only admin" in text(office.post(f"{STAFF}{boss.member_id}/leave/", follow=True))
    assert row_of(boss).is_active
    services.change_member(physio.member_id, roles=["admin"], title="", by=boss)
    services.deactivate_member(boss.member_id, by=boss)
    with pytest.raises(RuleBroken, match="only admin"):
        services.deactivate_member(physio.member_id, by=boss)


def test_an_admin_whose_account_is_closed_does_not_count(boss, member):
    other = member(Role.ADMIN)
    User.objects.filter(pk=other.user_id).update(is_active=False)
    with pytest.raises(RuleBroken, match="only admin"):
        services.deactivate_member(boss.member_id, by=boss)


# --- leaving --------------------------------------------------------------------------------------------------------
def test_who_leaves_is_out_at_once_by_browser_and_by_program(office, physio, client_for, api_for):
    browser, api = client_for(physio), api_for(physio)
    assert browser.get(STAFF).status_code == 200
    assert api.get("/api/v1/auth/me/").status_code == 200
    assert office.post(f"{STAFF}{physio.member_id}/leave/")["Location"] == STAFF
    assert browser.get(STAFF)["Location"].startswith("/sign-in/")
    assert api.get("/api/v1/auth/me/").status_code == 401
    assert not Token.objects.filter(user=physio.user_id).exists()


def test_who_left_signs_in_to_nothing_and_can_be_let_back_in(office, physio):
    email = factories.user_of(physio).email
    office.post(f"{STAFF}{physio.member_id}/leave/")
    browser = ClinicClient()
    browser.post("/sign-in/", {"login": email, "password": factories.PASSWORD})
    assert "work in no clinic" in text(browser.get("/", follow=True))
    assert browser.get(STAFF).status_code == 403
    assert "worked here before" in text(office.post(f"{STAFF}new/", NEW | {"email": email}))
    office.post(f"{STAFF}{physio.member_id}/return/")
    assert browser.get(STAFF).status_code == 200


def test_nobody_touches_the_staff_of_another_clinic(office, other_clinic):
    with outside():
        theirs = factories.make_member(other_clinic, Role.ADMIN)
    for pk in (theirs.pk, uuid4()):
        assert office.get(f"{STAFF}{pk}/").status_code == 404
        for what in ("", "welcome/", "leave/", "return/"):
            assert office.post(f"{STAFF}{pk}/{what}", NEW).status_code == 404
    assert mail.outbox == []


# --- reading --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.PHYSIOTHERAPIST, Role.ASSISTANT, Role.FRONT_DESK])
def test_the_rest_of_the_staff_reads_and_sees_no_buttons(role, client_for, boss):
    html = text(client_for(role).get(STAFF))
    assert "Kavita Rao" in html
    assert f"{STAFF}new/" not in html
    assert str(boss.member_id) not in html


def test_the_list_costs_the_same_for_many(office, clinic):
    few = queries_of(lambda: office.get(STAFF))
    with outside():
        for _ in range(5):
            factories.make_member(clinic)
    assert len(queries_of(lambda: office.get(STAFF))) == len(few) <= 9
