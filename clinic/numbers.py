"""Numbers as people type them into a form: "30", "0,5", "৩০", "100 Hz"."""

import re
import unicodedata

TYPED = re.compile(r"\s*([+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?)\s*(.*?)\s*", re.DOTALL)


def read_number(typed: str, *units: str) -> int | float | str:
    """Return the number that was typed, with nothing or one of `units` behind it; anything else as it was typed.

    "1 kHz" where hertz are asked for is no 1, and "1_5" no 15: a slip must not become another dose.
    """
    western = "".join(str(unicodedata.digit(char, char)) for char in typed)
    found = TYPED.fullmatch(western)
    if not found or (found[2] and found[2].casefold() not in {unit.casefold() for unit in units}):
        return typed
    value = float(found[1].replace(",", "."))
    return int(value) if value.is_integer() else value
