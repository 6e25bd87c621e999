"""What somebody means who types a scrap: words of a name, digits of a phone, or the number people say aloud. Plain values."""

import re
import unicodedata
from dataclasses import dataclass

NUMBER = re.compile(r"p[- ]?0*([0-9]{1,9})")
LONGEST = 100  # characters; nobody's name and phone together are longer


@dataclass(frozen=True, slots=True)
class Scraps:
    """`words` are in lower case; `digits` those of a phone, without leading zeros; `number` is a patient's."""

    words: tuple[str, ...] = ()
    digits: str = ""
    number: int | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.digits or self.number is not None)


def western(text: str) -> str:
    """Return `text` with the digits of any script as 0 to 9."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def read(text: str) -> Scraps:
    """Read what was typed: "ruma gho", "98300 12", "098300", "P-000061", "sen 98300"."""
    text = western(unicodedata.normalize("NFC", text[:LONGEST])).lower().strip()
    if said := NUMBER.fullmatch(text):
        return Scraps(number=int(said[1]))
    words, digits = [], ""
    for token in text.split():
        if numbers := re.sub(r"[^0-9]", "", token):
            digits += numbers
        elif word := token.strip(".,;:()\"'"):
            words.append(word)
    number = int(digits) if digits and len(digits) <= 9 and not words else None
    digits = digits.lstrip("0")
    return Scraps(tuple(words), digits if len(digits) >= 3 else "", number)
