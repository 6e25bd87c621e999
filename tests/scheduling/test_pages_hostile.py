"""Whatever a form of the calendar's pages is sent, the answer is a refusal or a success: never a crash."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.access import Role

said = st.text(max_size=20) | st.sampled_from(
    ["", "\0", "x" * 3000, "0199aaaa-0000-7000-8000-000000000000", "any", "9" * 5000, "-1", "1e9", "٣"]
)
days = st.sampled_from(["2027-03-01", "0001-01-01", "9999-12-31", "2027-02-30", "2030-06-15"]) | said
times = st.sampled_from(["10:00", "23:59", "24:00", "10:00:30.5"]) | said
offers = (
    st.sampled_from(["2027-03-01T10:00:00+05:30|x", "9999-12-31T23:59:59-12:00|", "|", "unplaced"]) | said
)


def form(**fields):
    return st.fixed_dictionaries({}, optional=fields)


FORMS = {
    "/calendar/book/": form(
        patient=said, type=said, date=days, time=times, minutes=said, therapist=said, room=said, device=said,
        override_hours_reason=said, do=said, find=said, choose=said, pick=times, take=offers,
    ),
    "/calendar/series/": form(
        patient=said, type=said, first_date=days, time=times, count=said, minutes=said, therapist=said, room=said,
        weekdays=st.lists(said, max_size=3), do=st.sampled_from(["plan", "book", "find"]) | said, rows=said,
        planned=said, choose=said, find=said,
        **{"row-0-wish": offers, "row-0-pick": offers},
    ),
    "/calendar/people/": form(find=said),
    "/calendar/free/": form(patient=said, type=said, date=days, time=times, minutes=said, therapist=said),
    "/calendar/{visit}/move/": form(date=days, time=times, minutes=said, therapist=said, take=offers, next=said),
    "/calendar/{visit}/cancel/": form(reason=said, next=said),
    "/settings/rooms/new/": form(
        kind=st.sampled_from(["room", "therapist"]) | said, name=said, short_name=said, capacity=said, user=said,
        own_hours=said, active=said, **{"from-1-1": times, "to-1-1": times, "from-7-2": times, "to-7-2": times},
    ),
}  # fmt: skip


@pytest.mark.parametrize("address", FORMS)
def test_no_form_crashes(address, client_for, patient, visit, kind):
    browser = client_for(Role.ADMIN)
    known = {"patient": str(patient.pk), "type": str(kind.pk), "do": "book"}

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(FORMS[address], st.booleans(), st.booleans())
    def never(typed, is_complete, is_htmx):
        filled = known | typed if is_complete else typed
        headers = {"HX-Request": "true"} if is_htmx else {}
        answer = browser.post(address.format(visit=visit.pk), filled, headers=headers)
        assert answer.status_code in (200, 302, 409, 422), (answer.status_code, filled)

    never()


@pytest.mark.parametrize(
    "address", ["/calendar/", "/calendar/changes/", "/calendar/book/", "/calendar/series/", "/arrivals/"]
)
def test_no_address_crashes(address, client_for, visit):
    browser = client_for(Role.ADMIN)
    asked = form(
        date=days,
        by=said,
        view=said,
        stamp=said,
        patient=said,
        type=said,
        time=times,
        therapist=said,
        room=said,
    )

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(asked)
    def never(query):
        assert browser.get(address, query).status_code in (200, 204, 400), query

    never()
