"""The pages of what becomes of a record: found twice and made one, parted again; consents; a death."""

from datetime import timedelta

import pytest
from django.utils import timezone

from patients import agreements, services
from patients.agreements import Wording
from patients.models import ChartRead, Consent, ConsentKind, KnownApart, Patient, RecordMerge
from reminders.models import Reminder
from scheduling.models import Appointment, Booking
from tests import factories
from tests.conftest import outside
from tests.patients.test_pages import Sent, page_of
from tests.scheduling.visits import booked
from tests.statements import statements_of


@pytest.fixture
def desk_browser(client_for, desk):
    return client_for(desk)


@pytest.fixture
def twin(clinic, patient):
    return factories.make_patient(
        clinic, given_name="Anania", family_name="Sen", email="", phone=patient.phone, sex="female"
    )


# --- one person, two records ----------------------------------------------------------------------------------------------
def test_a_second_record_is_offered_compared_merged_and_parted_again(desk_browser, patient, twin):
    edit = f"/patients/{patient.pk}/edit/"
    assert f"/patients/{patient.pk}/merge/?with={twin.pk}" in page_of(desk_browser.get(edit))
    address = f"/patients/{patient.pk}/merge/"
    page = page_of(desk_browser.get(f"{address}?with={twin.pk}"))
    assert "Anania Sen" in page
    sent = Sent(page).values
    assert sent["take-name"] == "mine"
    refused = desk_browser.post(address, {"with": sent["with"], "take-name": "theirs", "take-phone": "mine"})
    assert refused.status_code == 409
    assert "Say how you know" in page_of(refused)
    told = sent | {"take-name": "theirs", "reason": "showed the old card"}
    merged = desk_browser.post(address, told, follow=True)
    assert merged.redirect_chain == [(f"/patients/{patient.pk}/", 302)]
    patient.refresh_from_db()
    assert patient.given_name == "Anania"
    assert RecordMerge.objects.get().reason == "showed the old card"

    old = desk_browser.get(f"/patients/{twin.pk}/", follow=True)
    assert old.redirect_chain[-1][0] == f"/patients/{patient.pk}/"
    assert f"{twin.reference} was merged into this record." in page_of(old)

    again = page_of(desk_browser.get(edit))
    assert "showed the old card" in again
    desk_browser.post(f"/merges/{RecordMerge.objects.get().pk}/undo/")
    patient.refresh_from_db()
    assert patient.given_name == "Ananya"
    assert desk_browser.get(f"/patients/{twin.pk}/").status_code == 200


def test_the_other_record_is_found_by_its_number(desk_browser, patient, twin):
    address = f"/patients/{patient.pk}/merge/"
    assert "Anania" in page_of(desk_browser.get(address, {"number": twin.reference.lower()}))
    for number in ("P-999999", patient.reference, "99999999999", "ruma"):
        missed = desk_browser.get(address, {"number": number})
        assert (missed.status_code, "There is no other record" in page_of(missed)) == (422, True)
    assert desk_browser.get(address, {"with": "x"}).status_code == 200
    assert desk_browser.get(address, {"with": str(patient.pk)}).status_code == 200


def test_two_people_are_told_apart_for_good(desk_browser, patient, twin):
    address = f"/patients/{patient.pk}/apart/"
    desk_browser.post(address, {"other": str(twin.pk)})
    assert not KnownApart.objects.exists()
    for bad in ("", "x", str(patient.pk)):
        desk_browser.post(address, {"other": bad, "why": "birth"})
    assert not KnownApart.objects.exists()
    desk_browser.post(address, {"other": str(twin.pk), "why": "birth"})
    assert KnownApart.objects.get().reason == "Born on another day"
    assert "Nobody on record looks like them" in page_of(desk_browser.get(f"/patients/{patient.pk}/edit/"))


def test_a_record_of_another_clinic_is_not_there_to_merge(desk_browser, other_clinic, patient):
    with outside():
        theirs = factories.make_patient(other_clinic, given_name="Zubeida")
    assert desk_browser.get(f"/patients/{patient.pk}/merge/?with={theirs.pk}").status_code == 404
    told = {"with": str(theirs.pk), "reason": "x"}
    assert desk_browser.post(f"/patients/{patient.pk}/merge/", told).status_code == 404
    answer = desk_browser.get(f"/patients/{patient.pk}/merge/", {"number": theirs.reference})
    assert theirs.name not in page_of(answer)


def test_an_assistant_merges_nothing(client_for, member, patient):
    assistant = member("assistant")
    services.join_care_team(patient.pk, [assistant.member_id], by=assistant)
    browser = client_for(assistant)
    assert "On record twice?" not in page_of(browser.get(f"/patients/{patient.pk}/edit/"))
    assert browser.get(f"/patients/{patient.pk}/merge/").status_code == 403


def test_who_opened_either_record_stands_in_the_log(client_for, member, desk, patient, twin):
    ChartRead.objects.create(clinic_id=desk.clinic_id, patient=twin, user_id=desk.user_id, what="record")
    services.merge(patient.pk, twin.pk, by=desk)
    page = page_of(client_for(member("admin")).get(f"/patients/{patient.pk}/access/"))
    assert desk.name in page


def test_comparing_asks_the_same_however_much_there_is(desk_browser, clinic, desk, patient, twin):
    address = f"/patients/{patient.pk}/merge/?with={twin.pk}"
    desk_browser.get(address)
    few, now = len(statements_of(lambda: desk_browser.get(address))), timezone.now()
    Consent.objects.bulk_create(
        Consent(clinic=clinic, patient=twin, kind="care", given_at=now, withdrawn_at=now) for _ in range(40)
    )
    assert len(statements_of(lambda: desk_browser.get(address))) == few <= 8


# --- consents -------------------------------------------------------------------------------------------------------------
def test_consent_keeps_its_words_its_day_and_who_took_it(desk_browser, desk, patient, monkeypatch):
    address = f"/patients/{patient.pk}/consents/"
    assert "Nothing yet" in page_of(desk_browser.get(address))
    desk_browser.post(address, {"kind": "reminders", "said": "yes"})
    row = Consent.objects.get()
    first = str(agreements.CURRENT[ConsentKind.REMINDERS].text)
    assert (row.text_version, row.text, row.given_to_id) == ("1", first, desk.member_id)
    desk_browser.post(address, {"kind": "reminders", "said": "yes"})  # said twice, kept once
    assert Consent.objects.count() == 1

    monkeypatch.setitem(agreements.CURRENT, ConsentKind.REMINDERS, Wording("2", "Other words."))
    page = page_of(desk_browser.get(address))
    assert "to earlier words" in page
    assert "Other words." in page
    desk_browser.post(address, {"kind": "reminders", "said": "yes"})
    assert list(Consent.objects.order_by("given_at").values_list("text_version", "text")) == [
        ("1", first),
        ("2", "Other words."),
    ]
    desk_browser.post(address, {"kind": "reminders", "said": "no"})
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert set(Consent.objects.values_list("withdrawn_to", flat=True)) == {desk.member_id}


def test_what_is_no_consent_is_not_taken(desk_browser, patient):
    for sent in ({}, {"kind": "x", "said": "yes"}, {"kind": "care", "said": "maybe"}, {"kind": "care\0"}):
        assert desk_browser.post(f"/patients/{patient.pk}/consents/", sent).status_code == 302
    assert not Consent.objects.exists()


def test_the_form_of_the_record_keeps_the_words_too(desk_browser, patient):
    address = f"/patients/{patient.pk}/edit/"
    sent = Sent(page_of(desk_browser.get(address))).values
    desk_browser.post(address, sent | {"care": "on"})
    assert Consent.objects.get().text


# --- address and contact --------------------------------------------------------------------------------------------------
def test_address_and_contact_are_kept_beside_what_else_is_known_of_them(desk_browser, clinic):
    person = factories.make_patient(
        clinic, address={"line1": "4 Lake Road", "state": "WB"}, emergency_contact={"name": "Son"}
    )
    address = f"/patients/{person.pk}/edit/"
    sent = Sent(page_of(desk_browser.get(address))).values
    assert sent["address_line1"] == "4 Lake Road"
    told = sent | {"address_city": "Kolkata", "address_line1": "", "contact_phone": "98300 12345"}
    assert desk_browser.post(address, told).status_code == 302
    person.refresh_from_db()
    assert person.address == {"state": "WB", "city": "Kolkata"}
    assert person.emergency_contact == {"name": "Son", "phone": "+919830012345"}
    refused = desk_browser.post(address, sent | {"contact_phone": "12"})
    assert refused.status_code == 422


# --- a death --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def visit(clinic, desk, patient):
    services.set_consents(patient.pk, {"reminders": True}, by=desk)
    therapist = factories.make_resource(clinic, "therapist")
    start = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=7)
    return booked(desk, patient, therapist, start=start, override_hours_reason="x")


def test_a_death_stops_everything_at_once_and_can_be_taken_back(desk_browser, patient, visit):
    assert Reminder.objects.filter(state="pending").exists()
    today = timezone.localdate().isoformat()
    desk_browser.post(f"/patients/{patient.pk}/died/", {"died_on": today})
    patient.refresh_from_db()
    assert patient.deceased_on.isoformat() == today
    assert not Reminder.objects.filter(state="pending").exists()
    assert Appointment.objects.get(pk=visit.pk).status == "cancelled"
    assert not Booking.objects.filter(active=True).exists()

    desk_browser.post(f"/patients/{patient.pk}/died/", {"alive": "yes"})
    patient.refresh_from_db()
    assert patient.deceased_on is None


@pytest.mark.parametrize("day", ["", "x", "2999-01-01", "1950-01-01", "\0"])
def test_no_day_of_a_death_is_refused_in_words(desk_browser, patient, visit, day):
    answer = desk_browser.post(f"/patients/{patient.pk}/died/", {"died_on": day}, follow=True)
    assert answer.status_code == 200
    assert "toast" in page_of(answer)
    assert Patient.objects.get(pk=patient.pk).deceased_on is None
    assert Appointment.objects.get(pk=visit.pk).status == "booked"


def test_the_words_are_read_out_and_kept_in_the_patients_language(client_for, desk, clinic):
    patient = factories.make_patient(clinic, language="bn")
    page = f"/patients/{patient.pk}/consents/"
    browser = client_for(desk)
    html = browser.get(page).content.decode()
    assert 'lang="bn">ক্লিনিক আমার চিকিৎসার রেকর্ড রাখে' in html
    assert "The clinic keeps a record of my treatment" in html  # for whoever asks
    browser.post(page, {"kind": "care", "said": "yes"})
    assert Consent.objects.get(patient=patient).text.startswith("ক্লিনিক আমার চিকিৎসার রেকর্ড রাখে")


def test_whom_to_call_may_be_on_record_in_words_and_holds_nothing_up(client_for, desk, clinic):
    patient = factories.make_patient(
        clinic, emergency_contact={"name": "Ravi", "phone": "98765 ask for Ravi"}
    )
    browser, page = client_for(desk), f"/patients/{patient.pk}/edit/"
    typed = {
        "given_name": "Renamed",
        "phone": "98310 00001",
        "sex": "male",
        "language": "en",
        "phone_owner": "own",
    }
    kept = {"contact_name": "Ravi", "contact_phone": "98765 ask for Ravi"}
    assert browser.post(page, typed | kept).status_code == 302
    patient.refresh_from_db()
    assert (patient.given_name, patient.emergency_contact["phone"]) == ("Renamed", "98765 ask for Ravi")
    answer = browser.post(page, typed | {"contact_name": "Ravi", "contact_phone": "ask for Mina"})
    assert answer.status_code == 422


def test_the_page_says_how_many_visits_a_death_calls_off(client_for, desk, clinic):
    patient = factories.make_patient(clinic)
    page = f"/patients/{patient.pk}/edit/"
    assert "is called off" not in client_for(desk).get(page).content.decode()
    with outside():
        therapist = factories.make_resource(clinic, "therapist")
    booked(desk, patient, therapist)
    assert "1 visit to come is called off" in client_for(desk).get(page).content.decode()
