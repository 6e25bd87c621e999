"""Is this somebody we know already? Pure: two descriptions in, a score and the reasons out.

Each likeness is evidence between 0 and 1, and independent evidence adds up as 1 - (1-a)(1-b)…; what speaks against it scales
the sum down. The weights are ours: people share phones within a family, so a phone alone is no hint, and a whole name is one only
where few have it. They are measured by `make bench ARGS=--duplicates`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from patients.spelling import sound

HINT = 0.6  # from here on it is worth asking

# What a name says, by how many have one like it: up to so many, the same name, a similar one. A rare name is somebody's own.
BY_NAME = ((1, 0.68, 0.55), (3, 0.64, 0.5), (10, 0.55, 0.45), (None, 0.5, 0.45))
HALF_A_NAME = 0.5
SAME_PHONE, SAME_EMAIL = 0.5, 0.5
SAME_BIRTH, SWAPPED_BIRTH, SAME_AGE, CLOSE_AGE = 0.5, 0.45, 0.35, 0.15
OTHER_NAME, OTHER_BIRTH, OTHER_SEX, OTHER_PHONE = 0.65, 0.8, 0.6, 0.95
GUESSED = 5  # years: an age that is told, and not counted from a birth date, is often so far off
NAMESAKE, CLOSE, FAR = (
    0.9,
    0.75,
    0.7,
)  # how alike two names are: as good as the same; similar; below this other people's


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody; blank or None is not known."""

    given_name: str = ""
    family_name: str = ""
    phone: str = ""  # E.164
    email: str = ""
    date_of_birth: date | None = None
    age: int | None = None
    sex: str = "unknown"

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two descriptions are one person, 0 to 1, and why, in words."""

    score: float
    reasons: tuple[str, ...]

    @property
    def is_hint(self) -> bool:
        return self.score >= HINT


def compare_all(one: Person, others: Sequence[Person]) -> list[Likeness]:
    """Weigh somebody against each of those who come into question; how rare the name is among them counts."""
    names = [name_likeness(one, other) for other in others]
    namesakes = sum(alike is not None and alike >= NAMESAKE for alike in names)
    return [_weigh(one, other, alike, namesakes) for other, alike in zip(others, names, strict=True)]


def compare(one: Person, other: Person) -> Likeness:
    """Weigh what is alike and what is not between two people, as if nobody else had a name like theirs."""
    return compare_all(one, [other])[0]


def _weigh(one: Person, other: Person, alike: float | None, namesakes: int) -> Likeness:
    found = [*_names(one, other, alike, namesakes), *_addresses(one, other), *_births(one, other)]
    doubt = 1.0
    for weight, _reason in found:
        doubt *= 1 - weight
    score = (1 - doubt) * _against(one, other, alike)
    return Likeness(round(score, 2), tuple(reason for _weight, reason in found))


def _names(one: Person, other: Person, alike: float | None, namesakes: int) -> Iterable[tuple[float, str]]:
    if alike is None or alike < CLOSE:
        return
    same, similar = next(weights for most, *weights in BY_NAME if most is None or namesakes <= most)
    if alike < 0.99:
        yield similar, _("similar name")
    else:  # half a name is nobody's own: "Ananya" alone says less than "Ananya Sen"
        yield (same if one.family_name and other.family_name else HALF_A_NAME), _("same name")


def _addresses(one: Person, other: Person) -> Iterable[tuple[float, str]]:
    if one.phone and one.phone == other.phone:
        yield SAME_PHONE, _("same phone")
    if one.email and one.email.casefold() == other.email.casefold():
        yield SAME_EMAIL, _("same e-mail")


def _births(one: Person, other: Person) -> Iterable[tuple[float, str]]:
    if one.date_of_birth and other.date_of_birth:
        if one.date_of_birth == other.date_of_birth:
            yield SAME_BIRTH, _("same birth date")
        elif swapped(one.date_of_birth, other.date_of_birth):
            yield SWAPPED_BIRTH, _("birth date with day and month swapped")
    elif one.age is not None and other.age is not None and abs(one.age - other.age) <= 1:
        yield (SAME_AGE if one.age == other.age else CLOSE_AGE), _("same age")


def _against(one: Person, other: Person, alike: float | None) -> float:
    scale = 1.0
    if alike is not None and alike < FAR:
        scale *= OTHER_NAME
    if one.date_of_birth and other.date_of_birth:
        if one.date_of_birth != other.date_of_birth and not swapped(one.date_of_birth, other.date_of_birth):
            scale *= OTHER_BIRTH
    elif one.age is not None and other.age is not None and abs(one.age - other.age) > GUESSED:
        scale *= OTHER_BIRTH
    if {one.sex, other.sex} == {"female", "male"}:
        scale *= OTHER_SEX
    if one.phone and other.phone and one.phone != other.phone:
        scale *= OTHER_PHONE
    return scale


def swapped(one: date, other: date) -> bool:
    """Tell whether two dates are one, with day and month the other way round."""
    return (one.year, one.month, one.day) == (other.year, other.day, other.month)


def births(day: date) -> list[date]:
    """Return the dates that may be meant by `day`: itself, and with day and month the other way round."""
    return [day, day.replace(month=day.day, day=day.month)] if day.day <= 12 else [day]


def name_likeness(one: Person, other: Person) -> float | None:
    """Return how alike two names are, 0 to 1, in whichever order their parts stand; None where they cannot be compared.

    Given names weigh more: brothers and sisters share the other. What is spelled otherwise, or in another script, may still
    sound the same; that is similar, never the same.
    """
    by_letter = _likeness(one, other, plain, alike)
    by_sound = _likeness(one, other, sound, sounds_alike)
    return max((found for found in (by_letter, by_sound) if found is not None), default=None)


def _likeness(
    one: Person, other: Person, read: Callable[[str], str], alike: Callable[[str, str], float]
) -> float | None:
    mine = read(one.given_name), read(one.family_name)
    theirs = read(other.given_name), read(other.family_name)
    if not mine[0] or not theirs[0] or script(mine[0]) != script(theirs[0]):
        return None
    if not mine[1] or not theirs[1]:
        whole = alike(" ".join(mine).strip(), " ".join(theirs).strip())
        return max(whole, alike(mine[0], theirs[0]) * 0.99)
    straight = 0.65 * alike(mine[0], theirs[0]) + 0.35 * alike(mine[1], theirs[1])
    crossed = 0.5 * alike(mine[0], theirs[1]) + 0.5 * alike(mine[1], theirs[0])
    return max(straight, crossed)


def alike(one: str, other: str) -> float:
    """Return the share of letters two words have in common, in order; less when they begin differently (Arun, Tarun)."""
    if one == other:
        return 1.0
    shared = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return shared if one[:1] == other[:1] else shared * 0.8


def sounds_alike(one: str, other: str) -> float:
    """The same of two sounds: short as they are, only equal ones say much."""
    return 0.95 if one == other else alike(one, other) * 0.9


def plain(name: str) -> str:
    """Return a name as it is compared: small letters, no accents, no dots, single spaces."""
    spread = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(c for c in spread if not (unicodedata.combining(c) and c < "\u0370"))
    return " ".join(re.sub(r"[^\w\u0900-\u0dff]+", " ", unicodedata.normalize("NFC", kept)).split())


def script(word: str) -> str:
    """Return the script a word is written in, by the name of its first letter: LATIN, BENGALI, DEVANAGARI …"""
    return unicodedata.name(word[0], "?").split()[0]
