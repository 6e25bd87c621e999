"""The shipped catalogue as plain values, for tests that need no database."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from careplans.body import Body
from careplans.safety import Rulebook

DATA = Path(__file__).resolve().parents[2] / "catalogue" / "data"
SHARED = os.environ.get("TONUS_SHARED")  # folder with the reference engine; without it that test is skipped


@cache
def document(name: str) -> dict[str, Any]:
    """Return one data file of the catalogue."""
    text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def entries(name: str, part: str = "") -> dict[str, dict[str, Any]]:
    """Return the entries of one list of a data file by id: the rules of contraindications, say."""
    return {entry["id"]: entry for entry in document(name)[part or name]}


@cache
def body() -> Body:
    return Body(document("vocabulary"), document("chart_regions")["chart_regions"])


@cache
def rulebook() -> Rulebook:
    return Rulebook(
        rules=entries("contraindications", "rules").values(),
        flags=entries("contraindications", "flags").values(),
        modalities=entries("modalities").values(),
        body=body(),
    )
