"""Safety flags and the screen: what was asked and answered, what is due, and what answers it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from catalogue.knowledge import knowledge
from clinic import tenancy
from clinic.access import Role
from patients import screening, services
from patients.models import SafetyAnswer, SafetyFlag
from patients.signals import safety_changed
from tests import factories
from tests.conftest import outside
from tests.patients.counting import queries_of

TODAY = date(2027, 1, 4)
NOBODY = "0199aaaa-0000-7000-8000-000000000000"


@pytest.fixture
def api(physio, api_for):
    return api_for(physio)


@pytest.fixture
def flags(patient):
    return f"/api/v1/patients/{patient.pk}/flags/"


@pytest.fixture
def screen(patient):
    return f"/api/v1/patients/{patient.pk}/safety-screen/"


def answer(api, screen, flag, present, **more):
    response = api.post(screen, {"answers": {flag: {"present": present, **more}}})
    assert response.status_code == 200, response.json()
    return response.json()


# --- flags on record ------------------------------------------------------------------------------------------------------
def test_a_flag_counts_from_today_where_nothing_else_is_said(api, flags, physio):
    made = api.post(
        flags,
        {"flag": "absent-sensation", "regions": ["left-calf", "left-calf"], "since": None, "until": None},
    )
    assert made.status_code == 201
    body = made.json()
    today = timezone.localdate()
    assert (
        body | {"flag": "absent-sensation", "regions": ["left-calf"], "active": True, "until": None} == body
    )
    assert (body["since"], body["critical"]) == (today.isoformat(), True)
    assert body["expires_on"] == (today + timedelta(days=90)).isoformat()
    assert body["entered_by"]["id"] == str(physio.member_id)
    assert api.get(flags).json()["results"] == [body] == [api.get(f"/api/v1/flags/{body['id']}/").json()]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "flag"),
        ({"flag": "no-such"}, "flag"),
        ({"flag": None}, "flag"),
        ({"flag": "absent-sensation"}, "regions"),
        ({"flag": "absent-sensation", "regions": []}, "regions"),
        ({"flag": "absent-sensation", "regions": ["the-moon"]}, "regions"),
        ({"flag": "epilepsy", "regions": "left-calf"}, "regions"),
        ({"flag": "epilepsy", "regions": [["left-calf"]]}, "regions"),
        ({"flag": "epilepsy", "note": "x" * 501}, "note"),
        ({"flag": "epilepsy", "since": "2999-01-01"}, "since"),
        ({"flag": "epilepsy", "since": "yesterday"}, "since"),
        ({"flag": "epilepsy", "since": "2020-01-02", "until": "2020-01-01"}, "until"),
        ({"flag": "epilepsy", "until": 5}, "until"),
        ({"flag": "epilepsy", "colour": "red"}, "colour"),
    ],
    ids=range(14),
)
def test_a_wrong_flag_is_refused_at_its_field(api, flags, body, field):
    refused = api.post(flags, body)
    assert (refused.status_code, list(refused.json())) == (400, [field])


def test_a_flag_is_changed_by_what_is_named_and_its_answer_may_be_sent_back(api, flags):
    made = api.post(flags, {"flag": "absent-sensation", "regions": ["left-calf"]}).json()
    changed = api.patch(f"/api/v1/flags/{made['id']}/", {**made, "regions": ["left-foot-top"], "label": "x"})
    assert changed.status_code in (200, 400)
    regions = ["right-calf"]
    changed = api.patch(f"/api/v1/flags/{made['id']}/", {**made, "regions": regions, "flag": "epilepsy"})
    assert changed.json() == {**made, "regions": regions}
    assert api.patch(f"/api/v1/flags/{made['id']}/", {"regions": []}).status_code == 400


def test_an_ended_flag_counts_no_more_and_ends_once(api, flags, screen):
    made = api.post(flags, {"flag": "epilepsy", "since": "2020-01-01"}).json()
    ended = api.post(f"/api/v1/flags/{made['id']}/end/", {})
    assert (ended.status_code, ended.json()["active"]) == (200, False)
    assert ended.json()["until"] == timezone.localdate().isoformat()
    assert api.get(screen).json()["answers"]["epilepsy"]["present"] is False
    again = api.post(f"/api/v1/flags/{made['id']}/end/", {})
    assert (again.status_code, again.json()["code"]) == (409, "ended")


def test_a_flag_that_ends_later_counts_until_then(api, flags, screen):
    made = api.post(flags, {"flag": "epilepsy"}).json()
    later = (timezone.localdate() + timedelta(days=3)).isoformat()
    assert api.post(f"/api/v1/flags/{made['id']}/end/", {"until": later}).json()["active"] is True
    assert api.get(screen).json()["answers"]["epilepsy"]["present"] is True


def test_what_was_entered_in_error_is_struck_through_and_answers_nothing(api, flags, screen):
    made = api.post(flags, {"flag": "epilepsy"}).json()
    url = f"/api/v1/flags/{made['id']}/"
    assert list(api.post(f"{url}void/", {}).json()) == ["reason"]
    assert list(api.post(f"{url}void/", {"reason": " "}).json()) == ["reason"]
    struck = api.post(f"{url}void/", {"reason": "Wrong person."}).json()
    assert struck["void_reason"] == "Wrong person."
    assert struck["voided_at"]
    assert api.get(flags).json()["results"] == []
    assert api.get(url).status_code == 200
    assert "epilepsy" in api.get(screen).json()["due"]
    for call in (lambda: api.patch(url, {"note": "x"}), lambda: api.post(f"{url}end/", {})):
        assert (call().status_code, call().json()["code"]) == (409, "voided")


def test_refusals_of_entries_come_in_order(client, api_for, api, patient):
    url, bad = f"/api/v1/flags/{NOBODY}/", {"x": 1}
    assert client.patch(url, bad, content_type="application/json").status_code == 401
    assert api_for(Role.FRONT_DESK).patch(url, bad).status_code == 403
    assert api.patch(url, bad).status_code == 404
    for action in ("end", "void"):
        assert api.post(f"{url}{action}/", bad).status_code == 404
    assert api.post(f"/api/v1/patients/{NOBODY}/flags/", bad).status_code == 404
    assert api.post(f"/api/v1/patients/{NOBODY}/safety-screen/", bad).status_code == 404


def test_flags_of_another_clinic_are_not_there(api, other_clinic):
    with outside():
        who = factories.make_access(other_clinic, Role.PHYSIOTHERAPIST)
        theirs = factories.make_patient(other_clinic)
        with tenancy.scope(other_clinic.pk):
            flag = services.record_flag(theirs.pk, "epilepsy", by=who)
    assert api.get(f"/api/v1/flags/{flag.pk}/").status_code == 404
    assert api.post(f"/api/v1/flags/{flag.pk}/void/", {"reason": "x"}).status_code == 404


# --- the screen -----------------------------------------------------------------------------------------------------------
def test_every_critical_question_is_due_at_first(api, screen):
    critical = [flag["id"] for flag in knowledge().flags.current if flag["critical"]]
    assert api.get(screen).json() == {"answers": {}, "due": critical, "usual": []}


def test_an_answer_says_who_when_and_until_when(api, screen, physio):
    body = answer(api, screen, "skin-infection", False, note="looked")
    told = body["answers"]["skin-infection"]
    today = timezone.localdate()
    assert told | {"present": False, "regions": [], "note": "looked", "expired": False} == told
    assert told["answered_by"]["id"] == str(physio.member_id)
    assert told["answered_on"] == today.isoformat()
    assert told["expires_on"] == (today + timedelta(days=14)).isoformat()
    assert "skin-infection" not in body["due"]
    assert api.get(screen).json() == body


def test_an_answer_that_expired_is_asked_again(api, screen, patient):
    old = timezone.localdate() - timedelta(days=15)
    SafetyAnswer.objects.create(
        clinic=patient.clinic, patient=patient, flag_id="skin-infection", present=False, answered_on=old
    )
    SafetyAnswer.objects.create(
        clinic=patient.clinic, patient=patient, flag_id="cardiac-pacemaker", present=False, answered_on=old
    )
    body = api.get(screen).json()
    assert body["answers"]["skin-infection"]["expired"] is True
    assert "skin-infection" in body["due"]
    assert "cardiac-pacemaker" not in body["due"]  # for good


def test_yes_records_the_flag_and_no_ends_it(api, screen, flags):
    answer(api, screen, "absent-sensation", True, regions=["left-calf"], note="below the knee")
    (row,) = api.get(flags).json()["results"]
    assert row | {"flag": "absent-sensation", "regions": ["left-calf"], "active": True} == row
    body = answer(api, screen, "absent-sensation", False)
    assert body["answers"]["absent-sensation"]["present"] is False
    assert api.get(flags).json()["results"][0]["active"] is False


def test_yes_again_renews_the_flag_that_runs_and_adds_the_new_place(api, screen, flags, patient, physio):
    since = timezone.localdate() - timedelta(days=80)
    services.record_flag(patient.pk, "absent-sensation", by=physio, regions=["left-calf"], since=since)
    answer(api, screen, "absent-sensation", True)
    answer(api, screen, "absent-sensation", True, regions=["right-calf"])
    (row,) = api.get(flags).json()["results"]
    today = timezone.localdate()
    assert row["regions"] == ["left-calf", "right-calf"]
    assert (row["since"], row["renewed_on"]) == (since.isoformat(), today.isoformat())
    assert row["expires_on"] == (today + timedelta(days=90)).isoformat()


def test_not_sure_leaves_the_question_open_and_the_flag_alone(api, screen, flags):
    assert "epilepsy" in answer(api, screen, "epilepsy", None)["due"]
    answer(api, screen, "epilepsy", True)
    body = answer(api, screen, "epilepsy", None)
    assert body["answers"]["epilepsy"]["present"] is True  # a flag runs until somebody says no
    assert api.get(flags).json()["results"][0]["active"] is True


def test_not_sure_after_a_no_opens_the_question_again(api, screen):
    assert "epilepsy" not in answer(api, screen, "epilepsy", False)["due"]
    assert "epilepsy" in answer(api, screen, "epilepsy", None)["due"]


def test_answers_are_taken_all_or_none(api, screen):
    refused = api.post(
        screen,
        {
            "answers": {
                "epilepsy": {"present": True},
                "no-such": {"present": False},
                "absent-sensation": {"present": True, "regions": []},
            }
        },
    )
    assert refused.status_code == 400
    assert set(refused.json()["answers"]) == {"no-such", "absent-sensation"}
    assert "regions" in refused.json()["answers"]["absent-sensation"]
    assert not SafetyFlag.objects.exists()
    assert not SafetyAnswer.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"answers": []},
        {"answers": {"epilepsy": True}},
        {"answers": {"epilepsy": {}}},
        {"answers": {"epilepsy": {"present": "yes"}}},
        {"answers": {"epilepsy": {"present": True, "x": 1}}},
        {"answers": {"epilepsy": {"present": True, "note": "a\0b"}}},
        {"answers": {"epi\0lepsy": {"present": True}}},
        {"answers": {}, "x": 1},
    ],
    ids=range(9),
)
def test_a_screen_is_read_strictly(api, screen, body):
    refused = api.post(screen, body)
    assert refused.status_code == 400
    assert list(refused.json()) in (["answers"], ["x"])


def test_an_answered_screen_may_be_sent_back(api, screen):
    body = answer(api, screen, "epilepsy", False)
    assert api.post(screen, body).status_code == 200


def test_plans_are_told_once_for_a_whole_screen(api, screen, patient):
    told = []
    listener = lambda sender, patient, **_kw: told.append(patient.pk)  # noqa: E731
    safety_changed.connect(listener)
    try:
        api.post(screen, {"answers": {"epilepsy": {"present": True}, "pregnant": {"present": False}}})
    finally:
        safety_changed.disconnect(listener)
    assert told == [patient.pk]


def test_reading_and_answering_cost_the_same_however_much_is_asked(api, screen):
    critical = [flag["id"] for flag in knowledge().flags.current if flag["critical"]]
    told = lambda asked: {"answers": {flag: {"present": False} for flag in asked}}  # noqa: E731
    few = queries_of(lambda: api.post(screen, told(critical[:1])))
    assert len(queries_of(lambda: api.post(screen, told(critical)))) == len(few)
    assert len(queries_of(lambda: api.get(screen))) <= 9


# --- how a question stands, from plain values -----------------------------------------------------------------------------
class Period:
    def __init__(self, since, until=None, renewed_on=None, regions=(), flag_id="f"):
        self.flag_id, self.since, self.until, self.renewed_on = flag_id, since, until, renewed_on
        self.regions, self.note = list(regions), ""


class Reply:
    def __init__(self, present, on):
        self.flag_id, self.present, self.answered_on, self.note = "f", present, on, ""


def day(n):
    return TODAY + timedelta(days=n)


@pytest.mark.parametrize(
    ("days", "critical", "period", "reply", "present", "holds"),
    [
        (None, True, Period(day(-9)), None, True, True),
        (None, True, Period(day(0)), None, True, True),
        (None, True, Period(day(-9), until=day(0)), None, False, True),
        (None, True, Period(day(-9), until=day(1)), None, True, True),
        (30, True, Period(day(-30)), None, True, True),
        (30, True, Period(day(-31)), None, None, False),  # a critical flag that ran out is asked again
        (30, False, Period(day(-31)), None, False, True),
        (30, True, Period(day(-60), renewed_on=day(-5)), None, True, True),
        (30, True, Period(day(-60), until=day(-40)), None, False, False),  # the no has run out as well
        (None, True, Period(day(-9), until=day(-5)), Reply(None, day(-3)), None, False),
        (None, True, Period(day(-9), until=day(-5)), Reply(False, day(-5)), False, True),
        (None, True, Period(day(-3)), Reply(False, day(-5)), True, True),
        (None, True, None, Reply(True, day(-5)), None, False),  # its flag was struck through
        (14, True, None, Reply(False, day(-14)), False, True),
        (14, True, None, Reply(False, day(-15)), False, False),
    ],
    ids=range(15),
)
def test_the_later_counts_and_what_ran_out_is_asked_again(days, critical, period, reply, present, holds):
    entry = {"id": "f", "critical": critical, "expires_days": days}
    known = screening.standings([period] if period else [], [reply] if reply else [], {"f": entry}, TODAY)
    assert (known["f"].present, known["f"].answers(TODAY)) == (present, holds)
    assert screening.due(known, [entry], lambda _flag: False, TODAY) == (
        [] if holds or not critical else ["f"]
    )


def test_a_flag_still_to_come_answers_nothing_yet():
    entry = {"id": "f", "critical": True, "expires_days": None}
    assert screening.standings([Period(day(1))], [], {"f": entry}, TODAY) == {}


def test_a_place_that_is_not_known_makes_the_whole_unknown():
    assert screening.merged([["a", "b"], ["b", "c"]]) == ("a", "b", "c")
    assert screening.merged([["a"], []]) == ()
