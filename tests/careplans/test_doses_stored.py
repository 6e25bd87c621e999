"""No dose outside its hard limits is ever stored: not by the form, the API, a service, nor by whoever writes past all of them."""

import json
import pickle
from contextlib import suppress

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError

from careplans import dosage
from careplans.models import CarePlan, ClinicPrescription, HomePrescription, Phase
from careplans.services import plans
from catalogue import knowledge, loading
from catalogue.models import Exercise, Modality
from catalogue.reading import read
from catalogue.services import PROTOCOLS, InvalidEntry, add
from clinic.errors import RuleBroken
from tests.careplans.knowledge import entries
from tests.careplans.plans import answer_all, diagnose, sign
from tests.careplans.test_plans_pages import at, opened

TENS, CALF = "tens-conventional", "calf-stretch-wall"
NUMBERS = st.one_of(
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.floats(-10, 400),
    st.sampled_from(
        [0, -1, 0.5, 40, 150, 150.0000000001, 150.001, 39.999, 10**400, float("inf"), float("nan")]
    ),
)
ANYTHING = (
    NUMBERS
    | st.booleans()
    | st.none()
    | st.sampled_from(
        ["", "100", "100,5", "1e400", "NaN", "strong-comfortable", "∞", [], [100], {}, {"a": 100}]
    )
)
PARAMETERS = [
    (modality, parameter["id"])
    for modality, entry in entries("modalities").items()
    for parameter in entry["parameters"]
]
many = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def ready(patient):
    diagnose(patient, "diabetic-polyneuropathy")
    answer_all(patient)
    return patient


@pytest.fixture
def draft(ready, physio):
    plan = plans.create_plan(ready.pk, by=physio)
    return plans.save_draft(plan.pk, tree_of({}, {}), by=physio, if_match="*")


def tree_of(clinic, home):
    """Return a tree of one treatment and one exercise, with these doses."""
    treatment = {"modality": TENS, "sites": ["left-calf"], **clinic}
    return {
        "phases": [
            {"name": "Calm", "clinic": [treatment], "home": [{"exercise": CALF, "side": "left", **home}]}
        ]
    }


def assert_within(plan):
    """Look at what is stored with the eyes of the pure checks."""
    known = entries("modalities"), entries("exercises")
    for row in ClinicPrescription.objects.filter(plan=plan):
        told = {"dosage": row.dosage, "minutes": row.minutes, "visits_per_week": row.visits_per_week}
        assert dosage.check_clinic_item(known[0][row.modality_id], told).ok, told
    for row in HomePrescription.objects.filter(plan=plan).select_related("exercise"):
        told = {part: getattr(row, part) for part in dosage.HOME_DOSE}
        assert dosage.check_home_dose(known[1][row.exercise.slug], told).ok, told


clinic_doses = st.fixed_dictionaries(
    {},
    optional={
        "dosage": st.dictionaries(
            st.sampled_from(["frequency", "pulse-width", "intensity", "colour"]), ANYTHING, max_size=3
        )
        | ANYTHING,
        "minutes": ANYTHING,
        "visits_per_week": ANYTHING,
    },
)
home_doses = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(dosage.COUNTS, ANYTHING)
    | {
        "days_of_week": st.lists(st.integers(-1, 9), max_size=9) | ANYTHING,
        "times": st.lists(st.sampled_from(["08:00", "08:15", "12:00", "19:00", "25:00", 8]), max_size=8)
        | ANYTHING,
    },
)


# --- by whatever way -------------------------------------------------------------------------------------------------
@many
@given(clinic=clinic_doses, home=home_doses)
def test_by_the_service(draft, physio, clinic, home):
    with suppress(ValidationError, RuleBroken):
        plans.save_draft(draft.pk, tree_of(clinic, home), by=physio, if_match="*")
    assert_within(draft)


@settings(many, max_examples=60)
@given(clinic=clinic_doses, home=home_doses, method=st.sampled_from(["put", "patch"]))
def test_by_the_api(draft, physio, api_for, clinic, home, method):
    """Python writes NaN, Infinity and endless digits as they are: so may somebody's program."""
    send = getattr(api_for(physio), method)
    body = json.dumps(tree_of(clinic, home))
    answer = send(f"/api/v1/plans/{draft.pk}/", body, content_type="application/json", HTTP_IF_MATCH="*")
    assert answer.status_code in (200, 400)
    assert_within(draft)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity", "1" * 400, "0x64", "1e3", "150.5"])
@pytest.mark.parametrize("field", ["frequency", "minutes", "sets"])
def test_by_the_api_as_json_itself_can_say_it(draft, physio, api_for, field, number):
    dose = (
        {"dosage": {"frequency": "@"}}
        if field == "frequency"
        else {"minutes": "@"}
        if field == "minutes"
        else {}
    )
    tree = tree_of(dose, {"sets": "@"} if field == "sets" else {})
    body = json.dumps(tree).replace('"@"', number)
    answer = api_for(physio).put(
        f"/api/v1/plans/{draft.pk}/", body, content_type="application/json", HTTP_IF_MATCH="*"
    )
    assert answer.status_code == 400
    assert_within(draft)


TYPED = ["-1", "151", "150,5", "1e400", "NaN", "9" * 400, "١٠٠٠", "1000 Hz"]


@pytest.mark.parametrize("typed", TYPED)
def test_by_the_form(draft, ready, physio, client_for, typed):
    browser = client_for(physio)
    form = opened(browser, ready)
    ends = ("-frequency", "-minutes", "-visits_per_week", "-weeks", "-sets", "-reps", "-hold_s", "-rest_s")
    names = [name for name, _value in form.sent if name.endswith(ends)]
    assert len(names) == len(ends)
    for name in names:
        answer = browser.post(at(ready, "draft/"), form.data(**{name: typed, "do": "save"}))
        assert answer.status_code < 500
        assert_within(draft)


# --- by copying what was within its limits once ----------------------------------------------------------------------
@pytest.fixture
def closer_limits():
    """Load an edition in which TENS has at most 80 Hz and the calf is stretched for 20 seconds at most."""
    edition = pickle.loads(pickle.dumps(read()))
    tens = next(each for each in edition["modalities"] if each["id"] == TENS)
    limits = next(each for each in tens["parameters"] if each["id"] == "frequency")
    limits |= {"usual_min": 60, "default": 70, "usual_max": 75, "max": 80}
    calf = next(each for each in edition["exercises"] if each["id"] == CALF)
    calf["dosage"]["hold_s"] = {"min": 10, "default": 15, "max": 20}
    for protocol in edition["protocols"]:
        for phase in protocol["phases"]:
            for each in phase["home_exercises"]:
                each.get("dosage", {}).pop("hold_s", None)
            for each in phase["clinic_modalities"]:
                each.get("parameters", {}).pop("frequency", None)

    def load():
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            loading.load(edition)
            cursor.execute("SET ROLE tonus_app")

    yield load
    knowledge.forget()


def test_limits_drawn_closer_hurt_nothing_that_is_signed_and_are_asked_of_the_next_version(
    ready, physio, closer_limits
):
    plan = plans.create_plan(ready.pk, by=physio)
    tree = tree_of({"dosage": {"frequency": 120}}, {"hold_s": 30})
    signed = sign(plans.save_draft(plan.pk, tree, by=physio, if_match="*"), physio)
    closer_limits()
    ClinicPrescription.objects.filter(plan=signed).update(status="paused", status_reason="Why")
    draft = plans.amend_plan(signed.pk, by=physio, reason="Another look.")
    assert ClinicPrescription.objects.get(plan=draft).dosage["frequency"] == 120
    with pytest.raises(ValidationError) as refused:
        sign(draft, physio)
    assert {kind: list(rows[0]) for kind, rows in refused.value.detail["phases"][0].items()} == {
        "clinic": ["dosage"],
        "home": ["hold_s"],
    }
    with pytest.raises(IntegrityError, match="outside its limits: frequency"), transaction.atomic():
        ClinicPrescription.objects.filter(plan=draft).update(dosage={"frequency": 110})
    row = ClinicPrescription.objects.get(plan=draft)
    ClinicPrescription.objects.filter(pk=row.pk).update(dosage=row.dosage | {"frequency": 70})
    HomePrescription.objects.filter(plan=draft).update(hold_s=20)
    assert sign(CarePlan.objects.with_content().select_related("patient").get(pk=draft.pk), physio).signed_at


def test_a_protocol_of_the_clinic_cannot_bring_a_dose_outside_its_limits(physio):
    course = {
        "name": "Calf weeks",
        "family": "peripheral-neuropathy",
        "phases": [
            {
                "name": "Begin",
                "weeks": {"min": 1, "default": 2, "max": 3},
                "visits_per_week": {"min": 1, "default": 2, "max": 3},
                "clinic_modalities": [
                    {"modality": TENS, "regions": ["calf"], "parameters": {"frequency": 1000}}
                ],
                "home_exercises": [{"exercise": CALF, "dosage": {"reps": 4}}],
            }
        ],
    }
    with pytest.raises(InvalidEntry):
        add(PROTOCOLS, course, by=physio)


# --- by whoever writes past the services -----------------------------------------------------------------------------
@settings(many, max_examples=250)
@given(which=st.sampled_from(PARAMETERS), value=ANYTHING)
@example(which=(TENS, "frequency"), value=150)
@example(which=(TENS, "frequency"), value=151)
@example(which=(TENS, "intensity"), value="strong-comfortable")
def test_the_database_and_the_check_of_doses_agree(draft, clinic, which, value):
    """What one takes, the other takes; but for what JSON cannot say at all, which neither does."""
    modality, name = which
    entry = entries("modalities")[modality]
    is_fine = dosage.check_dosage(entry, {name: value}).ok
    assert stored(draft, clinic, modality, {name: value}, entry["session_minutes"]["default"]) is is_fine


def stored(draft, clinic, modality, dose, minutes):
    phase = Phase.objects.filter(plan=draft).first()
    try:
        with transaction.atomic():
            ClinicPrescription.objects.create(
                clinic=clinic,
                plan=draft,
                phase=phase,
                modality_id=modality,
                dosage=dose,
                minutes=minutes,
                visits_per_week=2,
            ).delete()
    except (IntegrityError, DataError):
        return False
    return True


@pytest.mark.parametrize("minutes", [0, 9, 10, 90, 91, 400])
def test_the_database_holds_the_length_of_a_session(draft, clinic, minutes):
    assert stored(draft, clinic, TENS, {}, minutes) is (10 <= minutes <= 90)


@pytest.mark.parametrize("dose", [{"colour": 1}, [], "x", 7, {"frequency": 100, "colour": 1}])
def test_the_database_takes_nothing_that_is_no_dose(draft, clinic, dose):
    assert not stored(draft, clinic, TENS, dose, 30)


@settings(many, max_examples=150)
@given(
    part=st.sampled_from(dosage.HOME_DOSE),
    number=st.integers(0, 700),
    days=st.sets(st.integers(1, 7), min_size=1).map(sorted),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=20).map(sorted),
)
def test_the_database_and_the_check_of_home_doses_agree(draft, part, number, days, hours):
    told = {"days_of_week": days, "times": [f"{hour:02}:00" for hour in hours]}.get(part, number)
    is_fine = dosage.check_home_dose(entries("exercises")[CALF], {part: told}).ok
    try:
        with transaction.atomic():
            HomePrescription.objects.filter(plan=draft).update(**{part: told})
            taken = True
    except IntegrityError:
        taken = False
    assert taken is is_fine


def test_the_database_looks_at_another_exercise_with_its_own_limits(draft):
    most = max(
        Exercise.objects.shipped(), key=lambda row: row.data["dosage"]["hold_s"]["min"]
    )  # held much longer than a calf
    with pytest.raises(IntegrityError, match="outside its limits"), transaction.atomic():
        HomePrescription.objects.filter(plan=draft).update(exercise=most)
    assert Modality.objects.filter(pk=TENS).exists()


def edit_catalogue(sql):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(sql)
        cursor.execute("SET ROLE tonus_app")


@pytest.mark.parametrize("gone", ["{session_minutes,max}", "{session_minutes}", "{parameters}"])
def test_the_database_takes_no_treatment_whose_limit_is_missing(draft, clinic, gone):
    edit_catalogue(f"UPDATE catalogue_modality SET data = data #- '{gone}' WHERE id = '{TENS}'")
    assert not stored(draft, clinic, TENS, {"frequency": 100}, 30)


@pytest.mark.parametrize("gone", ["{dosage,reps,min}", "{dosage,days_per_week}", "{dosage}"])
def test_the_database_takes_no_exercise_whose_limit_is_missing(draft, gone):
    edit_catalogue(f"UPDATE catalogue_exercise SET data = data #- '{gone}' WHERE slug = '{CALF}'")
    with pytest.raises(IntegrityError, match="outside its limits"), transaction.atomic():
        HomePrescription.objects.filter(plan=draft).update(sets=2, reps=4, days_of_week=[1])
