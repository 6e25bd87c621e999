"""Two records found to be one person: nothing is lost, and the way back leads exactly to where it began."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from careplans.models import CarePlan, DiaryEntry
from careplans.services import plans, trees
from patients import searching, services
from patients.models import CareRole, CareTeam, Consent, KnownApart, Patient, RecordMerge
from patients.services import Archived, CannotMerge
from patients.services.merging import PARTS, apart_from, owned
from reminders.models import Reminder
from scheduling.models import Appointment
from tests import factories
from tests.careplans.plans import PROTOCOL, sign
from tests.conftest import outside, sign_in
from tests.scheduling.visits import booked
from tests.world import furnish


@pytest.fixture
def world(clinic):
    return furnish(clinic)


@pytest.fixture
def full(world):
    """A record with a row of every kind."""
    return Patient.objects.get(pk=world.patient.patient_id)


@pytest.fixture
def twin(clinic):
    """The same person's second record, empty."""
    return factories.make_patient(
        clinic, given_name="Anania", family_name="", email="", phone="+919830099999"
    )


def held() -> dict:
    """Return whose each row is, of every model with a patient."""
    return {
        (model._meta.label, key): patient
        for model in owned()
        for key, patient in model._base_manager.values_list("pk", "patient_id")
    }


def told(patient: Patient) -> dict:
    skipped = ("updated_at",)
    return {f.attname: getattr(patient, f.attname) for f in patient._meta.fields if f.attname not in skipped}


def test_every_row_moves_and_an_undo_moves_every_row_back(world, full, twin):
    by = world.staff
    before, people = held(), {each.pk: told(each) for each in Patient.objects.all()}
    kinds = {label for label, _ in (key for key, owner in before.items() if owner == full.pk)}
    assert kinds >= {m._meta.label for m in owned()} - {"reminders.Preference", "patients.Consent"} - {
        "patients.OutsideTreatment",
        "scheduling.Series",
    }

    done = services.merge(twin.pk, full.pk, by=by, reason="same passport")
    after = held()
    assert full.pk not in after.values()
    assert {key: twin.pk if owner == full.pk else owner for key, owner in before.items()} == {
        key: owner for key, owner in after.items() if key in before
    }
    full.refresh_from_db()
    assert (full.merged_into_id, full.archived_at is not None) == (twin.pk, True)

    services.undo_merge(done.pk, by=by)
    assert {key: owner for key, owner in held().items() if key in before} == before
    assert {each.pk: told(each) for each in Patient.objects.all()} == people


def test_what_was_signed_keeps_its_seal(world, full, twin):
    services.merge(twin.pk, full.pk, by=world.staff)
    signed = CarePlan.objects.with_content().filter(patient=twin, signed_at__isnull=False)
    assert signed
    for plan in signed:
        assert trees.content_hash(plan) == plan.content_sha256


@pytest.mark.parametrize("model", owned(), ids=lambda model: model._meta.label)
def test_no_row_changes_hands_but_along_a_merge(world, full, twin, model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'stays_with_patient'",
            [model._meta.db_table],
        )
        assert cursor.fetchone(), "a table with a patient has the trigger"
    rows = model._base_manager.filter(patient=full)
    if rows.exists():
        with pytest.raises(IntegrityError, match="stays with its patient"), transaction.atomic():
            rows.update(patient=twin)


def test_the_seal_still_holds_everything_else(world, full):
    plan = CarePlan.objects.filter(patient=full, signed_at__isnull=False).first()
    for change in ({"start_date": date(2020, 1, 1)}, {"signed_for": None}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            CarePlan.objects.filter(pk=plan.pk).update(**change)


def test_the_survivor_keeps_what_it_knows_and_takes_what_it_lacks_or_is_told(clinic, desk):
    one = factories.make_patient(clinic, given_name="Ruma", family_name="Gosh", email="", sex="female")
    two = factories.make_patient(
        clinic, given_name="Ruma", family_name="Ghosh", email="ruma@example.org", sex="unknown", phone=""
    )
    phone = one.phone
    services.merge(one.pk, two.pk, by=desk, take=["name", "sex"])
    one.refresh_from_db()
    assert (one.family_name, one.email, one.phone, one.sex) == ("Ghosh", "ruma@example.org", phone, "unknown")


def test_what_was_changed_since_stays_changed(clinic, desk):
    one = factories.make_patient(clinic, given_name="Ruma", email="")
    two = factories.make_patient(clinic, given_name="Roma", email="ruma@example.org")
    done = services.merge(one.pk, two.pk, by=desk, take=["name"])
    services.update_patient(one.pk, {"given_name": "Rumaa"}, by=desk)
    services.undo_merge(done.pk, by=desk)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.given_name, one.email) == ("Rumaa", "")
    assert (two.given_name, two.email, two.archived_at, two.merged_into_id) == (
        "Roma",
        "ruma@example.org",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("mine", "theirs", "agreed"),
    [
        (["yes"], ["yes"], True),
        (["yes"], ["yes", "no"], False),  # taken back later, on the other record
        (["yes", "no"], ["yes"], True),  # given later, on the other record
        ([], ["yes"], True),
        ([], ["yes", "no"], False),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_consent_is_as_it_was_last_said(clinic, desk, mine, theirs, agreed, turned):
    now = timezone.now() - timedelta(days=10)
    one, two = factories.make_patient(clinic), factories.make_patient(clinic)
    for day, (person, words) in enumerate(((one, mine), (two, theirs))):
        if words:
            row = Consent.objects.create(
                clinic=clinic, patient=person, kind="care", given_at=now + timedelta(days=2 * day)
            )
            if "no" in words:
                row.withdrawn_at = row.given_at + timedelta(days=1)
                row.save()
    before = list(Consent.objects.order_by("pk").values("pk", "patient", "withdrawn_at"))
    survivor, merged = (two, one) if turned else (one, two)
    done = services.merge(survivor.pk, merged.pk, by=desk)
    assert survivor.consents.filter(withdrawn_at=None).exists() is agreed
    services.undo_merge(done.pk, by=desk)
    assert list(Consent.objects.order_by("pk").values("pk", "patient", "withdrawn_at")) == before


def test_two_visits_at_one_time_are_told_and_nothing_is_changed(world, full, twin):
    visit = Appointment.objects.filter(patient=full).first()
    Appointment.objects.create(clinic=world.clinic, patient=twin, type=visit.type, span=visit.span)
    before = held()
    with pytest.raises(CannotMerge, match="same time"), transaction.atomic():
        services.merge(twin.pk, full.pk, by=world.staff)
    assert held() == before
    assert Patient.objects.get(pk=full.pk).merged_into_id is None


def test_a_second_page_of_one_day_stays_where_it_is(world, full, twin):
    page = DiaryEntry.objects.get(patient=full)
    own = DiaryEntry.objects.create(clinic=world.clinic, patient=twin, day=page.day, pain=9)
    services.merge(twin.pk, full.pk, by=world.staff)
    assert list(twin.diary.all()) == [own]
    assert list(full.diary.all()) == [page]


def test_what_was_made_of_it_since_goes_back_with_it(world, full, twin):
    by = world.staff
    done = services.merge(twin.pk, full.pk, by=by)
    draft = CarePlan.objects.with_content().get(patient=twin, status="draft", version=2)
    newer = sign(draft, by)
    third = plans.amend_plan(newer.pk, by=by, reason="more")
    fresh = plans.create_plan(twin.pk, by=by, diagnosis_ids=[])
    services.undo_merge(done.pk, by=by)
    for plan, owner in ((newer, full), (third, full), (fresh, twin)):
        assert CarePlan.objects.get(pk=plan.pk).patient_id == owner.pk
    assert not Reminder.objects.exclude(plan=None).filter(plan__patient=full).exclude(patient=full).exists()


def test_a_plan_of_both_must_be_settled_before_they_part(world, full, twin):
    done = services.merge(twin.pk, full.pk, by=world.staff)
    plans.create_plan(twin.pk, by=world.staff)  # for every diagnosis: those of the other record
    with pytest.raises(CannotMerge, match="treats a diagnosis"), transaction.atomic():
        services.undo_merge(done.pk, by=world.staff)
    assert Patient.objects.get(pk=full.pk).merged_into_id == twin.pk


def test_who_was_merged_follows_and_merges_are_undone_last_first(clinic, desk):
    a, b, c = (factories.make_patient(clinic) for _ in range(3))
    first = services.merge(b.pk, a.pk, by=desk)
    second = services.merge(c.pk, b.pk, by=desk)
    assert Patient.objects.get(pk=a.pk).merged_into_id == c.pk
    with pytest.raises(CannotMerge):
        services.undo_merge(first.pk, by=desk)
    services.undo_merge(second.pk, by=desk)
    assert Patient.objects.get(pk=a.pk).merged_into_id == b.pk
    services.undo_merge(first.pk, by=desk)
    with pytest.raises(CannotMerge, match="undone already"):
        services.undo_merge(first.pk, by=desk)
    assert not Patient.objects.exclude(merged_into=None).exists()


def test_nothing_is_written_on_a_merged_record(clinic, physio):
    one, two = factories.make_patient(clinic), factories.make_patient(clinic)
    services.merge(one.pk, two.pk, by=physio)
    for write in (
        lambda: services.update_patient(two.pk, {"given_name": "X"}, by=physio),
        lambda: services.restore(two.pk, by=physio),
        lambda: services.invite(two.pk, by=physio),
        lambda: services.record_flag(two.pk, "pregnancy", by=physio),
        lambda: plans.create_plan(two.pk, by=physio),
    ):
        with pytest.raises(Archived, match="merged"):
            write()
    for pair in ((one.pk, two.pk), (two.pk, one.pk)):
        with pytest.raises(CannotMerge):
            services.merge(*pair, by=physio)


def test_a_merged_record_is_found_as_the_one_it_became(clinic, desk):
    one = factories.make_patient(clinic, given_name="Ruma", family_name="Ghosh")
    two = factories.make_patient(clinic, given_name="Zubin", family_name="Old")
    services.merge(one.pk, two.pk, by=desk)
    for scrap in ("zubin", two.reference, "ruma"):
        found = Patient.objects.visible_to(desk).found(searching.read(scrap), desk)
        assert [each.pk for each in found] == [one.pk]
    assert [
        d.patient.pk for d in services.duplicates({"given_name": "Zubin", "phone": two.phone}, by=desk)
    ] in ([], [one.pk])


def test_an_account_comes_along_where_there_was_none(clinic, desk):
    one, two = factories.make_patient(clinic), factories.make_patient(clinic)
    services.invite(two.pk, by=desk)
    user = Patient.objects.get(pk=two.pk).user_id
    done = services.merge(one.pk, two.pk, by=desk)
    assert [Patient.objects.get(pk=pk).user_id for pk in (one.pk, two.pk)] == [user, None]
    services.undo_merge(done.pk, by=desk)
    assert [Patient.objects.get(pk=pk).user_id for pk in (one.pk, two.pk)] == [None, user]


def test_the_one_who_is_responsible_stays_so_and_the_other_goes_on_treating(clinic, member, desk):
    first, second = member("physiotherapist"), member("physiotherapist")
    one, two = factories.make_patient(clinic), factories.make_patient(clinic)
    services.set_therapist(one.pk, first.member_id, by=desk)
    services.set_therapist(two.pk, second.member_id, by=desk)
    done = services.merge(one.pk, two.pk, by=desk)
    roles = dict(CareTeam.objects.filter(patient=one).values_list("member", "role"))
    assert roles == {first.member_id: CareRole.RESPONSIBLE, second.member_id: CareRole.TREATING}
    services.undo_merge(done.pk, by=desk)
    assert list(CareTeam.objects.filter(patient=two).values_list("member", "role")) == [
        (second.member_id, CareRole.RESPONSIBLE)
    ]


def test_a_death_known_on_one_record_is_known(clinic, desk):
    one, two = factories.make_patient(clinic), factories.make_patient(clinic)
    services.update_patient(two.pk, {"deceased_on": timezone.localdate()}, by=desk)
    services.merge(one.pk, two.pk, by=desk)
    one.refresh_from_db()
    assert one.deceased_on == timezone.localdate()


def test_records_of_another_clinic_are_not_there(clinic, other_clinic, patient, desk):
    with outside():
        theirs = factories.make_patient(other_clinic)
    for pair in ((patient.pk, theirs.pk), (theirs.pk, patient.pk)):
        with pytest.raises(ObjectDoesNotExist):
            services.merge(*pair, by=desk)


def test_parts_name_fields_of_a_record():
    names = [name for part in PARTS.values() for name in part]
    assert len(set(names)) == len(names)
    assert set(names) <= {field.name for field in Patient._meta.fields}


# --- two people -------------------------------------------------------------------------------------------------------------
def test_a_pair_known_to_be_two_people_is_asked_about_no_more(clinic, desk):
    one = factories.make_patient(clinic, given_name="Ruma", family_name="Ghosh")
    two = factories.make_patient(clinic, given_name="Ruma", family_name="Ghosh", phone=one.phone)
    told = {"given_name": "Ruma", "family_name": "Ghosh", "phone": one.phone}
    asked = lambda pk: [d.patient.pk for d in services.duplicates(told, by=desk, apart_from=pk)]  # noqa: E731
    assert asked(one.pk) == [two.pk]
    services.keep_apart(one.pk, [two.pk], "mother and daughter", by=desk)
    services.keep_apart(two.pk, [one.pk], "said twice", by=desk)
    assert (asked(one.pk), asked(two.pk)) == ([], [])
    assert KnownApart.objects.get().reason == "mother and daughter"
    assert apart_from(two.pk, desk) == {one.pk}


# --- by API -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def pair(clinic):
    return [factories.make_patient(clinic, given_name="Imran", phone=f"+9198300000{n}0") for n in range(2)]


def merge_by_api(api, pair, **body):
    one, two = pair
    return api.post(f"/api/v1/patients/{one.pk}/merge/", {"merged": str(two.pk), **body})


def test_two_become_one_by_api_and_two_again(api_for, desk, pair):
    api, (one, two) = api_for(desk), pair
    made = merge_by_api(api, pair, take=["phone"], reason="Came twice")
    assert made.status_code == 201
    body = made.json()
    assert (body["survivor"], body["merged"], body["reason"]) == (str(one.pk), str(two.pk), "Came twice")
    assert (body["merged_by"]["id"], body["undone_at"]) == (str(desk.member_id), None)
    assert api.get(f"/api/v1/patients/{one.pk}/").json()["phone"] == two.phone
    assert api.get(f"/api/v1/patients/{two.pk}/").json()["merged_into"] == str(one.pk)
    assert api.get(f"/api/v1/patients/{one.pk}/merges/").json()["results"] == [body]

    undone = api.post(f"/api/v1/merges/{body['id']}/undo/").json()
    assert undone["undone_by"]["id"] == str(desk.member_id)
    assert api.get(f"/api/v1/patients/{one.pk}/").json()["phone"] == one.phone
    assert api.get(f"/api/v1/patients/{two.pk}/").json()["merged_into"] is None
    again = api.post(f"/api/v1/merges/{body['id']}/undo/")
    assert (again.status_code, again.json()["code"]) == (409, "cannot_merge")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"merged": str(uuid4())}, "merged"),
        ({"merged": "P-000002"}, "merged"),
        ({"merged": None}, "merged"),
        ({"take": ["shoe size"]}, "take"),
        ({"take": "phone"}, "take"),
        ({"reason": "x" * 301}, "reason"),
        ({"force": True}, "force"),
    ],
)
def test_what_is_wrong_with_a_merge_is_refused_at_its_field(api_for, desk, pair, body, field):
    answer = merge_by_api(api_for(desk), pair, **body)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not RecordMerge.objects.exists()


def test_a_record_is_not_merged_into_itself_nor_twice(api_for, desk, pair):
    api, (one, _two) = api_for(desk), pair
    assert merge_by_api(api, pair, merged=str(one.pk)).status_code == 400
    assert merge_by_api(api, pair).status_code == 201
    twice = merge_by_api(api, pair)
    assert (twice.status_code, twice.json()["code"]) == (409, "cannot_merge")


def test_two_people_are_remembered_as_such_by_api(api_for, desk, pair):
    api, (one, two) = api_for(desk), pair
    url = f"/api/v1/patients/{one.pk}/apart/"
    assert api.post(url, {"others": [str(two.pk)], "reason": "Father and son"}).status_code == 204
    assert KnownApart.objects.get().reason == "Father and son"
    for wrong, field in (
        ({"others": [], "reason": "x"}, "others"),
        ({"others": [str(uuid4())], "reason": "x"}, "others"),
        ({"others": [str(one.pk)], "reason": "x"}, "others"),
        ({"others": [str(two.pk)], "reason": ""}, "reason"),
        ({"others": [str(two.pk)]}, "reason"),
    ):
        answer = api.post(url, wrong)
        assert (answer.status_code, list(answer.json())) == (400, [field]), wrong


def test_nobody_merges_who_may_not(api_for, member, pair):
    for role in ("assistant", "patient"):
        who = member(role, patient=pair[0]) if role == "patient" else member(role)
        assert merge_by_api(api_for(who), pair).status_code == 403


# --- what a sceptical reader found --------------------------------------------------------------------------------------------
def two(clinic, **fields):
    return [factories.make_patient(clinic, given_name="Imran", **fields) for _n in range(2)]


def test_what_is_typed_on_a_merged_record_is_told_and_kept(client_for, physio, clinic):
    one, gone = two(clinic)
    services.merge(one.pk, gone.pk, by=physio)
    browser, base = client_for(physio), f"/patients/{gone.pk}/"
    flag = {"flag": "epilepsy", "note": "typed"}
    dose = {"name": "typed", "drug_class": "other", "dose": "1", "unit": "mg", "per_day": "1"}
    sent = {
        "flags/new/": flag,
        "medicines/new/": dose,
        "elsewhere/new/": {
            "elsewhere-kind": "therapy",
            "elsewhere-began_on": "2026-05-02",
            "elsewhere-detail": "typed",
        },
        "diagnoses/new/": {"condition": "sciatica-left", "status": "active"},
    }
    for where, told in sent.items():
        answer = browser.post(base + where, told)
        assert answer.status_code == 422, where
        assert "merged into another one" in answer.content.decode(), where
        assert "typed" in answer.content.decode() or "diagnoses" in where
    for where, told in (
        ("safety/screen/", {"answer-epilepsy": "no"}),
        ("consents/", {"kind": "care", "said": "yes"}),
    ):
        assert "merged into another one" in browser.post(base + where, told, follow=True).content.decode()
    typed = {
        "given_name": "Typed",
        "phone": "98310 00001",
        "sex": "male",
        "language": "en",
        "phone_owner": "own",
    }
    answer = browser.post(f"{base}edit/", typed)
    assert (answer.status_code, "merged into another one" in answer.content.decode()) == (422, True)
    shown = browser.get(f"{base}safety/").content.decode()
    assert f'href="/patients/{one.pk}/"' in shown
    assert "This record is part of another one" in shown


def test_a_yes_said_again_since_stands_after_the_undo(clinic, desk):
    one, other = two(clinic)
    services.set_consents(one.pk, {"reminders": True}, by=desk)
    services.set_consents(other.pk, {"reminders": True}, by=desk)
    services.set_consents(other.pk, {"reminders": False}, by=desk)
    done = services.merge(one.pk, other.pk, by=desk)
    assert not Consent.objects.filter(patient=one, withdrawn_at=None).exists()
    services.set_consents(one.pk, {"reminders": True}, by=desk)
    services.undo_merge(done.pk, by=desk)
    assert Consent.objects.filter(patient=one, withdrawn_at=None).count() == 1


def test_nobody_agrees_or_is_led_on_a_merged_record(clinic, desk, physio):
    one, other = two(clinic)
    services.merge(one.pk, other.pk, by=desk)
    with pytest.raises(Archived):
        services.set_consents(other.pk, {"care": True}, by=desk)
    with pytest.raises(Archived):
        services.set_therapist(other.pk, physio.member_id, by=desk)


def test_whoever_had_but_the_others_address_stays_within_reach_after_the_undo(clinic, desk):
    one = factories.make_patient(clinic, phone="+919830000001", email="")
    other = factories.make_patient(clinic, phone="+919830000002", email="imran@example.org")
    done = services.merge(one.pk, other.pk, by=desk)
    services.update_patient(one.pk, {"phone": ""}, by=desk)
    services.undo_merge(done.pk, by=desk)
    one.refresh_from_db()
    assert (one.phone, one.email) == ("", "imran@example.org")


def test_a_part_changed_since_stays_whole(clinic, desk):
    one = factories.make_patient(clinic, date_of_birth=date(1972, 3, 1))
    other = factories.make_patient(clinic, date_of_birth=None)
    services.update_patient(other.pk, {"age": 40}, by=desk)
    done = services.merge(one.pk, other.pk, by=desk, take=["birth"])
    services.update_patient(one.pk, {"age": 41}, by=desk)
    services.undo_merge(done.pk, by=desk)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.date_of_birth, one.age(), other.age()) == (None, 41, 40)


def test_a_lead_of_the_meantime_goes_on_treating_after_the_undo(clinic, desk, member):
    one, other = two(clinic)
    x, led, t = (member("physiotherapist") for _n in range(3))
    services.set_therapist(one.pk, x.member_id, by=desk)
    services.set_therapist(other.pk, led.member_id, by=desk)
    services.join_care_team(other.pk, [t.member_id], by=desk)
    done = services.merge(one.pk, other.pk, by=desk)
    services.set_therapist(one.pk, t.member_id, by=desk)
    services.undo_merge(done.pk, by=desk)
    team = dict(CareTeam.objects.filter(patient=other).values_list("member", "role"))
    assert team[led.member_id] == CareRole.RESPONSIBLE
    assert team[t.member_id] == CareRole.TREATING


def test_whoever_led_the_one_and_treated_the_other_leads_the_record(clinic, desk, physio):
    one, other = two(clinic)
    CareTeam.objects.create(clinic=clinic, patient=one, member_id=physio.member_id, role=CareRole.TREATING)
    services.set_therapist(other.pk, physio.member_id, by=desk)
    done = services.merge(one.pk, other.pk, by=desk)
    assert CareTeam.objects.get(patient=one).role == CareRole.RESPONSIBLE
    services.undo_merge(done.pk, by=desk)
    assert CareTeam.objects.get(patient=one).role == CareRole.TREATING
    assert CareTeam.objects.get(patient=other).role == CareRole.RESPONSIBLE


@pytest.mark.parametrize("dead", [0, 1])
def test_a_death_on_either_record_calls_off_the_visits_of_both(clinic, desk, dead):
    pair = two(clinic)
    services.update_patient(pair[dead].pk, {"deceased_on": timezone.localdate()}, by=desk)
    alive = pair[1 - dead]
    with outside():
        therapist = factories.make_resource(clinic, "therapist")
    visit = booked(desk, alive, therapist)
    browser_sees = (
        sign_in(desk).get(f"/patients/{pair[0].pk}/merge/", {"with": str(pair[1].pk)}).content.decode()
    )
    assert "One of the two says: died on" in browser_sees
    services.merge(pair[0].pk, pair[1].pk, by=desk)
    visit.refresh_from_db()
    assert visit.status == "cancelled"


def test_an_ended_plan_of_both_does_not_hold_them_together(world, full, twin):
    done = services.merge(twin.pk, full.pk, by=world.staff)
    plan = plans.create_plan(twin.pk, by=world.staff, protocol_id=PROTOCOL)
    signed = sign(CarePlan.objects.with_content().get(pk=plan.pk), world.staff)
    with pytest.raises(CannotMerge, match="end the plan"), transaction.atomic():
        services.undo_merge(done.pk, by=world.staff)
    plans.revoke(signed.pk, by=world.staff, reason="Two people")
    services.undo_merge(done.pk, by=world.staff)
    assert Patient.objects.get(pk=full.pk).merged_into_id is None


def test_an_old_link_leads_on_for_an_assistant_too(clinic, desk, member, client_for):
    one, other = two(clinic)
    assistant = member("assistant")
    services.join_care_team(other.pk, [assistant.member_id], by=desk)
    services.merge(one.pk, other.pk, by=desk)
    browser = client_for(assistant)
    assert browser.get(f"/patients/{other.pk}/")["Location"] == f"/patients/{one.pk}/"
    found = Patient.objects.visible_to(assistant).found(searching.read(other.reference), assistant)
    assert [row.pk for row in found] == [one.pk]
    stranger = client_for(member("assistant"))
    assert stranger.get(f"/patients/{other.pk}/").status_code == 404
