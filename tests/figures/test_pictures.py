"""The pictures of the whole library: every exercise has one, every frame is sound, and the files are what the data draw."""

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from figures.checking import faults
from figures.drawing import KINDS, SIZE_LIMITS, Drawing, packed_size, pictures
from figures.reading import DATA, Figure, read, read_all
from figures.release import differences, file_name

EXERCISES = {
    entry["id"]: entry
    for path in sorted(Path("catalogue/data/exercises").glob("*.yaml"))
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["exercises"]
}
ALLOWED = {"svg", "style", "g", "path", "use", "ellipse", "circle", "clipPath", "animate", "animateTransform"}
FIGURES = sorted(path.stem for path in DATA.glob("*.yaml"))


@cache
def drawn(figure_id: str) -> tuple[Figure, dict[str, str]]:
    figure = read(DATA / f"{figure_id}.yaml")
    return figure, pictures(figure)


def test_every_exercise_of_the_library_has_a_picture_and_no_picture_is_of_nothing():
    assert set(FIGURES) == set(EXERCISES)


@pytest.mark.parametrize("figure_id", FIGURES)
def test_every_frame_is_sound(figure_id: str):
    assert faults(drawn(figure_id)[0]) == []


@pytest.mark.parametrize("figure_id", FIGURES)
def test_sides_are_drawn_where_the_exercise_is_done_with_one(figure_id: str):
    figure, files = drawn(figure_id)
    per_side = EXERCISES[figure_id]["laterality"] == "per-side"
    assert figure.sides is per_side
    assert len(files) == len(KINDS) * (1 + per_side)


@pytest.mark.parametrize("figure_id", FIGURES)
def test_a_file_is_small_and_holds_nothing_that_a_strict_page_refuses(figure_id: str):
    for kind, svg in drawn(figure_id)[1].items():
        raw, packed = SIZE_LIMITS[kind.removeprefix("left-")]
        assert len(svg.encode()) <= raw
        assert packed_size(svg) <= packed
        root = ElementTree.fromstring(svg)
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert names <= {
            "svg",
            "style",
            "g",
            "path",
            "use",
            "ellipse",
            "circle",
            "clipPath",
            "animate",
            "animateTransform",
            "rect",
        }, kind
        attributes = {name for element in root.iter() for name in element.attrib}
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), "each id once"
        for target in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg):
            assert (target[0] or target[1]) in ids
        assert ("<animate" in svg) == kind.endswith("moving"), "only the moving picture moves"


@pytest.mark.parametrize("figure_id", FIGURES)
def test_alt_says_it_in_three_languages_without_naming_a_side(figure_id: str):
    alt = drawn(figure_id)[0].alt
    assert re.search(r"[ऀ-ॿ]", alt["hi"])
    assert re.search(r"[ঀ-৿]", alt["bn"])
    assert all(len(text) >= 25 for text in alt.values()), "a sentence, not a name"
    if EXERCISES[figure_id]["laterality"] == "per-side":
        assert not re.search(r"\b(left|right)\b(?! (up|angle|at))", alt["en"].replace("right angle", ""))


def test_the_left_picture_is_the_mirror_image_with_its_numbers_upright():
    drawing = Drawing(read(DATA / "calf-stretch-wall.yaml"))
    count = len(drawing.figure.panels)
    right, left = drawing.panels(), drawing.panels(left=True)
    flip = f'<g transform="matrix(-1 0 0 1 {drawing.width} 0)">'
    assert left.count(flip) == count
    assert (
        left.replace(flip, "<g>").replace("<g><g>", "<g>").count('class="fx-digit"')
        == right.count('class="fx-digit"')
        == count
    )
    for digit in re.finditer(r'class="fx-digit"', left):
        before = left[: digit.start()]
        assert before.rfind(flip) < before.rfind("</g><circle"), "the number stands outside what is mirrored"


def test_a_file_has_a_name_of_its_own():
    kinds = [f"{side}{kind}" for side in ("", "left-") for kind in KINDS]
    assert [file_name("bird-dog", kind) for kind in kinds] == [
        "bird-dog.svg", "bird-dog-panels.svg", "bird-dog-still.svg", "bird-dog-thumb.svg",
        "bird-dog-left.svg", "bird-dog-left-panels.svg", "bird-dog-left-still.svg", "bird-dog-left-thumb.svg",
    ]  # fmt: skip


def test_the_committed_files_are_what_the_data_draw():
    assert differences(read_all()) == [], "run manage.py render_figures and commit what it writes"
