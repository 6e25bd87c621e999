"""Printing a signed plan: who may, what is kept, and the same bytes of it whatever comes after."""

import copy
import hashlib
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from careplans.models import CarePlan, ItemStatus, PlanPrint, StopReport
from careplans.services import documents, plans
from careplans.services.documents import Wish, facts_of, print_again, print_plan
from careplans.services.home import TOO_PAINFUL, today
from careplans.services.trees import tree
from catalogue import pictures
from catalogue.knowledge import forget
from catalogue.models import Exercise, Vocabulary
from clinic.access import Role
from clinic.models import Clinic
from patients.models import ChartRead, Diagnosis, Patient
from scheduling.services import cancel
from tests import factories
from tests.careplans.plans import REASON, answer_all, diagnose, flag, reasons_for, sign
from tests.careplans.test_plans_api import HEAT, STRETCH, TENS, reading
from tests.scheduling.visits import booked

HOME, PLAN = Wish("home-programme"), Wish("plan")
MARK = "Ruma's own words"


@pytest.fixture
def signed(patient, physio):
    """A running plan of version 1: a warned treatment signed with a reason, two exercises at home."""
    diagnose(patient)
    answer_all(patient)
    flag(patient, "metal-implant", "left-calf")
    plan = plans.create_plan(patient.pk, by=physio)
    home = [{**STRETCH, "note": MARK}, {"exercise": "glute-bridge"}]
    body = {"phases": [{"name": "Calm", "clinic": [TENS, HEAT], "home": home}], "goals": [{"text": MARK}]}
    plans.save_draft(plan.pk, body, by=physio, if_match="*")
    return sign(CarePlan.objects.with_content().get(pk=plan.pk), physio)


@pytest.fixture
def draft(patient, physio):
    diagnose(patient)
    return plans.create_plan(patient.pk, by=physio)


def url(plan, query="kind=home-programme"):
    return f"/api/v1/plans/{plan.pk}/document.pdf?{query}"


def row_of(plan):
    return PlanPrint.objects.get(plan=plan)


# --- the same bytes ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wish", [HOME, PLAN, Wish("home-programme", "bn", "large"), Wish("plan", "hi")])
def test_the_same_input_is_the_same_row_and_the_same_bytes(signed, physio, wish):
    first, second = (print_plan(signed.pk, wish, by=physio) for _ in range(2))
    assert first.pdf == second.pdf
    assert first.row.pk == second.row.pk
    assert first.row.pdf_sha256 == hashlib.sha256(first.pdf).hexdigest()
    assert print_again(row_of(signed)).pdf == first.pdf


def test_a_kept_print_is_the_same_whatever_comes_after(signed, physio, patient, clinic):
    room, therapist = factories.make_resource(clinic), factories.make_resource(clinic, "therapist")
    visit = booked(physio, patient, room, therapist)
    before = {wish.kind: print_plan(signed.pk, wish, by=physio) for wish in (HOME, PLAN)}

    cancel(visit.pk, by=physio, reason="Ill")
    Clinic.objects.filter(pk=clinic.pk).update(name="Another Name", phone="+913322224444", timezone="UTC")
    Patient.objects.filter(pk=patient.pk).update(given_name="Zubeida", language="hi")
    signed.home_items.filter(exercise__slug="glute-bridge").update(status=ItemStatus.PAUSED)
    change_the_catalogue()
    plans.amend_plan(signed.pk, by=physio, reason="More")

    for printed in before.values():
        assert print_again(PlanPrint.objects.get(pk=printed.row.pk)).pdf == printed.pdf
    after = print_plan(signed.pk, HOME, by=physio)
    assert after.row.pk != before["home-programme"].row.pk
    assert after.pdf != before["home-programme"].pdf


def change_the_catalogue():
    """Publish another edition, as the loader does: a stretch by another name, a stop cue with other words."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for row in Exercise.objects.filter(slug="calf-stretch-wall"):
        row.data["name"] = {"en": "Renamed"}
        row.save()
    for row in Vocabulary.objects.filter(pk="stop_cues"):
        row.data["items"][0]["text"] = {"en": "Renamed"}
        row.save()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE tonus_app")
    forget()


@pytest.fixture(autouse=True)
def _catalogue_as_it_was():
    yield
    forget()


def test_a_later_edition_changes_no_print_of_a_signed_plan(signed, physio):
    before = [print_plan(signed.pk, wish, by=physio).pdf for wish in (HOME, PLAN)]
    change_the_catalogue()
    assert [print_plan(signed.pk, wish, by=physio).pdf for wish in (HOME, PLAN)] == before


def test_a_picture_that_is_drawn_anew_changes_no_print(signed, physio, monkeypatch):
    before = print_plan(signed.pk, HOME, by=physio)
    items = signed.home_items.select_related("exercise")
    shown = {item.exercise.public_id: before.row.facts["pictures"][str(item.pk)] for item in items}
    assert shown.keys() == {"calf-stretch-wall", "glute-bridge"}
    assert shown["calf-stretch-wall"]["alt"].endswith("Left side.")
    later = copy.deepcopy(pictures._drawn())
    later["calf-stretch-wall"]["files"]["left-panels"] = later["bird-dog"]["files"]["panels"]
    monkeypatch.setattr(pictures, "_drawn", lambda: later)
    assert print_again(row_of(signed)).pdf == before.pdf
    after = print_plan(signed.pk, HOME, by=physio)
    assert after.pdf != before.pdf
    assert after.row.pk != before.row.pk


def test_a_picture_that_is_not_kept_is_on_no_print_until_it_is(signed, physio):
    whole = print_plan(signed.pk, HOME, by=physio)
    lost = next(iter(whole.row.facts["pictures"].values()))["sha256"]
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DELETE FROM catalogue_keptpicture WHERE sha256 = %s", [lost])
        cursor.execute("SET ROLE tonus_app")
    without = print_plan(signed.pk, HOME, by=physio)
    assert len(without.row.facts["pictures"]) == 1
    assert without.row.pk != whole.row.pk
    assert print_again(without.row).pdf == without.pdf
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert pictures.keep() == 1
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE tonus_app")
    assert print_plan(signed.pk, HOME, by=physio).pdf == whole.pdf


def test_what_is_not_to_be_done_has_no_picture(signed, physio):
    signed.home_items.filter(exercise__slug="glute-bridge").update(status=ItemStatus.PAUSED)
    assert len(row_facts(signed, physio)["pictures"]) == 1
    CarePlan.objects.filter(pk=signed.pk).update(status="on-hold")
    assert row_facts(signed, physio)["pictures"] == {}


@pytest.mark.parametrize(
    "kept", [(), ("exercises", "modalities", "education", "protocol", "catalogue_sha256")]
)
@pytest.mark.parametrize("kind", ["home-programme", "plan"])
def test_what_an_older_signature_did_not_keep_is_kept_with_the_print(signed, kept, kind):
    fetched = CarePlan.objects.with_content().select_related("patient", "clinic").get(pk=signed.pk)
    content, whole = tree(fetched), fetched.protocol_text
    now = facts_of(fetched, content, kind)
    assert now["terms"] == {}
    fetched.protocol_text = {name: whole[name] for name in kept}
    older = facts_of(fetched, content, kind)
    assert older["terms"].keys() == documents.KEPT - set(kept)
    document = documents.TEMPLATES[kind]
    said = document.values(content, older["terms"] | fetched.protocol_text, older, layout="normal")
    assert said == document.values(content, whole, now, layout="normal")


def test_another_visit_is_another_print(signed, physio, patient, clinic):
    assert row_facts(signed, physio)["next_visit"] is None
    visit = booked(physio, patient, factories.make_resource(clinic))
    assert datetime.fromisoformat(row_facts(signed, physio)["next_visit"]) == visit.start
    assert PlanPrint.objects.filter(plan=signed).count() == 2


def test_the_language_of_whoever_prints_is_not_in_it(signed, physio):
    Diagnosis.objects.filter(patient=signed.patient).update(side="left")
    with override("bn"):
        first = print_plan(signed.pk, Wish("plan", "en"), by=physio)
    assert print_plan(signed.pk, Wish("plan", "en"), by=physio).row.pk == first.row.pk
    assert first.row.facts["diagnoses"][0].isascii()


def row_facts(plan, by):
    return print_plan(plan.pk, HOME, by=by).row.facts


def test_what_hurt_too_much_is_not_printed_as_to_be_done(signed, physio, patient):
    stretch, bridge = signed.home_items.order_by("order")
    StopReport.objects.create(
        clinic=patient.clinic,
        patient=patient,
        prescription=stretch,
        cue=TOO_PAINFUL,
        occurred_at=signed.signed_at,
    )
    type(bridge).objects.filter(pk=bridge.pk).update(status=ItemStatus.PAUSED)
    assert row_facts(signed, physio)["paused"] == sorted([str(stretch.pk), str(bridge.pk)])


def hurts(plan, item):
    who = plan.patient
    return StopReport.objects.create(
        clinic=who.clinic, patient=who, prescription=item, cue=TOO_PAINFUL, occurred_at=plan.signed_at
    )


def test_what_hurt_too_much_stays_so_in_the_next_version_until_it_is_seen_to(signed, physio, member):
    stretch = signed.home_items.order_by("order").first()
    report = hurts(signed, stretch)
    nxt = sign(plans.amend_plan(signed.pk, by=physio, reason="Heat"), physio)
    again = nxt.home_items.get(lineage_id=stretch.lineage_id)
    assert row_facts(nxt, physio)["paused"] == [str(again.pk)]
    held = [each["held"] for each in each_due(nxt.patient) if each["exercise"]["id"] == STRETCH["exercise"]]
    assert held
    assert all(held)
    StopReport.objects.filter(pk=report.pk).update(seen_at=report.occurred_at)
    assert row_facts(nxt, physio)["paused"] == []
    assert not any(each["held"] for each in each_due(nxt.patient))


def each_due(patient):
    return [each for session in today(patient)["sessions"] for each in session["exercises"]]


def test_the_plan_says_what_is_paused_and_why_as_on_the_day_of_printing(signed, physio):
    tens, heat = signed.clinic_items.order_by("order")
    stretch = signed.home_items.order_by("order").first()
    first = print_plan(signed.pk, PLAN, by=physio)
    assert first.row.facts["stopped"] == {}
    type(tens).objects.filter(pk=tens.pk).update(status=ItemStatus.PAUSED, status_reason="A pacemaker.")
    type(heat).objects.filter(pk=heat.pk).update(status=ItemStatus.PAUSED)
    hurts(signed, stretch)
    facts = print_plan(signed.pk, PLAN, by=physio).row.facts
    assert facts["stopped"] == {
        str(tens.pk): "A pacemaker.",
        str(heat.pk): "",
        str(stretch.pk): "It hurt too much.",
    }
    fetched = CarePlan.objects.with_content().get(pk=signed.pk)
    told = documents.plan.values(tree(fetched), fetched.protocol_text, facts, layout="normal")
    phase = told["phases"][0]
    assert [item["paused"] for item in phase["clinic"]] == ["Paused: A pacemaker.", "Paused"]
    assert [item["paused"] for item in phase["home"]] == ["Paused: It hurt too much.", ""]
    assert print_again(first.row).pdf == first.pdf


def test_the_plan_says_the_daily_limit_and_what_a_goal_weighs(signed):
    fetched = CarePlan.objects.with_content().select_related("patient", "clinic").get(pk=signed.pk)
    content = tree(fetched) | {"daily_minutes_max": 20}
    content["goals"][0]["weight"] = 4
    facts = facts_of(fetched, content, "plan")
    told = documents.plan.values(content, fetched.protocol_text, facts, layout="normal")
    assert ("At home, at most", "20 minutes a day") in told["about"]
    assert told["goals"][0]["told"] == ["weight 4"]


# --- what the database holds ---------------------------------------------------------------------------------------------
def test_a_print_never_changes(signed, physio):
    row = print_plan(signed.pk, HOME, by=physio).row
    for change in (lambda: PlanPrint.objects.filter(pk=row.pk).update(language="hi"), row.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_only_what_is_signed_is_printed(draft, physio):
    with pytest.raises(documents.NotSigned):
        print_plan(draft.pk, HOME, by=physio)
    said = {"kind": "plan", "language": "en", "layout": "normal", "facts": {}, "release": "x"}
    with pytest.raises(IntegrityError, match="only a signed plan"), transaction.atomic():
        PlanPrint.objects.create(
            clinic_id=draft.clinic_id, plan=draft, facts_sha256="", pdf_sha256="", **said
        )


# --- by API --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["home-programme", "plan"])
@pytest.mark.parametrize("language", ["en", "hi", "bn", ""])
def test_a_document_comes_as_pdf_under_a_name_that_says_nothing(signed, physio, api_for, kind, language):
    answer = api_for(physio).get(
        url(signed, f"kind={kind}&language={language}"), HTTP_ACCEPT="application/pdf"
    )
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{kind}-v1.pdf"'
    assert answer["Content-Language"] == (language or "en")
    assert answer.content.startswith(b"%PDF")


def test_who_has_it_already_is_told_so(signed, physio, api_for):
    api = api_for(physio)
    etag = api.get(url(signed))["ETag"]
    again = api.get(url(signed), HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert etag == f'"{row_of(signed).pdf_sha256}"'


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "kind"),
        ("kind=letter", "kind"),
        ("kind=discharge", "kind"),
        ("kind=plan&language=fr", "language"),
        ("kind=plan&layout=huge", "layout"),
    ],
)
def test_what_is_not_known_is_refused_at_its_parameter(signed, physio, api_for, query, field):
    answer = api_for(physio).get(url(signed, query))
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_a_draft_is_a_conflict(draft, physio, api_for):
    answer = api_for(physio).get(url(draft))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_signed")


def test_a_print_comes_again_by_its_id(signed, physio, api_for, patient):
    api = api_for(physio)
    first = api.get(url(signed)).content
    Patient.objects.filter(pk=patient.pk).update(given_name="Zubeida")
    row = row_of(signed)
    assert api.get(url(signed, f"print={row.pk}")).content == first
    assert api.get(url(signed)).content != first
    for strange in (signed.pk, "x"):
        assert api.get(url(signed, f"print={strange}")).status_code == 404


def test_patients_print_the_home_programme_of_their_own(signed, patient, member, api_for):
    api = api_for(member(Role.PATIENT, patient=patient))
    assert api.get(url(signed)).status_code == 200
    assert row_of(signed).printed_by is None
    assert api.get(url(signed, "kind=plan")).status_code == 403
    stranger = api_for(member(Role.PATIENT))
    assert stranger.get(url(signed)).status_code == 404


def test_patients_get_no_old_paper_that_shows_to_do_what_is_paused_now(
    signed, patient, physio, member, api_for
):
    row = print_plan(signed.pk, HOME, by=physio).row
    mine, theirs = api_for(member(Role.PATIENT, patient=patient)), api_for(physio)
    address = url(signed, f"print={row.pk}")
    assert mine.get(address).status_code == 200
    signed.home_items.update(status=ItemStatus.PAUSED)
    assert mine.get(address).status_code == 404
    assert theirs.get(address).status_code == 200


def test_patients_see_no_print_of_the_plan(signed, physio, patient, member, api_for):
    row = print_plan(signed.pk, PLAN, by=physio).row
    answer = api_for(member(Role.PATIENT, patient=patient)).get(url(signed, f"print={row.pk}"))
    assert answer.status_code == 404


def test_the_desk_prints_no_plan_and_another_clinic_finds_none(signed, desk, api_for, other_clinic, member):
    assert api_for(desk).get(url(signed)).status_code == 403
    assert api_for(member(Role.PHYSIOTHERAPIST, clinic=other_clinic)).get(url(signed)).status_code == 404


def test_that_it_was_opened_is_remembered(signed, physio, api_for, patient):
    api_for(physio).get(url(signed))
    assert ChartRead.objects.get(patient=patient).what == "plan"


def test_patients_who_print_their_own_open_nobodys_record(signed, patient, member, api_for):
    api_for(member(Role.PATIENT, patient=patient)).get(url(signed))
    assert not ChartRead.objects.filter(patient=patient).exists()


@pytest.mark.parametrize("items", [1, 6])
@pytest.mark.parametrize(("kind", "most"), [("home-programme", 12), ("plan", 11)])
def test_a_print_costs_as_many_queries_however_much_it_says(physio, patient, api_for, items, kind, most):
    diagnose(patient)
    answer_all(patient)
    plan = plans.create_plan(patient.pk, by=physio)
    phase = {"name": "Calm", "clinic": [TENS] * items, "home": [STRETCH] * items}
    plans.save_draft(plan.pk, {"phases": [phase] * items}, by=physio, if_match="*")
    plan = sign(CarePlan.objects.with_content().get(pk=plan.pk), physio)
    api = api_for(physio)
    with CaptureQueriesContext(connection) as queries:
        assert api.get(url(plan, f"kind={kind}")).status_code == 200
    assert len(reading(queries)) == most, [sql[:90] for sql in reading(queries)]


# --- reasons -------------------------------------------------------------------------------------------------------------
def test_what_it_was_signed_in_spite_of_is_printed_with_the_reason(signed, physio):
    fetched = CarePlan.objects.with_content().select_related("patient", "clinic").get(pk=signed.pk)
    facts = facts_of(fetched, tree(fetched), "plan")
    told = documents.plan.values(tree(fetched), fetched.protocol_text, facts, layout="normal")
    assert {line["rule"] for line in told["spite"]} == set(fetched.overrides)
    assert set(reasons_for(fetched)) == set(fetched.overrides)
    assert {line["why"] for line in told["spite"]} <= {REASON, "May be treated."}
    assert told["spite"]


# --- pages ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ["plan", "documents"])
def test_pages_offer_what_to_print_and_what_was_printed(signed, physio, client_for, patient, page):
    browser = client_for(physio)
    address = f"/patients/{patient.pk}/{page}/"
    html = browser.get(address).content.decode()
    assert f'action="/plans/{signed.pk}/document.pdf" target="_blank"' in html
    assert "Printed before" not in html
    assert (
        browser.get(f"/plans/{signed.pk}/document.pdf?kind=plan&language=bn&layout=large").status_code == 200
    )
    html = browser.get(address).content.decode()
    assert "Printed before" in html
    assert f"/plans/{signed.pk}/document.pdf?print={row_of(signed).pk}" in html
    assert "large print" in html


def test_the_desk_is_offered_nothing_to_print(signed, desk, client_for, patient):
    assert client_for(desk).get(f"/patients/{patient.pk}/documents/").status_code == 403
    assert client_for(desk).get(f"/plans/{signed.pk}/document.pdf?kind=plan").status_code == 403


@pytest.mark.parametrize("query", ["kind=letter", "kind=plan&layout=huge", ""])
def test_a_page_that_cannot_print_says_why(signed, physio, client_for, patient, query):
    answer = client_for(physio).get(f"/plans/{signed.pk}/document.pdf?{query}", follow=True)
    assert answer.redirect_chain == [(f"/patients/{patient.pk}/documents/", 302)]
    assert "Choose one of:" in answer.content.decode()


def test_a_draft_says_that_it_is_to_be_signed_first(draft, physio, client_for):
    answer = client_for(physio).get(f"/plans/{draft.pk}/document.pdf?kind=plan", follow=True)
    assert "Sign this draft first." in answer.content.decode()


@pytest.mark.parametrize("prints", [1, 4])
@pytest.mark.parametrize("page", ["plan", "documents"])
def test_prints_are_listed_in_as_many_queries(signed, physio, client_for, patient, prints, page):
    for number in range(prints):
        Patient.objects.filter(pk=patient.pk).update(given_name="ABCD"[number])
        for wish in (HOME, PLAN, Wish("plan", "bn")):
            print_plan(signed.pk, wish, by=physio)
    browser = client_for(physio)
    browser.get("/caseload/")
    with CaptureQueriesContext(connection) as queries:
        html = browser.get(f"/patients/{patient.pk}/{page}/").content.decode()
    assert html.count("?print=") == prints * 3
    assert len(reading(queries)) == {"plan": 12, "documents": 12}[page], [
        sql[:80] for sql in reading(queries)
    ]


def test_my_plan_can_be_printed_or_saved(signed, patient, client_for, member):
    browser = client_for(member(Role.PATIENT, patient=patient))
    address = f"/me/plan/{signed.pk}/programme.pdf"
    assert f'href="{address}"' in browser.get("/me/plan/").content.decode()
    for layout in ("", "?layout=large", "?layout=huge"):
        answer = browser.get(address + layout)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert {row.kind for row in PlanPrint.objects.all()} == {"home-programme"}
    assert client_for(member(Role.PATIENT)).get(address).status_code == 404
