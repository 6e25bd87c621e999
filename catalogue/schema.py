"""What every kind of entry looks like: the one description of the format, for the shipped files and for own entries.

What the fields mean is told in data/README.md; what must hold between them, in validation.py.
"""

from typing import Any

from catalogue.shapes import (
    LANGUAGES,
    Shape,
    an_id,
    by_name,
    either,
    limits,
    many,
    matching,
    nothing,
    number,
    one_of,
    record,
    ref,
    text,
    translated,
    truth,
)

ID_LIST = many(an_id)
PROSE = many(text(400))
REGIONS = many(ref("body_regions"))
STATUS = one_of("draft", "reviewed")
BENEFITS = many(ref("benefits"), least=1)
MOTOR_NEURON = one_of("upper", "lower", "mixed")
FAMILIES = many(ref("families"), least=1)
SNOMED = record({"code": matching(r"\d{6,18}", "A SNOMED CT code has 6 to 18 digits."), "display": text()})
ICD10 = matching(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", "This is not an ICD-10 code.")
LEVEL = matching(r"[A-Z][A-Za-z0-9-]*", "This is not a level.")
SCOPES = ("anywhere", "region", "near", "limb", "distal", "trunk")


# --- shared lists ------------------------------------------------------------------------------------------------------
def labelled(**more: Shape) -> Shape:
    """Entries of a shared list: an id, a label, and what else they carry."""
    return many(record({"id": an_id, "label": text(), **more}))


MEANINGS = many(record({"id": an_id, "meaning": text()}))
VOCABULARY: dict[str, Shape] = {
    "schema_version": one_of(1),
    "translation_status": STATUS,
    "languages": many(one_of(*LANGUAGES), least=len(LANGUAGES)),
    "framing_source": ref("sources"),
    "benefits": many(record({"id": an_id, "order": number(1, 9, whole=True), "label": translated(text())})),
    "evidence_levels": labelled(),
    "urgency_levels": labelled(
        order=number(1, 9, whole=True), max_hours=number(0, 1000, whole=True), meaning=text()
    ),
    "severities": MEANINGS,
    "override_policies": MEANINGS,
    "settings": labelled(),
    "lateralities": labelled(),
    "modality_groups": labelled(),
    "flag_categories": labelled(),
    "positions": ID_LIST,
    "props": ID_LIST,
    "equipment": labelled(bookable=truth),
    "muscle_groups": ID_LIST,
    "nerves": ID_LIST,
    "exercise_tags": MEANINGS,
    "stop_cues": many(record({"id": an_id, "text": translated(text())})),
    "spasm_characters": labelled(note=text()),
    "symptom_codes": labelled(who=ICD10, cm=ICD10),
    "licence_statuses": MEANINGS,
    "directions": many(one_of("lower-is-better", "higher-is-better", "descriptor")),
    "change_kinds": MEANINGS,
    "advice_placeholders": many(
        record(
            {
                "id": matching("[a-z_]+", "A placeholder is small letters and underscores."),
                "default_for_india": text(blank=True),
                "note": text(),
            }
        )
    ),
    "goal_placeholders": many(matching(r"\{[a-z_]+\}", "A placeholder is small letters in braces.")),
    # body.yaml
    "body_regions": labelled(has_side=truth, views=many(one_of("front", "back"), least=1)),
    "limbs": labelled(steps=many(REGIONS), through=REGIONS),
    "trunk": REGIONS,
    "touching": many(many(ref("body_regions"), least=2, most=2)),
    "chart_regions": many(
        record(
            {
                "id": an_id,
                "region": ref("body_regions"),
                "side": one_of("left", "right", "midline"),
                "view": one_of("front", "back", "soles"),
            },
            {"girdle": ref("limbs")},
        )
    ),
    "dermatomes": labelled(),
    # reference.yaml
    "joint_reference": many(
        record(
            {
                "joint": an_id,
                "motion": an_id,
                "normal": number(-180, 360),
                "min": number(-180, 360),
                "max": number(-180, 360),
                "has_side": truth,
            }
        )
    ),
    "usual_sites": record(
        {
            "source": ref("sources"),
            "items": many(
                record(
                    {"measure": ref("measures"), "site": an_id, "families": FAMILIES},
                    {"motion": an_id, "root": matching("[CTLS][0-9]{1,2}", "This is not a root.")},
                )
            ),
        }
    ),
    "medicine_reference_doses": record(
        {
            "note": text(),
            "source": ref("sources"),
            "items": many(
                record(
                    {
                        "id": an_id,
                        "mg_per_day": number(0.001, 100_000),
                        "atc": matching("[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}", "This is not an ATC code."),
                    }
                )
            ),
        }
    ),
    "medicine_flags": many(record({"flag": ref("flags"), "medicines": many(text(), least=1)})),
    # icd10.yaml
    "icd10_titles": many(record({"code": ICD10, "title": text()})),
    "also_called": many(record({"condition": ref("conditions"), "words": many(text(), least=1)})),
    "patient_advice": many(record({"id": an_id, "text": translated(text(600))})),
}

SOURCE = record(
    {
        "id": an_id,
        "citation": text(600),
        "status": one_of("verified", "verified-existence", "recalled"),
        "supports": text(),
    }
)

# --- conditions --------------------------------------------------------------------------------------------------------
WEEKS = number(1, 52, whole=True)
REASSESS = record({"first": WEEKS, "then": WEEKS})
CHOICES = many(either(text(), number(-1000, 1000)), least=2)
QUALIFIER = record(
    {"id": an_id, "name": text(), "type": one_of("choice", "number", "date", "text")},
    {
        "choices": CHOICES,
        "min": number(-1000, 1000),
        "max": number(-1000, 1000),
        "step": number(0.001, 1000),
        "unit": text(),
        "note": text(),
        "meanings": by_name(text(20), text()),
    },
)
DERIVED_FLAG = record(
    {
        "id": an_id,
        "when": record(
            {},
            {
                "level_at_or_above": LEVEL,
                "level_any": many(LEVEL, least=1),
                "ais_any": many(text(1), least=1),
                "walks_any": many(text(), least=1),
                "spinal_stability_any": many(text(), least=1),
                "months_since_injury_over": number(0, 600, whole=True),
            },
        ),
        "sets": ref("flags"),
        "confirm": truth,
    }
)
ROOT_LEVEL = record(
    {
        "id": LEVEL,
        "muscles": many(ref("muscle_groups"), least=1),
        "reflex": text(),
        "sensory": text(),
        "spasm_sites": REGIONS,
    }
)
SUBTYPE = record(
    {
        "id": an_id,
        "name": text(),
        "icd10": record({"who": many(ICD10, least=1), "cm": many(ICD10, least=1)}),
        "motor_neuron": MOTOR_NEURON,
        "spasm_sites": REGIONS,
        "precautions": PROSE,
        "auto_suggest_flags": many(ref("flags")),
        "course": text(),
        "reassess_weeks": REASSESS,
    },
    {
        "coding_note": text(),
        "snomed": SNOMED,
        "pattern": text(),
        "sources": many(ref("sources")),
        "has_side": truth,
        "side": one_of("left", "right", "both", "midline"),
        "region": an_id,
        "ais": many(text(1)),
        "levels": many(LEVEL),
        "no_starter_protocol": text(),
    },
)
FAMILY = record(
    {
        "id": an_id,
        "name": text(),
        "order": number(1, 99, whole=True),
        "motor_neuron": MOTOR_NEURON,
        "mechanism": text(1000),
        "spasm_character": many(ref("spasm_characters")),
        "typical_spasm_sites": REGIONS,
        "usual_measures": many(ref("measures")),
        "typical_flags": many(ref("flags")),
        "precautions": PROSE,
        "red_flags": many(ref("red_flags")),
        "course": text(),
        "reassess_weeks": REASSESS,
        "review_if": PROSE,
        "sources": many(ref("sources"), least=1),
        "subtypes": many(SUBTYPE, least=1),
    },
    {
        "snomed": SNOMED,
        "qualifiers": many(QUALIFIER),
        "derived_flags": many(DERIVED_FLAG),
        "root_levels": many(ROOT_LEVEL),
    },
)

# --- techniques, flags, rules --------------------------------------------------------------------------------------------
MINUTES = limits(1, 600)
AMOUNT = number(-1_000_000, 1_000_000)
PARAMETER = either(
    record(
        {
            "id": an_id,
            "label": text(),
            "type": one_of("choice"),
            "choices": many(text(), least=1),
            "default": text(),
        },
        {"choice_tags": by_name(text(), many(ref("exercise_tags"), least=1))},
    ),
    record(
        {
            "id": an_id,
            "label": text(),
            "type": one_of("number"),
            "unit": text(),
            "min": AMOUNT,
            "usual_min": AMOUNT,
            "default": AMOUNT,
            "usual_max": AMOUNT,
            "max": AMOUNT,
            "step": number(0.001, 1000),
        }
    ),
)
MODALITY = record(
    {
        "id": an_id,
        "name": text(),
        "group": ref("modality_groups"),
        "settings": many(ref("settings"), least=1),
        "equipment": many(ref("equipment")),
        "session_minutes": MINUTES,
        "benefits": BENEFITS,
        "parameters": many(PARAMETER),
        "how": text(),
        "checks": PROSE,
        "evidence": many(
            record(
                {"for": FAMILIES, "level": ref("evidence_levels"), "note": text(), "source": ref("sources")}
            ),
            least=1,
        ),
    },
    {
        "also_groups": many(ref("modality_groups")),
        "tags": many(ref("exercise_tags")),
        "parameter_sources": many(ref("sources")),
    },
)
FLAG = record(
    {
        "id": an_id,
        "category": ref("flag_categories"),
        "label": text(),
        "critical": truth,
        "needs_region": truth,
        "ask_clinician": text(),
        "ask_patient": text(),
    },
    {"expires_days": number(1, 3660, whole=True)},
)
FLAGS = many(ref("flags"), least=1)
RULE = record(
    {
        "id": an_id,
        "when": record(
            {},
            {
                "flags_any": FLAGS,
                "flags_all": FLAGS,
                "scope": one_of(*SCOPES),
                "flag_regions_any": many(ref("body_regions"), least=1),
                "conditions_any": many(ref("conditions"), least=1),
                "regions_any": many(ref("body_regions"), least=1),
                "settings_any": many(ref("settings"), least=1),
                "parameter": record({"id": an_id}, {"in": many(text(), least=1), "gt": AMOUNT, "lt": AMOUNT}),
                "age_below": number(0, 120, whole=True),
                "age_above": number(0, 120, whole=True),
            },
        ),
        "severity": ref("severities"),
        "override": ref("override_policies"),
        "message": text(240),
        "source": ref("sources"),
    },
    {
        "modalities": many(ref("modalities"), least=1),
        "modality_groups": many(ref("modality_groups"), least=1),
        "except_modalities": many(ref("modalities"), least=1),
        "exercise_tags": many(ref("exercise_tags"), least=1),
    },
)
RED_FLAG = record(
    {
        "id": an_id,
        "area": an_id,
        "applies_to": many(either(one_of("all"), ref("families")), least=1),
        "ask": many(one_of("first-visit", "every-visit", "patient-diary"), least=1),
        "clinician_question": text(),
        "patient_question": translated(text()),
        "may_mean": many(text(), least=1),
        "urgency": ref("urgency_levels"),
        "clinician_action": text(),
        "patient_advice": ref("patient_advice"),
        "source": ref("sources"),
    },
    {"sets_flag": ref("flags")},
)

# --- measures ------------------------------------------------------------------------------------------------------------
CHANGES = many(
    record(
        {
            "amount": number(1e-9, 1_000_000),
            "kind": ref("change_kinds"),
            "population": text(),
            "source": ref("sources"),
        },
        {
            "for": record(
                {},
                {
                    "conditions": many(ref("conditions"), least=1),
                    "limb": one_of("upper", "lower"),
                    "change": one_of("improved", "worse"),
                    "baseline_from": AMOUNT,
                    "baseline_to": AMOUNT,
                },
            )
        },
    )
)
MEASURE = record(
    {
        "id": an_id,
        "name": text(),
        "abbreviation": text(40),
        "construct": text(),
        "benefits": BENEFITS,
        "families": either(one_of("all"), FAMILIES),
        "recorded_by": many(one_of("patient", "clinician"), least=1),
        "recorded_per": an_id,
        "minutes": number(0, 240, whole=True),
        "value": record(
            {"type": one_of("choice", "integer", "decimal", "computed")},
            {"unit": text(), "min": AMOUNT, "max": AMOUNT, "step": number(0.001, 1000), "choices": CHOICES},
        ),
        "direction": ref("directions"),
        "how": text(),
        "meaningful_change": record({"mcid": CHANGES, "mdc": CHANGES}),
        "licence": record({"status": ref("licence_statuses"), "note": text()}),
        "source": ref("sources"),
    },
    {
        "equipment_needed": many(text()),
        "input_fields": many(
            record(
                {"id": matching("[A-Za-z0-9_-]+", "This is not an id.")},
                {"choices": CHOICES, "unit": text(), "min": AMOUNT, "max": AMOUNT, "note": text()},
            )
        ),
        "formula": text(),
        "bands": many(record({"from": AMOUNT, "to": AMOUNT, "label": text()})),
        "caution": text(),
    },
)

# --- exercises -----------------------------------------------------------------------------------------------------------
DOSE = {  # hard limits whatever the exercise; hold_s and rest_s are seconds
    "sets": (1, 10),
    "reps": (1, 60),
    "hold_s": (0, 7200),
    "rest_s": (0, 900),
    "times_per_day": (1, 20),
    "days_per_week": (1, 7),
}
DOSAGE = record({key: limits(low, high) for key, (low, high) in DOSE.items()})
NEIGHBOUR = either(nothing, ref("exercises"))


def exercise(*, shipped: bool) -> Shape:
    """A shipped exercise has every field in every language; an own one may leave out what has an obvious default."""
    required = {
        "name": translated(text(160), every=shipped),
        "modality": ref("modalities"),
        "body_regions": many(ref("body_regions"), least=1),
        "position": ref("positions"),
        "laterality": ref("lateralities"),
        "dosage": DOSAGE,
        "steps": translated(many(text(300), least=1, most=20), every=shipped),
        "stop_if": many(ref("stop_cues"), least=1),
        "families": FAMILIES,
        "benefits": BENEFITS,
    }
    usual = {
        "aim": text(400, blank=not shipped),
        "tags": many(ref("exercise_tags")),
        "target_muscles": many(ref("muscle_groups")),
        "props": many(ref("props"), least=1),
        "settings": many(ref("settings"), least=1),
        "helper_needed": truth,
        "easier": NEIGHBOUR,
        "harder": NEIGHBOUR,
        "precaution_flags": many(ref("flags")),
        "translation_status": STATUS,
    }
    return record({"id": an_id, **required, **usual}) if shipped else record(required, usual)


EXERCISE, OWN_EXERCISE = exercise(shipped=True), exercise(shipped=False)
EXERCISE_DEFAULTS: dict[str, Any] = {
    "aim": "",
    "tags": [],
    "target_muscles": [],
    "props": ["none"],
    "settings": ["home"],
    "helper_needed": False,
    "easier": None,
    "harder": None,
    "precaution_flags": [],
    "translation_status": "draft",
}

# --- protocols -----------------------------------------------------------------------------------------------------------
EDUCATION_TOPIC = record(
    {"id": an_id, "title": text(), "families": FAMILIES, "text": translated(text())},
)
CLINIC_ITEM = record(
    {"modality": ref("modalities")},
    {
        "minutes": number(1, 600, whole=True),
        "parameters": by_name(an_id, either(text(), AMOUNT)),
        "regions": REGIONS,
        "note": text(),
        "optional": truth,
    },
)
HOME_ITEM = record(
    {"exercise": ref("exercises")},
    {
        "dosage": record({}, {key: number(low, high, whole=True) for key, (low, high) in DOSE.items()}),
        "note": text(),
        "optional": truth,
    },
)
PHASE_REQUIRED = {
    "name": text(160),
    "weeks": limits(1, 26),
    "visits_per_week": limits(0.1, 7, whole=False),
}
PHASE_USUAL = {
    "id": an_id,
    "goal": text(blank=True),
    "entry_criteria": PROSE,
    "progression_criteria": PROSE,
    "hold_or_stop_criteria": PROSE,
    "visit_minutes": number(5, 600, whole=True),
    "clinic_modalities": many(CLINIC_ITEM, most=30),
    "home_exercises": many(HOME_ITEM, most=30),
    "education": many(ref("education_topics")),
}
PHASE_DEFAULTS: dict[str, Any] = {
    "goal": "",
    "entry_criteria": [],
    "progression_criteria": [],
    "hold_or_stop_criteria": [],
    "visit_minutes": 45,
    "clinic_modalities": [],
    "home_exercises": [],
    "education": [],
}
PROTOCOL_REQUIRED = {"name": text(160), "family": ref("families")}
PROTOCOL_USUAL = {
    "subtypes": many(ref("subtypes")),
    "suits": PROSE,
    "not_for": PROSE,
    "total_weeks": number(1, 520, whole=True),
    "reassessment": many(
        record(
            {
                "measure": ref("measures"),
                "weeks": many(number(0, 520, whole=True), least=1),
                "required": truth,
            }
        )
    ),
    "goal_templates": many(
        record(
            {
                "id": an_id,
                "template": text(),
                "measure": ref("measures"),
                "target": record(
                    {"kind": one_of("absolute", "percent", "grade"), "amount": number(-100_000, 100_000)}
                ),
                "benefit": ref("benefits"),
                "weeks": number(1, 520, whole=True),
            }
        )
    ),
    "discharge_criteria": PROSE,
    "sources": many(ref("sources")),
}
PROTOCOL_DEFAULTS: dict[str, Any] = {
    "subtypes": [],
    "suits": [],
    "not_for": [],
    "reassessment": [],
    "goal_templates": [],
    "discharge_criteria": [],
    "sources": [],
}
PROTOCOL = record(
    {
        "id": an_id,
        **PROTOCOL_REQUIRED,
        **PROTOCOL_USUAL,
        "phases": many(record({**PHASE_REQUIRED, **PHASE_USUAL}), least=1),
    }
)
OWN_PROTOCOL = record(
    {**PROTOCOL_REQUIRED, "phases": many(record(PHASE_REQUIRED, PHASE_USUAL), least=1, most=20)},
    PROTOCOL_USUAL,
)

# --- the whole -----------------------------------------------------------------------------------------------------------
ENTRIES: dict[str, Shape] = {
    "sources": SOURCE,
    "families": FAMILY,
    "modalities": MODALITY,
    "flags": FLAG,
    "rules": RULE,
    "red_flags": RED_FLAG,
    "measures": MEASURE,
    "exercises": EXERCISE,
    "education_topics": EDUCATION_TOPIC,
    "protocols": PROTOCOL,
}
CATALOGUE: dict[str, Shape] = {**VOCABULARY, **{kind: many(shape) for kind, shape in ENTRIES.items()}}
