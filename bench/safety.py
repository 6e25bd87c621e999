"""What the safety of a plan costs: the check of forty items beside that of none, and what a therapist waits for in the builder."""

import statistics
import time
from argparse import Namespace
from html.parser import HTMLParser
from typing import Any

from django.urls import reverse

from bench.calls import Caller
from bench.cases import Case
from bench.measure import Figure, measure
from bench.prepare import generated
from bench.subjects import member_of, subject
from careplans import safety
from careplans.models import CarePlan
from careplans.services import checking, plans, trees
from careplans.services.facts import facts_about
from careplans.services.reference import reference_for
from catalogue.knowledge import knowledge
from clinic import tenancy
from clinic.access import Role
from clinic.models import Clinic
from patients.models import Patient

CHECK_GOAL, ROUND_TRIP_GOAL = 20, 100  # ms, of a plan of forty items
TIMES = 200


class Form(HTMLParser):
    """What a browser without script would send of the builder's form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._within, self._select, self._area = False, "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = dict(attrs)
        if tag == "form":
            self._within = found.get("id") == "builder"
        name = found.get("name", "") if self._within else ""
        if tag == "input" and name and (found.get("type") not in ("checkbox", "radio") or "checked" in found):
            self.sent.setdefault(name, []).append(found.get("value") or "")
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and (self._select not in self.sent or "selected" in found):
            self.sent[self._select] = [found.get("value", "")]
        if tag == "textarea":
            self._area = name

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent.setdefault(self._area, [""])[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._within = False
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""


def main(told: Namespace) -> int:
    clinic_id = generated(told.patients // told.clinics)
    with tenancy.scope(clinic_id):
        by = member_of(Clinic.objects.get(pk=clinic_id), Role.PHYSIOTHERAPIST)
    with tenancy.scope(clinic_id, user_id=by.user_id):
        patient, _draft = subject(by, "Forty", sign=False)
        draft = CarePlan.objects.for_clinic(by).filter(patient=patient).order_by("pk").last()
        plans.save_draft(draft.pk, {"phases": [_forty()]}, by=by, if_match="*")
        _engine(patient, draft)
    _round_trips(Caller(by), patient, draft)
    _again(clinic_id)
    return 0


def _forty() -> dict[str, Any]:
    known = knowledge()
    clinic = [{"modality": key, "sites": ["left-calf"]} for key in list(known.modalities)[:20]]
    home = [{"exercise": key, "side": "left"} for key in list(known.exercises)[:20]]
    return {"name": "Forty", "clinic": clinic, "home": home}


def _engine(patient: Patient, draft: CarePlan) -> None:
    plan = CarePlan.objects.with_content().select_related("patient").get(pk=draft.pk)
    reference = reference_for(plan.clinic_id)
    items = checking.items_of(trees.tree(plan), reference)
    book, known = reference.rulebook, facts_about(patient)
    many = safety.PatientFacts(
        flags=dict.fromkeys(book.flags[::8], ("left-calf",)), conditions=known.conditions, age=known.age
    )
    empty = _ms([], many, book)
    for name, facts in (
        ("eleven flags, nothing else answered", many),
        ("every critical question answered", known),
    ):
        spent = _ms(items, facts, book)
        print(
            f"{len(items)} items, {name}: {spent:.2f} ms by p50 (goal {CHECK_GOAL}), {spent / empty:.0f} times an empty check;"
            f" {sum(len(book.about(item)) for item in items)} rules looked at,"
            f" {len(safety.findings(items, facts, book))} findings, {len(safety.unknown(items, facts, book))} questions"
        )
    print(f"An empty check: {empty * 1000:.0f} µs")


def _ms(items: list[safety.Item], facts: safety.PatientFacts, book: safety.Rulebook) -> float:
    """Return the CPU of one check and its questions, in ms."""
    spent = []
    for _again in range(TIMES):
        began = time.process_time()
        safety.findings(items, facts, book)
        safety.unknown(items, facts, book)
        spent.append(time.process_time() - began)
    return statistics.median(spent) * 1000


def _round_trips(staff: Caller, patient: Patient, draft: CarePlan) -> None:
    page = reverse("careplans:plan-draft", args=[patient.pk])
    form = Form(staff.page(page)().body.decode()).sent
    cases = (
        Case("API check", staff.api(f"/plans/{draft.pk}/check/", {}), writes=True),
        Case(
            "autosave of the builder", staff.page(page, form | {"do": [""]}, HX_REQUEST="true"), writes=True
        ),
    )
    for case in cases:
        figure: Figure = measure(case.call, undo=case.writes)
        print(
            f"{case.label}: {figure.p50_ms:.1f} ms by p50, {figure.p95_ms:.1f} by p95 (goal {ROUND_TRIP_GOAL}),"
            f" {figure.cpu_ms:.1f} CPU,"
            f" {figure.queries} queries, status {figure.status}"
        )


def _again(clinic_id: Any) -> None:
    """Check a hundred patients' running plans again, as after a new edition."""
    with tenancy.scope(clinic_id):
        running = CarePlan.objects.for_clinic(clinic_id).filter(status__in=checking.RUNNING)
        ids = list(running.order_by("patient_id").values_list("patient_id", flat=True).distinct()[:100])
        began = time.perf_counter()
        done = checking.recheck(clinic_id, ids, cause=checking.Cause.DAY)
        spent = time.perf_counter() - began
    print(
        f"Checked again: {done.plans} plans in {spent * 1000:.0f} ms, {spent * 1000 / max(done.plans, 1):.1f} ms each"
    )
