"""Patients by API: the shapes of the contract, every refusal and the order in which they come."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from clinic.access import Role
from clinic.models import Token, User
from patients import services
from patients.models import CareTeam, ChartRead, Consent, Patient
from patients.signals import patient_invited, patient_left
from tests import factories
from tests.conftest import outside, sign_in
from tests.patients.counting import queries_of

ANANYA = {
    "given_name": "Ananya",
    "family_name": "Sen",
    "date_of_birth": "1972-03-14",
    "sex": "female",
    "phone": "+919830012345",
    "email": "ananya@example.org",
    "language": "bn",
    "consents": {"care": True, "reminders": True, "data_sharing": False},
}
NOBODY = "0199aaaa-0000-7000-8000-000000000000"
PATIENTS = "/api/v1/patients/"


@pytest.fixture
def api(desk, api_for):
    return api_for(desk)


# --- registering ----------------------------------------------------------------------------------------------------------
def test_a_patient_is_registered_under_the_next_number(api, clinic):
    answer = api.post(PATIENTS, ANANYA)
    assert answer.status_code == 201
    body = answer.json()
    assert ANANYA.items() <= body.items()
    assert body["number"] == "P-000001"
    assert body["possible_duplicates"] == []
    assert (body["age"], body["therapist"], body["archived_at"]) == (54, None, None)
    assert api.post(PATIENTS, {"given_name": "X", "email": "x@example.org"}).json()["number"] == "P-000002"


def test_what_was_answered_is_what_is_read(api):
    made = api.post(PATIENTS, ANANYA).json()
    made.pop("possible_duplicates")
    assert api.get(f"{PATIENTS}{made['id']}/").json() == made


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("98300 12345", "+919830012345"),
        ("09830012345", "+919830012345"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_national_phone_is_kept_as_e164(api, told, kept):
    assert api.post(PATIENTS, {"given_name": "A", "phone": told}).json()["phone"] == kept


def test_an_age_is_enough(api):
    body = api.post(PATIENTS, {"given_name": "A", "phone": "9830012345", "age": 61}).json()
    assert (body["age"], body["date_of_birth"], body["language"], body["sex"]) == (61, None, "en", "unknown")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"given_name": None}, "given_name"),
        ({"given_name": "  "}, "given_name"),
        ({"given_name": 5}, "given_name"),
        ({"given_name": "x" * 101}, "given_name"),
        ({"given_name": "a\0b"}, "given_name"),
        ({"phone": "", "email": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"phone": "+911111111111"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"date_of_birth": "1972-02-30"}, "date_of_birth"),
        ({"date_of_birth": "2999-01-01"}, "date_of_birth"),
        ({"date_of_birth": "1899-12-31"}, "date_of_birth"),
        ({"date_of_birth": None, "age": -1}, "age"),
        ({"date_of_birth": None, "age": 131}, "age"),
        ({"date_of_birth": None, "age": "61"}, "age"),
        ({"date_of_birth": None, "age": True}, "age"),
        ({"deceased_on": "1971-01-01"}, "deceased_on"),
        ({"deceased_on": "2999-01-01"}, "deceased_on"),
        ({"sex": "f"}, "sex"),
        ({"language": "fr"}, "language"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"address": "Alipore"}, "address"),
        ({"address": {"street": {"x": 1}}}, "address"),
        ({"address": {str(n): "x" for n in range(13)}}, "address"),
        ({"emergency_contact": {"name": "x" * 201}}, "emergency_contact"),
        ({"consents": {"care": "yes"}}, "consents"),
        ({"consents": {"fame": True}}, "consents"),
        ({"colour": "red"}, "colour"),
    ],
    ids=range(28),
)
def test_what_is_wrong_is_refused_at_its_field(api, change, field):
    answer = api.post(PATIENTS, {**ANANYA, **change})
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not Patient.objects.exists()


def test_half_of_a_surrogate_pair_is_refused_at_its_field(api):
    answer = api.post(
        PATIENTS, '{"given_name": "A\\ud800", "phone": "9830012345"}', content_type="application/json"
    )
    assert (answer.status_code, list(answer.json())) == (400, ["given_name"])


@pytest.mark.parametrize("body", [[], "x", 5, None, [ANANYA]], ids=range(5))
def test_a_body_that_is_no_object_is_refused(api, body):
    answer = api.post(PATIENTS, body)
    assert answer.status_code == 400
    assert answer.json()


def test_registering_costs_fourteen_queries_at_most(api, clinic):
    for n in range(3):
        factories.make_patient(
            clinic, given_name="Ananya", family_name="Sen", phone="+919830012345", email=f"{n}@x.org"
        )
    found = queries_of(lambda: api.post(PATIENTS, ANANYA))
    assert len(found) <= 14, "\n".join(found)


def test_two_who_register_at_once_get_numbers_of_their_own(clinic, desk):
    """The next number is taken by one UPDATE that locks the clinic's row; the sequence has no gap and no double."""
    numbers = [
        services.create_patient({"given_name": "A", "phone": "9830012345"}, by=desk).number for _n in range(3)
    ]
    assert numbers == [1, 2, 3]


# --- changing -------------------------------------------------------------------------------------------------------------
def test_an_answer_may_be_sent_back_and_changes_nothing(api):
    made = api.post(PATIENTS, ANANYA).json()
    answer = api.patch(
        f"{PATIENTS}{made['id']}/", {**made, "number": "P-999999", "archived_at": "x", "name": "Y"}
    )
    assert answer.status_code == 200
    same = answer.json() | {"updated_at": made["updated_at"], "possible_duplicates": []}
    assert same == made


def test_only_what_is_named_changes(api):
    made = api.post(PATIENTS, ANANYA).json()
    changed = api.patch(
        f"{PATIENTS}{made['id']}/", {"family_name": "Das", "consents": {"reminders": False}}
    ).json()
    assert changed["family_name"] == "Das"
    assert changed["consents"] == {"care": True, "reminders": False, "data_sharing": False}
    assert changed["phone"] == made["phone"]
    kept = Consent.objects.get(patient=made["id"], kind="reminders")
    assert kept.withdrawn_at  # it was given once, and is not forgotten


def test_the_last_way_to_reach_somebody_cannot_be_taken_away(api, patient):
    assert api.patch(f"{PATIENTS}{patient.pk}/", {"phone": ""}).status_code == 200
    answer = api.patch(f"{PATIENTS}{patient.pk}/", {"email": None})
    assert (answer.status_code, list(answer.json())) == (400, ["phone"])


def test_an_age_beside_a_known_birth_date_is_refused(api, patient):
    answer = api.patch(f"{PATIENTS}{patient.pk}/", {"age": 20})
    assert (answer.status_code, list(answer.json())) == (400, ["age"])


# --- who may, and in which order it is said -------------------------------------------------------------------------------
def test_refusals_come_in_the_order_of_the_contract(api, api_for, client, patient):
    bad = {"colour": "red"}
    assert client.patch(f"{PATIENTS}{NOBODY}/", bad, content_type="application/json").status_code == 401
    assert api_for(Role.PATIENT).patch(f"{PATIENTS}{NOBODY}/", bad).status_code == 403
    assert api.patch(f"{PATIENTS}{NOBODY}/", bad).status_code == 404
    assert api.patch(f"{PATIENTS}{patient.pk}/", bad).status_code == 400
    archive = f"{PATIENTS}{patient.pk}/archive/"
    assert api.post(archive, bad).status_code == 400
    assert api.post(archive, {}).status_code == 200
    assert api.post(archive, {}).json()["code"] == "archived"


def test_another_clinics_patient_is_not_there(api, other_clinic):
    with outside():
        theirs = factories.make_patient(other_clinic)
    for call in (
        lambda: api.get(f"{PATIENTS}{theirs.pk}/"),
        lambda: api.patch(f"{PATIENTS}{theirs.pk}/", {"family_name": "X"}),
        lambda: api.post(f"{PATIENTS}{theirs.pk}/invite/", {}),
        lambda: api.post(f"{PATIENTS}{theirs.pk}/archive/", {}),
        lambda: api.get(f"{PATIENTS}{theirs.pk}/flags/"),
    ):
        assert call().status_code == 404
    assert api.get(f"{PATIENTS}{theirs.pk}/").json() == api.get(f"{PATIENTS}{NOBODY}/").json()


def test_an_assistant_sees_only_whom_they_treat(api_for, member, clinic):
    mine, other = factories.make_patient(clinic), factories.make_patient(clinic)
    assistant = member(Role.ASSISTANT)
    CareTeam.objects.create(clinic=clinic, patient=mine, member_id=assistant.member_id)
    api = api_for(assistant)
    assert [row["id"] for row in api.get(PATIENTS).json()["results"]] == [str(mine.pk)]
    assert api.get(f"{PATIENTS}{mine.pk}/").status_code == 200
    assert api.get(f"{PATIENTS}{other.pk}/").status_code == 404
    assert api.get(f"{PATIENTS}{other.pk}/diagnoses/").status_code == 404


def test_whom_an_assistant_registers_they_see(api_for):
    api = api_for(Role.ASSISTANT)
    made = api.post(PATIENTS, ANANYA)
    assert made.status_code == 201
    assert api.get(PATIENTS).json()["count"] == 1


def test_the_desk_reads_flags_and_no_diagnosis(api, patient):
    assert api.get(f"{PATIENTS}{patient.pk}/flags/").status_code == 200
    assert api.get(f"{PATIENTS}{patient.pk}/safety-screen/").status_code == 200
    assert api.post(f"{PATIENTS}{patient.pk}/flags/", {"flag": "epilepsy"}).status_code == 403
    assert api.post(f"{PATIENTS}{patient.pk}/safety-screen/", {"answers": {}}).status_code == 403
    assert api.get(f"{PATIENTS}{patient.pk}/diagnoses/").status_code == 403
    assert api.post(f"{PATIENTS}{patient.pk}/diagnoses/", {}).status_code == 403


# --- lists ----------------------------------------------------------------------------------------------------------------
def test_the_list_is_by_name_and_leaves_out_the_archived(api, clinic, desk):
    for name in ("Rekha", "Anil", "Zoya"):
        factories.make_patient(clinic, given_name=name, family_name="Sen")
    services.archive(Patient.objects.get(given_name="Zoya").pk, by=desk)
    body = api.get(f"{PATIENTS}?page_size=1").json()
    assert (body["count"], body["previous"]) == (2, None)
    assert [row["given_name"] for row in body["results"]] == ["Anil"]
    assert [row["given_name"] for row in api.get(body["next"]).json()["results"]] == ["Rekha"]


def test_the_list_costs_the_same_for_one_as_for_many(api, clinic, physio):
    factories.make_patient(clinic)
    one = queries_of(lambda: api.get(PATIENTS))
    for _n in range(10):
        services.set_therapist(factories.make_patient(clinic).pk, physio.member_id, by=physio)
    assert len(queries_of(lambda: api.get(PATIENTS))) == len(one) <= 8
    assert len(queries_of(lambda: api.get(f"{PATIENTS}?q=sen"))) <= 9


def test_the_list_is_narrowed_by_flag_and_by_who_is_responsible(api, clinic, physio):
    flagged, led, _other = (factories.make_patient(clinic) for _n in range(3))
    services.record_flag(flagged.pk, "epilepsy", by=physio)
    services.set_therapist(led.pk, physio.member_id, by=physio)
    ids = lambda query: [row["id"] for row in api.get(f"{PATIENTS}?{query}").json()["results"]]  # noqa: E731
    assert ids("flag=epilepsy") == [str(flagged.pk)]
    assert ids(f"therapist={physio.member_id}") == ids(f"therapist={physio.user_id}") == [str(led.pk)]
    assert ids(f"therapist={NOBODY}") == []
    services.end_flag(flagged.flags.get().pk, by=physio)
    assert ids("flag=epilepsy") == []


@pytest.mark.parametrize("field", ["flag", "therapist"])
def test_a_filter_that_means_nothing_is_refused_at_its_name(api, field):
    answer = api.get(f"{PATIENTS}?{field}=nonsense")
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_opening_a_record_is_remembered_and_listing_is_not(api, desk, patient):
    api.get(PATIENTS)
    api.get(f"{PATIENTS}{patient.pk}/", HTTP_X_REQUEST_ID="req-7")
    read = ChartRead.objects.get()
    assert (read.patient_id, read.user_id, read.what, read.request_id) == (
        patient.pk,
        desk.user_id,
        "record",
        "req-7",
    )


# --- doubles --------------------------------------------------------------------------------------------------------------
def test_whom_the_new_one_may_be_is_said_and_never_refused(api):
    first = api.post(PATIENTS, ANANYA).json()
    second = api.post(PATIENTS, {"given_name": "Anannya", "family_name": "Sen", "phone": "98300 12345"})
    assert second.status_code == 201
    (double,) = second.json()["possible_duplicates"]
    assert double["patient"]["id"] == first["id"]
    assert 0.6 <= double["score"] <= 1
    assert double["reasons"] == ["similar name", "same phone"]


@pytest.mark.parametrize(
    "told",
    [
        {"given_name": "Ananya", "family_name": "Sen"},
        {"given_name": "অনন্যা", "family_name": "সেন", "date_of_birth": "1972-03-14"},
        {"given_name": "Sen", "family_name": "Ananya", "phone": "09830012345"},
        {"given_name": "Ananya", "date_of_birth": "1972-03-14"},
        {"phone": "9830012345", "email": "Ananya@Example.org"},
    ],
    ids=range(5),
)
def test_a_description_in_part_finds_its_double(api, told):
    made = api.post(PATIENTS, ANANYA).json()
    (double,) = api.post(f"{PATIENTS}duplicates/", told).json()["results"]
    assert double["patient"]["id"] == made["id"]
    assert double["score"] >= 0.6
    assert double["reasons"]


def test_a_swapped_birth_date_is_a_reason(api):
    api.post(PATIENTS, {**ANANYA, "date_of_birth": "1972-03-04"})
    told = {"given_name": "Ananya", "family_name": "Sen", "date_of_birth": "1972-04-03"}
    (double,) = api.post(f"{PATIENTS}duplicates/", told).json()["results"]
    assert double["reasons"] == ["same name", "birth date with day and month swapped"]


@pytest.mark.parametrize(
    "told", [{}, {"given_name": "Rekha"}, {"phone": "9830012345"}, {"given_name": "A"}], ids=range(4)
)
def test_too_little_in_common_is_no_double(api, told):
    api.post(PATIENTS, ANANYA)
    assert api.post(f"{PATIENTS}duplicates/", told).json() == {"results": []}


def test_doubles_of_another_clinic_or_of_others_patients_stay_unseen(api_for, clinic, other_clinic, member):
    with outside():
        factories.make_patient(other_clinic)
    factories.make_patient(clinic)
    told = {"given_name": "Ananya", "family_name": "Sen", "date_of_birth": "1974-03-14"}
    assert len(api_for(Role.FRONT_DESK).post(f"{PATIENTS}duplicates/", told).json()["results"]) == 1
    assert api_for(Role.ASSISTANT).post(f"{PATIENTS}duplicates/", told).json() == {"results": []}


@pytest.mark.parametrize(
    ("told", "field"), [({"phone": "1"}, "phone"), ({"x": 1}, "x"), ({"age": "old"}, "age")]
)
def test_a_description_is_read_strictly(api, told, field):
    answer = api.post(f"{PATIENTS}duplicates/", told)
    assert (answer.status_code, list(answer.json())) == (400, [field])


# --- the portal, and leaving ----------------------------------------------------------------------------------------------
@pytest.fixture
def heard():
    """What the services tell the apps above."""
    told = []
    listeners = [
        (signal, lambda sender, patient, name=name, **_kw: told.append((name, patient.pk)))
        for name, signal in (("invited", patient_invited), ("left", patient_left))
    ]
    for signal, listener in listeners:
        signal.connect(listener)
    yield told
    for signal, listener in listeners:
        signal.disconnect(listener)


def test_an_invited_patient_gets_an_account_of_their_own_and_is_told(api, patient, heard):
    answer = api.post(f"{PATIENTS}{patient.pk}/invite/", {})
    assert answer.status_code == 201
    assert answer.json()["invited_at"]
    patient.refresh_from_db()
    assert patient.user.email is None
    assert not patient.user.has_usable_password()
    api.post(f"{PATIENTS}{patient.pk}/invite/", {})
    assert User.objects.filter(patient=patient.pk).count() == 1
    assert heard == [("invited", patient.pk)] * 2


def test_whoever_left_cannot_be_invited(api, patient):
    api.post(f"{PATIENTS}{patient.pk}/archive/", {})
    answer = api.post(f"{PATIENTS}{patient.pk}/invite/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "archived")


def test_a_death_stops_everything_outgoing_once(api, patient, heard):
    for _n in range(2):
        api.patch(f"{PATIENTS}{patient.pk}/", {"deceased_on": timezone.localdate().isoformat()})
    assert heard == [("left", patient.pk)]


def test_a_death_and_an_archive_take_back_what_was_promised(api, clinic, patient):
    reminder = apps.get_model("reminders.Reminder")
    other = factories.make_patient(clinic)
    for person in (patient, other):
        reminder.objects.create(
            clinic=clinic,
            patient=person,
            kind="notice",
            subject=person.pk,
            occurrence="x",
            due_at=timezone.now() + timedelta(days=1),
            useless_after=timezone.now() + timedelta(days=2),
        )
    api.patch(f"{PATIENTS}{patient.pk}/", {"deceased_on": timezone.localdate().isoformat()})
    api.post(f"{PATIENTS}{other.pk}/archive/", {})
    assert set(reminder.objects.values_list("state", flat=True)) == {"cancelled"}


def test_whoever_left_is_signed_out_of_the_portal(api, member, api_for, patient):
    them = member(Role.PATIENT, patient=patient)
    portal = api_for(them)
    assert portal.get("/api/v1/me/").status_code == 200
    api.post(f"{PATIENTS}{patient.pk}/archive/", {})
    assert portal.get("/api/v1/me/").status_code in (401, 403)


@pytest.mark.parametrize("password", [None, "chosen-by-the-patient"])
def test_a_changed_number_ends_sessions_and_tokens_of_the_old_one(api, member, api_for, patient, password):
    them = member(Role.PATIENT, patient=patient, password=password)
    browser, program = sign_in(them), api_for(them)
    assert browser.get("/api/v1/me/").status_code == program.get("/api/v1/me/").status_code == 200
    api.patch(f"{PATIENTS}{patient.pk}/", {"family_name": "Das"})
    assert program.get("/api/v1/me/").status_code == 200
    api.patch(f"{PATIENTS}{patient.pk}/", {"phone": "+919830099999"})
    assert not Token.objects.filter(patient=patient.pk).exists()
    assert browser.get("/api/v1/me/").status_code == program.get("/api/v1/me/").status_code == 401


def test_nobody_died_before_they_can_have_been_born(api):
    made = api.post(PATIENTS, {"given_name": "Mita", "age": 81, "phone": "98300 12345"}).json()
    for day, status in (("1900-01-01", 400), ("2020-01-01", 200)):
        answer = api.patch(f"{PATIENTS}{made['id']}/", {"deceased_on": day})
        assert answer.status_code == status
