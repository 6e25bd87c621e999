"""From a template and plain values to the bytes of a PDF, by typst. No database, no clock, no fonts of the machine.

Values reach the template as JSON and are set as text, never read as markup: "#eval" is printed as it stands.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import django
import qrcode
import qrcode.image.svg
import typst
from django.conf import settings

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
LONG_WORD = re.compile(r"\S{30,}")  # may be wider than a column
PIECE = 8  # characters of it that stay together
BREAK = "\u200b"  # a place where a line may end
VIRAMA = 9  # the combining class of the signs that join consonants

Values = Mapping[str, Any]


def pdf(template: str, values: Values) -> bytes:
    """Return a document as PDF: `template` is one of ours ("plan"), `values` what it shows.

    It is a PDF/UA-1 (readable by a screen reader), unless a character is in none of our fonts: then a tagged PDF that shows
    a box in its place. `values` has at least lang, layout ("normal", "large"), title and signed_at.
    """
    try:
        return typeset(template, values, standards=["ua-1"])
    except typst.TypstError:
        return typeset(template, values)


def typeset(template: str, values: Values, *, standards: Sequence[Any] = ()) -> bytes:
    """Return a document as PDF, held to `standards`. Raises TypstError where it breaks one."""
    made = typst.compile(
        str(HERE / f"{template}.typ"),
        root=str(HERE),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"data": json.dumps(breakable(values), ensure_ascii=False)},
        pdf_standards=list(standards),
    )
    return cast(bytes, made)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def breakable(node: Any) -> Any:
    """Return values whose texts fit a column: no control characters, and a very long word may break. Pictures stay."""
    if isinstance(node, str):
        return node if node.startswith("<svg") else _fitting(node)
    if isinstance(node, Mapping):
        return {key: breakable(value) for key, value in node.items()}
    return [breakable(each) for each in node] if isinstance(node, list | tuple) else node


def _fitting(text: str) -> str:
    kept = "".join(char for char in text if (char >= " " and char != "\x7f") or char == "\n")
    return LONG_WORD.sub(lambda word: _in_pieces(word[0]), kept)


def _in_pieces(word: str) -> str:
    """Allow a break after every few characters, but none inside a syllable: before a mark, or after a sign that joins."""
    pieces, since = [], 0
    for before, char in zip(" " + word, word, strict=False):
        since += 1
        if since > PIECE and not unicodedata.category(char).startswith("M") and not _joins(before):
            pieces.append(BREAK)
            since = 1
        pieces.append(char)
    return "".join(pieces)


def _joins(char: str) -> bool:
    return char in "\u200c\u200d" or unicodedata.combining(char) == VIRAMA


def square_code(address: str) -> str:
    """Return an address as a QR code, in SVG: black on white, with the quiet zone around it."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(address)
    return code.make_image(image_factory=qrcode.image.svg.SvgPathImage).to_string(encoding="unicode")


@cache
def release() -> str:
    """Return the mark of a release: a digest of all that shapes a page, templates, words, fonts and tools.

    The same input gives the same bytes as long as it is the same.
    """
    shaping = hashlib.sha256("/".join((version("typst"), version("qrcode"), django.__version__)).encode())
    words = (path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.mo"))
    own = (path for path in HERE.rglob("*") if path.suffix in (".typ", ".py", ".ttf", ".svg"))
    for path in (*sorted(own), *sorted(words), HERE.parent / "services" / "wording.py"):
        shaping.update(path.read_bytes())
    return shaping.hexdigest()[:16]
