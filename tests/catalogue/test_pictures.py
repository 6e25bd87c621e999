"""Pictures as pages and the API name them: the side that is treated, words in the reader's language, files that exist."""

from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils.translation import override

from catalogue import pictures
from catalogue.models import KeptPicture
from catalogue.pictures import KINDS, described, kept, picture, printed
from figures.reading import DATA, read
from figures.release import STATIC


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
    assert described("glute-bridge", language="hi")["alt"] == read(DATA / "glute-bridge.yaml").alt["hi"]


def test_where_no_side_is_chosen_both_can_be_seen():
    told = described("calf-stretch-wall")
    right, left = told["sides"]
    assert told["alt"] == right["alt"] == described("calf-stretch-wall", "right")["alt"]
    assert left["panels"] == described("calf-stretch-wall", "left")["panels"]
    assert left["alt"].endswith("Left side.")
    assert described("calf-stretch-wall", "left")["sides"] == described("glute-bridge")["sides"] == []


@pytest.mark.parametrize("side", ["", "both", "up", ["left"], {}])
def test_what_a_form_may_send_for_a_side_is_no_side(side):
    assert described("calf-stretch-wall", side) is described("calf-stretch-wall")


def test_what_is_not_drawn_has_none():
    assert picture("0198c0de-0000-7000-8000-000000000000") is None
    assert described("nothing") is None


# --- kept for papers ---------------------------------------------------------------------------------------------------
def test_the_picture_on_a_paper_is_of_the_side_that_is_treated(db):
    for side, file in (("left", "left-panels"), ("right", "panels"), (None, "panels")):
        told = printed("calf-stretch-wall", side)
        svg = kept([told["sha256"]])[told["sha256"]]
        assert svg == (STATIC / f"calf-stretch-wall-{file}.svg").read_text(encoding="utf-8")
    assert printed("glute-bridge", "left") == printed("glute-bridge", None) | {
        "alt": printed("glute-bridge", "left")["alt"]
    }
    assert printed("nothing") is None


def test_what_is_kept_is_what_was_released_and_is_kept_once(as_owner):
    assert pictures.keep() == 0
    listed = [entry["files"] for entry in pictures._drawn().values()]
    released = {files[kind]["hash"] for files in listed for kind in pictures.PRINTED if kind in files}
    assert set(KeptPicture.objects.values_list("pk", flat=True)) >= released
    KeptPicture.objects.filter(pk=released.pop()).delete()
    assert pictures.keep() == 1


def test_no_other_file_can_stand_under_a_key(as_owner):
    with pytest.raises(IntegrityError, match="keptpicture_is_what_its_key_says"), transaction.atomic():
        KeptPicture.objects.update(svg="<svg/>")


@pytest.mark.parametrize(
    "act",
    [
        lambda: KeptPicture.objects.create(sha256="0", svg=""),
        lambda: KeptPicture.objects.update(svg=""),
        lambda: KeptPicture.objects.all().delete(),
    ],
)
def test_no_request_adds_or_changes_a_kept_picture(db, act):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        act()
