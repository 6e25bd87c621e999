"""What the catalogue's tests share."""

import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from catalogue import knowledge
from catalogue.reading import read

SHIPPED = pickle.dumps(read())


@pytest.fixture
def content() -> dict[str, Any]:
    """The shipped content, to be spoilt by one test."""
    return pickle.loads(SHIPPED)


@pytest.fixture
def as_owner(db: None) -> Iterator[None]:
    """Act as the owner of the tables, as the loader does; the process forgets what a test loaded."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    yield
    knowledge.forget()
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE tonus_app")


@pytest.fixture
def stretch() -> dict[str, Any]:
    """An exercise of a clinic's own, no more said than must be."""
    return {
        "name": {"en": "Calf stretch on the stairs"},
        "modality": "stretching-static",
        "body_regions": ["calf"],
        "position": "standing",
        "laterality": "per-side",
        "dosage": {
            "sets": {"min": 1, "default": 1, "max": 2},
            "reps": {"min": 2, "default": 3, "max": 5},
            "hold_s": {"min": 15, "default": 30, "max": 60},
            "rest_s": {"min": 5, "default": 15, "max": 60},
            "times_per_day": {"min": 1, "default": 2, "max": 3},
            "days_per_week": {"min": 4, "default": 7, "max": 7},
        },
        "steps": {"en": ["Stand on the lowest step.", "Let one heel sink."]},
        "stop_if": ["sharp-pain"],
        "families": ["peripheral-neuropathy", "sciatica"],
        "benefits": ["range-of-motion"],
    }


@pytest.fixture
def course() -> dict[str, Any]:
    """A protocol of a clinic's own."""
    return {
        "name": "Calf weeks",
        "family": "peripheral-neuropathy",
        "phases": [
            {
                "name": "Begin",
                "weeks": {"min": 1, "default": 2, "max": 3},
                "visits_per_week": {"min": 1, "default": 2, "max": 3},
                "clinic_modalities": [{"modality": "stretching-static", "regions": ["calf"]}],
                "home_exercises": [{"exercise": "calf-stretch-wall", "dosage": {"reps": 4}}],
            }
        ],
    }
