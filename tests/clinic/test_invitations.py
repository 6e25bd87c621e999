"""Joining a staff is the person's own yes: until then the clinic knows of them what it typed, and they are nobody there."""

import pytest
from django.core import mail

from clinic import doors, services
from clinic.access import Role
from clinic.errors import RuleBroken
from clinic.models import Membership
from tests import factories
from tests.conftest import outside

CLINICS = "/sign-in/clinics/"
STAFF = "/settings/staff/"


@pytest.fixture
def boss(member):
    return member(Role.ADMIN)


@pytest.fixture
def known(other_clinic):
    """Somebody on the staff of another clinic."""
    with outside():
        return factories.make_access(other_clinic, Role.FRONT_DESK, name="Somebody Known")


@pytest.fixture
def invited(boss, known):
    """Their invitation to this clinic."""
    email = factories.user_of(known).email
    return services.add_member(name="As Typed", email=email, roles=[Role.ADMIN], by=boss)


def text(answer):
    return answer.content.decode()


def clinics_of(who):
    with outside():
        return [found.clinic_slug for found in doors.identities(who.user_id)]


def test_the_invited_are_nobody_here_and_go_on_elsewhere(invited, known, client_for, api_for, boss):
    assert clinics_of(known) == ["other"]
    assert api_for(known).get("/api/v1/auth/me/").json()["clinic"]["slug"] == "other"
    for path in (STAFF, f"{STAFF}{invited.pk}/", "/activity/"):
        page = text(client_for(boss).get(path))
        assert "Somebody Known" not in page
        assert "As Typed" in page
    assert str(invited) == "As Typed"


def test_their_yes_brings_them_in_under_their_own_name(invited, known, client_for, boss):
    browser = client_for(known)
    assert "Alipore Nerve Clinic invites you" in text(browser.get(CLINICS))
    assert browser.post(CLINICS, {"member": invited.pk, "yes": "1"})["Location"] == "/"
    assert browser.get("/api/v1/auth/me/").json()["clinic"]["slug"] == "demo"
    assert set(clinics_of(known)) == {"demo", "other"}
    assert "Somebody Known" in text(client_for(boss).get(STAFF))
    assert "invites you" not in text(browser.get(CLINICS))


def test_their_no_leaves_them_unknown_until_they_are_asked_again(invited, known, client_for, boss):
    browser, office = client_for(known), client_for(boss)
    assert browser.post(CLINICS, {"member": invited.pk, "no": "1"})["Location"] == CLINICS
    assert clinics_of(known) == ["other"]
    assert "Never joined" in text(office.get(STAFF))
    assert "Somebody Known" not in text(office.get(STAFF))
    new = {"name": "x", "email": factories.user_of(known).email, "roles": ["admin"]}
    assert "was invited before" in text(office.post(f"{STAFF}new/", new))
    office.post(f"{STAFF}{invited.pk}/return/")
    assert clinics_of(known) == ["other"]
    assert [message.to for message in mail.outbox] == [[new["email"]]]
    assert "invited already" in text(office.post(f"{STAFF}new/", new))
    browser.post(CLINICS, {"member": invited.pk, "yes": "1"})
    assert set(clinics_of(known)) == {"demo", "other"}


def test_an_invitation_taken_back_is_no_door(invited, known, client_for, boss):
    client_for(boss).post(f"{STAFF}{invited.pk}/leave/")
    browser = client_for(known)
    assert "taken back" in text(browser.post(CLINICS, {"member": invited.pk, "yes": "1"}, follow=True))
    with pytest.raises(Membership.DoesNotExist):
        services.answer_invitation(invited.pk, clinic_id=boss.clinic_id, user_id=known.user_id, yes=True)
    assert clinics_of(known) == ["other"]
    assert browser.get("/api/v1/auth/me/").json()["clinic"]["slug"] == "other"


@pytest.mark.parametrize("sent", ["", "x", "a\0b", None])
def test_nobody_takes_the_invitation_of_another(sent, invited, client_for, physio):
    pk = invited.pk if sent is None else sent
    client_for(physio).post(CLINICS, {"member": pk, "yes": "1"})
    assert not Membership.objects.get(pk=invited.pk).is_active
    assert clinics_of(physio) == ["demo"]


def test_who_left_and_is_somebody_elsewhere_is_asked_before_they_are_back(physio, boss, other_clinic):
    services.deactivate_member(physio.member_id, by=boss)
    with outside():
        factories.make_member(other_clinic, user=factories.user_of(physio))
    assert services.reactivate_member(physio.member_id, by=boss).invited_at
    assert clinics_of(physio) == ["other"]


def test_an_invited_admin_does_not_count_as_one(invited, boss):
    with pytest.raises(RuleBroken, match="only admin"):
        services.deactivate_member(boss.member_id, by=boss)


def test_who_is_signed_in_nowhere_is_sent_to_sign_in(client):
    assert client.get(CLINICS)["Location"] == "/sign-in/"


def test_an_idle_browser_says_yes_to_nothing(invited, known, client_for):
    browser = client_for(known)
    session = browser.session
    session["seen"] = 0
    session.save()
    assert browser.post(CLINICS, {"member": invited.pk, "yes": "1"})["Location"].startswith("/sign-in/?next=")
    assert clinics_of(known) == ["other"]
