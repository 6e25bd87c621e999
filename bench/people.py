"""Made-up people for the look for doubles, and the same people as somebody else would write them down.

Names are as frequent as names are: the first of a list many times more than the last. A copy has one to three faults of those that
happen at a desk: a slip in a name, another spelling or script, day and month swapped, another phone.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

NAMES = Path(__file__).parent / "names"
GIVEN = (NAMES / "given.txt").read_text().split()
FAMILY = (NAMES / "family.txt").read_text().split()
IN_SCRIPT = {
    "Ruma": "রুমা", "Mita": "মিতা", "Soma": "সোমা", "Rina": "রিনা", "Ananya": "অনন্যা", "Subrata": "সুব্রত", "Sunita": "सुनीता",
    "Rajesh": "राजेश", "Geeta": "गीता", "Gopal": "गोपाल", "Rekha": "रेखा", "Amit": "अमित", "Anita": "अनीता", "Kavita": "कविता",
    "Das": "দাস", "Ghosh": "ঘোষ", "Sen": "সেন", "Mondal": "মণ্ডল", "Roy": "রায়", "Saha": "সাহা", "Devi": "देवी", "Kumar": "कुमार",
    "Sharma": "शर्मा", "Gupta": "गुप्ता", "Singh": "सिंह", "Khan": "খান", "Pal": "পাল", "Dey": "দে",
}  # fmt: skip
RESPELLED = (
    ("ee", "i"), ("oo", "u"), ("sh", "s"), ("v", "w"), ("ksh", "x"), ("th", "t"), ("dh", "d"), ("bh", "b"), ("ph", "f"),
    ("aa", "a"), ("i", "ee"),
    ("u", "oo"), ("w", "v"), ("sou", "sau"), ("o", "a"), ("j", "z"), ("y", "i"), ("ck", "k"), ("gh", "g"), ("kh", "k"),
    ("banerjee", "bandyopadhyay"), ("chatterjee", "chattopadhyay"), ("mukherjee", "mukhopadhyay"), ("chowdhury", "chaudhuri"),
    ("bose", "basu"), ("roy", "ray"), ("dutta", "datta"), ("sheikh", "shaikh"), ("molla", "mollah"), ("majumdar", "mazumder"),
)  # fmt: skip


@dataclass(frozen=True)
class Copy:
    """Somebody as they are written down the second time, and what went wrong."""

    told: Mapping[str, Any]
    faults: tuple[str, ...] = field(default=())


class People:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # made-up people, not secrets
        self.phones = self.rng.sample(range(10_000_000, 99_999_999), 200_000)

    def person(self) -> dict[str, Any]:
        """Make somebody up. Two in three know their birth date, the others an age; one in eight has a relative's phone."""
        rng = self.rng
        born = date(1938, 1, 1) + timedelta(days=int(rng.triangular(0, 29_000, 15_000)))
        phone = self.phones[-1] if rng.random() < 0.12 else self.phones.pop()
        found: dict[str, Any] = {
            "given_name": self._often(GIVEN),
            "family_name": self._often(FAMILY),
            "sex": rng.choice(("female", "male")),
            "phone": f"+9198{phone}",
        }
        if rng.random() < 0.67:
            return found | {"date_of_birth": born}
        return found | {"age": (date.today() - born).days // 365}

    def _often(self, names: list[str]) -> str:
        return self.rng.choices(names, [1 / (place + 4) for place in range(len(names))])[0]

    def copy(self, person: Mapping[str, Any]) -> Copy:
        """Write somebody down again, with one to three faults."""
        every = ["typo", "spelling", "phone", *(["swapped"] if _can_swap(person) else [])]
        faults = self.rng.sample(
            every, k=self.rng.choice((1, 1, 2, 2, 3)) if len(every) > 3 else self.rng.choice((1, 2))
        )
        told = dict(person)
        if "age" in told and self.rng.random() < 0.3:
            told["age"] += self.rng.choice((-1, 1))
        for fault in faults:
            getattr(self, f"_{fault}")(told)
        return Copy(told, tuple(sorted(faults)))

    def _typo(self, told: dict[str, Any]) -> None:
        name = self.rng.choice(("given_name", "family_name"))
        word = told[name]
        if len(word) < 4:
            name = "given_name"
            word = told[name]
        at = self.rng.randrange(1, len(word) - 1)
        how = self.rng.choice(("drop", "double", "swap", "other"))
        told[name] = {
            "drop": word[:at] + word[at + 1 :],
            "double": word[:at] + word[at] + word[at:],
            "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            "other": word[:at] + self.rng.choice("aeioumnrst") + word[at + 1 :],
        }[how]

    def _spelling(self, told: dict[str, Any]) -> None:
        both = [IN_SCRIPT.get(told[name]) for name in ("given_name", "family_name")]
        if all(both) and _is_one_script(*both) and self.rng.random() < 0.5:
            told["given_name"], told["family_name"] = both
            return
        for name in ("given_name", "family_name"):
            word = told[name].lower()
            ways = [(old, new) for old, new in RESPELLED if old in word]
            if ways:
                old, new = self.rng.choice(ways)
                told[name] = word.replace(old, new, 1).capitalize()

    def _swapped(self, told: dict[str, Any]) -> None:
        born = told["date_of_birth"]
        told["date_of_birth"] = born.replace(month=born.day, day=born.month)

    def _phone(self, told: dict[str, Any]) -> None:
        told["phone"] = f"+9198{self.phones.pop()}" if self.rng.random() < 0.7 else ""


def _can_swap(person: Mapping[str, Any]) -> bool:
    born = person.get("date_of_birth")
    return bool(born and born.day <= 12 and born.day != born.month)


def _is_one_script(one: str, other: str) -> bool:
    return (one[0] < "\u0980") == (other[0] < "\u0980")
