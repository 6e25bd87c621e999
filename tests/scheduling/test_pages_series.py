"""The series page: what the plan asks for, every date with its ways out, one press for all, and losing a race."""

from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from careplans.models import CarePlan, Phase
from careplans.services import plans
from patients.models import CareRole, CareTeam
from scheduling.models import Appointment, Closure, Series, Status
from tests import factories
from tests.careplans.plans import PROTOCOL, answer_all, diagnose, sign
from tests.scheduling.test_pages import text
from tests.scheduling.visits import at, booked


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(at("08:00")):
        yield


@pytest.fixture
def browser(client_for, desk):
    return client_for(desk)


@pytest.fixture
def pattern(patient, kind, therapist, room):
    """Mondays and Wednesdays at ten, four times: with the therapist, in any room."""
    return {
        "patient": patient.pk,
        "type": kind.pk,
        "weekdays": ["1", "3"],
        "time": "10:00",
        "first_date": "2027-03-01",
        "count": "4",
        "minutes": "",
        "therapist": therapist.pk,
        "room": "any",
        "device": "",
        "do": "plan",
    }


def as_shown(page, pattern, **changes):
    """Return what pressing Book sends: the pattern and the dates as the page shows them."""
    rows = page.context["rows"]
    sent = {**pattern, "do": "book", "planned": page.context["planned"], "rows": len(rows)}
    for number, row in enumerate(rows):
        sent |= {f"row-{number}-wish": row.wish.isoformat(), f"row-{number}-pick": row.pick}
    return sent | changes


@pytest.fixture
def other(clinic):
    return factories.make_patient(clinic, given_name="Bina")


def test_the_page_begins_with_what_the_plan_asks_for_in_numbers_alone(
    browser, patient, physio, therapist, clinic
):
    diagnose(patient)
    answer_all(patient)
    plan = sign(plans.create_plan(patient.pk, by=physio, protocol_id=PROTOCOL), physio)
    CareTeam.objects.update_or_create(
        clinic=clinic, patient=patient, member_id=physio.member_id, defaults={"role": CareRole.RESPONSIBLE}
    )
    phase = Phase.objects.filter(plan=plan).order_by("order").first()
    most = max(item.visits_per_week for item in phase.clinic_items.all())
    page = browser.get(f"/calendar/series/?patient={patient.pk}")
    asked = page.context["asked"]
    assert (asked.pk, asked.visits_per_week, asked.weeks) == (plan.pk, most, phase.weeks)
    assert page.context["form"]["count"].value() == asked.count
    assert page.context["form"]["therapist"].value() == str(therapist.pk)
    shown = text(page).lower()
    assert str(asked).lower() in shown
    assert not any(word in shown for word in ("sciatica", "tens-conventional", "massage", phase.name.lower()))


def test_half_visits_make_whole_ones(patient):
    from scheduling.pages.asked import Asked

    asked = Asked(patient.pk, 1, Decimal("2.50"), Decimal("3.0"))
    assert asked.count == 8
    assert str(asked) == "Plan version 1 asks for 2.5 visits a week. In 3 weeks that makes 8."


def test_without_a_plan_the_desk_says_how_many(browser, patient):
    assert "No signed plan asks for visits." in text(browser.get(f"/calendar/series/?patient={patient.pk}"))


def test_every_date_is_shown_free(browser, pattern):
    page = browser.post("/calendar/series/", pattern)
    rows = page.context["rows"]
    assert [f"{row.wish:%a %d %H:%M}" for row in rows] == [
        "Mon 01 10:00",
        "Wed 03 10:00",
        "Mon 08 10:00",
        "Wed 10 10:00",
    ]
    assert all(row.is_free for row in rows)
    assert "Book all 4" in text(page)
    assert not Appointment.objects.exists()


def test_one_press_books_all(browser, pattern, patient, therapist, room):
    answer = browser.post("/calendar/series/", as_shown(browser.post("/calendar/series/", pattern), pattern))
    assert answer["Location"] == "/calendar/?date=2027-03-01"
    series = Series.objects.get()
    visits = series.appointments.all()
    assert [visit.patient_id for visit in visits] == [patient.pk] * 4
    assert {each.resource for each in visits[0].bookings.all()} == {therapist, room}
    assert series.pattern["weekdays"] == [1, 3]
    assert "4 visits are booked." in text(browser.get("/calendar/"))


def test_a_clash_is_told_in_words_with_the_nearest_chosen(browser, desk, pattern, other, therapist):
    booked(desk, other, therapist, start=at("10:00", 2))
    page = browser.post("/calendar/series/", pattern)
    row = page.context["rows"][1]
    assert row.clashes == [f"{therapist.name} is taken from 10:00 to 10:45."]
    assert row.pick == row.offers[0]["value"]
    assert [row.is_free for row in page.context["rows"]] == [True, False, True, True]
    browser.post("/calendar/series/", as_shown(page, pattern))
    starts = sorted(visit.start for visit in Appointment.objects.filter(patient=pattern["patient"]))
    assert starts[1] == row.offers[0]["start"]


def test_a_closed_day_is_a_clash(browser, clinic, pattern):
    Closure.objects.create(clinic=clinic, span=(at("00:00", 2), at("00:00", 3)), reason="Holiday")
    row = browser.post("/calendar/series/", pattern).context["rows"][1]
    assert any("outside the hours" in sentence or "closed" in sentence for sentence in row.clashes)


def test_another_way_out_or_none_can_be_chosen_date_by_date(browser, desk, pattern, other, therapist):
    booked(desk, other, therapist, start=at("10:00", 2))
    page = browser.post("/calendar/series/", pattern)
    second = page.context["rows"][1].offers[1]
    browser.post(
        "/calendar/series/", as_shown(page, pattern, **{"row-1-pick": second["value"], "row-3-pick": "x|"})
    )
    assert not Series.objects.exists()  # one date could not be read
    sent = as_shown(page, pattern, **{"row-1-pick": second["value"], "row-3-pick": "unplaced"})
    assert browser.post("/calendar/series/", sent).status_code == 302
    visits = {timezone.localtime(v.start): v.status for v in Series.objects.get().appointments.all()}
    assert second["start"] in visits
    assert visits[at("10:00", 9)] == Status.UNPLACED
    assert "1 visit waits for a place." in text(browser.get("/calendar/"))


def test_somebody_was_faster_and_the_list_says_where(browser, desk, pattern, other, therapist):
    page = browser.post("/calendar/series/", pattern)
    sent = as_shown(page, pattern, **{"row-3-pick": "unplaced"})
    booked(desk, other, therapist, start=at("10:00", 7))
    answer = browser.post("/calendar/series/", sent)
    shown = text(answer, 409)
    assert "Nothing was booked." in shown
    assert shown.count("Taken meanwhile") == 1
    rows = answer.context["rows"]
    assert [row.is_new for row in rows] == [False, False, True, False]
    assert rows[3].pick == "unplaced"
    assert not Series.objects.exists()
    assert browser.post("/calendar/series/", as_shown(answer, pattern)).status_code == 302
    assert Series.objects.get().appointments.count() == 4


def test_a_pattern_that_changed_is_looked_through_again_before_it_is_booked(browser, pattern):
    page = browser.post("/calendar/series/", pattern)
    answer = browser.post("/calendar/series/", as_shown(page, pattern, time="11:00"))
    assert "You changed the pattern." in text(answer)
    assert answer.context["rows"][0].wish == at("11:00")
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"patient": ""}, "patient"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["9"]}, "weekdays"),
        ({"time": "x"}, "time"),
        ({"count": "0"}, "count"),
        ({"count": "61"}, "count"),
        ({"first_date": "2026-01-01"}, "first_date"),
        ({"first_date": "9999-12-31"}, "first_date"),
        ({"first_date": "2999-12-31"}, "first_date"),
        ({"therapist": "", "room": ""}, "therapist"),
        ({"type": "\0"}, "type"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_pattern_that_cannot_be_says_why_at_its_field(browser, pattern, wrong, field):
    answer = browser.post("/calendar/series/", pattern | wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert answer.context["form"]["minutes"].value() == ""


@pytest.mark.parametrize("rows", ["x", "-1", "999999", "9" * 5000, "0", ""], ids=range(6))
def test_rows_that_nobody_sent_book_nothing(browser, pattern, rows):
    page = browser.post("/calendar/series/", pattern)
    answer = browser.post("/calendar/series/", as_shown(page, pattern, rows=rows))
    assert answer.status_code == 200
    assert not Series.objects.exists()


def test_choosing_the_patient_keeps_what_was_typed(browser, pattern, patient):
    page = browser.post("/calendar/series/", pattern | {"patient": "", "choose": patient.pk, "time": "15:30"})
    assert page.context["patient"] == patient
    assert page.context["form"]["time"].value() == "15:30"


def test_a_draft_asks_for_nothing(browser, patient, physio):
    diagnose(patient)
    plans.create_plan(patient.pk, by=physio, protocol_id=PROTOCOL)
    assert CarePlan.objects.exists()
    assert browser.get(f"/calendar/series/?patient={patient.pk}").context["asked"] is None


def test_a_date_on_which_they_come_already_is_marked(browser, desk, pattern, patient, room):
    booked(desk, patient, room, start=at("15:00", 2))
    page = browser.post("/calendar/series/", pattern)
    assert [row.also for row in page.context["rows"]] == ["", "15:00", "", ""]
    assert "Comes at 15:00 already" in text(page)
