"""The pages of what ships: treatments, measures, red flags. Every clinical fact stands there with its source."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.knowledge import knowledge
from catalogue.reference import Reference, rules_by_treatment


@pytest.fixture
def browser(client_for, physio):
    return client_for(physio)


def text(response):
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_a_treatment_tells_its_limits_checks_evidence_and_the_rules_that_name_it(browser):
    known = knowledge()
    page = text(browser.get("/treatments/tens-conventional/"))
    entry = known.modalities["tens-conventional"]
    assert all(check in page for check in entry["checks"])
    assert "80 – 130 Hz" in page
    for evidence in entry["evidence"]:
        assert evidence["note"] in page
        assert known.sources[evidence["source"]]["citation"] in page
    for source in entry["parameter_sources"]:
        assert known.sources[source]["citation"] in page
    rules = rules_by_treatment(known)["tens-conventional"]
    assert "pacemaker" in " ".join(rule["message"].lower() for rule in rules)
    for rule in rules:
        assert rule["message"] in page
        assert known.sources[rule["source"]]["citation"] in page


def test_every_rule_in_force_stands_on_the_page_of_a_treatment(db):
    known = knowledge()
    shown = {rule["id"] for rules in rules_by_treatment(known).values() for rule in rules}
    assert shown == {rule["id"] for rule in known.rules.current}


def test_every_treatment_and_measure_can_be_shown_in_every_language(db):
    known = knowledge()
    for language in ("en", "hi", "bn"):
        reference = Reference(known, language)
        assert all(reference.treatment(entry)["evidence"] for entry in known.modalities.current)
        assert all(reference.measure(entry)["sources"] for entry in known.measures.current)
        assert sum(len(level["rows"]) for level in reference.red_flags()) == len(known.red_flags.current)
        assert sum(len(group["rows"]) for group in reference.treatments()) == len(known.modalities.current)
        assert sum(len(group["rows"]) for group in reference.measures()) == len(known.measures.current)


def test_a_measure_tells_which_change_matters_and_who_says_so(browser):
    page = text(browser.get("/measures/nprs/"))
    for said in ("chronic pain", "30 %", "Farrar", "Suzuki", "Lower is better", "A plain 0 to 10 rating"):
        assert said in page
    bare = next(
        entry for entry in knowledge().measures.current if not any(entry["meaningful_change"].values())
    )
    assert "No change is agreed to matter" in text(browser.get(f"/measures/{bare['id']}/"))


def test_red_flags_stand_by_urgency_with_action_and_source(browser):
    page = text(browser.get("/red-flags/"))
    known = knowledge()
    for entry in known.red_flags.current:
        assert entry["clinician_action"] in page
        assert known.sources[entry["source"]]["citation"] in page


@pytest.mark.parametrize("address", ["/treatments/nothing/", "/measures/nothing/"])
def test_what_is_not_there_is_404(browser, address):
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [("physiotherapist", 200), ("assistant", 200), ("admin", 200), ("front_desk", 403), ("patient", 403)],
)
def test_who_may_read(client_for, role, status):
    client = client_for(role)
    for address in ("/treatments/", "/treatments/hot-pack/", "/measures/", "/measures/nprs/", "/red-flags/"):
        assert client.get(address).status_code == status


def test_no_page_asks_a_table_for_what_ships(browser):
    knowledge()  # as it is in a process that has answered before, whatever ran before this test
    for address in ("/treatments/", "/treatments/hot-pack/", "/measures/", "/measures/nprs/", "/red-flags/"):
        with CaptureQueriesContext(connection) as seen:
            browser.get(address)
        assert not [query["sql"] for query in seen if '"catalogue_' in query["sql"]]
