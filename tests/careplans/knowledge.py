"""The shipped catalogue as plain values, for tests that need no database."""

import os
from functools import cache
from typing import Any

from careplans.body import Body
from careplans.safety import Rulebook
from catalogue.reading import read

SHARED = os.environ.get("TONUS_SHARED")  # folder with the reference engine; without it that test is skipped


@cache
def content() -> dict[str, Any]:
    """Return everything that is shipped, list by list."""
    return read()


@cache
def entries(kind: str) -> dict[str, dict[str, Any]]:
    """Return the entries of one list by id: "rules", "exercises", "modalities" …"""
    return {entry["id"]: entry for entry in content()[kind]}


@cache
def body() -> Body:
    return Body(content(), content()["chart_regions"])


@cache
def rulebook() -> Rulebook:
    return Rulebook(
        rules=entries("rules").values(),
        flags=entries("flags").values(),
        modalities=entries("modalities").values(),
        body=body(),
    )
