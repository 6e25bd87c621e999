"""Finding a disorder by its code or by words: "M54.1", "g62", "foot drop", "cerv rad". From memory, no query."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from catalogue.knowledge import Entry, Knowledge

CODE = re.compile(r"[a-z]\d[\da-z.]*")
SYSTEMS = ("who", "cm")  # WHO's ICD-10 first: cm has finer codes, which few type
LONGEST = 100  # characters


@dataclass(frozen=True, slots=True)
class Coded:
    """A disorder under one of its codes: `title` is the code's own, "" where we know none; `code` may be ""."""

    condition: str
    name: str
    family: str
    code: str = ""
    title: str = ""
    is_family: bool = False


def find(scrap: str, known: Knowledge, most: int = 12) -> list[Coded]:
    """Return what a code or words may mean, the nearest first: every word has to begin one of those that tell of it."""
    told = _plain(scrap[:LONGEST])
    if not told:
        return []
    if CODE.fullmatch(told):
        return _by_code(told, known)[:most]
    words = told.split()
    found = [(rank, coded) for coded, said in _index(known) if (rank := _rank(words, said)) is not None]
    found.sort(key=lambda each: (each[0], each[1].is_family))
    return [coded for _rank, coded in found[:most]]


def _by_code(told: str, known: Knowledge) -> list[Coded]:
    told = told.replace(".", "")
    found = []
    for entry in known.conditions.current:
        for system, codes in enumerate(entry.get("icd10", {}).get(name, ()) for name in SYSTEMS):
            found += [
                ((_bare(code) != told, system, _bare(code)), _coded(entry, code, known))
                for code in codes
                if _bare(code).startswith(told)
            ]
    return list(dict.fromkeys(coded for _rank, coded in sorted(found, key=lambda each: each[0])))


def _rank(words: list[str], said: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return where each word was found, names before what else a disorder is called; None where one was not."""
    places = []
    for word in words:
        place = next(
            (n for n, text in enumerate(said) if any(w.startswith(word) for w in text.split())), None
        )
        if place is None:
            return None
        places.append(place)
    return tuple(sorted(places, reverse=True))


@lru_cache(maxsize=2)
def _index(known: Knowledge) -> tuple[tuple[Coded, tuple[str, ...]], ...]:
    """Each disorder with what it is found by: its name, its family's, what people call either, the titles of its codes."""
    called: dict[str, str] = {}
    for row in known.vocabulary["also_called"]:
        called[row["condition"]] = _plain(" ".join(row["words"]))
    rows = []
    for entry in known.conditions.current:
        family = known.conditions[known.family_of(entry["id"])]
        codes = entry.get("icd10", {}).get("who", ())
        said = (
            _plain(entry["name"]),
            called.get(entry["id"], ""),
            _plain(family["name"]),
            called.get(family["id"], ""),
            _plain(" ".join(_titles(known).get(code, "") for code in codes)),
        )
        rows.append((_coded(entry, codes[0] if len(codes) == 1 else "", known), said))
    return tuple(rows)


def _coded(entry: Entry, code: str, known: Knowledge) -> Coded:
    family = known.conditions[known.family_of(entry["id"])]
    return Coded(
        entry["id"],
        entry["name"],
        family["name"],
        code,
        _titles(known).get(code, ""),
        entry["id"] == family["id"],
    )


@lru_cache(maxsize=2)
def _titles(known: Knowledge) -> dict[str, str]:
    return {row["code"]: row["title"] for row in known.vocabulary["icd10_titles"]}


def _bare(code: str) -> str:
    return code.replace(".", "").lower()


def _plain(text: Any) -> str:
    """Return text as it is compared: small letters and digits, no accents; a dot stays, for codes."""
    spread = unicodedata.normalize("NFKD", str(text).casefold())
    return " ".join(
        re.sub(r"[^\w.]+", " ", "".join(c for c in spread if not unicodedata.combining(c))).split()
    )
