"""What a phone fetches for a day of twelve exercises, in bytes as they go over the air."""

import re
from pathlib import Path

import brotli
from django.contrib.staticfiles import finders

from figures.reading import DATA
from figures.release import STATIC
from tests.reminders.desk import prescribe

BUDGET = 100_000  # bytes, the whole of a first view
COUNT = 12
FONT = Path(finders.find("fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"))
LINKED = re.compile(r'(?:src|href)="/static/([^"#?]+)')
IMPORTED = re.compile(r'^import (?:.+ from )?"\./([^"]+)"', re.MULTILINE)


def weight(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(brotli.compress(content))


def with_imports(path: Path, found: dict[Path, int]) -> None:
    """Add a script and all that it imports, once each."""
    if path not in found:
        found[path] = weight(path)
        for name in IMPORTED.findall(path.read_text()) if path.suffix == ".js" else ():
            with_imports(path.parent / name, found)


def heaviest() -> list[str]:
    every = (path.stem for path in DATA.glob("*.yaml"))
    return sorted(every, key=lambda each: -weight(STATIC / f"{each}-thumb.svg"))[:COUNT]


def test_a_day_of_the_twelve_heaviest_pictures_stays_within_the_budget(patient, physio, phone):
    prescribe(patient, physio, *({"exercise": each, "times": ["07:00"]} for each in heaviest()))
    page = phone.get("/me/").content
    files = {FONT: weight(FONT)}
    for name in LINKED.findall(page.decode()):
        if not name.startswith("img/icon-"):  # fetched when it is put on the home screen
            with_imports(Path(finders.find(name)), files)
    assert sum(path.name.endswith("-thumb.svg") for path in files) == COUNT
    assert len(brotli.compress(page)) + sum(files.values()) <= BUDGET
