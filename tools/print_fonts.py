"""Make the fonts of printed documents from those of the pages: typst reads no woff2 and knows no variable weights.

    python tools/print_fonts.py

For the maintainer, after static/fonts changed; needs the dev group. Each script gets a family of its own
("Tonus Bengali"), Regular and Bold, with all its shaping tables; documents name the families in a row.
"""

from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "static" / "fonts"
TARGET = ROOT / "careplans" / "documents" / "fonts"
FAMILIES = {
    "Tonus Latin": "atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "Tonus Latin Ext": "atkinson-hyperlegible-next-latin-ext-wght-normal.woff2",
    "Tonus Bengali": "noto-sans-bengali-bengali-wght-normal.woff2",
    "Tonus Devanagari": "noto-sans-devanagari-devanagari-wght-normal.woff2",
}
WEIGHTS = {"Regular": 400, "Bold": 700}


def main() -> None:
    for family, source in FAMILIES.items():
        for style, weight in WEIGHTS.items():
            font = TTFont(SOURCES / source, recalcTimestamp=False)
            fixed = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": weight}
            font = instantiateVariableFont(font, fixed, inplace=True)
            name(font, family, style)
            font["OS/2"].usWeightClass = weight
            font["OS/2"].fsSelection = 1 << 5 if style == "Bold" else 1 << 6
            font["head"].macStyle = int(style == "Bold")
            font.flavor = None
            font.save(TARGET / f"{family.replace(' ', '')}-{style}.ttf")


def name(font: TTFont, family: str, style: str) -> None:
    """Give a font its own names, so that it is never taken for one of the machine."""
    names = font["name"]
    for kept in (16, 17, 21, 22, 25):
        names.removeNames(nameID=kept)
    said = {1: family, 2: style, 3: f"{family} {style}", 4: f"{family} {style}"}
    said[6] = f"{family.replace(' ', '')}-{style}"
    for name_id, text in said.items():
        names.removeNames(nameID=name_id)
        names.setName(text, name_id, 3, 1, 0x409)


if __name__ == "__main__":
    main()
