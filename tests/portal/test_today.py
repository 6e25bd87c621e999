"""Today: what to do now, one exercise at a time, and how it went; light, quick, in the patient's words."""

import gzip
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from bench.measure import Queries
from careplans.models import ExerciseLog, StopReport
from careplans.services import plans
from patients.models import ChartRead, Patient
from scheduling.models import Appointment
from tests import factories
from tests.portal.conftest import BRIDGE
from tests.reminders.desk import NOON, STRETCH, notice, prescribe

LIMIT = 100_000  # bytes of the first load, fonts aside


def page(phone, path="/me/", **cookies):
    phone.cookies.load({"tonus_language": "en"} | cookies)
    answer = phone.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def form_of(phone, item, session="08:00", **told):
    """Return the form of an exercise as the page gives it, filled in."""
    html = page(phone, f"/me/exercise/{item.pk}/?session={session}")
    given = dict(
        re.findall(r'<input type="hidden" name="(event|prescription|session)" value="([^"]*)"', html)
    )
    assert given.keys() == {"event", "prescription", "session"}
    return given | {"sets_done": 2} | told


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index("<main") : html.index("</main>")]))


# --- what to do now ---------------------------------------------------------------------------------------------------
def test_today_shows_the_sessions_with_doses_in_words(phone, plan):
    text = text_of(page(phone))
    assert "Good afternoon, Ananya 3 exercises today." in text
    order = [text.index(words) for words in ("Morning, 08:00", "Calf stretch", "Evening, 19:00", "Bridge")]
    assert order == sorted(order)
    assert "Left side. Hold for 30 seconds. 3 times" in text


def test_one_exercise_is_next_and_what_is_done_moves_below(phone, plan, stretch):
    assert re.findall(r"ex--(\w+)", page(phone)) == ["now", "later", "later"]
    phone.post("/me/log/", form_of(phone, stretch, "19:00"))
    html = page(phone)
    assert re.findall(r"ex--(\w+)", html) == ["now", "later", "done"]
    assert "1 of 3 done." in text_of(html)
    phone.post("/me/log/", form_of(phone, stretch, "08:00"))
    assert re.findall(r"ex--(\w+)", page(phone)) == ["done", "now", "done"]


def test_all_done_for_now_says_when_the_next_one_is(phone, plan, stretch):
    phone.post("/me/log/", form_of(phone, stretch))
    assert "All done for now. Next time: 19:00." in text_of(page(phone))


def test_all_done(phone, patient, physio):
    item = prescribe(patient, physio, {**STRETCH, "times": ["08:00"]}).phases.first().home_items.get()
    phone.post("/me/log/", form_of(phone, item))
    assert "All done for today. Well done." in text_of(page(phone))


def test_a_rest_day_is_part_of_the_plan(phone, patient, physio):
    prescribe(patient, physio, {**STRETCH, "days_of_week": [2]})
    text = text_of(page(phone))
    assert "No exercises today. Rest is part of the plan." in text
    assert "No plan yet" not in text


def test_before_there_is_a_plan(phone):
    text = text_of(page(phone))
    assert "No plan yet Your plan is being written." in text
    assert "Rest is part" not in text


def test_a_plan_on_hold_asks_for_nothing(phone, plan, physio):
    plans.hold(plan.pk, by=physio, reason="Away.")
    assert "ex--" not in page(phone)


def test_the_next_visit_is_told_by_day(phone, patient, plan):
    kind = factories.make_type(patient.clinic)
    for hours in (-2, 24, 3):
        span = factories.minutes_from(NOON + timedelta(hours=hours), 0, 45)
        Appointment.objects.create(clinic=patient.clinic, patient=patient, type=kind, span=span)
    assert "Today, 15:00 Treatment, 45 minutes" in text_of(page(phone))


@pytest.mark.parametrize(
    ("language", "said"),
    [("bn", ["শুভ দুপুর", "দেওয়ালে কাফ স্ট্রেচ", "সকাল", "30 সেকেন্ড ধরে রাখুন"]), ("hi", ["नमस्ते", "सुबह", "30 सेकंड रोकें"])],
)  # fmt: skip
def test_today_speaks_the_language_of_the_page(language, said, phone, plan):
    html = page(phone, tonus_language=language)
    assert f'<html lang="{language}"' in html
    text = text_of(html)
    assert [words for words in said if words not in text] == []
    english = re.findall(r"[A-Za-z]{4,}", text)
    assert [word for word in english if word not in ("Ananya", "Alipore", "Nerve", "Clinic")] == []


@pytest.mark.parametrize("path", ["help/", "plan/", "visits/", "messages/", "privacy/", "exercise"])
@pytest.mark.parametrize("language", ["bn", "hi"])
def test_no_page_of_a_patient_is_left_in_english(language, path, phone, plan, stretch):
    path = f"exercise/{stretch.pk}/" if path == "exercise" else path
    text = text_of(page(phone, f"/me/{path}", tonus_language=language))
    known = ("Ananya", "Alipore", "Nerve", "Clinic", "Calm", "Later")  # names, and what a therapist wrote
    assert [word for word in re.findall(r"[A-Za-z]{4,}", text) if word not in known] == []


def test_long_names_and_scripts_are_kept_whole(phone, patient, plan):
    name = "Venkatanarasimharajuvaripeta-Chandrasekharan <b>&"
    Patient.objects.filter(pk=patient.pk).update(given_name=name)
    assert "Venkatanarasimharajuvaripeta-Chandrasekharan &lt;b&gt;&amp;" in page(phone)


# --- light and quick --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("items", [1, 6])
def test_today_costs_six_queries(items, me, client_for, patient, physio):
    prescribe(patient, physio, *[STRETCH] * items)
    phone = client_for(me)
    phone.get("/me/")
    with Queries() as queries:
        assert phone.get("/me/").status_code == 200
    # who signed in, whom they may be, the clinic, the patient with the next visit, phases, exercises with what was logged
    assert len(queries.statements) == 6


def test_the_first_load_of_today_is_light(phone, patient, physio):
    prescribe(patient, physio, *[STRETCH, BRIDGE] * 4)
    html = page(phone, tonus_language="bn")
    files = {
        path for path in re.findall(r'(?:href|src)="/static/([^"#]+)', html) if not path.startswith("fonts/")
    }
    seen, scripts = set(), [path for path in files if path.endswith(".js")]
    while scripts:
        path = scripts.pop()
        seen.add(path)
        text = Path(finders.find(path)).read_text()
        imported = re.findall(r'(?:from|import) "\./([\w-]+\.js)"', text)
        scripts += [f"js/{name}" for name in imported if f"js/{name}" not in seen]
    weights = {
        path: len(gzip.compress(Path(finders.find(path)).read_bytes(), 6)) for path in files | seen
    } | {"html": len(gzip.compress(html.encode(), 6))}
    assert weights["html"] < 15_000
    assert len(html.encode()) < 40_000
    assert sum(weights.values()) < LIMIT, weights
    assert any(path.endswith("app.js") for path in weights)


# --- how it went ------------------------------------------------------------------------------------------------------
def test_an_exercise_page_shows_how_and_when_to_stop_and_asks_how_it_went(phone, stretch):
    html = page(phone, f"/me/exercise/{stretch.pk}/?session=08:00")
    text = text_of(html)
    assert "Stop if you feel sharp or rising pain." in text
    assert html.count('name="pain_before"') == html.count('name="pain_after"') == 11
    assert 'name="session" value="08:00"' in html
    assert "checked" not in html  # nothing is answered for anybody
    assert len(re.findall(r"btn--primary", html)) == 1


def test_a_log_is_kept_for_its_session(phone, patient, stretch):
    form = form_of(phone, stretch, "19:00", pain_before=4, pain_after=3, note="Fine.")
    answer = phone.post("/me/log/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    log = ExerciseLog.objects.get(patient=patient)
    kept = (
        log.prescription_id,
        f"{log.session:%H:%M}",
        log.sets_done,
        log.pain_before,
        log.pain_after,
        log.note,
    )
    assert kept == (stretch.pk, "19:00", 2, 4, 3, "Fine.")
    assert "Saved. Well done." in page(phone)


def test_pressing_twice_counts_once(phone, patient, stretch):
    form = form_of(phone, stretch)
    for _ in range(2):
        assert phone.post("/me/log/", form)["Location"] == "/me/"
    assert ExerciseLog.objects.filter(patient=patient).count() == 1


@pytest.mark.parametrize(
    ("told", "cue"),
    [({"too_painful": "on"}, "too-painful"), ({"pain_before": 3, "pain_after": 6}, "pain-rise")],
)
def test_what_hurt_leads_to_advice_and_the_clinic_is_told(told, cue, phone, patient, stretch):
    answer = phone.post("/me/log/", form_of(phone, stretch, **told))
    assert answer["Location"] == f"/me/exercise/{stretch.pk}/stopped/"
    html = page(phone, answer["Location"])
    text = text_of(html)
    assert "Stop this one for now" in text
    assert 'href="tel:+913322223333"' in html
    assert "Emergency 112" in text
    report = StopReport.objects.get(patient=patient)
    assert (report.cue, report.prescription_id, report.seen_at) == (cue, stretch.pk, None)


def test_what_hurt_too_much_waits_until_the_clinic_has_seen_to_it(phone, patient, stretch):
    phone.post("/me/log/", form_of(phone, stretch, too_painful="on"))
    assert "Leave this one out until your clinic tells you." in text_of(page(phone, "/me/"))
    StopReport.objects.update(seen_at=timezone.now())
    assert "Leave this one out" not in text_of(page(phone, "/me/"))


def test_a_little_more_pain_is_no_alarm(phone, patient, stretch):
    answer = phone.post("/me/log/", form_of(phone, stretch, pain_before=3, pain_after=5))
    assert answer["Location"] == "/me/"
    assert not StopReport.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sets_done", ""),
        ("sets_done", "-1"),
        ("sets_done", "999"),
        ("sets_done", "two"),
        ("pain_before", "11"),
        ("pain_after", "x"),
        ("note", "x" * 1001),
        ("note", "a\0b"),
        ("event", "1"),
        ("session", "25:99"),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_what_cannot_be_taken_comes_back_with_all_that_was_typed(field, value, phone, stretch):
    form = form_of(phone, stretch, pain_before=4, note="Kept.") | {field: value}
    answer = phone.post("/me/log/", form)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in html or f'id="id_{field}_error"' in html
    if field not in ("pain_before", "note"):
        assert "Kept." in html
        assert re.search(r'name="pain_before" value="4"[^>]*checked', html)
    assert not ExerciseLog.objects.exists()


@pytest.mark.parametrize("prescription", [str(uuid4()), "x", ""], ids=["none", "no id", "empty"])
def test_what_is_no_exercise_of_mine_is_not_there(prescription, phone, stretch):
    form = form_of(phone, stretch) | {"prescription": prescription}
    assert phone.post("/me/log/", form).status_code == 404
    assert not ExerciseLog.objects.exists()


def test_the_exercise_of_another_is_not_there(phone, patient, physio):
    other = factories.make_patient(patient.clinic)
    item = prescribe(other, physio, STRETCH).phases.first().home_items.first()
    for path in ("", "stopped/"):
        assert phone.get(f"/me/exercise/{item.pk}/{path}").status_code == 404
    assert phone.post("/me/log/", {"prescription": item.pk, "event": uuid4()}).status_code == 404


def test_a_draft_is_not_shown(phone, patient, physio, plan):
    draft = plans.amend_plan(plan.pk, by=physio, reason="More.")
    item = draft.phases.first().home_items.first()
    assert phone.get(f"/me/exercise/{item.pk}/").status_code == 404


def test_a_paused_exercise_waits(phone, stretch):
    type(stretch).objects.filter(pk=stretch.pk).update(status="paused")
    html = page(phone, f"/me/exercise/{stretch.pk}/")
    assert "Your clinic has paused this exercise." in html
    assert "/me/log/" not in html
    assert "Calf stretch" not in text_of(page(phone))


# --- the other pages --------------------------------------------------------------------------------------------------
def test_my_plan_shows_every_phase_and_which_is_now(phone, plan):
    text = text_of(page(phone, "/me/plan/"))
    assert text.index("Calm Now") < text.index("Bridge") < text.index("Later")
    assert "Every day, 08:00, 19:00" in text


def test_my_visits_never_blame(phone, patient):
    kind = factories.make_type(patient.clinic)
    for hours, status in ((-24, "no-show"), (-48, "done"), (48, "booked"), (72, "cancelled")):
        span = factories.minutes_from(NOON + timedelta(hours=hours), 0, 45)
        Appointment.objects.create(
            clinic=patient.clinic, patient=patient, type=kind, span=span, status=status
        )
    coming, past = text_of(page(phone, "/me/visits/")).split("Before", 1)
    assert "Wed 6 Jan, 12:00" in coming
    assert "Thu 7 Jan" not in coming
    assert "We missed you" in past
    assert "Missed" not in past


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(
    ("path", "most"), [("plan/", 8), ("visits/", 6), ("messages/", 5), ("privacy/", 6), ("help/", 9)]
)
def test_pages_cost_the_same_whatever_they_show(path, most, rows, phone, patient, physio, plan):
    kind = factories.make_type(patient.clinic)
    for number in range(rows):
        span = factories.minutes_from(NOON + timedelta(days=number - 5), 0, 45)
        Appointment.objects.create(clinic=patient.clinic, patient=patient, type=kind, span=span)
        ChartRead.objects.create(
            clinic=patient.clinic, patient=patient, user_id=physio.user_id, what="plan", request_id=""
        )
    phone.get(f"/me/{path}")
    with Queries() as queries:
        assert phone.get(f"/me/{path}").status_code == 200
    assert len(queries.statements) <= most


def test_who_opened_my_record_is_told_by_name(phone, patient, plan, physio, client_for):
    assert client_for(physio).get(f"/patients/{patient.pk}/plan/").status_code == 200
    text = text_of(page(phone, "/me/privacy/"))
    assert physio.name in text
    assert "Your plan" in text


def test_help_says_whom_to_call_and_when(phone, plan):
    html = page(phone, "/me/help/")
    assert 'href="tel:112"' in html
    assert "Numbness between the legs" in html


def test_what_the_clinic_told_is_kept_to_read(phone, patient):
    facts = {"about": "moved", "start": (NOON + timedelta(days=1)).isoformat()}
    notice(patient, state="sent", channel="in-app", finished_at=NOON, facts=facts, kind="notice")
    notice(patient, facts=facts)
    other = factories.make_patient(patient.clinic, given_name="Bimal")
    notice(other, state="sent", finished_at=NOON, facts=facts)
    text = text_of(page(phone, "/me/messages/"))
    assert text.count("your visit to Alipore Nerve Clinic is now on Tue 5 Jan, 12:00.") == 1
    assert "Bimal" not in text
