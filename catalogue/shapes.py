"""A small language for the shape of data: what a value must be, said once, answered with the place of every fault.

A *shape* is a function of a value, its place and what is known; it yields a Problem for each fault and never raises.
`schema.py` says with it what every kind of entry looks like, for the shipped files and for what a clinic adds.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

LANGUAGES = ("en", "hi", "bn")
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
DEVANAGARI = re.compile(r"[\u0900-\u0963\u0966-\u097F]")  # without the danda, which Bengali shares
BENGALI = re.compile(r"[\u0980-\u09FF]")


class Place(NamedTuple):
    """Where a value stands: the file and line (of shipped data), and the keys that lead to it."""

    file: str = ""
    line: int = 0
    path: tuple[str, ...] = ()

    def __truediv__(self, key: object) -> "Place":
        return self._replace(path=(*self.path, str(key)))

    def of(self, value: object) -> "Place":
        """Return this place with the file and line of the value, where it remembers them."""
        if own := getattr(value, "place", None):
            return self._replace(file=own.file, line=own.line)
        return self

    def item(self, position: int, value: object) -> "Place":
        """Return the place of a list's item: by its id in the shipped data, by its position in what somebody sent."""
        key = value.get("id") if hasattr(value, "place") and isinstance(value, dict) else None
        return (self / (key if isinstance(key, str) else position)).of(value)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return " ".join(filter(None, [where, ".".join(self.path)]))


class Problem(NamedTuple):
    """One fault, and where."""

    place: Place
    text: str | Promise

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


Known = Mapping[str, Collection[str]]  # kind of entry → the ids there are
Problems = Iterator[Problem]
Shape = Callable[[Any, Place, Known], Problems]


# --- single values ---------------------------------------------------------------------------------------------------
def text(most: int = 400, *, blank: bool = False) -> Shape:
    """A text of at most `most` characters; blank only where that means "nothing to say"."""

    def check(value: Any, place: Place, _known: Known) -> Problems:
        if not isinstance(value, str):
            yield Problem(place, _("Give a text."))
        elif not value.strip() and not blank:
            yield Problem(place, _("This may not be empty."))
        elif len(value) > most:
            yield Problem(place, _("Use at most %(most)d characters.") % {"most": most})

    return check


def number(low: float, high: float, *, whole: bool = False) -> Shape:
    """A number from `low` to `high`, both included."""

    def check(value: Any, place: Place, _known: Known) -> Problems:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            yield Problem(place, _("Give a whole number.") if whole else _("Give a number."))
        elif not low <= value <= high:
            yield Problem(place, _("Give a number from %(low)s to %(high)s.") % {"low": low, "high": high})

    return check


def truth(value: Any, place: Place, _known: Known) -> Problems:
    """Yes or no."""
    if not isinstance(value, bool):
        yield Problem(place, _("Give true or false."))


def matching(pattern: str, message: str | Promise) -> Shape:
    """A text that matches the whole pattern; the message says what that asks for."""
    regex = re.compile(pattern)

    def check(value: Any, place: Place, _known: Known) -> Problems:
        if not isinstance(value, str) or not regex.fullmatch(value):
            yield Problem(place, message)

    return check


an_id = matching(
    "[a-z0-9]+(-[a-z0-9]+)*", _lazy("An id is made of small letters, digits and single hyphens.")
)


def one_of(*values: Any) -> Shape:
    """One of these values, and of their type: 1 is not true."""

    def check(value: Any, place: Place, _known: Known) -> Problems:
        if not any(value == one and type(value) is type(one) for one in values):
            offered = ", ".join(map(str, values))
            yield Problem(place, _("Choose one of: %(offered)s.") % {"offered": offered})

    return check


def ref(kind: str) -> Shape:
    """The id of something known: ref("modalities")."""

    def check(value: Any, place: Place, known: Known) -> Problems:
        if not isinstance(value, str):
            yield Problem(place, _("Give an id."))
        elif value not in known[kind]:
            yield Problem(
                place,
                _("There is no “%(id)s” among the %(kind)s.")
                % {"id": value[:80], "kind": kind.replace("_", " ")},
            )

    return check


def either(*shapes: Shape) -> Shape:
    """Whatever any of the shapes takes; the faults are those of the last."""

    def check(value: Any, place: Place, known: Known) -> Problems:
        faults: list[Problem] = []
        for shape in shapes:
            faults = list(shape(value, place, known))
            if not faults:
                return
        yield from faults

    return check


def nothing(value: Any, place: Place, _known: Known) -> Problems:
    """No value."""
    if value is not None:
        yield Problem(place, _("Leave this empty."))


# --- what is made of values --------------------------------------------------------------------------------------------
def many(shape: Shape, least: int = 0, most: int = 1000) -> Shape:
    """A list of different values. Entries with ids are told apart by them."""

    def check(value: Any, place: Place, known: Known) -> Problems:
        if not isinstance(value, list):
            yield Problem(place, _("Give a list."))
            return
        if len(value) < least:
            empty, few = _("This may not be empty."), _("Give at least %(least)d.") % {"least": least}
            yield Problem(place, empty if least == 1 else few)
        if len(value) > most:
            yield Problem(place, _("Give at most %(most)d.") % {"most": most})
            return
        seen: list[Any] = []
        for position, item in enumerate(value):
            key = item.get("id", item) if isinstance(item, dict) else item
            here = place.item(position, item)
            if key in seen:
                yield Problem(here, _("This is listed twice."))
            seen.append(key)
            yield from shape(item, here, known)

    return check


def record(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """A mapping with these keys and no others."""
    shapes = {**required, **(optional or {})}

    def check(value: Any, place: Place, known: Known) -> Problems:
        place = place.of(value)
        if not isinstance(value, dict):
            yield Problem(place, _("Give a mapping of names to values."))
            return
        for key in required:
            if key not in value:
                yield Problem(place / key, _("This field is required."))
        for key, item in value.items():
            if shape := shapes.get(key):
                yield from shape(item, place / key, known)
            else:
                yield Problem(place / str(key)[:80], _("This field is not known here."))

    return check


def by_name(keys: Shape, values: Shape) -> Shape:
    """A mapping whose keys are free within a shape."""

    def check(value: Any, place: Place, known: Known) -> Problems:
        if not isinstance(value, dict):
            yield Problem(place, _("Give a mapping of names to values."))
            return
        for key, item in value.items():
            yield from keys(key, place / key, known)
            yield from values(item, place / key, known)

    return check


def limits(low: float, high: float, *, whole: bool = True) -> Shape:
    """{min, default, max}, in this order of size and within `low` to `high`."""
    one = number(low, high, whole=whole)
    shape = record({"min": one, "default": one, "max": one})

    def check(value: Any, place: Place, known: Known) -> Problems:
        faults = list(shape(value, place, known))
        yield from faults
        if not faults:
            yield from rising([value["min"], value["default"], value["max"]], place.of(value))

    return check


def rising(values: list[float], place: Place) -> Problems:
    """Yield a problem when the values do not rise (equal neighbours are fine)."""
    if any(left > right + 1e-9 for left, right in pairwise(values)):
        yield Problem(place, _("Out of order: %(values)s.") % {"values": ", ".join(map(str, values))})


# --- languages ---------------------------------------------------------------------------------------------------------
def translated(shape: Shape, *, every: bool = True) -> Shape:
    """{en, hi, bn}, each a text or a list of texts in its script, with the same placeholders.

    Where not `every` language is asked for, English is; another may be missing or blank.
    """

    def check(value: Any, place: Place, known: Known) -> Problems:
        place = place.of(value)
        if not isinstance(value, dict):
            yield Problem(place, _("Give the text by language: en, hi, bn."))
            return
        for key in value.keys() - set(LANGUAGES):
            yield Problem(place / str(key)[:80], _("This field is not known here."))
        for language in LANGUAGES:
            said = value.get(language)
            if not said and language != "en" and not every and said in (None, "", []):
                continue
            if language not in value:
                yield Problem(place / language, _("This field is required."))
                continue
            faults = list(shape(said, place / language, known))
            yield from faults or _script(said, language, place / language)
        yield from _same_placeholders(value, place)

    return check


def _script(said: Any, language: str, place: Place) -> Problems:
    for piece in said if isinstance(said, list) else [said]:
        hindi, bengali = bool(DEVANAGARI.search(piece)), bool(BENGALI.search(piece))
        if (language == "hi" and (bengali or not hindi)) or (language == "bn" and (hindi or not bengali)):
            script = "Devanagari" if language == "hi" else "Bengali"
            yield Problem(place, _("Write this in %(script)s script.") % {"script": script})
            return


def _same_placeholders(value: Mapping[str, Any], place: Place) -> Problems:
    marks = {
        language: set(PLACEHOLDER.findall(said))
        for language in LANGUAGES
        if isinstance(said := value.get(language), str) and said
    }
    if "en" in marks and any(found != marks["en"] for found in marks.values()):
        yield Problem(place, _("The languages have different placeholders."))
