"""The calendar's pages: the day and its list, one visit, booking, arrivals, rooms; as every role, with and without script."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.access import Role
from patients.models import CareTeam
from scheduling import services
from scheduling.models import Appointment, Closure, Kind, Resource, Status
from tests import factories
from tests.careplans.plans import diagnose
from tests.conftest import outside
from tests.scheduling.visits import at, booked

DAY = "2027-03-01"  # the Monday of the tests, today
HTMX = {"HX-Request": "true"}
STAFF = [Role.PHYSIOTHERAPIST, Role.ASSISTANT, Role.FRONT_DESK, Role.ADMIN]


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(at("09:00")):
        yield


@pytest.fixture
def browser(client_for, desk):
    return client_for(desk)


def text(answer, status=200):
    assert answer.status_code == status
    return unescape(answer.content.decode())


def read_tables(browser, address, **data):
    """Return how many statements an address costs that read or write tables."""
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(address, **data)
    assert answer.status_code in (200, 204)
    quiet = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "BEGIN", "COMMIT")
    said = [query["sql"] for query in captured.captured_queries]
    return [
        sql
        for sql in said
        if not sql.startswith(quiet) and "_config(" not in sql and "current_setting" not in sql
    ]


# --- the day --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", STAFF)
def test_everybody_on_the_staff_reads_the_calendar(role, client_for, visit):
    assert "Mon 1 March" in text(client_for(role).get("/calendar/"))


def test_a_visit_stands_at_its_time_with_its_state_in_words(browser, desk, visit, therapist, room):
    services.check_in(visit.pk, by=desk)
    page = text(browser.get("/calendar/"))
    assert "slot at-5 for-3 slot--arrived" in page  # 10:00, the fifth quarter after nine
    assert 'aria-label="Arrived"' in page
    assert therapist.name in page
    assert "Ananya Sen" in page


@pytest.mark.parametrize("by", ["therapist", "room", "device"])
def test_the_day_is_laid_out_by_what_is_asked_for(browser, visit, device, by):
    grid = browser.get("/calendar/", {"by": by, "view": "day"}).context["grid"]
    assert {column.resource.kind for column in grid.columns} == {by}
    assert sum(len(column.slots) for column in grid.columns) == (0 if by == "device" else 1)


def test_the_list_tells_everything_and_what_was_cancelled(browser, desk, visit, therapist, room):
    services.cancel(visit.pk, by=desk, reason="ill")
    page = text(browser.get("/calendar/", {"view": "list"}))
    assert all(said in page for said in ("Ananya Sen", therapist.name, room.name, "Cancelled"))
    assert "slot at-" not in text(browser.get("/calendar/"))


def test_a_phone_begins_with_the_list(browser, visit):
    page = browser.get("/calendar/", headers={"Sec-CH-UA-Mobile": "?1"})
    assert page.context["view"] == "list"
    assert browser.get("/calendar/?view=day", headers={"Sec-CH-UA-Mobile": "?1"}).context["view"] == "day"


def test_closed_time_is_shaded_and_says_why(browser, clinic, therapist):
    Closure.objects.create(clinic=clinic, resource=therapist, span=(at("13:00"), at("14:00")), reason="Lunch")
    column = browser.get("/calendar/").context["grid"].columns[0]
    assert (17, 4, "Lunch") in column.shut
    assert not {17, 18, 19, 20} & {quarter for quarter, _time in column.free}


def test_an_empty_quarter_is_a_link_that_fills_in_the_form(browser, therapist):
    page = text(browser.get("/calendar/"))
    link = f"/calendar/book/?date={DAY}&therapist={therapist.pk}&time=11:15"
    assert link in page
    form = browser.get(link).context["form"]
    assert [form[name].value() for name in ("date", "time", "therapist")] == [DAY, "11:15", str(therapist.pk)]


def test_what_lies_behind_is_not_offered(browser, therapist):
    with time_machine.travel(at("12:05"), tick=False):
        free = browser.get("/calendar/").context["grid"].columns[0].free
    assert free[0] == (13, "12:00")
    assert browser.get("/calendar/?date=2027-02-26").context["grid"].columns[0].free == []


def test_people_who_come_together_stand_side_by_side(browser, clinic, desk, kind):
    gym = factories.make_resource(clinic, "room", capacity=3)
    for number in range(2):
        booked(desk, factories.make_patient(clinic, given_name=f"P{number}"), gym)
    column = browser.get("/calendar/?by=room").context["grid"].columns[0]
    assert [slot.classes.split()[-1] for slot in column.slots] == ["in-1", "in-2"]
    assert column.lanes == 3  # one more may come


@pytest.mark.parametrize("asked", ["x", "2027-13-01", "0001-01-01", "9999-12-31", "", "2027-02-30"])
def test_a_day_that_is_none_is_today(browser, clinic, asked):
    assert f"{browser.get('/calendar/', {'date': asked}).context['day']}" == DAY


def test_a_day_without_anything_says_so(browser, therapist):
    assert "No visits on this day." in text(browser.get("/calendar/?view=day"))
    assert "Nobody is booked on this day." in text(browser.get("/calendar/?view=list"))


def test_a_clinic_without_resources_is_told_where_to_begin(browser, clinic):
    assert "/settings/rooms/" in text(browser.get("/calendar/?view=day"))


def test_an_open_calendar_hears_of_changes_only(browser, desk, visit):
    stamp = browser.get("/calendar/").context["stamp"]
    asked = {"date": DAY, "view": "day", "stamp": stamp}
    assert browser.get("/calendar/changes/", asked, headers=HTMX).status_code == 204
    services.check_in(visit.pk, by=desk)
    page = text(browser.get("/calendar/changes/", asked, headers=HTMX))
    assert "slot--arrived" in page
    assert "<html" not in page


def test_a_visit_that_left_the_day_is_a_change(browser, desk, visit):
    stamp = browser.get("/calendar/").context["stamp"]
    services.move(visit.pk, {"start": at("10:00") + timedelta(days=1)}, by=desk)
    page = text(browser.get("/calendar/changes/", {"date": DAY, "view": "day", "stamp": stamp}, headers=HTMX))
    assert "Ananya" not in page


def test_the_day_costs_the_same_however_full_it_is(browser, clinic, desk, therapist, kind):
    def costs():
        return len(read_tables(browser, "/calendar/")), len(
            read_tables(browser, f"/calendar/?by=room&date={DAY}")
        )

    booked(desk, factories.make_patient(clinic), therapist, start=at("09:00"))
    before = costs()
    for number in range(5):
        each = factories.make_resource(clinic, "therapist"), factories.make_resource(clinic, "room")
        booked(
            desk,
            factories.make_patient(clinic, given_name=f"P{number}"),
            *each,
            start=at(f"{10 + number}:00"),
        )
    assert costs() == before
    assert max(before) <= 8


def test_asking_for_changes_costs_one_query_beside_the_fixed_ones(browser, visit):
    asked = f"/calendar/changes/?date={DAY}&stamp={browser.get('/calendar/').context['stamp']}"
    own = [sql for sql in read_tables(browser, asked) if "scheduling_" in sql]
    assert len(own) == 1


def test_an_assistant_sees_that_time_is_taken_and_by_whom_only_of_their_own(
    client_for, member, clinic, visit
):
    assistant = member(Role.ASSISTANT)
    assert "Ananya" not in text(client_for(assistant).get("/calendar/?view=day"))
    assert "Booked" in text(client_for(assistant).get("/calendar/?view=day"))
    CareTeam.objects.create(clinic=clinic, patient=visit.patient, member_id=assistant.member_id)
    assert "Ananya" in text(client_for(assistant).get("/calendar/?view=day"))


def test_no_page_of_the_desk_names_a_diagnosis(browser, patient, visit):
    diagnose(patient)
    addresses = ["/calendar/?view=day", "/calendar/?view=list", "/arrivals/", f"/calendar/{visit.pk}/"]
    addresses += [f"/calendar/book/?patient={patient.pk}", f"/calendar/series/?patient={patient.pk}"]
    for address in addresses:
        page = text(browser.get(address)).lower()
        assert "ananya" in page
        assert not any(word in page for word in ("sciatica", "m54", "g35"))


# --- one visit ------------------------------------------------------------------------------------------------------------
def test_a_visit_is_a_page_and_a_dialog(browser, visit):
    assert "<html" in text(browser.get(f"/calendar/{visit.pk}/"))
    dialog = text(browser.get(f"/calendar/{visit.pk}/", headers=HTMX))
    assert "<dialog" in dialog
    assert "<html" not in dialog


@pytest.mark.parametrize(
    ("steps", "then"),
    [
        (["check-in"], Status.ARRIVED),
        (["check-in", "start"], Status.IN_TREATMENT),
        (["check-in", "start", "complete"], Status.DONE),
        (["confirm"], Status.CONFIRMED),
        (["cancel"], Status.CANCELLED),
        (["no-show", "restore"], Status.BOOKED),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else value,
)
def test_steps_are_taken_one_press_each(browser, visit, steps, then):
    for step in steps:
        answer = browser.post(f"/calendar/{visit.pk}/{step}/", {"reason": "No answer"})
        assert answer["Location"] == f"/calendar/?date={DAY}"
    visit.refresh_from_db()
    assert visit.status == then


@pytest.mark.parametrize("step", ["cancel", "no-show"])
def test_cancelling_and_missing_ask_why(browser, visit, step):
    with time_machine.travel(at("11:00"), tick=False):
        page = text(browser.post(f"/calendar/{visit.pk}/{step}/", {"reason": " "}), 422)
    assert "Say why, in a few words." in page
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED


def test_an_impossible_step_is_told(browser, desk, visit):
    services.cancel(visit.pk, by=desk, reason="ill")
    assert "Cancelled" in text(browser.post(f"/calendar/{visit.pk}/complete/"), 409)


def test_only_what_makes_sense_now_is_offered(browser, visit):
    page = browser.get(f"/calendar/{visit.pk}/").context
    assert (page["steps"], [name for name, _failed in page["ends"]]) == (["check-in", "start"], ["cancel"])
    with time_machine.travel(at("09:00") - timedelta(days=3), tick=False):
        assert browser.get(f"/calendar/{visit.pk}/").context["steps"] == ["confirm"]


def test_one_goes_back_to_where_one_was_but_not_elsewhere(browser, visit):
    back = browser.post(f"/calendar/{visit.pk}/confirm/", {"next": "/calendar/?by=room"})
    assert back["Location"] == "/calendar/?by=room"
    back = browser.post(f"/calendar/{visit.pk}/check-in/", {"next": "https://elsewhere.example/"})
    assert back["Location"] == f"/calendar/?date={DAY}"


def moved(visit, **other):
    return {"date": DAY, "time": "14:00", "minutes": "30", "therapist": "", "room": "", "device": ""} | other


def test_a_visit_is_moved(browser, visit, therapist, device):
    browser.post(f"/calendar/{visit.pk}/move/", moved(visit, therapist=therapist.pk, device=device.pk))
    visit.refresh_from_db()
    assert (visit.start, visit.minutes) == (at("14:00"), 30)
    assert {each.resource for each in visit.bookings.all()} == {therapist, device}


def test_a_move_to_what_is_taken_names_it_and_offers_what_is_free(browser, clinic, desk, visit, therapist):
    booked(desk, factories.make_patient(clinic, given_name="Bina"), therapist, start=at("14:00"))
    answer = browser.post(f"/calendar/{visit.pk}/move/", moved(visit, therapist=therapist.pk, minutes="45"))
    page = text(answer, 409)
    assert f"{therapist.name} is taken from 14:00 to 14:45." in page
    offer = answer.context["offers"][0]["value"]
    assert (
        browser.post(
            f"/calendar/{visit.pk}/move/", moved(visit, therapist=therapist.pk, minutes="45", take=offer)
        ).status_code
        == 302
    )
    visit.refresh_from_db()
    assert timezone.localtime(visit.start).isoformat() == offer.split("|")[0] or visit.start != at("10:00")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"date": "2027-02-30"}, "valid date"),
        ({"time": "25:00"}, "valid time"),
        ({"minutes": "1000"}, "less than or equal to 480"),
        ({"date": "2026-12-01"}, "Choose today or a later day."),
        ({"therapist": "00000000-0000-0000-0000-000000000000"}, "not in use any more"),
        ({"therapist": "x\0"}, "not in use any more"),
        ({"time": "20:00"}, "outside working hours"),
    ],
    ids=["no-day", "no-time", "too-long", "past", "unknown", "nul", "closed"],
)
def test_a_move_that_cannot_be_says_why_beside_the_field(browser, visit, therapist, typed, said):
    answer = browser.post(f"/calendar/{visit.pk}/move/", moved(visit, therapist=therapist.pk) | typed)
    page = text(answer, 422)
    assert said in page
    assert "field--error" in page
    visit.refresh_from_db()
    assert visit.start == at("10:00")


@pytest.mark.parametrize("rest", ["", "move/", "check-in/", "cancel/"])
def test_another_clinics_visit_is_not_there(other_clinic, visit, rest):
    with outside():
        stranger = factories.make_access(other_clinic, Role.FRONT_DESK)
    from tests.conftest import sign_in

    browser = sign_in(stranger)
    method = browser.post if rest else browser.get
    assert method(f"/calendar/{visit.pk}/{rest}").status_code == 404


# --- booking --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def typed(patient, kind, therapist, room):
    return {
        "patient": patient.pk,
        "type": kind.pk,
        "date": DAY,
        "time": "10:00",
        "minutes": "",
        "therapist": therapist.pk,
        "room": room.pk,
        "device": "",
        "do": "book",
    }


def test_a_visit_is_booked(browser, typed, patient):
    assert browser.post("/calendar/book/", typed)["Location"] == f"/calendar/?date={DAY}"
    found = Appointment.objects.get()
    assert (found.patient, found.start, found.minutes) == (patient, at("10:00"), 45)
    assert "Ananya Sen is booked for Mon 1 Mar, 10:00." in text(browser.get("/calendar/"))


def test_any_room_means_one_that_is_free(browser, clinic, desk, typed, room):
    other = factories.make_resource(clinic, "room", name="ZZ")
    booked(desk, factories.make_patient(clinic, given_name="Bina"), room)
    assert browser.post("/calendar/book/", typed | {"room": "any"}).status_code == 302
    visit = Appointment.objects.get(patient=typed["patient"])
    assert other in {each.resource for each in visit.bookings.all()}


def test_any_room_is_found_between_the_quarters_too_and_for_the_whole_visit(
    browser, clinic, desk, typed, room
):
    Resource.objects.filter(pk=room.pk).update(name="AA")  # the first to be tried
    other = factories.make_resource(clinic, "room", name="ZZ")
    booked(desk, factories.make_patient(clinic, given_name="Bina"), room, start=at("10:30"))
    assert browser.post("/calendar/book/", typed | {"room": "any", "time": "10:05"}).status_code == 302
    visit = Appointment.objects.get(patient=typed["patient"])
    assert (visit.start, other in {each.resource for each in visit.bookings.all()}) == (at("10:05"), True)


def test_a_clash_names_what_is_taken_and_one_press_takes_what_is_free(
    browser, clinic, desk, typed, therapist
):
    booked(desk, factories.make_patient(clinic, given_name="Bina"), therapist)
    answer = browser.post("/calendar/book/", typed)
    page = text(answer, 409)
    assert f"{therapist.name} is taken from 10:00 to 10:45." in page
    assert 'value="10:00"' in page  # nothing typed is lost
    offers = answer.context["offers"]
    assert [offer["when"] for offer in offers] == ["9:15", "10:45", "9:00"] or len(offers) == 3
    assert browser.post("/calendar/book/", typed | {"take": offers[0]["value"]}).status_code == 302
    visit = Appointment.objects.get(patient=typed["patient"])
    assert timezone.localtime(visit.start) == offers[0]["start"]


def test_the_patients_own_visit_is_a_clash(browser, desk, typed, patient, device):
    booked(desk, patient, device)
    assert "The patient has another visit from 10:00 to 10:45." in text(
        browser.post("/calendar/book/", typed), 409
    )


def test_a_second_visit_on_one_day_is_said_before_it_is_booked(browser, desk, typed, patient, room, clinic):
    booked(desk, patient, room, start=at("15:00"))
    booked(desk, factories.make_patient(clinic, given_name="Bina"), room, start=at("16:00"))
    shown = text(browser.post("/calendar/free/", typed, headers=HTMX))
    assert "They have a visit on this day already, at 15:00." in shown
    assert "already" not in text(
        browser.post("/calendar/free/", typed | {"date": "2027-03-02"}, headers=HTMX)
    )
    assert browser.post("/calendar/book/", typed).status_code == 302


def test_the_first_visit_of_somebody_is_their_first_assessment(browser, desk, patient, room, clinic, kind):
    first = factories.make_type(clinic, "initial-assessment", 60)
    page = f"/calendar/book/?patient={patient.pk}"
    assert browser.get(page).context["form"]["type"].value() == str(first.pk)
    visit = booked(desk, patient, room)
    assert browser.get(page).context["form"]["type"].value() == str(kind.pk)
    services.cancel(visit.pk, by=desk, reason="called")
    assert browser.get(page).context["form"]["type"].value() == str(first.pk)


def test_outside_hours_the_reason_is_asked_for_beside_its_field(browser, typed):
    page = text(browser.post("/calendar/book/", typed | {"time": "19:00"}), 422)
    assert 'id="id_override_hours_reason_error"' in page
    assert 'value="19:00"' in page
    browser.post("/calendar/book/", typed | {"time": "19:00", "override_hours_reason": "Comes from far"})
    assert Appointment.objects.get().override_hours_reason == "Comes from far"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"patient": ""}, "patient"),
        ({"patient": "00000000-0000-0000-0000-000000000000"}, "patient"),
        ({"patient": "x"}, "patient"),
        ({"type": "x"}, "type"),
        ({"date": ""}, "date"),
        ({"date": "99999-01-01"}, "date"),
        ({"date": "2026-01-01"}, "time"),
        ({"date": "2999-12-31"}, "time"),
        ({"date": "0001-01-01"}, "date"),
        ({"date": "9999-12-31"}, "date"),
        ({"time": "7:77"}, "time"),
        ({"minutes": "4"}, "minutes"),
        ({"minutes": "x"}, "minutes"),
        ({"therapist": "", "room": ""}, "therapist"),
        ({"room": "y"}, "room"),
        ({"override_hours_reason": "x" * 301}, "override_hours_reason"),
        ({"override_hours_reason": "a\0b"}, "override_hours_reason"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_booked_is_told_at_its_field(browser, typed, wrong, field):
    answer = browser.post("/calendar/book/", typed | wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "offer",
    ["x", "2027-03-01T10:00|", "|", "2027-03-01T10:00:00+05:30|x", "\0", "9999-12-31T23:59:00+00:00|"],
)
def test_an_offer_that_is_none_is_no_offer(browser, typed, offer):
    assert browser.post("/calendar/book/", typed | {"take": offer}).status_code == 302
    assert Appointment.objects.get().start == at("10:00")


def test_the_patient_is_found_with_script_and_without(browser, clinic, typed, patient):
    found = text(browser.post("/calendar/people/", {"find": "anan"}, headers=HTMX))
    assert str(patient.pk) in found
    assert "<html" not in found
    page = browser.post("/calendar/book/", typed | {"patient": "", "find": "anan"})
    assert page.status_code == 200
    assert str(patient.pk) in text(page)
    assert page.context["form"]["time"].value() == "10:00"
    page = browser.post("/calendar/book/", typed | {"patient": "", "find": "anan", "choose": patient.pk})
    assert page.context["patient"] == patient


def test_nobody_found_is_said(browser, clinic):
    assert "Nobody found." in text(browser.post("/calendar/people/", {"find": "zzzz\0"}, headers=HTMX))


def test_free_times_stand_beside_the_form(browser, clinic, desk, typed, therapist):
    booked(desk, factories.make_patient(clinic, given_name="Bina"), therapist)
    times = browser.post("/calendar/free/", typed, headers=HTMX).context["times"]
    assert times[:3] == ["09:15", "10:45", "11:00"]
    page = browser.post("/calendar/book/", typed | {"pick": "10:45"})
    assert page.context["form"]["time"].value() == "10:45"


def test_the_book_page_costs_the_same_with_more_to_book(browser, clinic, typed, therapist):
    address = (
        f"/calendar/book/?patient={typed['patient']}&type={typed['type']}&date={DAY}&therapist={therapist.pk}"
    )
    before = len(read_tables(browser, address))
    for _each in range(3):
        factories.make_resource(clinic, "room")
        factories.make_patient(clinic)
    assert len(read_tables(browser, address)) == before


# --- arrivals -------------------------------------------------------------------------------------------------------------
def test_one_press_checks_in_and_the_board_shows_it(browser, visit):
    board = text(browser.post(f"/arrivals/{visit.pk}/check-in/", headers=HTMX))
    assert "<html" not in board
    assert "Waiting 0 minutes" in board
    visit.refresh_from_db()
    assert visit.status == Status.ARRIVED


def test_without_script_the_press_leads_back_to_the_board(browser, visit):
    assert browser.post(f"/arrivals/{visit.pk}/check-in/")["Location"] == "/arrivals/"


def test_who_was_checked_in_elsewhere_is_told(browser, desk, visit):
    services.cancel(visit.pk, by=desk, reason="ill")
    assert "This cannot be done" in text(browser.post(f"/arrivals/{visit.pk}/check-in/", headers=HTMX), 409)
    browser.post(f"/arrivals/{visit.pk}/check-in/")
    assert "This cannot be done" in text(browser.get("/arrivals/"))


def test_the_board_has_everybody_by_state(browser, clinic, desk, physio, kind, therapist):
    names = {}
    for hour, steps in enumerate([[], ["check_in"], ["check_in", "start"], ["start", "complete"]]):
        visit = booked(
            desk,
            factories.make_patient(clinic, given_name=f"P{hour}"),
            therapist,
            start=at(f"{10 + hour}:00"),
        )
        for step in steps:
            getattr(services, step)(visit.pk, by=desk)
        names[visit.pk] = hour
    columns = browser.get("/arrivals/").context["columns"]
    assert [[names[visit.pk] for visit in column["visits"]] for column in columns] == [[0], [1], [2], [3]]


def test_an_open_board_hears_of_changes_only(browser, desk, visit):
    stamp = browser.get("/arrivals/").context["stamp"]
    assert browser.get("/arrivals/", {"stamp": stamp}, headers=HTMX).status_code == 204
    services.check_in(visit.pk, by=desk)
    assert "Waiting" in text(browser.get("/arrivals/", {"stamp": stamp}, headers=HTMX))


def test_the_board_costs_the_same_however_full_it_is(browser, clinic, desk, therapist, kind):
    booked(desk, factories.make_patient(clinic), therapist, start=at("09:00"))
    before = len(read_tables(browser, "/arrivals/"))
    for number in range(4):
        booked(desk, factories.make_patient(clinic), therapist, start=at(f"{10 + number}:00"))
    assert len(read_tables(browser, "/arrivals/")) == before <= 6


# --- rooms and devices ----------------------------------------------------------------------------------------------------
def test_everybody_reads_what_can_be_booked_and_only_admins_change_it(client_for, room):
    for role in STAFF:
        browser = client_for(role)
        page = text(browser.get("/settings/rooms/"))
        assert room.name in page
        assert (f"/settings/rooms/{room.pk}/" in page) == (role == Role.ADMIN)
        assert browser.get(f"/settings/rooms/{room.pk}/").status_code == (200 if role == Role.ADMIN else 403)


WEEK = {"from-1-1": "09:00", "to-1-1": "13:00", "from-1-2": "14:00", "to-1-2": "18:00", "own_hours": "on"}
NEW = {"kind": "room", "name": "Room 9", "short_name": "R9", "capacity": "2", "user": "", "active": "on"}


def test_an_admin_adds_a_room_with_hours_of_its_own(client_for):
    assert client_for(Role.ADMIN).post("/settings/rooms/new/", NEW | WEEK)["Location"] == "/settings/rooms/"
    row = Resource.objects.get(name="Room 9")
    assert (row.kind, row.capacity) == (Kind.ROOM, 2)
    assert row.hours == [
        {"weekday": 1, "start": "09:00", "end": "13:00"},
        {"weekday": 1, "start": "14:00", "end": "18:00"},
    ]


def test_without_own_hours_those_of_the_clinic_hold(client_for, physio, therapist):
    admin = client_for(Role.ADMIN)
    fields = NEW | {"kind": "therapist", "name": "Dr Sen", "user": physio.user_id}
    admin.post(f"/settings/rooms/{therapist.pk}/", fields)
    therapist.refresh_from_db()
    assert (therapist.name, therapist.hours, therapist.member_id) == ("Dr Sen", None, physio.member_id)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\0"}, "name"),
        ({"kind": "boat"}, "kind"),
        ({"capacity": "0"}, "capacity"),
        ({"user": "x"}, "user"),
        ({"to-1-1": ""}, "to-1-1"),
        ({"to-1-1": "08:00"}, "to-1-1"),
        ({"from-1-2": "12:00"}, "to-1-2"),
        ({"from-1-1": "x"}, "from-1-1"),
        ({"name": "Taken"}, "name"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_kept_is_told_at_its_field(client_for, clinic, wrong, field):
    factories.make_resource(clinic, "room", name="Taken")
    answer = client_for(Role.ADMIN).post("/settings/rooms/new/", NEW | WEEK | wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert 'value="R9"' in text(answer, 422)


def test_another_clinics_room_is_not_there(client_for, other_clinic):
    with outside():
        theirs = factories.make_resource(other_clinic, "room")
    assert client_for(Role.ADMIN).get(f"/settings/rooms/{theirs.pk}/").status_code == 404
    assert theirs.name not in text(client_for(Role.ADMIN).get("/settings/rooms/"))
