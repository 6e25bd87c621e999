"""The drawn pictures of the library's exercises, as pages and the API name them."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.wording import said
from figures.release import MANIFEST, file_name

KINDS = ("moving", "panels", "still")


@cache
def _drawn() -> Mapping[str, Any]:
    return json.loads(MANIFEST.read_text(encoding="utf-8"))


def picture(exercise_id: str, side: str | None = None) -> dict[str, Any] | None:
    """Return the picture of an exercise of the library; None where none is drawn, as for a clinic's own exercise.

    `moving`, `panels` and `still` are addresses; `alt` is {en, hi, bn}; `sizes` are {width, height} in pixels by kind. Drawn is the
    right side; `side` "left" asks for its mirror image, which only exercises done with one side have.
    """
    entry = _drawn().get(exercise_id)
    if entry is None:
        return None
    left = "left-" if side == "left" and entry["sides"] else ""
    return {
        **{kind: static(f"figures/{file_name(exercise_id, left + kind)}") for kind in KINDS},
        "alt": entry["alt"],
        "sizes": {
            kind: {key: entry["files"][left + kind][key] for key in ("width", "height")} for kind in KINDS
        },
        "author": entry["author"],
        "licence": entry["licence"],
    }


def described(exercise_id: str, side: str | None = None, language: str = "") -> dict[str, Any] | None:
    """Return the picture with `alt` in one language, the reader's unless another is asked for, and the side said after it."""
    found = picture(exercise_id, side)
    if found is None:
        return None
    alt = said(found["alt"], language or get_language() or "en")
    sides = {"left": _("Left side."), "right": _("Right side.")}
    return {**found, "alt": f"{alt} {sides[side]}" if side in sides else alt}
