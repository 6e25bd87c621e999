"""A signed plan and the facts of a print as plain values, for tests of documents that need no database."""

from typing import Any

from django.utils.translation import override

from careplans.documents import home_programme, plan
from figures.release import STATIC
from tests.careplans.knowledge import body, content, entries

DOCUMENTS = {"home_programme": home_programme, "plan": plan}
PROGRAMME = ("calf-stretch-wall", "glute-bridge", "sit-to-stand", "calf-stretch-strap-sitting")


def home_item(number: int, exercise: str, **fields: Any) -> dict[str, Any]:
    dose = entries("exercises")[exercise]["dosage"]
    return {
        **{part: dose[part]["default"] for part in ("sets", "reps", "hold_s", "rest_s")},
        "id": f"home-{number}",
        "exercise": exercise,
        "side": "left",
        "note": "",
        "days_of_week": [1, 3, 5],
        "times": ["08:00", "19:00"],
        **fields,
    }


def tree(*exercises: str, **fields: Any) -> dict[str, Any]:
    """Return a signed plan of one phase: TENS in the clinic, and `exercises` at home."""
    tens = entries("modalities")["tens-conventional"]
    clinic = {
        "id": "clinic-1",
        "modality": tens["id"],
        "sites": ["left-calf"],
        "dosage": {each["id"]: each["default"] for each in tens["parameters"]},
        "minutes": 20,
        "visits_per_week": 2,
        "note": "",
    }
    phase = {
        "id": "phase-1",
        "name": "Calm the nerve",
        "weeks": 2,
        "entry": "",
        "progress_when": "Pain under 4 of 10",
        "education": ["danger-signs"],
        "clinic": [clinic],
        "home": [home_item(number, each) for number, each in enumerate(exercises)],
    }
    return {
        "version": 4,
        "signed_at": "2026-11-23T11:04:00+05:30",
        "start_date": "2026-11-23",
        "amend_reason": "",
        "content_sha256": "0123456789abcdef" * 4,
        "overrides": {"R1": "Gentle dose only."},
        "findings": [{"rule": "R1", "message": "Take care.", "prescription": "clinic-1"}],
        "goals": [
            {"text": "Walk to the market", "measure": "tug", "baseline": "14", "target": "10", "due_on": None}
        ],
        "phases": [phase],
        **fields,
    }


def picture(exercise: str, left: bool = False) -> dict[str, Any]:
    """Return a picture as a print has it; of the left side where there is one."""
    mirrored = STATIC / f"{exercise}-left-panels.svg"
    file = mirrored if left and mirrored.exists() else STATIC / f"{exercise}-panels.svg"
    return {"svg": file.read_text(encoding="utf-8"), "alt": "What it shows.", "author": "Tonus"}


def kept() -> dict[str, Any]:
    """Return the catalogue's text as a signed plan keeps it, of everything that ships."""
    names = ("exercises", "modalities", "measures", "stop_cues")
    topics = entries("education_topics")
    return {
        **{name: entries(name) for name in names},
        "education": topics,
        "danger_signs": topics["danger-signs"]["text"],
        "regions": {"left-calf": body().name("left-calf")},
        "protocol": content()["protocols"][0],
    }


def facts(**fields: Any) -> dict[str, Any]:
    clinic = {
        "name": "Alipore Nerve Clinic",
        "address": "12 Example Lane",
        "city": "Kolkata",
        "phone": "033 0000 0000",
        "emergency_number": "112",
        "timezone": "Asia/Kolkata",
    }
    return {
        "clinic": clinic | fields.pop("clinic", {}),
        "patient": {"name": "R. Ghosh", "number": "P-002041"},
        "signer": "Dr Anirban Sen",
        "status": "active",
        "phase": "phase-1",
        "paused": [],
        "next_visit": "2026-11-24T10:30:00+00:00",
        "portal": "https://clinic.example/me/",
        "diagnoses": ["Sciatica, Left (M54.3)"],
        "versions": [
            {"version": 4, "signed_at": "2026-11-23T11:04:00+05:30", "signer": "Dr Anirban Sen", "why": ""}
        ],
        **fields,
    }


def values(
    document: str,
    language: str = "en",
    layout: str = "normal",
    content: Any = None,
    known: Any = None,
    **told: Any,
) -> dict[str, Any]:
    """Return what a document's template is given."""
    with override(language):
        return DOCUMENTS[document].values(
            tree(*PROGRAMME) if content is None else content, known or kept(), facts(**told), layout=layout
        )
