"""What must hold between the shipped entries. Each fault below is put in; all of them, and nothing else, must be told."""

from catalogue.validation import problems


def entry(content, kind, entry_id):
    return next(item for item in content[kind] if item["id"] == entry_id)


def told(content):
    return sorted(f"{'.'.join(problem.place.path)}: {problem.text}" for problem in problems(content))


def test_what_we_ship_has_no_fault(content):
    assert told(content) == []


def test_shapes_are_told_first_with_file_and_line(content):
    del entry(content, "exercises", "calf-stretch-wall")["aim"]
    entry(content, "rules", "es-chest")["source"] = "nobody-1999"
    entry(content, "flags", "pregnant")["critical"] = "yes"
    del content["nerves"]
    content["recipes"] = []
    found = [str(problem) for problem in problems(content)]
    assert [line.split(":")[0] for line in found if ".yaml" in line] == [
        "flags.yaml",
        "rules/2-electrical.yaml",
        "exercises/1-stretching.yaml",
    ]
    assert told(content) == [
        "exercises.calf-stretch-wall.aim: This field is required.",
        "flags.pregnant.critical: Give true or false.",
        "nerves: no file has this list",
        "recipes: this is no list of the catalogue",
        "rules.es-chest.source: There is no “nobody-1999” among the sources.",
    ]


def test_writing(content):
    entry(content, "modalities", "hot-pack")["how"] = "Warm  it."
    entry(content, "measures", "nprs")["how"] = "See https://example.org."
    assert told(content) == [
        "measures.nprs.how: an address or a path in the text",
        "modalities.hot-pack.how: a doubled space",
    ]


def test_shared_lists(content):
    content["languages"].reverse()
    content["benefits"].append({"id": "sleep", "order": 6, "label": content["benefits"][0]["label"]})
    content["joint_reference"].append({**content["joint_reference"][0], "normal": 50})
    content["joint_reference"][1]["normal"] = 300
    advice = entry(content, "patient_advice", "same-day-foot")["text"]
    for language in ("en", "hi", "bn"):
        advice[language] += " {crisis_phone}"
    assert told(content) == [
        "joint_reference.cervical-spine.extension: Out of order: -60, 300, 160.",
        "joint_reference.cervical-spine.flexion: this motion is listed twice",
        "measures: fewer than three measure sleep",
        "patient_advice.same-day-foot: unknown placeholder {crisis_phone}",
        "vocabulary.benefits: there are five benefits",
        "vocabulary.languages: the languages are en, hi, bn",
    ]


def test_body(content):
    content["trunk"].remove("perineum")
    content["limbs"][0]["through"].append("knee")
    content["touching"].append(["face", "head"])
    content["touching"] = [pair for pair in content["touching"] if "hand" not in pair]
    entry(content, "chart_regions", "left-calf")["side"] = "right"
    entry(content, "chart_regions", "left-palm")["region"] = "wrist"
    entry(content, "chart_regions", "face")["region"] = "head"
    assert told(content) == [
        "body.arm: knee is no region of the trunk",
        "body.perineum: a region is on one step of one limb, or on the trunk, or head or face",
        "body.touching: a pair is listed twice",
        "body.touching: hand touches nothing",
        "body.touching: hand touches nothing one step nearer the trunk",
        "chart_regions.left-calf: the id and the side disagree",
        "chart_regions.left-palm: has no matching region on the right",
        "chart_regions.right-palm: has no matching region on the left",
        "chart_regions: the chart has nothing for face",
    ]


def test_modalities(content):
    def parameter(modality, name):
        return entry(entry(content, "modalities", modality), "parameters", name)

    entry(content, "modalities", "hot-pack")["session_minutes"] = {"min": 5, "default": 5, "max": 6}
    parameter("tens-conventional", "frequency")["usual_max"] = 1
    parameter("tens-conventional", "pulse-width")["default"] = 81
    parameter("stretching-static", "intensity")["default"] = "brutal"
    parameter("neural-mobilisation", "technique")["choice_tags"]["flick"] = ["slump"]
    found = [line for line in told(content) if line.startswith("modalities")]
    assert found == [
        "modalities.hot-pack.parameters.duration: a session of 6 min cannot hold 20 min of treatment",
        "modalities.neural-mobilisation.parameters.technique: choice_tags names 'flick', which is no choice",
        "modalities.stretching-static.parameters.intensity: the default is not among the choices",
        "modalities.tens-conventional.parameters.frequency: Out of order: 40, 80, 100, 1, 150.",
        "modalities.tens-conventional.parameters.pulse-width: the default is not on the steps of 10 from 40",
    ]


def test_conditions(content):
    family = entry(content, "families", "spinal-cord-injury")
    assert "saddle-numbness" in family["red_flags"]
    entry(content, "red_flags", "saddle-numbness")["applies_to"] = ["sciatica", "radiculopathy"]
    family["derived_flags"][0]["when"]["level_at_or_above"] = "X9"
    entry(family, "subtypes", family["subtypes"][1]["id"])["ais"] = ["Z"]
    entry(family, "subtypes", family["subtypes"][1]["id"])["levels"] = ["Z1"]
    sciatica = entry(content, "families", "sciatica")
    sciatica["subtypes"].append({**sciatica["subtypes"][0], "id": "sciatica"})
    names = [line for line in told(content) if line.startswith("families")]
    second = family["subtypes"][1]["id"]
    assert names == [
        "families.sciatica.sciatica: another condition has this id",
        "families.sciatica.sciatica: has no protocol, and no_starter_protocol does not say why",
        "families.spinal-cord-injury.derived_flags.ad-risk-from-level.level_at_or_above:"
        " 'X9' is no choice of neurological-level",
        "families.spinal-cord-injury.red_flags: saddle-numbness does not apply to this family",
        f"families.spinal-cord-injury.{second}.ais: 'Z' is no choice of ais-grade",
        f"families.spinal-cord-injury.{second}.levels: 'Z1' is no choice of neurological-level",
    ]


def test_a_family_has_two_protocols(content):
    content["protocols"] = [p for p in content["protocols"] if p["family"] != "sciatica"]
    assert "families.sciatica: needs at least two protocols" in told(content)


def test_rules(content):
    def rule(rule_id):
        return entry(content, "rules", rule_id)

    rule("es-chest")["override"] = "with-reason"
    rule("es-pump-elsewhere")["override"] = "not-allowed"
    rule("tens-pacemaker")["message"] = "Pacemaker."
    rule("tens-pacemaker")["except_modalities"] = ["hot-pack"]
    rule("es-head-face")["when"] = {}
    rule("es-front-of-neck")["when"] = {"settings_any": ["clinic"]}
    rule("es-pregnancy-trunk")["when"]["scope"] = "near"
    rule("es-cancer-site")["when"]["scope"] = "anywhere"
    rule("sedation-home")["when"] = {"flag_regions_any": ["calf"], "age_below": 3}
    rule("nmes-pacemaker")["exercise_tags"] = ["slump"]
    del rule("both-sided-sciatica")["modalities"], rule("both-sided-sciatica")["modality_groups"]
    rule("es-epilepsy-elsewhere")["when"] = dict(rule("es-epilepsy-elsewhere")["when"])
    copy = {**rule("es-epilepsy-elsewhere"), "id": "es-epilepsy-again", "source": "csp-2006"}
    content["rules"].append(copy)
    found = [line for line in told(content) if line.startswith("rules")]
    assert found == [
        "rules.both-sided-sciatica: names no modality and no modality group",
        "rules.es-cancer-site.scope: anywhere is meant when it is left out",
        "rules.es-chest: a block is not overridden by a reason alone",
        "rules.es-epilepsy-again: has the same trigger as es-epilepsy-elsewhere",
        "rules.es-front-of-neck: blocks every patient",
        "rules.es-head-face.when: says nothing, so it would always fire",
        "rules.es-pregnancy-trunk.scope: the flag pregnant has no region",
        "rules.es-pump-elsewhere: a warning is overridden with-reason",
        "rules.nmes-pacemaker: no exercise or clinic item of these modalities has one of the tags",
        "rules.sedation-home.flag_regions_any: needs flags_any",
        "rules.tens-pacemaker.message: say it in at least 15 characters",
        "rules.tens-pacemaker: leaves out hot-pack, which it is not about",
    ]


def test_rules_about_doses_and_settings(content):
    limits = [rule for rule in content["rules"] if "parameter" in rule["when"]]
    number = next(rule for rule in limits if {"gt", "lt"} & rule["when"]["parameter"].keys())
    number["when"]["parameter"] = {"id": number["when"]["parameter"]["id"], "gt": 100_000}
    choice = next(rule for rule in limits if "in" in rule["when"]["parameter"])
    choice["when"]["parameter"]["in"] = ["sideways"]
    other = next(rule for rule in limits if rule not in (number, choice))
    other["when"]["parameter"] = {"id": "colour", "in": ["red"]}
    clinic_only = {m["id"] for m in content["modalities"] if m["settings"] == ["clinic"]}
    away = next(rule for rule in content["rules"] if set(rule.get("modalities", ["-"])) <= clinic_only)
    away.pop("modality_groups", None)
    away["when"]["settings_any"] = ["home"]
    assert told(content) == sorted(
        [
            f"rules.{number['id']}.parameter: 100000 lies outside the range: the rule always or never fires",
            f"rules.{choice['id']}.parameter: 'sideways' is no choice of {choice['when']['parameter']['id']}",
            f"rules.{other['id']}.parameter: none of its modalities has a parameter colour",
            f"rules.{away['id']}: none of its modalities is used in that setting",
        ]
    )


def test_red_flags(content):
    emergency = next(f for f in content["red_flags"] if f["urgency"] == "emergency-now")
    emergency["patient_advice"] = "same-day-doctor"
    week = next(f for f in content["red_flags"] if f["urgency"] == "within-week")
    week["patient_advice"] = "emergency-general"
    assert [line for line in told(content) if line.startswith("red_flags")] == sorted(
        [
            f"red_flags.{emergency['id']}.patient_advice: is weaker than the urgency",
            f"red_flags.{week['id']}.patient_advice: is stronger than the urgency",
        ]
    )


def test_measures(content):
    def measure(measure_id):
        return entry(content, "measures", measure_id)

    del measure("modified-ashworth")["value"]["choices"]
    del measure("spasm-count-day")["value"]["unit"]
    measure("nprs")["value"]["max"] = 0.5
    measure("nprs")["bands"] = [{"from": -1, "to": 2, "label": "none"}, {"from": 2, "to": 3, "label": "mild"}]
    measure("home-adherence")["value"]["min"] = 200
    del measure("home-adherence")["formula"], measure("home-adherence")["bands"]
    assert [line for line in told(content) if line.startswith("measures")] == [
        "measures.home-adherence.value: min is not below max",
        "measures.home-adherence: a computed value needs a formula",
        "measures.modified-ashworth.value: a choice needs choices",
        "measures.nprs.bands.mild: goes beyond the scale",
        "measures.nprs.bands.none: Out of order: 0, -1, 2.",
        "measures.nprs.bands.none: goes beyond the scale",
        "measures.nprs.bands: bands overlap",
        "measures.nprs.mcid: 2 is more than the whole scale",
        "measures.nprs.mcid: 2 is more than the whole scale",
        "measures.nprs.mcid: 2.2 is more than the whole scale",
        "measures.nprs.mdc: 4.1 is more than the whole scale",
        "measures.nprs.value: an integer has whole min, max and step",
        "measures.spasm-count-day.value: needs unit",
    ]


def test_exercises(content):
    def exercise(exercise_id):
        return entry(content, "exercises", exercise_id)

    wall = exercise("calf-stretch-wall")
    wall["helper_needed"], wall["tags"] = True, ["prone", "seated"]
    wall["settings"] = ["home", "clinic"]
    wall["modality"] = "stretching-hold-relax"  # of the clinic alone
    wall["easier"] = wall["harder"] = "calf-stretch-wall"
    strap = exercise("calf-stretch-strap-sitting")
    strap["position"] = "supine"
    strap["steps"]["en"] = ["One.", "word " * 23]
    assert [line for line in told(content) if line.startswith("exercises")] == [
        "exercises.calf-stretch-strap-sitting.steps.bn: Give as many steps as in English.",
        "exercises.calf-stretch-strap-sitting.steps.hi: Give as many steps as in English.",
        "exercises.calf-stretch-strap-sitting.steps: tell it in 3 to 7 steps",
        f"exercises.calf-stretch-strap-sitting.steps: too long for easy reading: {'word ' * 23!r}",
        "exercises.calf-stretch-strap-sitting.tags: An exercise lying on the back needs the tag supine-flat.",
        "exercises.calf-stretch-strap-sitting.tags: The tag seated and the position say different things.",
        "exercises.calf-stretch-wall.easier: points to itself",
        "exercises.calf-stretch-wall.harder: the harder exercises go round: calf-stretch-wall > calf-stretch-wall",
        "exercises.calf-stretch-wall.helper_needed:"
        " helper_needed and the tag carer-assisted say different things.",
        "exercises.calf-stretch-wall.settings: This technique is not used there: home.",
        "exercises.calf-stretch-wall.tags: The tag prone and the position say different things.",
        "exercises.calf-stretch-wall.tags: The tag seated and the position say different things.",
    ]


def test_protocols(content):
    protocol = entry(content, "protocols", "neuropathy-sensory-balance")
    protocol["subtypes"].append("sciatica-bilateral")
    protocol["total_weeks"] = 13
    first, last = protocol["phases"][0], protocol["phases"][-1]
    first["clinic_modalities"] = [
        {"modality": "patient-education", "minutes": 500},
        {
            "modality": "tens-conventional",
            "parameters": {"frequency": 1000, "colour": 1, "intensity": "strong"},
        },
    ]
    first["home_exercises"] = [
        *first["home_exercises"][:2],
        {"exercise": "calf-stretch-strap-sitting", "dosage": {"reps": 60}},
    ]
    first["education"].append("relapse-signs")
    first["entry_criteria"] = []
    last["home_exercises"] = last["home_exercises"][:2]
    again = dict(protocol["reassessment"][0], weeks=[4, 2, 99])
    protocol["reassessment"].append(again)
    goal = protocol["goal_templates"][0]
    goal.update(weeks=99, benefit="range-of-motion", template="Less pain than {yesterday}")
    goal["target"]["amount"] = 2
    place = f"protocols.{protocol['id']}"
    first_place, goal_place = f"{place}.phases.{first['id']}", f"{place}.goal_templates.{goal['id']}"
    assert [line for line in told(content) if line.startswith("protocols")] == sorted(
        [
            f"{place}.subtypes.{len(protocol['subtypes']) - 1}: This condition is of another family.",
            f"{place}.total_weeks: The phases add up to 12 weeks.",
            f"{first_place}.clinic_modalities.0.minutes: Give a number from 5 to 30.",
            f"{first_place}.clinic_modalities.1.parameters.frequency: Give a number from 40 to 150.",
            f"{first_place}.clinic_modalities.1.parameters.colour: This technique has no such parameter.",
            f"{first_place}.clinic_modalities.1.parameters.intensity:"
            " Choose one of: just-felt, comfortable, strong-comfortable.",
            f"{first_place}.visit_minutes: The treatments that are not optional take 530 min, the visit 45.",
            f"{first_place}.home_exercises.2.exercise: This is listed twice.",
            f"{first_place}.home_exercises.2.dosage.reps: Give a number from 2 to 5.",
            f"{first_place}.education.{len(first['education']) - 1}: This topic is not meant for this family.",
            f"{first_place}.entry_criteria: is empty",
            f"{place}.phases.{last['id']}: a phase has clinic treatments, and 3 to 8 home exercises",
            f"{place}.reassessment.{len(protocol['reassessment']) - 1}.measure: This is listed twice.",
            f"{place}.reassessment.{len(protocol['reassessment']) - 1}.weeks: Out of order: 4, 2, 99.",
            f"{place}.reassessment.{len(protocol['reassessment']) - 1}.weeks: This is after the protocol ends.",
            f"{place}.reassessment.{len(protocol['reassessment']) - 1}.weeks:"
            " A measure needs a baseline in week 0.",
            f"{goal_place}.weeks: This is after the protocol ends.",
            f"{goal_place}.benefit: The measure does not measure this benefit.",
            f"{goal_place}.target: Lower is better here: give a negative change.",
            f"{goal_place}.template: Unknown placeholder: {{yesterday}}.",
            f"{goal_place}.template: The text lacks {{target}}.",
            f"{goal_place}.template: The text lacks {{date}}.",
        ]
    )


def test_protocols_and_what_is_meant_for_other_families(content):
    protocol = entry(content, "protocols", "neuropathy-sensory-balance")
    used = protocol["phases"][0]["home_exercises"][0]["exercise"]
    entry(content, "exercises", used).update(families=["sciatica"], settings=["clinic"])
    measure = protocol["reassessment"][0]["measure"]
    entry(content, "measures", measure)["families"] = ["sciatica"]
    entry(content, "modalities", "patient-education")["settings"] = ["home"]
    protocol["goal_templates"] = [g for g in protocol["goal_templates"] if g["measure"] != measure][:1]
    protocol["reassessment"] = protocol["reassessment"][:1]
    found = told(content)
    place = f"protocols.{protocol['id']}"
    for text in (
        "This exercise is not marked as suiting this family.",
        "This exercise is not for home.",
        "This technique is not used in the clinic.",
        "This measure is not meant for this family.",
        "This measure is not among the reassessments.",
        "goals of at least two benefits are needed",
    ):
        assert any(line.startswith(place) and line.endswith(text) for line in found), text


def test_a_higher_is_better_goal_rises(content):
    higher = {m["id"] for m in content["measures"] if m["direction"] == "higher-is-better"}
    protocol, goal = next(
        (p, g) for p in content["protocols"] for g in p["goal_templates"] if g["measure"] in higher
    )
    goal["target"]["amount"] = -1
    assert told(content) == [
        f"protocols.{protocol['id']}.goal_templates.{goal['id']}.target:"
        " Higher is better here: give a positive change."
    ]


def test_nothing_lies_about_unused(content):
    content["sources"].append({**content["sources"][0], "id": "nobody-2000"})
    content["flags"].append({**content["flags"][0], "id": "left-handed"})
    content["patient_advice"].append({**content["patient_advice"][0], "id": "rest"})
    content["education_topics"].append({**content["education_topics"][0], "id": "stretching"})
    assert told(content) == [
        "education_topics.stretching: no protocol uses this topic",
        "flags.left-handed: no rule uses this flag",
        "patient_advice.rest: no red flag uses this advice",
        "sources.nobody-2000: nothing cites this source",
    ]
