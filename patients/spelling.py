"""How a name sounds, coarsely, in small Latin letters: রুমা, रूमा, Ruma and Rooma are "rum". Pure.

For finding and comparing, never for showing. Long and short vowels, aspirated and plain consonants, o and a, v, w and b fall
together, since people spell by ear; a closing a is left out, since Hindi does not say it and Bengali does not write it.
The database works out the same in `tonus_sound` (a generated column); a test holds the two against each other.
"""

import re
import unicodedata
from functools import lru_cache

BENGALI = "".join(map(chr, [*range(0x0981, 0x09CE), 0x09F0, 0x09F1])).replace("\u09bc", "")
DEVANAGARI = "".join(map(chr, [*range(0x0901, 0x094E), 0x0930, 0x0935])).replace("\u093c", "")
INDIC = "अआइईउऊऋएऐओऔािीुूेैोौंकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ"
LATIN = "aaiiuureeooaiiuueeoonkkggnččjjnttddnttddnpfbbmyrlbssshl"

READ = [  # after NFKD and lower case: what it took apart of Bengali together again, marks away
    (r"[\u0300-\u036f\u200c\u200d'’]", ""),
    (r"\u09c7\u09be", "\u09cb"),
    (r"\u09c7\u09d7", "\u09cc"),
    (r"[ডঢडढ][\u09bc\u093c]", "र"),
    (r"[\u09bc\u093c\u0901\u0903\u0981\u0983]", ""),
]
SPEAK = [
    (r"ृ", "्रि"),
    (r"([क-ह])(?![ा-्])", r"\1अ"),  # a consonant carries an a unless it says otherwise
    (r"्", ""),
]
FOLD = [
    (r"[^a-zč]+", " "),
    (r"ch", "č"),
    (r"c", "k"),
    (r"x", "ks"),
    (r"ph", "f"),
    (r"q", "k"),
    (r"z", "j"),
    (r"[vw]", "b"),
    (r"([bčdfgjklmnprst])h", r"\1"),
    (r"ee", "i"),
    (r"oo", "u"),
    (r"au", "o"),
    (r"ou", "o"),
    (r"([bčdfgjklmnprst])y(?=[ao])", r"\1"),
    (r"o", "a"),
    (r"(.)\1+", r"\1"),
    (r"([^ ][^ ])a(?= |$)", r"\1"),
    (r"y(?= |$)", "i"),
    (r"ai", "e"),
    (r"ei", "e"),
    (r"č", "c"),
]
_TO_DEVANAGARI = str.maketrans(BENGALI, DEVANAGARI)
_TO_LATIN = str.maketrans(INDIC, LATIN)


@lru_cache(maxsize=4096)
def sound(name: str) -> str:
    """Return how a name sounds; "" for a script we do not read."""
    text = _replace(unicodedata.normalize("NFKD", name).lower(), READ).translate(_TO_DEVANAGARI)
    text = _replace(text, SPEAK).translate(_TO_LATIN)
    return _replace(text, FOLD).strip()


def _replace(text: str, steps: list[tuple[str, str]]) -> str:
    for pattern, by in steps:
        text = re.sub(pattern, by, text)
    return text
