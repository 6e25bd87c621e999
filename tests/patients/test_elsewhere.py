"""Treatments elsewhere: on record, over time, and named beside a change they may explain."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from patients import services, timeline
from patients.models import OutsideTreatment
from patients.services import happenings
from patients.timeline import Span
from tests.patients.counting import queries_of
from tests.patients.test_safety_screen import NOBODY

TOXIN = {
    "kind": "botulinum-toxin",
    "began_on": "2026-05-02",
    "regions": ["left-calf"],
    "detail": "Gastrocnemius, 100 U",
}
TODAY = date(2026, 11, 25)


@pytest.fixture
def api(physio, api_for):
    return api_for(physio)


@pytest.fixture
def url(patient):
    return f"/api/v1/patients/{patient.pk}/outside-treatments/"


def test_one_is_recorded_and_its_answer_may_be_sent_back(api, url, physio):
    body = api.post(url, TOXIN).json()
    assert body | TOXIN | {"ended_on": None} == body
    assert body["entered_by"]["id"] == str(physio.member_id)
    own = f"/api/v1/outside-treatments/{body['id']}/"
    assert api.get(url).json()["results"] == [body] == [api.get(own).json()]
    assert api.patch(own, body).json() == body
    assert api.patch(own, {"ended_on": "2026-05-03"}).json() == body | {"ended_on": "2026-05-03"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "magic"}, "kind"),
        ({"kind": None}, "kind"),
        ({"began_on": None}, "began_on"),
        ({"began_on": "2999-01-01"}, "began_on"),
        ({"began_on": "1960-01-01"}, "began_on"),  # before she was born
        ({"began_on": "2026-02-30"}, "began_on"),
        ({"ended_on": "2026-05-01"}, "ended_on"),
        ({"ended_on": "2999-01-01"}, "ended_on"),
        ({"regions": ["left-wing"]}, "regions"),
        ({"regions": "left-calf"}, "regions"),
        ({"detail": "x" * 501}, "detail"),
        ({"detail": "a\0"}, "detail"),
        ({"dose": 1}, "dose"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(api, url, change, field):
    answer = api.post(url, {**TOXIN, **change})
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not OutsideTreatment.objects.exists()


def test_one_entered_in_error_is_struck_through_and_stays(api, url):
    own = f"/api/v1/outside-treatments/{api.post(url, TOXIN).json()['id']}/"
    struck = api.post(f"{own}void/", {"reason": "Another patient's"}).json()
    assert struck["void_reason"] == "Another patient's"
    assert (api.get(url).json()["results"], api.get(own).json()) == ([], struck)
    for again in (api.patch(own, {"detail": "x"}), api.post(f"{own}void/", {"reason": "x"})):
        assert (again.status_code, again.json()["code"]) == (409, "voided")


def test_the_desk_sees_none_and_nothing_is_found_that_is_not_there(api, api_for, desk, url):
    for answer in (api_for(desk).get(url), api_for(desk).post(url, TOXIN)):
        assert answer.status_code == 403
    assert api.get(f"/api/v1/patients/{NOBODY}/outside-treatments/").status_code == 404
    assert api.patch(f"/api/v1/outside-treatments/{NOBODY}/", {}).status_code == 404


def test_the_database_takes_none_that_ends_before_it_begins(api, url):
    pk = api.post(url, TOXIN).json()["id"]
    with pytest.raises(IntegrityError, match="outsidetreatment_ends"), transaction.atomic():
        OutsideTreatment.objects.filter(pk=pk).update(ended_on="2026-05-01")


# --- what may explain a change ----------------------------------------------------------------------------------------------
def test_what_happened_in_a_time_is_told_in_its_order(patient, physio, django_assert_num_queries):
    now = timezone.localdate()

    def ago(days):
        return now - timedelta(days=days)

    for kind, began, ended in (
        ("other", 90, None),  # before
        ("relapse", 70, 50),  # still ran
        ("therapy", 200, None),  # goes on
        ("therapy", 150, 100),  # over
        ("botulinum-toxin", 60 + 12 * 7, None),  # acts for twelve weeks
        ("botulinum-toxin", 61 + 12 * 7, None),
        ("injection", 60, None),  # on the first day
        ("hospital", 5, None),  # after
    ):
        told = {"kind": kind, "began_on": ago(began), "ended_on": ended and ago(ended)}
        services.record_outside_treatment(patient.pk, told, by=physio)
    for name, kind, start, stop in (
        ("Baclofen", "muscle-relaxant", 200, 30),
        ("Baclofen", "muscle-relaxant", 29, None),
        ("Tizanidine", "other", 60, None),  # weighed, whatever its class
        ("Vitamin D", "other", 35, None),  # changes nothing that is measured
        ("Gabapentin", "neuropathic-pain", 300, None),  # taken all the time
    ):
        dose = {"name": name, "drug_class": kind, "dose": 10, "per_day": 3}
        days = {"started_on": ago(start), "stopped_on": stop and ago(stop)}
        services.record_medication(patient.pk, dose | days, by=physio)
    with django_assert_num_queries(2):
        found = happenings(patient, ago(60), ago(10))
    assert [(each.day, each.text) for each in found] == [
        (ago(200), "Therapy elsewhere"),
        (ago(144), "Botulinum toxin"),
        (ago(70), "Relapse or sudden worsening"),
        (ago(60), "Injection or nerve block"),
        (ago(60), "Tizanidine 10 mg, 3 × a day: begun"),
        (ago(30), "Baclofen 10 mg, 3 × a day: last day"),
        (ago(29), "Baclofen 10 mg, 3 × a day: begun"),
    ]


def test_therapy_that_goes_on_is_ended_with_one_press(browser, patient, physio):
    row = services.record_outside_treatment(
        patient.pk, {"kind": "therapy", "began_on": date(2026, 5, 2)}, by=physio
    )
    page = f"/patients/{patient.pk}/medicines/"
    assert "2 May 2026 – goes on" in browser.get(page).content.decode()
    assert browser.post(f"/elsewhere/{row.pk}/end/")["Location"] == page
    row.refresh_from_db()
    assert row.ended_on == timezone.localdate()
    services.void_outside_treatment(row.pk, "x", by=physio)
    assert "struck through" in browser.post(f"/elsewhere/{row.pk}/end/", follow=True).content.decode()


# --- over time --------------------------------------------------------------------------------------------------------------
def test_bars_stand_where_their_days_are():
    drawn = timeline.draw(
        [
            Span("Baclofen", "10 mg", TODAY - timedelta(days=99), TODAY - timedelta(days=50), 0.5),
            Span("Baclofen", "20 mg", TODAY - timedelta(days=49), None),
            Span("Relapse", "", TODAY, TODAY, is_event=True),
        ],
        TODAY,
    )
    assert (drawn.first, drawn.last) == (TODAY - timedelta(days=99), TODAY)
    (half, whole), (point,) = (lane.bars for lane in drawn.lanes)
    assert (half.x, half.width, whole.x, whole.width) == (0, 500, 500, 500)
    assert half.height < whole.height
    assert point.x + point.width == 1000


def test_what_began_long_ago_or_nobody_knows_when_begins_at_the_edge():
    drawn = timeline.draw([Span("A", "", date(1999, 1, 1), None), Span("B", "", None, None)], TODAY)
    assert [(lane.bars[0].x, lane.bars[0].width) for lane in drawn.lanes] == [(0, 1000), (0, 1000)]
    assert (TODAY - drawn.first).days == 731
    assert timeline.draw([], TODAY) is None
    assert timeline.draw([Span("A", "", date(1999, 1, 1), date(1999, 2, 1))], TODAY) is None


# --- the page ---------------------------------------------------------------------------------------------------------------
TYPED = {
    "elsewhere-kind": "botulinum-toxin",
    "elsewhere-began_on": "2026-05-02",
    "elsewhere-ended_on": "",
    "elsewhere-regions": "Left calf",
    "elsewhere-detail": "Gastrocnemius, 100 U",
}


@pytest.fixture
def browser(physio, client_for):
    return client_for(physio)


def test_one_is_typed_shown_over_time_and_struck_through(browser, patient):
    page = f"/patients/{patient.pk}/medicines/"
    assert "Nothing on record" in browser.get(page).content.decode()
    assert browser.post(f"/patients/{patient.pk}/elsewhere/new/", TYPED)["Location"] == page
    html = browser.get(page).content.decode()
    assert "2 May 2026</span> · Left calf · Gastrocnemius, 100 U" in html
    assert 'class="tl-event"' in html
    row = OutsideTreatment.objects.get(patient=patient)
    browser.post(f"/elsewhere/{row.pk}/void/", {"reason": "Another patient's"})
    html = browser.get(page).content.decode()
    assert "Struck through: Another patient&#x27;s" in html
    assert 'class="tl-event"' not in html


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "magic"}, "kind"),
        ({"began_on": "2999-01-01"}, "began_on"),
        ({"began_on": ""}, "began_on"),
        ({"ended_on": "2026-05-01"}, "ended_on"),
        ({"regions": "Left wing"}, "regions"),
        ({"detail": "a\0"}, "detail"),
    ],
)
def test_what_is_typed_wrong_is_said_beside_it_and_nothing_is_lost(browser, patient, change, field):
    typed = TYPED | {f"elsewhere-{name}": value for name, value in change.items()}
    answer = browser.post(f"/patients/{patient.pk}/elsewhere/new/", typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_elsewhere-{field}_error"' in html
    assert 'value="Gastrocnemius, 100 U"' in html or field == "detail"
    assert not OutsideTreatment.objects.exists()


def test_the_page_asks_as_often_for_many_as_for_one(browser, patient, physio):
    page = f"/patients/{patient.pk}/medicines/"

    def one_more(day):
        told = {"kind": "injection", "began_on": date(2026, 5, day), "regions": ["left-calf"]}
        services.record_outside_treatment(patient.pk, told, by=physio)
        services.record_medication(patient.pk, {"name": f"M{day}", "dose": 1, "per_day": 1}, by=physio)

    one_more(1)
    few = len(queries_of(lambda: browser.get(page)))
    for day in range(2, 20):
        one_more(day)
    assert len(queries_of(lambda: browser.get(page))) == few
