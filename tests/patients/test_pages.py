"""The pages of patients: finding, registering past likely doubles, diagnoses, the safety record; who sees how much."""

from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from clinic.access import Role
from patients import services
from patients.models import (
    CareTeam,
    ChartRead,
    Consent,
    Diagnosis,
    KnownApart,
    Patient,
    SafetyAnswer,
    SafetyFlag,
)
from tests import factories
from tests.careplans.plans import diagnose, flag
from tests.conftest import outside, sign_in
from tests.statements import statements_of

NEW = {
    "given_name": "Ruma",
    "family_name": "Ghosh",
    "phone": "98300 44210",
    "phone_owner": "family",
    "age": "52",
    "sex": "female",
    "language": "bn",
    "reason": "Cramp in the calf at night",
    "care": "on",
    "reminders": "on",
}
HTMX = {"HTTP_HX_REQUEST": "true"}


class Sent(HTMLParser):
    """What a browser would send back of a page's forms: the value of each input, and of radios the one that is checked."""

    def __init__(self, page):
        super().__init__()
        self.values = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        is_choice = found.get("type") in ("radio", "checkbox")
        if tag == "input" and "name" in found and (not is_choice or "checked" in found):
            self.values[found["name"]] = found.get("value", "on" if is_choice else "")


@pytest.fixture
def desk_browser(client_for, desk):
    return client_for(desk)


@pytest.fixture
def browser(client_for, physio):
    return client_for(physio)


def page_of(answer):
    return answer.content.decode()


# --- finding --------------------------------------------------------------------------------------------------------------
def test_the_list_shows_who_is_in_care_by_name(browser, clinic, physio):
    factories.make_patient(clinic, given_name="Zubin")
    factories.make_patient(clinic, given_name="Ananya", phone="+919830012345", phone_owner="family")
    gone = factories.make_patient(clinic, given_name="Gone")
    services.archive(gone.pk, by=physio)
    page = page_of(browser.get("/patients/"))
    assert page.index("Ananya Sen") < page.index("Zubin Sen")
    assert "098300 12345" in page
    assert "Gone Sen" not in page
    assert "2 people in care." in page
    archived = page_of(browser.get("/patients/?archived=yes"))
    assert "Gone Sen" in archived
    assert "Zubin Sen" not in archived


@pytest.mark.parametrize("scrap", ["gho", "98300 4421", "P-000002", "2"], ids=str)
def test_a_scrap_of_name_phone_or_number_finds(browser, clinic, scrap):
    factories.make_patient(clinic, given_name="Zubin", family_name="Mehta", phone="+919123456789")
    factories.make_patient(clinic, given_name="Ruma", family_name="Ghosh", phone="+919830044210")
    page = page_of(browser.post("/patients/", {"q": scrap}, follow=True))
    assert "Ruma Ghosh" in page
    assert "Zubin" not in page


def test_typing_brings_the_rows_alone_and_keeps_what_was_typed_out_of_addresses(browser, clinic):
    factories.make_patient(clinic, given_name="Ruma")
    part = page_of(browser.post("/patients/", {"q": "rum"}, **HTMX))
    assert "<html" not in part
    assert part.lstrip().startswith('<section class="card" id="found"')
    assert "1 person found" in part
    sent = browser.post("/patients/", {"q": "rum"})
    assert sent["Location"] == "/patients/?found=yes"
    whole = page_of(browser.get(sent["Location"]))
    assert 'value="rum"' in whole
    assert "1 person found" in whole
    assert "1 person found" in page_of(browser.get(sent["Location"]))  # as often as one comes back to it
    assert 'action="/patients/" method="post"' in whole


def test_a_search_finds_closed_records_and_says_so(browser, clinic, physio):
    gone = factories.make_patient(clinic, given_name="Gone")
    services.archive(gone.pk, by=physio)
    assert "Archived</span>" in page_of(browser.post("/patients/", {"q": "gone"}, **HTMX))


def test_nobody_found_offers_to_register(browser):
    page = page_of(browser.post("/patients/", {"q": "qqq"}, follow=True))
    assert "Nobody found" in page
    assert 'href="/patients/new/"' in page


def test_the_desk_sees_no_diagnosis_in_the_list(browser, desk_browser, patient):
    diagnose(patient)
    assert "Sciatica, left" in page_of(browser.get("/patients/"))
    for answer in (
        desk_browser.get("/patients/"),
        desk_browser.post("/patients/", {"q": "ananya"}, follow=True),
    ):
        assert "Ananya Sen" in page_of(answer)
        assert "ciatica" not in page_of(answer)


def test_an_assistant_finds_whom_they_treat(client_for, member, clinic):
    who = member(Role.ASSISTANT)
    mine = factories.make_patient(clinic, given_name="Mine")
    factories.make_patient(clinic, given_name="Other")
    CareTeam.objects.create(clinic=clinic, patient=mine, member_id=who.member_id)
    browser = client_for(who)
    for answer in (browser.get("/patients/"), browser.post("/patients/", {"q": "sen"}, follow=True)):
        assert "Mine Sen" in page_of(answer)
        assert "Other Sen" not in page_of(answer)


@pytest.mark.parametrize("rows", [1, 25], ids=["one row", "25 rows"])
def test_the_list_costs_as_much_for_25_rows_as_for_one(browser, clinic, rows):
    for number in range(rows):
        diagnose(factories.make_patient(clinic, given_name=f"Person {number}"))
    browser.get("/patients/")
    assert len(statements_of(lambda: browser.get("/patients/"))) == 5
    assert len(statements_of(lambda: browser.post("/patients/", {"q": "person"}, **HTMX))) <= 7


# --- registering ----------------------------------------------------------------------------------------------------------
def test_the_desk_registers_with_an_age_and_a_national_number(desk_browser):
    answer = desk_browser.post("/patients/new/", NEW)
    patient = Patient.objects.get()
    assert answer["Location"] == f"/patients/{patient.pk}/"
    assert (patient.name, patient.phone, patient.age(), patient.language) == (
        "Ruma Ghosh",
        "+919830044210",
        52,
        "bn",
    )
    assert set(Consent.objects.values_list("kind", flat=True)) == {"care", "reminders"}


def test_registering_may_go_on_to_booking(desk_browser):
    answer = desk_browser.post("/patients/new/", NEW | {"then": "book"})
    assert answer["Location"] == f"/calendar/book/?patient={Patient.objects.get().pk}"


def test_registering_with_a_therapist_makes_them_responsible(desk_browser, physio):
    desk_browser.post("/patients/new/", NEW | {"therapist": str(physio.member_id)})
    assert CareTeam.objects.get(role="responsible").member_id == physio.member_id


def test_every_fault_stands_at_its_field_at_once_and_nothing_typed_is_lost(desk_browser):
    wrong = NEW | {
        "given_name": "",
        "phone": "98300 44",
        "age": "200",
        "email": "ruma@",
        "family_name": "Ghosh",
    }
    answer = desk_browser.post("/patients/new/", wrong)
    page = page_of(answer)
    assert answer.status_code == 422
    for sentence in (
        "4 things to put right",
        "Enter their name, as they say it.",
        "This phone number does not exist. Check the digits.",
        "Enter an age from 0 to 130.",
        "Enter an address such as ruma@example.org.",
    ):
        assert sentence in page
    sent = Sent(page).values
    assert {
        name: sent[name] for name in ("phone", "age", "email", "family_name", "phone_owner", "language")
    } == {name: wrong[name] for name in ("phone", "age", "email", "family_name", "phone_owner", "language")}
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("phone", "", "Give a phone number or an e-mail address."),
        ("date_of_birth", (date.today() + timedelta(days=900)).isoformat(), "This day is still to come."),
        ("date_of_birth", "31-31-31", "Enter a day, a month and a year, or the age alone."),
        ("given_name", "x" * 101, "at most 100 characters"),
        ("given_name", "Ru\0ma", "Null characters are not allowed."),
        ("language", "xx", "Select a valid choice."),
        ("therapist", "9f8b", "Select a valid choice."),
    ],
    ids=["unreachable", "future", "no day", "too long", "nul", "language", "therapist"],
)
def test_bad_input_is_refused_at_its_field(desk_browser, field, value, sentence):
    answer = desk_browser.post("/patients/new/", NEW | {field: value})
    assert answer.status_code == 422
    assert sentence in page_of(answer)
    assert not Patient.objects.exists()


def test_likely_doubles_appear_while_typing(desk_browser, patient):
    typed = {
        "given_name": "Anannya",
        "family_name": "Sen",
        "phone": "98300 00001",
        "age": "52",
        "sex": "female",
    }
    part = page_of(desk_browser.post("/patients/new/doubles/", typed, **HTMX))
    assert "<html" not in part
    assert "We may know them already" in part
    assert f'href="/patients/{patient.pk}/"' in part


def test_half_of_nothing_finds_nobody(desk_browser, patient):
    part = page_of(desk_browser.post("/patients/new/doubles/", {"phone": "98", "age": "x"}, **HTMX))
    assert "We may know them already" not in part


def test_without_script_a_likely_double_is_asked_about_once_and_never_refused(desk_browser, patient):
    double = NEW | {"given_name": "Ananya", "family_name": "Sen", "phone": patient.phone}
    asked = desk_browser.post("/patients/new/", double)
    page = page_of(asked)
    assert asked.status_code == 409
    assert "Is this somebody we know?" in page
    assert f'href="/patients/{patient.pk}/"' in page
    again = double | {"seen": Sent(page).values["seen"]}
    without = desk_browser.post("/patients/new/", again)
    assert without.status_code == 409
    assert "say how you know that it is somebody else" in page_of(without)
    assert desk_browser.post("/patients/new/", again | {"why": "other"}).status_code == 409
    assert Patient.objects.count() == 1
    assert (
        desk_browser.post("/patients/new/", again | {"why": "family", "words": "sisters"}).status_code == 302
    )
    assert Patient.objects.count() == 2
    pair = KnownApart.objects.get()
    assert pair.reason == "Family on one phone: sisters"
    assert patient.pk in (pair.first_id, pair.second_id)


def test_who_came_up_meanwhile_is_asked_about_too(desk_browser, clinic, patient):
    double = NEW | {"given_name": "Ananya", "family_name": "Sen", "phone": patient.phone}
    again = double | {"seen": str(patient.pk), "why": "birth"}
    factories.make_patient(clinic, given_name="Ananya", family_name="Sen", phone=patient.phone)
    asked = desk_browser.post("/patients/new/", again)
    assert asked.status_code == 409
    assert Patient.objects.count() == 2


def test_the_choice_is_kept_while_more_is_typed(desk_browser, patient):
    typed = {"given_name": "Ananya", "family_name": "Sen", "why": "family", "words": "sisters"}
    part = page_of(desk_browser.post("/patients/new/doubles/", typed, **HTMX))
    assert 'value="sisters"' in part
    assert Sent(part).values["why"] == "family"
    assert "field__error" not in part


def test_registering_costs_no_more_than_its_budget(desk_browser, patient):
    desk_browser.get("/patients/new/")
    statements = statements_of(lambda: desk_browser.post("/patients/new/", NEW))
    assert len(statements) <= 14
    assert Patient.objects.count() == 2


# --- changing, closing ----------------------------------------------------------------------------------------------------
def test_a_record_is_shown_as_it_is_typed_and_saved_again_unchanged(desk_browser, clinic, physio):
    person = factories.make_patient(clinic, phone="+919830012345", given_name="রুমা")
    services.set_therapist(person.pk, physio.member_id, by=physio)
    services.set_consents(person.pk, {"care": True}, by=physio)
    before = Patient.objects.filter(pk=person.pk).values().get()
    sent = Sent(page_of(desk_browser.get(f"/patients/{person.pk}/edit/"))).values
    assert sent["phone"] == "098300 12345"
    sent["therapist"] = str(physio.member_id)
    assert desk_browser.post(f"/patients/{person.pk}/edit/", sent).status_code == 302
    after = Patient.objects.filter(pk=person.pk).values().get()
    assert after | {"updated_at": None} == before | {"updated_at": None}
    assert list(Consent.objects.filter(withdrawn_at=None).values_list("kind", flat=True)) == ["care"]
    assert CareTeam.objects.get(role="responsible").member_id == physio.member_id


@pytest.fixture
def form_of(desk_browser, patient):
    """The form of a record as somebody has it open, and what happens when they save it with something changed."""
    where = f"/patients/{patient.pk}/edit/"

    def open_form():
        sent = Sent(page_of(desk_browser.get(where))).values
        return lambda **changed: desk_browser.post(where, sent | changed)

    return open_form


def test_two_people_change_one_record_at_once_and_both_are_kept(form_of, patient, physio):
    one, other = form_of(), form_of()
    assert one(given_name="Anamika", care="on", phone="098300 55555").status_code == 302
    assert other(family_name="Basu", data_sharing="on").status_code == 302
    patient.refresh_from_db()
    assert (patient.name, patient.phone) == ("Anamika Basu", "+919830055555")
    held = Consent.objects.filter(withdrawn_at=None).values_list("kind", flat=True)
    assert set(held) == {"care", "data_sharing"}


@pytest.mark.parametrize(
    ("field", "first", "second", "told"),
    [
        ("given_name", "Anamika", "Anjali", "meanwhile, to: Anamika."),
        ("sex", "male", "other", "meanwhile, to: Male."),
        ("date_of_birth", "1970-01-02", "1970-01-03", f"meanwhile, to: {date_format(date(1970, 1, 2))}."),
        ("phone", "098300 55555", "", "meanwhile, to: 098300 55555."),
    ],
)
def test_where_both_change_the_same_the_second_sees_what_the_first_wrote(
    field, first, second, told, form_of, desk_browser, patient
):
    one, other = form_of(), form_of()
    assert one(**{field: first}).status_code == 302
    refused = other(**{field: second}, family_name="Basu")
    assert refused.status_code == 422
    assert told in page_of(refused)
    patient.refresh_from_db()
    assert patient.family_name == "Sen"
    again = Sent(page_of(refused)).values
    assert (again[field], again["family_name"]) == (second, "Basu")
    assert desk_browser.post(f"/patients/{patient.pk}/edit/", again).status_code == 302
    patient.refresh_from_db()
    assert patient.family_name == "Basu"


def test_the_same_change_made_twice_is_no_clash(form_of):
    one, other = form_of(), form_of()
    assert [save(given_name="Anamika").status_code for save in (one, other)] == [302, 302]


def test_a_refusal_for_something_else_keeps_what_was_read(form_of, desk_browser, patient):
    one, other = form_of(), form_of()
    one(given_name="Anamika")
    again = Sent(page_of(other(email="x"))).values | {"email": "ananya@example.org"}
    assert desk_browser.post(f"/patients/{patient.pk}/edit/", again).status_code == 302
    patient.refresh_from_db()
    assert (patient.given_name, patient.email) == ("Anamika", "ananya@example.org")


def test_nothing_is_agreed_to_beforehand(desk_browser):
    sent = Sent(page_of(desk_browser.get("/patients/new/"))).values
    assert not {"care", "reminders", "data_sharing"} & set(sent)


@pytest.mark.parametrize(("age", "status"), [("52", 422), ("", 302)])
def test_an_age_that_is_not_that_of_the_birth_date_is_asked_about(desk_browser, age, status):
    answer = desk_browser.post("/patients/new/", NEW | {"date_of_birth": "2001-02-03", "age": age})
    assert answer.status_code == status
    assert ('id="id_age_error"' in page_of(answer)) == (status == 422)


def test_a_number_of_another_country_stays_as_it_is(desk_browser, clinic):
    person = factories.make_patient(clinic, phone="+442079460018")
    sent = Sent(page_of(desk_browser.get(f"/patients/{person.pk}/edit/"))).values
    assert sent["phone"] == "+442079460018"


def test_a_responsible_assistant_is_kept_by_a_change_of_something_else(desk_browser, clinic, patient, member):
    helper = member(Role.ASSISTANT)
    services.set_therapist(patient.pk, helper.member_id, by=helper)
    page = page_of(desk_browser.get(f"/patients/{patient.pk}/edit/"))
    assert f'<option value="{helper.member_id}" selected' in page


def test_a_change_that_cannot_be_is_refused_at_its_field(desk_browser, patient):
    answer = desk_browser.post(f"/patients/{patient.pk}/edit/", NEW | {"phone": "1"})
    assert answer.status_code == 422
    patient.refresh_from_db()
    assert patient.given_name == "Ananya"


def test_a_record_is_closed_and_opened_again(desk_browser, patient):
    desk_browser.post(f"/patients/{patient.pk}/archive/")
    assert "Closed on" in page_of(desk_browser.get(f"/patients/{patient.pk}/"))
    desk_browser.post(f"/patients/{patient.pk}/restore/")
    patient.refresh_from_db()
    assert patient.archived_at is None


def test_closing_twice_is_told_kindly(desk_browser, patient):
    desk_browser.post(f"/patients/{patient.pk}/archive/")
    answer = desk_browser.post(f"/patients/{patient.pk}/archive/", follow=True)
    assert "This record is archived already." in page_of(answer)


def test_the_desk_invites_to_the_portal(desk_browser, patient):
    answer = desk_browser.post(f"/patients/{patient.pk}/invite/", follow=True)
    assert "Invited. A message is on its way." in page_of(answer)
    patient.refresh_from_db()
    assert patient.invited_at


# --- diagnoses ------------------------------------------------------------------------------------------------------------
def test_a_diagnosis_is_asked_for_what_its_family_asks(browser, patient):
    page = page_of(browser.get(f"/patients/{patient.pk}/diagnoses/new/?condition=sci-paraplegia-complete"))
    for asked in ("AIS grade", "Level or root", "Walks at least 10 m", "Date of injury"):
        assert asked in page
    assert "Walking ability" not in page  # multiple sclerosis


def test_a_diagnosis_is_recorded_and_what_is_missing_is_named_not_refused(browser, patient):
    fields = {"condition": "lumbar-radiculopathy", "icd10": "m54.1", "status": "active"}
    answer = browser.post(f"/patients/{patient.pk}/diagnoses/new/", fields)
    assert answer["Location"] == f"/patients/{patient.pk}/"
    row = Diagnosis.objects.get()
    assert (row.condition_id, row.icd10, row.side, row.level) == ("lumbar-radiculopathy", "M54.1", None, None)
    assert "Still to ask:" in page_of(browser.get(f"/patients/{patient.pk}/"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("icd10", "sore"), ("level", "Q9"), ("onset_date", "2999-01-01"), ("asked-edss", "11")],
    ids=["code", "level", "future", "qualifier"],
)
def test_a_diagnosis_that_cannot_be_is_refused_at_its_field(browser, patient, field, value):
    condition = "ms-relapsing-remitting" if field == "asked-edss" else "lumbar-radiculopathy"
    fields = {"condition": condition, "status": "active", field: value}
    answer = browser.post(f"/patients/{patient.pk}/diagnoses/new/", fields)
    page = page_of(answer)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert Sent(page).values[field] == value
    assert not Diagnosis.objects.exists()


def test_a_disorder_without_sides_or_levels_is_not_asked_for_them(browser, patient):
    fields = Sent(
        page_of(browser.get(f"/patients/{patient.pk}/diagnoses/new/?condition=ms-unspecified"))
    ).values
    assert "icd10" in fields
    assert not {"side", "level", "asked-side"} & set(fields)
    page = page_of(browser.get(f"/patients/{patient.pk}/diagnoses/new/?condition=lumbar-radiculopathy"))
    assert page.count(">Side<") == 1


def test_an_unknown_disorder_is_refused(browser, patient):
    answer = browser.post(f"/patients/{patient.pk}/diagnoses/new/", {"condition": "hiccups"})
    assert answer.status_code == 422


def test_a_diagnosis_is_changed_and_struck_through_with_a_reason(browser, patient):
    row = diagnose(patient, "lumbar-radiculopathy", side="left")
    shown = page_of(browser.get(f"/diagnoses/{row.pk}/"))
    assert "Something is still to be asked" in shown
    sent = Sent(shown).values | {"level": "l5", "asked-irritability": "high"}
    assert browser.post(f"/diagnoses/{row.pk}/", sent).status_code == 302
    row.refresh_from_db()
    assert (row.side, row.level, row.qualifiers) == ("left", "L5", {"irritability": "high"})

    browser.post(f"/diagnoses/{row.pk}/void/", {"reason": ""})
    row.refresh_from_db()
    assert row.voided_at is None
    browser.post(f"/diagnoses/{row.pk}/void/", {"reason": "Wrong patient"})
    row.refresh_from_db()
    assert (row.void_reason, browser.get(f"/diagnoses/{row.pk}/").status_code) == ("Wrong patient", 404)


# --- safety ---------------------------------------------------------------------------------------------------------------
def test_a_flag_is_added_with_its_places_and_ended(browser, patient):
    fields = {"flag": "absent-sensation", "regions": "Left sole, left calf", "note": "10 g not felt"}
    browser.post(f"/patients/{patient.pk}/flags/new/", fields)
    row = SafetyFlag.objects.get()
    assert (row.flag_id, row.regions, row.note) == (
        "absent-sensation",
        ["left-sole", "left-calf"],
        "10 g not felt",
    )
    assert "Left sole, Left calf" in page_of(browser.get(f"/patients/{patient.pk}/safety/"))
    browser.post(f"/flags/{row.pk}/end/")
    row.refresh_from_db()
    assert row.until == timezone.localdate(timezone=patient.clinic.zone)


def test_a_flag_without_its_place_is_refused_and_kept_as_typed(browser, patient):
    answer = browser.post(
        f"/patients/{patient.pk}/flags/new/", {"flag": "absent-sensation", "note": "10 g not felt"}
    )
    page = page_of(answer)
    assert answer.status_code == 422
    assert "Say where on the body it is." in page
    assert Sent(page).values["note"] == "10 g not felt"
    assert '<option value="absent-sensation" selected' in page


def test_a_flag_in_error_is_struck_through_with_a_reason(browser, patient):
    row = flag(patient, "cardiac-pacemaker")
    browser.post(f"/flags/{row.pk}/void/", {"reason": "Somebody else’s"})
    page = page_of(browser.get(f"/patients/{patient.pk}/safety/"))
    assert "<s>Cardiac pacemaker</s>" in page
    assert "Beware" not in page


def test_none_of_these_answers_what_a_category_asks_and_keeps_what_was_ticked(browser, patient):
    page = page_of(browser.get(f"/patients/{patient.pk}/safety/"))
    sent = Sent(page).values | {"answer-cardiac-pacemaker": "yes", "none_of": "device"}
    browser.post(f"/patients/{patient.pk}/safety/screen/", sent)
    said = dict(SafetyAnswer.objects.values_list("flag_id", "present"))
    assert said.pop("cardiac-pacemaker") is True
    assert set(said) == {
        "implanted-defibrillator",
        "implanted-neurostimulator",
        "intrathecal-pump",
        "other-active-implant",
    }
    assert not any(said.values())
    assert [row.flag_id for row in SafetyFlag.objects.all()] == ["cardiac-pacemaker"]


def test_a_yes_without_its_place_is_refused_and_every_tick_is_kept(browser, patient):
    sent = Sent(page_of(browser.get(f"/patients/{patient.pk}/safety/"))).values
    sent |= {"answer-intrathecal-pump": "yes", "answer-cardiac-pacemaker": "no"}
    answer = browser.post(f"/patients/{patient.pk}/safety/screen/", sent)
    page = page_of(answer)
    assert answer.status_code == 422
    assert "Say where on the body it is." in page
    kept = Sent(page).values
    assert (kept["answer-intrathecal-pump"], kept["answer-cardiac-pacemaker"]) == ("yes", "no")
    assert not SafetyAnswer.objects.exists()

    browser.post(f"/patients/{patient.pk}/safety/screen/", {**kept, "where-intrathecal-pump": "Abdomen"})
    said = dict(SafetyAnswer.objects.values_list("flag_id", "present"))
    assert said == {"intrathecal-pump": True, "cardiac-pacemaker": False}, "nothing ticked is lost on the way"


def test_enter_in_a_field_saves_and_never_answers_none_of_these(browser, patient):
    page = page_of(browser.get(f"/patients/{patient.pk}/safety/"))
    form = page[page.index("safety/screen/") :]
    assert form.index("<button") < form.index('name="none_of"')
    first = form[form.index("<button") : form.index("</button>")]
    assert "Save answers" in first
    assert "none_of" not in first


def test_answers_that_did_not_change_are_not_given_again(browser, patient):
    url = f"/patients/{patient.pk}/safety/"
    sent = Sent(page_of(browser.get(url))).values | {"answer-cardiac-pacemaker": "no"}
    browser.post(f"{url}screen/", sent)
    browser.post(f"{url}screen/", Sent(page_of(browser.get(url))).values)
    assert SafetyAnswer.objects.count() == 1


def test_the_desk_reads_the_safety_record_and_changes_nothing(desk_browser, patient):
    row = flag(patient, "cardiac-pacemaker")
    page = page_of(desk_browser.get(f"/patients/{patient.pk}/safety/"))
    assert "Cardiac pacemaker" in page
    assert "End today" not in page
    assert "Save answers" not in page
    for url in (f"/flags/{row.pk}/end/", f"/patients/{patient.pk}/safety/screen/"):
        assert desk_browser.post(url).status_code == 403


# --- who ------------------------------------------------------------------------------------------------------------------
OPENED = ["edit/", "safety/", "diagnoses/new/"]


@pytest.mark.parametrize("rest", OPENED, ids=str)
def test_another_clinics_patient_is_not_there(patient, other_clinic, rest):
    with outside():
        browser = sign_in(factories.make_access(other_clinic, Role.PHYSIOTHERAPIST))
    assert browser.get(f"/patients/{patient.pk}/{rest}").status_code == 404
    assert browser.post(f"/patients/{patient.pk}/archive/").status_code == 404


@pytest.mark.parametrize("rest", OPENED, ids=str)
def test_an_assistant_does_not_open_whom_they_do_not_treat(client_for, patient, rest):
    assert client_for(Role.ASSISTANT).get(f"/patients/{patient.pk}/{rest}").status_code == 404


def test_the_desk_may_not_open_diagnoses(desk_browser, patient):
    row = diagnose(patient)
    for url in (f"/patients/{patient.pk}/diagnoses/new/", f"/diagnoses/{row.pk}/"):
        assert desk_browser.get(url).status_code == 403


def test_opening_the_safety_record_is_noted(browser, patient, physio):
    browser.get(f"/patients/{patient.pk}/safety/")
    assert list(ChartRead.objects.values_list("user_id", "what")) == [(physio.user_id, "safety")]
