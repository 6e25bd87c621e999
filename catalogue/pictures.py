"""The drawn pictures of the library's exercises, as pages and the API name them."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.templatetags.static import static
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from catalogue.models import KeptPicture
from catalogue.wording import said
from figures.release import MANIFEST, STATIC, file_name

KINDS = ("moving", "panels", "still", "thumb")
PRINTED = ("panels", "left-panels")


@cache
def _drawn() -> Mapping[str, Any]:
    return json.loads(MANIFEST.read_text(encoding="utf-8"))


def picture(exercise_id: str, side: str | None = None) -> dict[str, Any] | None:
    """Return the picture of an exercise of the library; None where none is drawn, as for a clinic's own exercise.

    `moving`, `panels`, `still` and `thumb` (for lists) are addresses; `alt` is {en, hi, bn}; `sizes` are {width, height} in
    pixels by kind. Drawn is the right side; `side` "left" asks for its mirror image, which only exercises done with one side have.
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


def described(exercise_id: str, side: str | None = None, language: str = "") -> Mapping[str, Any] | None:
    """Return the picture with `alt` in one language, the reader's unless another is asked for, and the side said after it.

    `exercise` and `side` are what was asked for. Where an exercise is done with one side and none is chosen, `sides` are the
    pictures of both: {side, name, panels, moving, alt}.
    """
    if exercise_id not in _drawn():
        return None
    side = side if side in ("left", "right") else None  # a form may send anything
    return _described(exercise_id, side, language or get_language() or "en")


@cache  # a page lists dozens, and what they are changes with a release alone
def _described(exercise_id: str, side: str | None, language: str) -> Mapping[str, Any]:
    found = {**(picture(exercise_id, side) or {}), "exercise": exercise_id, "side": side}
    alt = said(found["alt"], language)
    with override(language):
        if side or not has_sides(exercise_id):
            return {**found, "alt": _with_side(alt, side), "sides": []}
        names = {"right": _("Right side"), "left": _("Left side")}
        drawn = {each: picture(exercise_id, each) or {} for each in names}
        sides = [
            {"side": each, "name": name, "alt": _with_side(alt, each)}
            | {kind: drawn[each][kind] for kind in ("panels", "moving")}
            for each, name in names.items()
        ]
        return {**found, "alt": _with_side(alt, "right"), "sides": sides}


def has_sides(exercise_id: str) -> bool:
    """Tell whether an exercise is drawn for the left and for the right."""
    entry = _drawn().get(exercise_id)
    return bool(entry and entry["sides"])


def _with_side(alt: str, side: str | None) -> str:
    sides = {"left": _("Left side."), "right": _("Right side.")}
    return f"{alt} {sides[side]}" if side in sides else alt


# --- on paper --------------------------------------------------------------------------------------------------------
def printed(exercise_id: str, side: str | None = None) -> dict[str, str] | None:
    """Return which picture a paper shows: `sha256` of its panels, `alt` in the active language, `author`."""
    told = described(exercise_id, side)
    if told is None:
        return None
    files = _drawn()[exercise_id]["files"]
    kind = "left-panels" if side == "left" and "left-panels" in files else "panels"
    return {"sha256": files[kind]["hash"], "alt": told["alt"], "author": told["author"]}


def keep() -> int:
    """Keep the panels of this release beside those of earlier ones; return how many are new. Needs the table's owner."""
    there = set(KeptPicture.objects.values_list("sha256", flat=True))
    new = [
        KeptPicture(sha256=files[kind]["hash"], svg=_file(exercise_id, kind))
        for exercise_id, files in ((each, entry["files"]) for each, entry in _drawn().items())
        for kind in PRINTED
        if kind in files and files[kind]["hash"] not in there
    ]
    KeptPicture.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def among_kept(hashes: Iterable[str]) -> set[str]:
    """Return those of the hashes whose pictures are kept. One query."""
    return set(KeptPicture.objects.filter(pk__in=set(hashes)).values_list("sha256", flat=True))


def kept(hashes: Iterable[str]) -> dict[str, str]:
    """Return the SVG of pictures by their hash. One query."""
    return dict(KeptPicture.objects.filter(pk__in=set(hashes)).values_list("sha256", "svg"))


def _file(exercise_id: str, kind: str) -> str:
    return (STATIC / file_name(exercise_id, kind)).read_text(encoding="utf-8")
