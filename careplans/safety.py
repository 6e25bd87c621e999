"""Is this plan safe for this patient? Pure: plain values in, findings out, no database and no request.

A *rule* of the catalogue says when an item (a treatment in the clinic, an exercise at home) clashes with what
is known about the patient. `findings` lists the clashes, `unknown` the critical questions that nobody has
answered yet, and `verdict` decides from both whether the plan may be signed.

    rulebook = Rulebook(rules=…, flags=…, modalities=…, body=Body(…))  # once, from the catalogue's entries
    found = findings(items, patient, rulebook)
    verdict(found, overrides, unknown(items, patient, rulebook)).code  # None: may be signed

The meaning of `when`, of scopes and of unknown places is that of the clinical README. In short: an unknown
place counts as everywhere, and adding a flag never stops a rule from firing. No finding never means that a
treatment is safe.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, get_args

from django.utils.translation import gettext as _

from careplans.body import Body, Place, Scope

Severity = Literal["block", "warn"]
Policy = Literal["not-allowed", "with-medical-clearance", "with-reason"]
RefusalCode = Literal["unanswered", "blocked", "needs_reason"]
Answers = Mapping[str, Any]  # rule id → why, or {doctor, date, note} for a medical clearance

SEVERITIES: tuple[Severity, ...] = ("warn", "block")  # the stricter last
POLICIES: tuple[Policy, ...] = ("with-reason", "with-medical-clearance", "not-allowed")  # the stricter last
REASON_LENGTH = 15  # characters that a reason has at least
OVERRIDE_LENGTH = 2000  # characters that any text of an override has at most
CLEARANCE_FIELDS = ("doctor", "date", "note")


# ------------------------------------------------------------------ what is asked about


@dataclass(frozen=True)
class Item:
    """One line of a plan, as the rules see it; `clinic_item` and `home_item` make it."""

    id: str  # of the prescription
    modality: str
    regions: Sequence[str] = ()  # chart or vocabulary ids; none means that its site is unknown
    side: str | None = None  # left or right for a vocabulary region; None is both sides or no side
    setting: Literal["clinic", "home"] = "clinic"
    tags: frozenset[str] = frozenset()
    parameters: Mapping[str, Any] = field(default_factory=dict)


def clinic_item(
    item_id: str, modality: Mapping[str, Any], sites: Sequence[str], dosage: Mapping[str, Any]
) -> Item:
    """Make the item of a treatment; it carries the tags of its technique and of the values chosen.

    A parameter that `dosage` leaves out has its default.
    """
    chosen = {parameter["id"]: parameter["default"] for parameter in modality["parameters"]} | dict(dosage)
    tags = set(modality.get("tags", ()))
    for parameter in modality["parameters"]:
        tags.update(parameter.get("choice_tags", {}).get(chosen[parameter["id"]], ()))
    return Item(item_id, modality["id"], tuple(sites), tags=frozenset(tags), parameters=chosen)


def home_item(item_id: str, exercise: Mapping[str, Any], side: str | None) -> Item:
    """Make the item of a home exercise. Its side counts only where it is done for one side at a time."""
    return Item(
        item_id,
        exercise["modality"],
        tuple(exercise["body_regions"]),
        side=side if exercise["laterality"] == "per-side" else None,
        setting="home",
        tags=frozenset(exercise["tags"]),
    )


@dataclass(frozen=True)
class PatientFacts:
    """What is known about the patient on the day of the check.

    A flag is active from its `since` until it is ended or its expires_days have passed. `answered` are the
    flags asked about and answered, yes or no, whose answer still holds; a flag that is not critical and has
    run out has ended: a no. `recorded` is when each active flag was last written down anew.
    """

    flags: Mapping[str, Sequence[str]] = field(default_factory=dict)  # active ones → regions, none: not known
    conditions: frozenset[str] = frozenset()  # subtypes and their families, of active diagnoses
    age: int | None = None  # years
    answered: frozenset[str] = frozenset()
    recorded: Mapping[str, datetime] = field(default_factory=dict)


# ------------------------------------------------------------------ the rules


@dataclass(frozen=True)
class Limit:
    """A chosen dosage value that a rule is about: one of some choices, above or below a number."""

    parameter: str
    one_of: frozenset[Any] | None = None
    above: float | None = None
    below: float | None = None

    def holds(self, value: object) -> bool:
        """Tell whether the value is one that the rule is about; a value not given is not."""
        if value is None or (self.one_of is not None and value not in self.one_of):
            return False
        if self.above is None and self.below is None:
            return True
        if not isinstance(value, int | float):
            return False
        return (self.above is None or value > self.above) and (self.below is None or value < self.below)


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue. What is None is not asked for; all that is given must hold together."""

    id: str
    severity: Severity
    override: Policy
    message: str
    source: str
    modalities: frozenset[str]
    exercise_tags: frozenset[str] | None = None
    flags_any: frozenset[str] | None = None
    flags_all: frozenset[str] | None = None
    scope: Scope = "anywhere"
    flag_regions: frozenset[str] | None = None
    conditions: frozenset[str] | None = None
    regions: frozenset[str] | None = None
    settings: frozenset[str] | None = None
    limit: Limit | None = None
    age_below: int | None = None
    age_above: int | None = None

    @property
    def flags(self) -> frozenset[str]:
        """The flags that the rule names."""
        return (self.flags_any or frozenset()) | (self.flags_all or frozenset())

    @property
    def about_patient(self) -> bool:
        """Tell whether it asks anything about the patient; if not, it is a pure rule of the site."""
        asked = (self.flags_any, self.flags_all, self.conditions, self.age_below, self.age_above)
        return any(part is not None for part in asked)


def read_rule(entry: Mapping[str, Any], modalities: Iterable[Mapping[str, Any]]) -> Rule:
    """Make a rule from its catalogue entry; groups of modalities become the modalities in them."""
    when = entry["when"]

    def some(key: str) -> frozenset[str] | None:
        return frozenset(when[key]) if key in when else None

    groups = set(entry.get("modality_groups", ()))
    named = {m["id"] for m in modalities if groups & {m["group"], *m.get("also_groups", ())}}
    named.update(entry.get("modalities", ()))
    tags = entry.get("exercise_tags")
    scope = when.get("scope", "anywhere")
    if scope not in get_args(Scope):
        raise ValueError(f"rule {entry['id']}: unknown scope {scope!r}")
    return Rule(
        id=entry["id"],
        severity=entry["severity"],
        override=entry["override"],
        message=entry["message"],
        source=entry["source"],
        modalities=frozenset(named.difference(entry.get("except_modalities", ()))),
        exercise_tags=None if tags is None else frozenset(tags),
        flags_any=some("flags_any"),
        flags_all=some("flags_all"),
        scope=scope,
        flag_regions=some("flag_regions_any"),
        conditions=some("conditions_any"),
        regions=some("regions_any"),
        settings=some("settings_any"),
        limit=_read_limit(when["parameter"]) if "parameter" in when else None,
        age_below=when.get("age_below"),
        age_above=when.get("age_above"),
    )


def _read_limit(entry: Mapping[str, Any]) -> Limit:
    one_of = frozenset(entry["in"]) if "in" in entry else None
    return Limit(entry["id"], one_of, entry.get("gt"), entry.get("lt"))


class Rulebook:
    """All rules, read once and looked up by modality. Make one for a catalogue and keep it."""

    def __init__(
        self,
        *,
        rules: Iterable[Mapping[str, Any]],
        flags: Collection[Mapping[str, Any]],
        modalities: Collection[Mapping[str, Any]],
        body: Body,
    ) -> None:
        self.body = body
        self.flags = tuple(flag["id"] for flag in flags)
        self.critical = frozenset(flag["id"] for flag in flags if flag["critical"])
        self.rules = {entry["id"]: read_rule(entry, modalities) for entry in rules}
        self._by_modality = {
            modality["id"]: tuple(rule for rule in self.rules.values() if modality["id"] in rule.modalities)
            for modality in modalities
        }

    def about(self, item: Item) -> tuple[Rule, ...]:
        """Return the rules that name the item's modality. Raises KeyError for a modality that is not ours."""
        return self._by_modality[item.modality]


# ------------------------------------------------------------------ does a rule fire?


class _Patient:
    """The facts about a patient with the places of the flags looked up, for one check over many items."""

    def __init__(self, facts: PatientFacts, body: Body) -> None:
        self.facts = facts
        self.body = body
        self.spots = {
            flag: [body.place(region) for region in regions] for flag, regions in facts.flags.items()
        }

    def causes(self, rule: Rule, places: Sequence[Place]) -> frozenset[str] | None:
        """Return the flags that make the rule count at these places; None when they do not suffice.

        Of flags_any these are the ones that reach there, of flags_all every one.
        """
        found: set[str] = set()
        if rule.flags_any is not None:
            found = {flag for flag in rule.flags_any & self.spots.keys() if self._counts(flag, rule, places)}
            if not found:
                return None
        if rule.flags_all is not None:
            if not rule.flags_all <= self.spots.keys():
                return None
            found |= rule.flags_all
        return frozenset(found)

    def _counts(self, flag: str, rule: Rule, places: Sequence[Place]) -> bool:
        """Tell whether a flag reaches one of the places. An unknown place counts as everywhere."""
        spots = self.spots[flag]
        if spots and rule.flag_regions is not None:
            spots = [spot for spot in spots if spot.region in rule.flag_regions]
            if not spots:
                return False
        if not spots or not places:
            return True
        return any(self.body.reaches(rule.scope, spot, place) for spot in spots for place in places)


def _applies(rule: Rule, item: Item, places: Sequence[Place], facts: PatientFacts) -> bool:
    """Tell whether everything holds that the rule asks for beside flags."""
    if rule.exercise_tags is not None and rule.exercise_tags.isdisjoint(item.tags):
        return False
    if rule.settings is not None and item.setting not in rule.settings:
        return False
    if rule.conditions is not None and rule.conditions.isdisjoint(facts.conditions):
        return False
    if rule.regions is not None and not _treats(rule, rule.regions, places):
        return False
    if rule.limit is not None and not rule.limit.holds(item.parameters.get(rule.limit.parameter)):
        return False
    if rule.age_below is not None and not (facts.age is not None and facts.age < rule.age_below):
        return False
    return rule.age_above is None or (facts.age is not None and facts.age > rule.age_above)


def _treats(rule: Rule, regions: frozenset[str], places: Sequence[Place]) -> bool:
    """Tell whether the item works at one of the regions; without a site at each, but for pure site rules."""
    if not places:
        return rule.about_patient
    return any(place.region in regions for place in places)


def _fired(item: Item, patient: _Patient, rulebook: Rulebook) -> list[tuple[Rule, frozenset[str]]]:
    """Return the rules that fire for the item, in the rulebook's order, each with the flags that cause it."""
    places = [rulebook.body.place(region, item.side) for region in item.regions]
    fired = []
    for rule in rulebook.about(item):
        causes = patient.causes(rule, places)
        if causes is not None and _applies(rule, item, places, patient.facts):
            fired.append((rule, causes))
    return fired


def fired(item: Item, facts: PatientFacts, rulebook: Rulebook) -> list[str]:
    """Return the ids of every rule that fires for the item, before folding; to explain and to test."""
    return [rule.id for rule, _causes in _fired(item, _Patient(facts, rulebook.body), rulebook)]


# ------------------------------------------------------------------ findings


@dataclass(frozen=True)
class Finding:
    """A rule that fires for an item, with the patient's flags that cause it (none: diagnosis, site, age)."""

    rule: str
    severity: Severity
    override: Policy
    prescription: str
    modality: str
    message: str
    source: str
    flags: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        return self.severity == "block"

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as the API answers it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "override": self.override,
            "prescription": self.prescription,
            "modality": self.modality,
            "message": self.message,
            "source": self.source,
            "flags": list(self.flags),
        }


def findings(items: Iterable[Item], facts: PatientFacts, rulebook: Rulebook) -> list[Finding]:
    """Return what speaks against these items: one finding for each rule and item, blocks first.

    Within an item one cause gives one message, so that the list is read and not skipped (`_fold`). Items of one id are one
    item seen in several ways, as it was signed and as it is now: what speaks against either speaks against it.
    """
    patient = _Patient(facts, rulebook.body)
    views: dict[str, list[Item]] = {}
    for item in items:
        views.setdefault(item.id, []).append(item)
    found = [
        Finding(
            rule=rule.id,
            severity=rule.severity,
            override=rule.override,
            prescription=item_id,
            modality=views[item_id][0].modality,
            message=rule.message,
            source=rule.source,
            flags=tuple(sorted(causes)),
        )
        for item_id in views
        for rule, causes in _fold(_fired_of_any(views[item_id], patient, rulebook))
    ]
    return sorted(found, key=lambda finding: not finding.blocks)  # stable: items and rules keep their order


def _fired_of_any(
    views: Sequence[Item], patient: _Patient, rulebook: Rulebook
) -> list[tuple[Rule, frozenset[str]]]:
    """Return the rules that fire for any view of an item, each once, with all the flags that cause it."""
    if len(views) == 1:
        return _fired(views[0], patient, rulebook)
    found: dict[str, tuple[Rule, frozenset[str]]] = {}
    for view in views:
        for rule, causes in _fired(view, patient, rulebook):
            before = found.get(rule.id)
            found[rule.id] = (rule, causes | before[1] if before else causes)
    return list(found.values())


def _fold(fired: Sequence[tuple[Rule, frozenset[str]]]) -> list[tuple[Rule, frozenset[str]]]:
    """One cause, one message: of several blocks with the same flags the strictest, of warnings the first.

    A warning goes when each of its flags already blocks the item. What no flag causes stands for itself.
    """
    blocks: dict[object, tuple[Rule, frozenset[str]]] = {}
    warnings: dict[object, tuple[Rule, frozenset[str]]] = {}
    blocking: frozenset[str] = frozenset()
    for rule, causes in fired:
        if rule.severity == "block":
            blocking |= causes
            known = blocks.setdefault(causes or rule.id, (rule, causes))
            if rule.override == "not-allowed" != known[0].override:
                blocks[causes or rule.id] = (rule, causes)
    for rule, causes in fired:
        if rule.severity == "warn" and not (causes and causes <= blocking):
            warnings.setdefault(causes or rule.id, (rule, causes))
    return [*blocks.values(), *warnings.values()]


def unknown(items: Iterable[Item], facts: PatientFacts, rulebook: Rulebook) -> list[str]:
    """Return the critical flags to ask about before signing, in the order of the catalogue.

    Asked about is what nobody has answered, or whose answer has expired, if a rule for one of these items
    hangs on it: a rule that names the flag and would fire with it and whatever else nobody has answered,
    active without a region.
    """
    unanswered = [flag for flag in rulebook.flags if flag not in facts.answered and flag not in facts.flags]
    open_questions = rulebook.critical.intersection(unanswered)
    if not open_questions:
        return []
    supposed = replace(facts, flags={**dict.fromkeys(unanswered, ()), **facts.flags})
    patient = _Patient(supposed, rulebook.body)
    asked: set[str] = set()
    for item in items:
        for rule, _causes in _fired(item, patient, rulebook):
            asked |= rule.flags & open_questions
    return [flag for flag in rulebook.flags if flag in asked]


# ------------------------------------------------------------------ what the signer did not know


def kept(finding: Finding, facts: PatientFacts) -> dict[str, Any]:
    """Return a finding as it is kept with a signature: with the places that its flags had then."""
    return finding.as_dict() | {"regions": {flag: list(facts.flags[flag]) for flag in finding.flags}}


def news(
    found: Iterable[Finding], known: Iterable[Mapping[str, Any]], facts: PatientFacts, signed_at: datetime
) -> list[Finding]:
    """Return the findings that the signer of a plan did not know of (`known`: what was `kept` then).

    New is another rule or item, a rule that has become stricter (it blocks now, or a reason is not enough any more), one more
    flag behind it, a flag that was recorded anew since (a second clot is not the one that was cleared), or one that lies in
    more places now.
    """
    then = {(each["rule"], each["prescription"]): each for each in known}

    def is_known(finding: Finding) -> bool:
        before = then.get((finding.rule, finding.prescription))
        return (
            before is not None
            and is_as_strict(before, finding)
            and all(was_known(flag, before) for flag in finding.flags)
        )

    def was_known(flag: str, before: Mapping[str, Any]) -> bool:
        if flag not in before["flags"] or (flag in facts.recorded and facts.recorded[flag] > signed_at):
            return False
        places, now = before.get("regions", {}).get(flag), facts.flags[flag]
        return not places or (bool(now) and set(now) <= set(places))  # none: it counted everywhere

    return [finding for finding in found if not is_known(finding)]


def is_as_strict(before: Mapping[str, Any], finding: Finding) -> bool:
    """Tell whether what was `kept` of a finding is at least as strict as it is today, in severity and in what it asks for."""
    return SEVERITIES.index(before["severity"]) >= SEVERITIES.index(finding.severity) and POLICIES.index(
        before["override"]
    ) >= POLICIES.index(finding.override)


# ------------------------------------------------------------------ may it be signed?


@dataclass(frozen=True)
class Verdict:
    """Why a plan cannot be signed, with what stands in the way; `code` None: it can.

    `findings` are those that stand: the blocks with `blocked`, the warnings with `needs_reason`.
    """

    code: RefusalCode | None = None
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def may_sign(self) -> bool:
        return self.code is None


def verdict(found: Iterable[Finding], overrides: Answers, unanswered: Sequence[str]) -> Verdict:
    """Decide whether a plan may be signed.

    Of several reasons against it the first counts: unanswered, blocked, needs_reason. `overrides` gives for a
    rule why the therapist goes on in spite of it; one serves every item of its rule.
    """
    standing = [finding for finding in found if not accepts(finding.override, overrides.get(finding.rule))]
    if unanswered:
        return Verdict("unanswered", unknown=tuple(unanswered))
    if blocks := tuple(finding for finding in standing if finding.blocks):
        return Verdict("blocked", findings=blocks)
    if standing:
        return Verdict("needs_reason", findings=tuple(standing))
    return Verdict()


def accepts(policy: Policy, answer: object) -> bool:
    """Tell whether an override is what the policy asks: a reason, or a clearance by a named doctor."""
    if policy == "with-reason":
        return isinstance(answer, str) and len(answer.strip()) >= REASON_LENGTH
    if policy == "with-medical-clearance":
        return isinstance(answer, Mapping) and all(
            _given(name, answer.get(name)) for name in CLEARANCE_FIELDS
        )
    return False


def _given(name: str, value: object) -> bool:
    if name == "date":
        return _as_date(value) is not None
    return isinstance(value, str) and bool(value.strip())


def _as_date(value: object) -> date | None:
    if not isinstance(value, str):
        return value if type(value) is date else None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def override_errors(overrides: object, today: date) -> dict[str, list[str]]:
    """Return what is malformed in overrides as they came in, by rule. Too little is not: `verdict` says so.

    A clearance cannot carry a day that is still to come in the clinic's zone (`today`).
    """
    if not isinstance(overrides, Mapping):
        return {"non_field_errors": [_("Give one reason or medical clearance for each rule.")]}
    return {str(rule): errors for rule, answer in overrides.items() if (errors := _malformed(answer, today))}


def _malformed(answer: object, today: date) -> list[str]:
    if isinstance(answer, str):
        return _text_errors(answer)
    if not isinstance(answer, Mapping):
        return [_("Give a reason in words, or a medical clearance with doctor, date and note.")]
    strange = [key for key in answer if key not in CLEARANCE_FIELDS]
    errors = [_("“%s” is not part of a medical clearance.") % key for key in strange]
    for name in ("doctor", "note"):
        errors += _text_errors(answer.get(name, ""))
    if "date" in answer:
        day = _as_date(answer["date"])
        if day is None:
            errors.append(_("Give the day of the medical clearance as year-month-day."))
        elif day > today:
            errors.append(_("The day of the medical clearance is still to come."))
    return errors


def _text_errors(text: object) -> list[str]:
    if not isinstance(text, str):
        return [_("Give a text.")]
    if "\0" in text:
        return [_("Null characters are not allowed.")]
    if len(text) > OVERRIDE_LENGTH:
        return [_("Use at most %d characters.") % OVERRIDE_LENGTH]
    return []
