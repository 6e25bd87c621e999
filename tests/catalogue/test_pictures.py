"""Pictures as pages and the API name them: the side that is treated, words in the reader's language, files that exist."""

from pathlib import Path

import pytest
from django.utils.translation import override

from catalogue.pictures import KINDS, described, picture
from figures.reading import DATA, read


@pytest.mark.parametrize(("side", "ending"), [(None, ""), ("right", ""), ("left", "-left")])
def test_the_picture_is_of_the_side_that_is_treated(side, ending):
    found = picture("calf-stretch-wall", side)
    assert found["still"] == f"/static/figures/calf-stretch-wall{ending}-still.svg"
    assert found["moving"] == f"/static/figures/calf-stretch-wall{ending}.svg"
    for kind in KINDS:
        assert Path(found[kind].lstrip("/")).exists()


def test_an_exercise_of_both_sides_has_one_picture():
    assert picture("glute-bridge", "left") == picture("glute-bridge", "right")


def test_words_are_in_the_readers_language_and_name_the_side():
    alt = read(DATA / "calf-stretch-wall.yaml").alt
    with override("bn"):
        told = described("calf-stretch-wall", "left")["alt"]
        assert told == f"{alt['bn']} বাঁ দিক।"
    assert described("calf-stretch-wall", "left")["alt"] == f"{alt['en']} Left side."
    assert described("calf-stretch-wall", language="hi")["alt"] == alt["hi"]


def test_what_is_not_drawn_has_none():
    assert picture("0198c0de-0000-7000-8000-000000000000") is None
    assert described("nothing") is None
