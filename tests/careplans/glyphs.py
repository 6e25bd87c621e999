"""Which glyphs a PDF draws, as outlines: what the page shows, whatever its text says when copied out.

A subset inside a PDF numbers its glyphs anew, so that only outlines can be compared with those of our fonts.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

import uharfbuzz as harfbuzz
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import ContentStream

from careplans.documents.typesetting import FONTS

Outline = tuple[Any, ...]


def drawn(pdf: bytes) -> list[Outline]:
    """Return the outline of every glyph that the pages draw, in the order in which they are drawn; blanks left out."""
    found: list[Outline] = []
    reader = PdfReader(BytesIO(pdf))
    for page in reader.pages:
        fonts = {name: _embedded(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
        font = None
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator == b"Tf":
                font = fonts[operands[0]]
            elif operator in (b"Tj", b"TJ"):
                texts = operands[0] if operator == b"TJ" else operands
                raw = b"".join(text.original_bytes for text in texts if hasattr(text, "original_bytes"))
                ids = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
                found += [shape for shape in (outline(font, glyph) for glyph in ids) if shape]
    return found


def _embedded(font: Any) -> TTFont:
    described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
    return TTFont(BytesIO(described["/FontFile2"].get_object().get_data()))


def outline(font: TTFont, glyph_id: int) -> Outline:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getGlyphName(glyph_id)].draw(pen)
    return tuple(pen.value)


def ours(script: str, style: str = "Regular") -> Path:
    return FONTS / f"Tonus{script}-{style}.ttf"


def shaped(text: str, path: Path) -> list[Outline]:
    """Return the outlines with which HarfBuzz sets a text in a font of ours: joined, and in the order of the script."""
    font = harfbuzz.Font(harfbuzz.Face(harfbuzz.Blob.from_file_path(str(path))))
    buffer = harfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    harfbuzz.shape(font, buffer)
    return _outlines(path, [info.codepoint for info in buffer.glyph_infos])


def unshaped(text: str, path: Path) -> list[Outline]:
    """Return the outlines of a text letter by letter, as a program without shaping sets it."""
    font = TTFont(path)
    return _outlines(path, [font.getGlyphID(font.getBestCmap()[ord(letter)]) for letter in text])


def _outlines(path: Path, ids: list[int]) -> list[Outline]:
    font = TTFont(path)
    return [shape for shape in (outline(font, glyph) for glyph in ids) if shape]


def holds(run: list[Outline], part: list[Outline]) -> bool:
    """Tell whether `part` stands in `run`, one glyph after the other."""
    return any(run[at : at + len(part)] == part for at in range(len(run) - len(part) + 1))
