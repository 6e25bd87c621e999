"""What is measured: each page and API call with its budget, and the bodies that writes send."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.urls import NoReverseMatch, reverse

from bench.calls import Answer, Caller
from bench.subjects import Place
from clinic.models import User

QUICK = "md5"


@dataclass(frozen=True)
class Budget:
    """The most that the goals allow: queries, CPU in ms, and the same in multiples of REF (0: the goal names only ms)."""

    queries: int
    ms: int
    multiple: float = 0

    def most(self, ref_ms: float) -> float:
        return self.multiple or self.ms / ref_ms


BUDGETS = {
    "frame": Budget(4, 3, 4.5),
    "list": Budget(8, 10, 15),
    "chart": Budget(10, 10, 15),
    "day": Budget(8, 15, 22),
    "create": Budget(14, 10, 15),
    "book": Budget(10, 7, 10),
    "series": Budget(14, 15, 22),
    "today": Budget(6, 7, 10),
    "plan": Budget(6, 4, 6),
    "login": Budget(6, 8),
}


@dataclass(frozen=True)
class Case:
    label: str
    call: Callable[[], Answer]
    budget: Budget | None = None
    writes: bool = False
    status: int = 200
    before: Callable[[], Any] | None = None


def cases(place: Place) -> Iterator[Case]:
    """Yield what is measured in a clinic; a page that does not exist (yet) is left out."""
    staff, desk, person = place.therapist, place.desk, place.person

    def page(
        label: str, who: Caller, name: str, *args: Any, query: str = "", budget: str = "", **more: Any
    ) -> Iterator[Case]:
        try:
            path = reverse(name, args=args)
        except NoReverseMatch:
            return
        form = more.pop("form", None)
        yield Case(label, who.page(path + query, form), BUDGETS.get(budget), **more)

    def api(
        label: str, who: Caller, path: str, body: Any = None, budget: str = "", method: str = "", **more: Any
    ) -> Case:
        headers = more.pop("headers", {})
        return Case(f"API {label}", who.api(path, body, method, **headers), BUDGETS.get(budget), **more)

    patient, plan, draft = place.patient, place.plan, place.draft
    yield from page("sign-in page", Caller(), "account_login")
    yield Case("fixed part of a staff page", staff.page("/bench/frame/"), BUDGETS["frame"])
    yield from page("patient list", staff, "patients:list", budget="list")
    yield from page("patient's record, the chart", staff, "workspace:chart", patient, budget="chart")
    yield from page(
        "calendar, a day", staff, "scheduling:calendar", query=f"?date={place.day}&view=day", budget="day"
    )
    yield from page(
        "calendar, a day as list",
        desk,
        "scheduling:calendar",
        query=f"?date={place.day}&view=list",
        budget="day",
    )
    yield from page("arrivals", desk, "scheduling:arrivals", budget="day")
    yield from page("booking form", desk, "scheduling:book", query=f"?patient={patient}")
    yield from page(
        "book one visit",
        desk,
        "scheduling:book",
        form=_booking(place),
        budget="book",
        writes=True,
        status=302,
    )
    yield from page("series form", desk, "scheduling:series", query=f"?patient={patient}")
    yield from page(
        "create patient", desk, "patients:new", form=_NEWCOMER_FORM, budget="create", writes=True, status=302
    )
    yield from page("doubles while typing", desk, "patients:doubles", form=_NEWCOMER_FORM)
    yield from page("registration", desk, "patients:new")
    yield from page("details to edit", desk, "patients:edit", patient)
    yield from page("consents", desk, "patients:consents", patient)
    yield from page("safety", staff, "patients:safety", patient, budget="chart")
    yield from page("medicines, treated elsewhere", staff, "patients:medications", patient, budget="chart")
    yield from page("diary", staff, "workspace:diary", patient, budget="chart")
    yield from page("assessments", staff, "careplans:assessments", patient, budget="chart")
    yield from page("diagnosis by words", staff, "patients:diagnosis-new", patient, query="?find=foot+drop")
    yield from page("plan", staff, "careplans:plan", patient, budget="chart")
    yield from page("plan builder", staff, "careplans:plan-draft", place.undecided)
    yield from page("exercises", staff, "catalogue:exercises")
    yield from page(
        "exercises filtered",
        staff,
        "catalogue:exercises",
        query="?search=calf&position=wheelchair&helper=no",
    )
    yield from page("an exercise", staff, "catalogue:exercise", "calf-stretch-wall")
    yield from page("protocols", staff, "catalogue:protocols")
    yield from page("a protocol", staff, "catalogue:protocol", "sciatica-acute")
    yield from page("protocol editor", staff, "catalogue:new-protocol", query="?from=sciatica-acute")
    yield from page("a treatment", staff, "catalogue:treatment", "tens-conventional")
    yield from page("caseload", staff, "workspace:caseload", budget="list")
    yield from page("reminders", desk, "reminders:list", budget="list")
    yield from page("patient's Today", person, "portal:today", budget="today")
    yield from page("patient's plan", person, "portal:plan", budget="today")

    yield api("who I am", staff, "/auth/me/", budget="frame")
    yield api("patients, 25 rows", staff, "/patients/?page_size=25", budget="list")
    yield api("patients, search", staff, "/patients/?page_size=25&q=ghosh", budget="list")
    yield api("patient", staff, f"/patients/{patient}/", budget="chart")
    yield api(
        "create patient, with doubles",
        desk,
        "/patients/",
        _newcomer(),
        budget="create",
        writes=True,
        status=201,
    )
    yield api("doubles of somebody described", desk, "/patients/duplicates/", _newcomer(), budget="create")
    yield api("safety screen", staff, f"/patients/{patient}/safety-screen/")
    yield api("plan, whole", staff, f"/plans/{plan}/", budget="plan")
    yield api("check a plan", staff, f"/plans/{draft}/check/", {}, writes=True)
    yield api(
        "sign a plan",
        staff,
        f"/plans/{draft}/sign/",
        {"overrides": place.overrides},
        writes=True,
        headers={"IF_MATCH": "*"},
    )
    yield api(
        "appointments of a day",
        desk,
        f"/appointments/?from={place.day}&to={place.next_day}&page_size=200",
        budget="day",
    )
    yield api("what is free", desk, f"/availability/?type={place.kind}&from={place.day}")
    yield api("book one visit", desk, "/appointments/", _visit(place), budget="book", writes=True, status=201)
    yield api(
        "book the same again (409)",
        desk,
        "/appointments/",
        _taken(place),
        budget="book",
        writes=True,
        status=409,
    )
    yield api("plan a series of 12", desk, "/series/plan/", _pattern(place))
    yield api(
        "book a series of 12", desk, "/series/", _series(place), budget="series", writes=True, status=201
    )
    yield api("reminders", desk, "/reminders/", budget="list")
    yield api("my day", person, "/me/today/", budget="today")
    yield api("my plan", person, "/me/plan/", budget="today")
    yield api("sync 10 logs", person, "/me/sync/", _logs(place, 10), writes=True)
    yield api("exercises of the catalogue", staff, "/catalogue/exercises/")


def sign_in() -> Case:
    """Signing in without what its hash costs: PASSWORD_HASHERS begins with a quick one, and so does this user's password."""
    address, password = "physio@demo.tonus", "tonus-demo"
    quick = make_password(password, hasher=QUICK)
    return Case(
        "sign in, without the hash",
        Caller().page(reverse("account_login"), {"login": address, "password": password}),
        BUDGETS["login"],
        writes=True,
        status=302,
        before=lambda: User.objects.filter(email=address).update(password=quick),
    )


# --- bodies -------------------------------------------------------------------------------------------------------------
def _newcomer() -> dict[str, Any]:
    return {
        "given_name": "Ananya",
        "family_name": "Ghosh",
        "date_of_birth": "1974-03-14",
        "sex": "female",
        "phone": "+919830012345",
        "email": "ananya.ghosh@example.org",
        "consents": {"care": True, "reminders": True},
    }


_NEWCOMER_FORM = {k: v for k, v in _newcomer().items() if k != "consents"} | {
    "phone_owner": "own",
    "language": "en",
    "seen": "1",  # the likely doubles were on the screen
}


def _visit(place: Place) -> dict[str, Any]:
    return {
        "patient": place.patient,
        "type": place.kind,
        "start": place.free[0].isoformat(),
        "resources": [place.resource],
    }


def _taken(place: Place) -> dict[str, Any]:
    return _visit(place) | {"patient": place.undecided, "start": place.taken.isoformat()}


def _booking(place: Place) -> dict[str, Any]:
    start: datetime = place.free[0]
    return {
        "patient": place.patient,
        "type": place.kind,
        "date": f"{start:%Y-%m-%d}",
        "time": f"{start:%H:%M}",
        "therapist": place.resource,
    }


def _pattern(place: Place) -> dict[str, Any]:
    return {
        "patient": place.patient,
        "type": place.kind,
        "first_date": f"{place.free[0]:%Y-%m-%d}",
        "weekdays": [1, 3, 5],
        "time": "10:00",
        "count": 12,
        "resources": [place.resource],
        "plan": place.plan,
    }


def _series(place: Place) -> dict[str, Any]:
    occurrences = [{"start": start.isoformat(), "resources": [place.resource]} for start in place.free]
    return {"patient": place.patient, "type": place.kind, "plan": place.plan, "occurrences": occurrences}


def _logs(place: Place, count: int) -> dict[str, Any]:
    now = datetime.now().astimezone()
    said = {"prescription": place.exercise, "session": None, "sets_done": 1}
    return {
        "events": [
            {"id": uuid4(), "type": "log", "occurred_at": now.isoformat(), "data": said} for _ in range(count)
        ]
    }
