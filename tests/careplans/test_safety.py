"""The safety engine: worked examples, what holds for every rule, and the folding, asking and signing."""

import importlib.util
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.body import Body, Scope
from careplans.safety import (
    POLICIES,
    SEVERITIES,
    Finding,
    Item,
    PatientFacts,
    Rule,
    Rulebook,
    accepts,
    clinic_item,
    findings,
    fired,
    home_item,
    kept,
    news,
    override_errors,
    unknown,
    verdict,
)
from patients import screening
from tests.careplans.knowledge import SHARED, body, content, entries, rulebook

MODALITIES = entries("modalities")
EXERCISES = entries("exercises")
RULES = rulebook().rules
FLAGS = list(rulebook().flags)
LEG = {
    region for limb in content()["limbs"] if limb["id"] == "leg" for step in limb["steps"] for region in step
}
PLACES = [*body().chart, *body().regions]
FAMILIES = entries("families")
CONDITIONS = sorted(
    [*FAMILIES, *(subtype["id"] for each in FAMILIES.values() for subtype in each["subtypes"])]
)


def treatment(modality, *sites, **dosage):
    return clinic_item("rx", MODALITIES[modality], sites, dosage)


def exercise(exercise, side=None):
    return home_item("hx", EXERCISES[exercise], side)


def patient(**flags):
    """Return a patient with flags (pregnant=[]), named with underscores."""
    return PatientFacts(flags={name.replace("_", "-"): regions for name, regions in flags.items()}, age=50)


# ------------------------------------------------------------------ worked examples


# flag at a place, modality at a site, rule, does it fire
EXAMPLES = """
dvt-current left-calf soft-tissue-massage left-calf manual-dvt yes
dvt-current left-calf soft-tissue-massage left-thigh-front manual-dvt yes
dvt-current left-calf soft-tissue-massage left-buttock manual-dvt yes
dvt-current left-calf soft-tissue-massage right-calf manual-dvt no
dvt-current left-calf soft-tissue-massage right-forearm-front manual-dvt no
dvt-current left-calf soft-tissue-massage left-lower-back manual-dvt no
dvt-current sacrum soft-tissue-massage right-calf manual-dvt yes
dvt-current left-lower-abdomen soft-tissue-massage right-calf manual-dvt no
dvt-current left-collarbone soft-tissue-massage left-forearm-front manual-dvt yes
dvt-current left-forearm-front soft-tissue-massage left-shoulder-blade manual-dvt yes
dvt-current left-forearm-front soft-tissue-massage left-mid-back manual-dvt no
dvt-current - soft-tissue-massage right-forearm-front manual-dvt yes
dvt-current left-calf soft-tissue-massage - manual-dvt yes
peripheral-arterial-disease left-calf hot-pack left-sole heat-poor-circulation yes
peripheral-arterial-disease left-calf hot-pack left-thigh-front heat-poor-circulation no
peripheral-arterial-disease left-calf cold-pack left-thigh-front cold-poor-circulation yes
acute-fracture left-thigh-front passive-movement left-knee-front stretch-fracture-surgery yes
acute-fracture left-thigh-front passive-movement left-ankle-front stretch-fracture-surgery no
acute-fracture left-wrist-front gait-training - standing-fracture no
acute-fracture left-shin gait-training - standing-fracture yes
unstable-spine spine-lower soft-tissue-massage left-neck-back soft-tissue-unstable-spine yes
unstable-spine spine-lower soft-tissue-massage left-calf soft-tissue-unstable-spine no
active-cancer left-chest tens-conventional left-shoulder-front es-cancer-site yes
active-cancer left-chest tens-conventional left-calf es-cancer-site no
unstable-heart-disease - aerobic-exercise - all-unstable-heart-active yes
unstable-heart-disease - patient-education - all-unstable-heart-active no
pregnant - hot-pack - heat-pregnancy-trunk yes
electrode-allergy - tens-conventional - es-front-of-neck no
"""


@pytest.mark.parametrize("example", EXAMPLES.strip().splitlines())
def test_worked_example(example):
    flag, where, modality, site, rule, fires = example.split()
    facts = PatientFacts(flags={flag: [] if where == "-" else [where]}, age=50)
    item = treatment(modality, *([] if site == "-" else [site]))
    assert (rule in fired(item, facts, rulebook())) is (fires == "yes")


def test_home_exercise_is_checked_on_the_side_it_is_done_for():
    clot = patient(dvt_current=["left-calf"])
    assert fired(exercise("carer-ankle-dorsiflexion", "left"), clot, rulebook())
    assert not fired(exercise("carer-ankle-dorsiflexion", "right"), clot, rulebook())
    assert fired(exercise("carer-ankle-dorsiflexion"), clot, rulebook())  # both sides


def test_side_does_not_count_for_an_exercise_done_with_both_sides():
    assert exercise("prone-lying", "right").side is None


def test_chosen_value_brings_its_tags():
    assert "neural-tensioner" in treatment("neural-mobilisation", technique="tensioner").tags
    assert "neural-slider" in treatment("neural-mobilisation").tags  # the default


def test_unknown_region_and_modality_are_errors_and_never_safe():
    with pytest.raises(KeyError):
        fired(treatment("hot-pack", "left-wing"), PatientFacts(), rulebook())
    with pytest.raises(KeyError):
        fired(Item("rx", "leeches"), PatientFacts(), rulebook())


# ------------------------------------------------------------------ every rule fires, and does not


def clash(rule: Rule) -> tuple[Item, PatientFacts]:
    """Return an item and a patient, with everything the rule asks for, on the left where there are sides."""
    regions = set(rule.regions or body().regions) & set(rule.flag_regions or body().regions)
    if rule.scope == "trunk":
        regions &= {"lower-back", "neck-back", "chest"}
    elif (
        rule.scope != "anywhere"
    ):  # where there are sides, and on a limb with more of it further out, if it may be there
        regions = {each for each in regions if body().regions[each]["has_side"]} or regions
        regions = {each for each in regions if further_out(each)} or regions
    region = sorted(regions)[0]
    item = Item(
        "rx",
        modality=sorted(rule.modalities)[0],
        regions=(region,),
        side="left",
        setting=sorted(rule.settings or {"clinic"})[0],
        tags=frozenset(sorted(rule.exercise_tags or ())[:1]),
        parameters={rule.limit.parameter: value_within(rule)} if rule.limit else {},
    )
    flags = set(rule.flags_all or ()) | set(sorted(rule.flags_any or ())[:1])
    facts = PatientFacts(
        flags=dict.fromkeys(flags, body().on_side(region, "left")[:1]),
        conditions=frozenset(sorted(rule.conditions or ())[:1]),
        age=(rule.age_below or rule.age_above + 2) - 1 if rule.age_below or rule.age_above else 50,
    )
    return item, facts


def value_within(rule):
    if rule.limit.one_of:
        return sorted(rule.limit.one_of)[0]
    return rule.limit.above + 1 if rule.limit.above is not None else rule.limit.below - 1


def near_misses(rule: Rule) -> dict[str, tuple[Item, PatientFacts]]:
    """Return cases that differ from the clash in one thing, by their kind: in none of them may the rule fire."""
    item, facts = clash(rule)
    region = item.regions[0]

    def flagged(region, side="left"):
        return item, replace(facts, flags=dict.fromkeys(facts.flags, body().on_side(region, side)[:1]))

    misses = {"other modality": (replace(item, modality=other(MODALITIES, rule.modalities)), facts)}
    if rule.flags:
        misses["fact ended"] = item, on_the_day(facts, rule, ended=True)
        misses["another fact"] = item, replace(facts, flags={other(FLAGS, rule.flags): ()})
        if any(entries("flags")[flag].get("expires_days") for flag in rule.flags):
            misses["fact expired"] = item, on_the_day(facts, rule, ended=False)
    if rule.flags_all:
        flag = sorted(rule.flags_all)[0]
        rest = {each: spots for each, spots in facts.flags.items() if each != flag}
        misses["one of the facts missing"] = item, replace(facts, flags=rest)
    if rule.scope != "anywhere":
        misses["other limb"] = flagged("hand" if region in LEG else "foot")
    if rule.scope in ("region", "near", "limb", "distal") and body().regions[region]["has_side"]:
        misses["other side"] = flagged(region, "right")
    if rule.scope == "region":
        misses["other region"] = flagged(other(body().regions, {region}))
    if rule.scope == "distal" and (further := further_out(region)):
        misses["further out than the site"] = flagged(further)
    if rule.flag_regions:
        misses["fact elsewhere"] = flagged(other(body().regions, rule.flag_regions))
    if rule.regions:
        misses["other site"] = replace(item, regions=(other(body().regions, rule.regions),)), facts
    if rule.settings:
        misses["other setting"] = replace(item, setting=other(("clinic", "home"), rule.settings)), facts
    if rule.exercise_tags:
        misses["other tag"] = replace(item, tags=frozenset({"none-of-these"})), facts
    if rule.limit:
        misses["value not given"] = replace(item, parameters={}), facts
        misses["value within the limit"] = replace(item, parameters={rule.limit.parameter: edge(rule)}), facts
    if rule.conditions:
        elsewise = frozenset({other(CONDITIONS, rule.conditions)})
        misses["other diagnosis"] = item, replace(facts, conditions=elsewise)
    if rule.age_below or rule.age_above:
        misses["other age"] = item, replace(facts, age=rule.age_below or rule.age_above)
        misses["age not known"] = item, replace(facts, age=None)
    return misses


def edge(rule: Rule):
    """Return the last value at which the rule says nothing: another of the choices, or the limit itself."""
    if rule.limit.one_of:
        parameters = entries("modalities")[sorted(rule.modalities)[0]]["parameters"]
        choices = next(
            (each.get("choices") for each in parameters if each["id"] == rule.limit.parameter), None
        )
        return other([*(choices or ()), "none-of-these"], rule.limit.one_of)
    return rule.limit.above if rule.limit.above is not None else rule.limit.below


def further_out(region: str) -> str | None:
    """Return a region one step further out on the limb."""
    for limb in content()["limbs"]:
        for nearer, further in pairwise(limb["steps"]):
            if region in nearer:
                return further[0]
    return None


TODAY = date(2027, 1, 14)


def on_the_day(facts: PatientFacts, rule: Rule, *, ended: bool) -> PatientFacts:
    """Return the facts of a record in which the flags were ended today, or ran out yesterday and nobody asked again."""
    known = entries("flags")
    periods = [
        SimpleNamespace(
            flag_id=flag,
            regions=spots,
            note="",
            since=TODAY - timedelta(days=1 if ended else known[flag].get("expires_days", 1) + 1),
            until=TODAY if ended else None,
            renewed_on=None,
        )
        for flag, spots in facts.flags.items()
        if ended or known[flag].get("expires_days")
    ]
    stand = screening.standings(periods, [], known, TODAY)
    rest = {flag: spots for flag, spots in facts.flags.items() if flag not in stand}
    active = {flag: standing.regions for flag, standing in stand.items() if standing.present}
    answered = frozenset(flag for flag, standing in stand.items() if standing.answers(TODAY))
    # of several flags any of which would do, one may never run out: it is taken away too
    return replace(facts, flags=active | (rest if rule.flags_all else {}), answered=answered)


def misses_that_apply(rule: Rule) -> set[str]:
    """Return the kinds of near miss that a rule of this shape must have, told from its entry alone."""
    entry = entries("rules")[rule.id]
    when = entry["when"]
    named = {*when.get("flags_any", ()), *when.get("flags_all", ())}
    kinds = {"other modality"}
    kinds |= {"fact ended", "another fact"} if named else set()
    kinds |= {"fact expired"} if any("expires_days" in entries("flags")[flag] for flag in named) else set()
    asks = {
        "regions_any": {"other site"},
        "settings_any": {"other setting"},
        "flags_all": {"one of the facts missing"},
        "flag_regions_any": {"fact elsewhere"},
        "parameter": {"value within the limit", "value not given"},
        "conditions_any": {"other diagnosis"},
        "age_below": {"other age", "age not known"},
        "age_above": {"other age", "age not known"},
        "scope": {"other limb"},
    }
    for key in when:
        kinds |= asks.get(key, set())
    kinds |= {"other region"} if when.get("scope") == "region" else set()
    kinds |= {"other tag"} if "exercise_tags" in entry else set()
    return kinds


def other(all_of, some):
    """Return one that is not among some."""
    return next(each for each in all_of if each not in some)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rule_fires_and_does_not_on_a_near_miss(rule):
    item, facts = clash(rule)
    assert rule.id in fired(item, facts, rulebook())
    misses = near_misses(rule)
    assert misses_that_apply(rule) <= misses.keys()
    assert [why for why, (item, facts) in misses.items() if rule.id in fired(item, facts, rulebook())] == []


def test_every_kind_of_near_miss_is_met_by_rules():
    """How many of the rules have a near miss of each kind: a rule set that loses one of its kinds is looked at again."""
    met = Counter(kind for rule in RULES.values() for kind in near_misses(rule))
    assert met["other modality"] == len(RULES)
    assert met["fact ended"] == met["another fact"] == sum(bool(rule.flags) for rule in RULES.values())
    sided = [rule for rule in RULES.values() if rule.scope in ("region", "near", "limb", "distal")]
    assert met["other side"] == len(sided)
    assert met.keys() == {
        *("other modality", "fact ended", "fact expired", "another fact", "one of the facts missing"),
        *("other limb", "other side", "other region", "further out than the site", "fact elsewhere"),
        *("other site", "other setting", "other tag", "value not given", "value within the limit"),
        *("other diagnosis", "other age", "age not known"),
    }, met


def test_of_a_critical_fact_that_ran_out_the_question_is_open_again():
    for rule in RULES.values():
        critical = {
            flag for flag in rule.flags & rulebook().critical if entries("flags")[flag].get("expires_days")
        }
        item, facts = clash(rule)
        if critical & facts.flags.keys() and not rule.flags_all:
            asked = unknown([item], on_the_day(facts, rule, ended=False), rulebook())
            assert critical & facts.flags.keys() <= set(asked), rule.id


# ------------------------------------------------------------------ properties

places = st.lists(st.sampled_from(PLACES), max_size=3)
flags = st.dictionaries(st.sampled_from(FLAGS), places, max_size=8)
facts = st.builds(
    PatientFacts,
    flags=flags,
    conditions=st.frozensets(st.sampled_from(CONDITIONS), max_size=2),
    age=st.none() | st.integers(5, 95),
    answered=st.frozensets(st.sampled_from(FLAGS), max_size=88),
)
items = st.builds(
    lambda modality, sites: clinic_item("rx", modality, sites, {}),
    st.sampled_from(list(MODALITIES.values())),
    places,
) | st.builds(
    lambda exercise, side: home_item("hx", exercise, side),
    st.sampled_from(list(EXERCISES.values())),
    st.sampled_from([None, "left", "right"]),
)


@given(items, facts, flags)
def test_adding_a_flag_never_stops_a_rule(item, facts, more):
    fuller = replace(facts, flags={**more, **facts.flags})
    assert set(fired(item, facts, rulebook())) <= set(fired(item, fuller, rulebook()))


@given(items, facts, flags)
def test_adding_a_flag_never_removes_a_finding(item, facts, more):
    """A finding goes only where another, at least as grave, speaks of each of its flags: one cause, one message."""
    before = findings([item], facts, rulebook())
    after = findings([item], replace(facts, flags={**more, **facts.flags}), rulebook())
    shown = {finding.rule for finding in after}
    for finding in before:
        said = {flag for other in after if other.blocks or not finding.blocks for flag in other.flags}
        assert finding.rule in shown or (finding.flags and set(finding.flags) <= said)


SIGNED = datetime(2026, 11, 20, 9, tzinfo=UTC)


@given(items, facts, flags)
def test_what_was_known_at_signing_is_no_news_and_what_a_new_flag_causes_is(item, facts, more):
    known = [kept(finding, facts) for finding in findings([item], facts, rulebook())]
    assert news(findings([item], facts, rulebook()), known, facts, SIGNED) == []
    fuller = replace(facts, flags={**more, **facts.flags})
    found = findings([item], fuller, rulebook())
    told = news(found, known, fuller, SIGNED)
    assert {each for each in found if set(each.flags) - facts.flags.keys()} <= set(told)
    later = replace(facts, recorded=dict.fromkeys(facts.flags, SIGNED + timedelta(days=1)))
    again = findings([item], later, rulebook())
    assert news(again, known, later, SIGNED) == [each for each in again if each.flags]


@given(items, facts, st.sampled_from(SEVERITIES), st.sampled_from(POLICIES))
def test_a_rule_that_became_stricter_is_news_and_a_laxer_one_is_not(item, facts, severity, override):
    now = findings([item], facts, rulebook())
    then = [replace(finding, severity=severity, override=override) for finding in now]
    stricter = [
        finding
        for finding in now
        if (severity, finding.severity) == ("warn", "block")
        or POLICIES.index(override) < POLICIES.index(finding.override)
    ]
    assert news(now, [kept(finding, facts) for finding in then], facts, SIGNED) == stricter


@given(items, items, facts)
def test_an_item_seen_in_two_ways_is_told_of_whatever_either_is(one, other, facts):
    other = replace(other, id=one.id)
    every = {finding.rule for each in (one, other) for finding in findings([each], facts, rulebook())}
    both = findings([one, other], facts, rulebook())
    assert len({finding.rule for finding in both}) == len(both)
    assert {finding.rule for finding in both} <= every
    blocked = any(finding.blocks for each in (one, other) for finding in findings([each], facts, rulebook()))
    assert any(finding.blocks for finding in both) == blocked
    assert bool(both) == bool(every)


@pytest.mark.parametrize(
    ("then", "now", "is_new"),
    [
        (["left-calf"], ["left-calf"], False),
        (["left-calf", "left-shin"], ["left-calf"], False),
        (["left-calf"], ["left-calf", "left-shin"], True),
        (["left-calf"], [], True),  # the place is not known any more: everywhere
        ([], ["left-calf"], False),
        ([], [], False),
    ],
)
def test_a_flag_in_more_places_is_news(then, now, is_new):
    was, now = PatientFacts(flags={"dvt-current": then}), PatientFacts(flags={"dvt-current": now})
    calf = treatment("soft-tissue-massage", "left-calf")
    known = [kept(finding, was) for finding in findings([calf], was, rulebook())]
    found = findings([calf], now, rulebook())
    assert bool(news(found, known, now, SIGNED)) is is_new


def test_what_was_signed_before_places_were_kept_counts_by_its_flags():
    facts = PatientFacts(flags={"dvt-current": ["left-calf", "left-shin"]})
    found = findings([treatment("soft-tissue-massage", "left-calf")], facts, rulebook())
    assert news(found, [finding.as_dict() for finding in found], facts, SIGNED) == []


@given(items, facts, st.sampled_from(PLACES))
def test_adding_a_region_or_forgetting_all_never_stops_a_rule(item, facts, place):
    wider = {flag: [*regions, place] if regions else [] for flag, regions in facts.flags.items()}
    before = set(fired(item, facts, rulebook()))
    assert before <= set(fired(item, replace(facts, flags=wider), rulebook()))
    assert before <= set(fired(item, replace(facts, flags=dict.fromkeys(facts.flags, ())), rulebook()))


@given(items, facts)
def test_folding_keeps_every_cause_and_adds_nothing(item, facts):
    shown = findings([item], facts, rulebook())
    firing = fired(item, facts, rulebook())
    assert {finding.rule for finding in shown} <= set(firing)
    assert bool(shown) == bool(firing)
    assert any(finding.blocks for finding in shown) == any(RULES[rule].severity == "block" for rule in firing)
    assert [finding.blocks for finding in shown] == sorted(
        (finding.blocks for finding in shown), reverse=True
    )


@given(items, facts)
def test_unknown_is_critical_and_unanswered_and_nothing_once_all_is_answered(item, facts):
    asked = unknown([item], facts, rulebook())
    assert set(asked) <= rulebook().critical - facts.answered - facts.flags.keys()
    assert unknown([item], replace(facts, answered=frozenset(FLAGS)), rulebook()) == []


@given(items, facts, st.data())
def test_what_is_not_asked_about_would_change_nothing(item, facts, data):
    asked = unknown([item], facts, rulebook())
    quiet = sorted(rulebook().critical - facts.answered - facts.flags.keys() - set(asked))
    if not quiet:
        return
    flag = data.draw(st.sampled_from(quiet))
    after = fired(item, replace(facts, flags={**facts.flags, flag: []}), rulebook())
    assert [rule for rule in after if flag in RULES[rule].flags] == []


# ------------------------------------------------------------------ folding and asking, in small


def small(*rules, flags=("x", "y"), critical=("x", "y")):
    """Return a rulebook of a few rules for TENS: (id, severity and override, flags_any)."""
    return Rulebook(
        rules=[
            {
                "id": rule,
                "modalities": ["tens"],
                "when": when,
                "severity": severity,
                "override": override,
                "message": f"{rule}!",
                "source": "book",
            }
            for rule, severity, override, when in rules
        ],
        flags=[{"id": flag, "critical": flag in critical} for flag in flags],
        modalities=[{"id": "tens", "group": "electrical"}],
        body=body(),
    )


BLOCK = ("block", "not-allowed")
CLEAR = ("block", "with-medical-clearance")
WARN = ("warn", "with-reason")
TENS = Item("rx", "tens")


def shown(book, **flags):
    return [finding.rule for finding in findings([TENS], PatientFacts(flags=flags), book)]


def test_of_blocks_with_one_cause_the_strictest_is_shown():
    book = small(
        ("a", *CLEAR, {"flags_any": ["x"]}),
        ("b", *BLOCK, {"flags_any": ["x"]}),
        ("c", *CLEAR, {"flags_any": ["y"]}),
    )
    assert shown(book, x=[], y=[]) == ["b", "c"]


def test_warning_whose_every_cause_blocks_already_is_folded():
    book = small(("w", *WARN, {"flags_any": ["x", "y"]}), ("b", *BLOCK, {"flags_any": ["x"]}))
    assert shown(book, x=[]) == ["b"]
    assert shown(book, x=[], y=[]) == ["b", "w"]  # y is said by nobody else


def test_of_warnings_with_one_cause_the_first_is_shown():
    assert shown(small(("v", *WARN, {"flags_any": ["x"]}), ("w", *WARN, {"flags_any": ["x"]})), x=[]) == ["v"]


def test_rules_without_a_flag_each_stand_for_themselves():
    book = small(("v", *WARN, {"settings_any": ["clinic"]}), ("w", *WARN, {"settings_any": ["clinic"]}))
    assert shown(book) == ["v", "w"]


def test_finding_says_what_the_api_promises():
    book = small(("b", *BLOCK, {"flags_any": ["x"]}))
    assert [finding.as_dict() for finding in findings([TENS], PatientFacts(flags={"x": []}), book)] == [
        {
            "rule": "b",
            "severity": "block",
            "override": "not-allowed",
            "prescription": "rx",
            "modality": "tens",
            "message": "b!",
            "source": "book",
            "flags": ["x"],
        }
    ]


def test_one_finding_for_each_item_blocks_of_all_items_first():
    book = small(("w", *WARN, {"regions_any": ["calf"]}), ("b", *BLOCK, {"regions_any": ["hand"]}))
    plan = [
        Item("1", "tens", ["left-calf"]),
        Item("2", "tens", ["left-palm"]),
        Item("3", "tens", ["right-calf"]),
    ]
    assert [(f.rule, f.prescription) for f in findings(plan, PatientFacts(), book)] == [
        ("b", "2"),
        ("w", "1"),
        ("w", "3"),
    ]


def test_critical_flag_is_asked_about_when_a_rule_hangs_on_it():
    book = small(("b", *BLOCK, {"flags_any": ["x"]}), ("w", *WARN, {"flags_any": ["y"]}), critical=("x",))
    assert unknown([TENS], PatientFacts(), book) == ["x"]
    assert unknown([TENS], PatientFacts(answered=frozenset({"x"})), book) == []
    assert unknown([TENS], PatientFacts(flags={"x": []}), book) == []  # known to be there
    assert unknown([], PatientFacts(), book) == []


def test_flag_is_asked_about_together_with_whatever_else_is_open():
    book = small(("w", *WARN, {"flags_all": ["x", "y"]}), critical=("x",))
    assert unknown([TENS], PatientFacts(), book) == ["x"]
    assert unknown([TENS], PatientFacts(answered=frozenset({"y"})), book) == []  # y is no: x decides nothing


def test_flag_is_not_asked_about_for_another_place_setting_or_disorder():
    book = small(
        ("a", *BLOCK, {"flags_any": ["x"], "regions_any": ["hand"]}),
        ("b", *BLOCK, {"flags_any": ["y"], "settings_any": ["home"]}),
        ("c", *BLOCK, {"flags_any": ["y"], "conditions_any": ["sciatica"]}),
    )
    assert unknown([replace(TENS, regions=["left-calf"])], PatientFacts(), book) == []
    assert unknown([replace(TENS, regions=["left-palm"])], PatientFacts(), book) == ["x"]


def test_new_patient_is_asked_about_the_clot_before_massage():
    assert "dvt-current" in unknown(
        [treatment("soft-tissue-massage", "left-calf")], PatientFacts(), rulebook()
    )


# ------------------------------------------------------------------ may it be signed?


def finding(rule, severity, override):
    return Finding(rule, severity, override, "rx", "tens", "…", "book")


STRICT, MEDICAL, CAUTION = finding("s", *BLOCK), finding("m", *CLEAR), finding("c", *WARN)
REASON = "Talked over, low dose first"
CLEARANCE = {"doctor": "Dr Bose", "date": "2026-11-20", "note": "Cleared for TENS on the calf"}


@pytest.mark.parametrize(
    ("found", "overrides", "open_questions", "code", "standing"),
    [
        ([], {}, [], None, []),
        ([STRICT, CAUTION], {}, ["x"], "unanswered", []),
        ([STRICT, CAUTION], {}, [], "blocked", ["s"]),
        ([STRICT], {"s": REASON}, [], "blocked", ["s"]),
        ([STRICT], {"s": CLEARANCE}, [], "blocked", ["s"]),
        ([MEDICAL], {"m": REASON}, [], "blocked", ["m"]),
        ([MEDICAL], {"m": CLEARANCE}, [], None, []),
        ([MEDICAL, CAUTION], {"m": CLEARANCE}, [], "needs_reason", ["c"]),
        ([MEDICAL, CAUTION], {"c": REASON}, [], "blocked", ["m"]),
        ([CAUTION, CAUTION], {"c": REASON}, [], None, []),
        ([CAUTION], {"c": "x" * 14}, [], "needs_reason", ["c"]),
        ([CAUTION], {"c": "x" * 14 + " "}, [], "needs_reason", ["c"]),
        ([CAUTION], {"c": "x" * 15}, [], None, []),
        ([CAUTION], {"other": REASON}, [], "needs_reason", ["c"]),
        ([CAUTION], {"c": REASON}, ["x"], "unanswered", []),
    ],
)
def test_verdict(found, overrides, open_questions, code, standing):
    answer = verdict(found, overrides, open_questions)
    assert (answer.code, [f.rule for f in answer.findings]) == (code, standing)
    assert answer.may_sign is (code is None)
    assert list(answer.unknown) == (open_questions if code == "unanswered" else [])


@pytest.mark.parametrize(
    "answer",
    [
        None,
        True,
        15,
        [],
        {},
        CLEARANCE | {"doctor": " "},
        CLEARANCE | {"note": ""},
        CLEARANCE | {"date": "soon"},
        CLEARANCE | {"date": None},
        {"doctor": "Dr Bose", "note": "Cleared"},
    ],
)
def test_half_a_clearance_is_none(answer):
    assert not accepts("with-medical-clearance", answer)
    assert not accepts("with-reason", answer)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (REASON, False),
        ("", False),
        (CLEARANCE, False),
        ({}, False),
        (CLEARANCE | {"date": date(2026, 11, 23)}, False),
        (7, True),
        (None, True),
        ("\0", True),
        ("x" * 2001, True),
        (CLEARANCE | {"date": "2026-02-30"}, True),
        (CLEARANCE | {"date": "2026-11-24"}, True),
        (CLEARANCE | {"doctor": 7}, True),
        (CLEARANCE | {"phone": "1"}, True),
    ],
)
def test_malformed_override_is_told_at_its_rule(answer, wrong):
    assert list(override_errors({"r": answer}, date(2026, 11, 23))) == (["r"] if wrong else [])


def test_overrides_are_an_object():
    assert list(override_errors([REASON], date(2026, 11, 23))) == ["non_field_errors"]


# ------------------------------------------------------------------ speed, and the reference


def plan_of(number):
    """Return a plan of so many items, half of them in the clinic."""
    clinic = list(MODALITIES.items())[:20]
    home = list(EXERCISES.items())[:20]
    items = [clinic_item(name, modality, ["left-calf"], {}) for name, modality in clinic]
    items += [home_item(name, exercise, "left") for name, exercise in home]
    return [replace(items[place % 40], id=str(place)) for place in range(number)]


class Counted(Body):
    """A body that counts how often it is asked whether a flag reaches a site."""

    asked = 0

    def reaches(self, *args):
        self.asked += 1
        return super().reaches(*args)


def work(number):
    """Return how many rules a check of so many items looks at, and how often it asks how far a flag reaches."""
    counted = Counted(content(), content()["chart_regions"])
    book = Rulebook(
        rules=entries("rules").values(),
        flags=entries("flags").values(),
        modalities=entries("modalities").values(),
        body=counted,
    )
    plan = plan_of(number)
    facts = PatientFacts(flags=dict.fromkeys(FLAGS[::8], ("left-calf",)), age=50)
    findings(plan, facts, book)
    unknown(plan, facts, book)
    return sum(len(book.about(item)) for item in plan), counted.asked


def test_the_work_of_a_check_grows_with_the_items_and_no_faster():
    rules, asked = work(40)
    assert rules < 40 * len(RULES) / 4  # an item is held against the rules of its modality alone
    assert work(80) == (2 * rules, 2 * asked)
    assert work(0) == (0, 0)


def reference() -> ModuleType:
    """Load the reference engine; it finds the modalities of a rule anew each time, so remember them."""
    path = Path(SHARED or "", "clinical", "validate.py")
    spec = importlib.util.spec_from_file_location("reference_engine", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    find, known = module.rule_modalities, {}
    module.rule_modalities = lambda rule, modalities: (
        known.get(rule["id"]) or known.setdefault(rule["id"], find(rule, modalities))
    )
    return module


@pytest.mark.skipif(not SHARED, reason="TONUS_SHARED is not set: no reference engine to agree with")
def test_agrees_with_the_reference_engine_on_random_cases():
    engine = reference()
    its_body = engine.Body(content(), content())
    its_rules = entries("rules")
    dice = random.Random(20261124)
    seen, met = set(), set()
    for _case in range(10_000):
        item, its_item = random_item(dice)
        facts = PatientFacts(
            flags={
                flag: dice.sample(PLACES, dice.choice([0, 1, 1, 2]))
                for flag in dice.sample(FLAGS, dice.randrange(7))
            },
            conditions=frozenset(dice.sample(CONDITIONS, dice.randrange(3))),
            age=dice.choice([None, 8, 15, 16, 17, 50, 64, 65, 66]),
        )
        its_facts = {"flags": facts.flags, "conditions": facts.conditions, "age": facts.age}
        its_findings = engine.findings(its_item, its_facts, its_rules, MODALITIES, its_body)
        ours = fired(item, facts, rulebook())
        its_fired = [
            rule["id"]
            for rule in its_rules.values()
            if item.modality in engine.rule_modalities(rule, MODALITIES)
            and engine.rule_fires(rule, its_item, its_facts, MODALITIES, its_body)
        ]
        assert ours == its_fired
        assert [f.rule for f in findings([item], facts, rulebook())] == [rule["id"] for rule in its_findings]
        seen.update(ours)
        met.update((rule, item.setting) for rule in ours)
        answered = frozenset(dice.sample(FLAGS, dice.choice([0, 20, 80])))
        asked = unknown([item], replace(facts, answered=answered), rulebook())
        assert asked == its_unknown(engine, its_item, its_facts, answered, its_rules, its_body)
    assert len(seen) > 0.95 * len(RULES)
    parts = {
        "settings": lambda rule: rule.settings,
        "tags": lambda rule: rule.exercise_tags,
        "parameters": lambda rule: rule.limit,
        "ages": lambda rule: rule.age_below or rule.age_above,
        "diagnoses": lambda rule: rule.conditions,
        "sites": lambda rule: rule.regions,
        "places of a flag": lambda rule: rule.flag_regions,
        "several flags": lambda rule: rule.flags_all,
        **{scope: lambda rule, scope=scope: rule.scope == scope for scope in get_args(Scope)},
    }
    assert [name for name, has in parts.items() if not any(has(RULES[rule]) for rule in seen)] == []
    assert {setting for _rule, setting in met} == {"clinic", "home"}


def its_unknown(engine, item, facts, answered, rules, its_body):
    """What the reference would ask: the critical flags of rules that fire once all that is open is taken for a yes."""
    open_flags = [flag for flag in FLAGS if flag not in facts["flags"] and flag not in answered]
    supposed = {**facts, "flags": {**{flag: [] for flag in open_flags}, **facts["flags"]}}
    fires = [
        rule
        for rule in rules.values()
        if item["modality"] in engine.rule_modalities(rule, MODALITIES)
        and engine.rule_fires(rule, item, supposed, MODALITIES, its_body)
    ]
    named = {
        flag for rule in fires for key in ("flags_any", "flags_all") for flag in rule["when"].get(key, ())
    }
    return [flag for flag in open_flags if flag in named and flag in rulebook().critical]


@pytest.mark.skipif(not SHARED, reason="TONUS_SHARED is not set: no reference engine to agree with")
def test_agrees_with_the_reference_on_records_with_days():
    """Flags with a beginning, an end and expires_days: what the reference says of the day, told by a naive reading of it."""
    engine = reference()
    its_body, its_rules, known = engine.Body(content(), content()), entries("rules"), entries("flags")
    dice = random.Random(20261126)
    expired = 0
    for _case in range(2_000):
        item, its_item = random_item(dice)
        rows = [
            SimpleNamespace(
                flag_id=flag,
                regions=tuple(dice.sample(PLACES, dice.choice([0, 1, 2]))),
                note="",
                since=TODAY - timedelta(days=dice.choice([-1, 0, 1, 7, 14, 15, 30, 31, 90, 91, 400])),
                until=None,
                renewed_on=None,
            )
            for flag in dice.sample(FLAGS, 4)
        ]
        for row in rows:
            if dice.random() < 0.3:
                row.until = row.since + timedelta(days=dice.choice([0, 1, 7, 30, 1000]))
        active = {}
        for row in rows:
            days = known[row.flag_id].get("expires_days")
            has_begun, has_ended = row.since <= TODAY, row.until is not None and row.until <= TODAY
            has_run_out = days is not None and row.since + timedelta(days=days) < TODAY
            expired += has_begun and has_run_out
            if has_begun and not has_ended and not has_run_out:
                active[row.flag_id] = list(row.regions)
        standing = screening.standings(rows, [], known, TODAY)
        facts = PatientFacts(flags={f: each.regions for f, each in standing.items() if each.present}, age=40)
        its_facts = {"flags": active, "conditions": frozenset(), "age": 40}
        theirs = engine.findings(its_item, its_facts, its_rules, MODALITIES, its_body)
        assert [found.rule for found in findings([item], facts, rulebook())] == [
            each["id"] for each in theirs
        ]
        for row in rows:
            days = known[row.flag_id].get("expires_days")
            has_run_out = days is not None and row.since + timedelta(days=days) < TODAY
            if row.since <= TODAY and row.until is None and has_run_out and known[row.flag_id]["critical"]:
                assert not standing[row.flag_id].answers(TODAY)  # never taken as a no
    assert expired > 1_000


def random_item(dice):
    """Return one random item in our shape and in the reference's."""
    if dice.random() < 0.4:
        entry = dice.choice(list(EXERCISES.values()))
        item = home_item("hx", entry, dice.choice([None, "left", "right"]))
    else:
        entry = None
        modality = dice.choice(list(MODALITIES.values()))
        dosage = {
            p["id"]: dice.choice(p.get("choices") or [p["min"], p["default"], p["usual_max"], p["max"]])
            for p in modality["parameters"]
        }
        sites = dice.sample(PLACES, dice.choice([0, 1, 1, 2]))
        item = replace(clinic_item("rx", modality, sites, dosage), setting=dice.choice(["clinic", "home"]))
    return item, {
        "modality": item.modality,
        "exercise": entry and entry["id"],
        "tags": sorted(item.tags),
        "regions": item.regions,
        "side": item.side,
        "setting": item.setting,
        "parameters": item.parameters,
    }
