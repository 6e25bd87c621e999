"""A disorder is found by its code, its name, or what people call it."""

import pytest

from catalogue import coding
from catalogue.knowledge import knowledge

pytestmark = pytest.mark.django_db


def names(scrap, most=12):
    return [found.condition for found in coding.find(scrap, knowledge(), most)]


@pytest.mark.parametrize(
    ("scrap", "first"),
    [
        ("G35", "ms-relapsing-remitting"),
        ("g56.0", "carpal-tunnel-syndrome"),
        ("G560", "carpal-tunnel-syndrome"),
        ("M54.32", "sciatica-left"),
        ("M50.121", "cervical-radiculopathy"),
        ("foot drop", "common-peroneal-neuropathy"),
        ("drop foot", "common-peroneal-neuropathy"),
        ("cerv rad", "cervical-radiculopathy"),
        ("guillain barre", "guillain-barre-recovery"),
        ("CTS", "carpal-tunnel-syndrome"),
        ("rrms", "ms-relapsing-remitting"),
        ("Multiple sclerosis", "multiple-sclerosis"),
    ],
)
def test_the_nearest_comes_first(scrap, first):
    assert names(scrap)[0] == first


def test_a_code_brings_every_disorder_that_has_it_and_the_whole_code_before_finer_ones():
    assert set(names("M54.1")) == {
        "cervical-radiculopathy",
        "thoracic-radiculopathy",
        "lumbar-radiculopathy",
        "lumbosacral-radiculopathy",
    }
    codes = [found.code for found in coding.find("M54.1", knowledge(), 20)]
    assert codes[:4] == ["M54.1"] * 4
    assert set(codes[4:]) == {"M54.12", "M54.13", "M54.14", "M54.16", "M54.17"}


def test_a_word_finds_the_family_too():
    assert "multiple-sclerosis" in names("ms")
    assert {"radiculopathy", "sciatica"} <= set(names("slipped disc", 20))


@pytest.mark.parametrize("scrap", ["", "   ", "zzz", "Z99", "foot rad", "\0", "…", "%", "x" * 5000])
def test_what_nobody_is_called_finds_nothing(scrap):
    assert names(scrap) == []


def test_every_code_of_who_has_a_title_and_every_disorder_is_found_by_each_of_its_codes_and_its_name():
    known = knowledge()
    titles = {row["code"] for row in known.vocabulary["icd10_titles"]}
    for entry in known.conditions.current:
        codes = entry.get("icd10", {})
        assert set(codes.get("who", ())) <= titles, entry["id"]
        for scrap in (entry["name"], *codes.get("who", ()), *codes.get("cm", ())):
            assert entry["id"] in names(scrap, 200), scrap
