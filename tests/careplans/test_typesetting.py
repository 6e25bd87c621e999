"""Documents as they are set: every one readable by a screen reader, its scripts joined, its texts inert."""

import itertools
from io import BytesIO

import pytest
import typst
from pypdf import PdfReader

from careplans.documents import typesetting, words
from tests.careplans import glyphs
from tests.careplans.knowledge import entries
from tests.careplans.printed import DOCUMENTS, PROGRAMME, home_item, kept, picture, tree, values

STRICT = ["ua-1"]  # a missing glyph, title or alternative text is an error
CONJUNCTS = [
    ("Bengali", "bn", "ক্ষ"),
    ("Bengali", "bn", "স্ত্র"),
    ("Devanagari", "hi", "क्ष"),
    ("Devanagari", "hi", "त्र"),
]
MARKUP = (
    '#eval("1+1") $x^2$ *bold* _slanted_ [box] `code` @ref <label> \\ // /* = ~ "quoted" http://x.example'
)


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def alts(pdf):
    """Return the words of all figures of a document, as a screen reader finds them."""

    def below(node):
        node = node.get_object()
        if isinstance(node, list):
            for each in node:
                yield from below(each)
        elif isinstance(node, dict):
            if "/Alt" in node:
                yield str(node["/Alt"])
            if "/K" in node:
                yield from below(node["/K"])

    return list(below(PdfReader(BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]))


def with_note(note, **fields):
    content = tree("calf-stretch-wall")
    content["phases"][0]["home"][0] |= {"note": note, **fields}
    return content


@pytest.mark.parametrize(
    ("document", "language", "layout"),
    [*itertools.product(DOCUMENTS, ("en", "hi", "bn"), ("normal", "large"))],
)
def test_a_screen_reader_can_read_every_document(document, language, layout):
    told = values(document, language, layout)
    pdf = typesetting.typeset(document, told, standards=STRICT)
    assert PdfReader(BytesIO(pdf)).trailer["/Root"]["/Lang"].startswith(language)
    assert pdf == typesetting.typeset(document, told, standards=STRICT)
    assert pdf == typesetting.pdf(document, told)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_fonts_are_inside_and_are_ours(document):
    pages = PdfReader(BytesIO(typesetting.pdf(document, values(document, "bn")))).pages
    fonts = [
        font.get_object()["/BaseFont"] for page in pages for font in page["/Resources"]["/Font"].values()
    ]
    assert all("Tonus" in font or "DejaVu" in font for font in fonts)
    assert any("TonusBengali" in font for font in fonts)


# --- shaping -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("script", "language", "text"), CONJUNCTS)
@pytest.mark.parametrize("language_of_the_rest", ["its own", "en"])
def test_consonants_are_joined(script, language, text, language_of_the_rest):
    language = "en" if language_of_the_rest == "en" else language
    pdf = typesetting.pdf("home_programme", values("home_programme", language, content=with_note(text)))
    run, font = glyphs.drawn(pdf), glyphs.ours(script)
    joined, apart = glyphs.shaped(text, font), glyphs.unshaped(text, font)
    assert len(joined) < len(apart)  # one glyph for what is written with several letters
    assert glyphs.holds(run, joined)
    assert not glyphs.holds(run, apart)


@pytest.mark.parametrize(("script", "language", "text"), CONJUNCTS)
def test_the_test_of_joining_tells_letters_that_stand_apart(script, language, text):
    apart = "\u200c".join(
        text
    )  # a non-joiner between all letters is what a program without shaping would draw
    pdf = typesetting.pdf("home_programme", values("home_programme", "en", content=with_note(apart)))
    assert not glyphs.holds(glyphs.drawn(pdf), glyphs.shaped(text, glyphs.ours(script)))


@pytest.mark.parametrize(
    ("script", "language", "text"),
    [("Bengali", "bn", "দেওয়ালে কাফ স্ট্রেচ"), ("Devanagari", "hi", "दीवार पर पिंडली का खिंचाव")],
)
def test_a_name_is_set_as_harfbuzz_sets_it(script, language, text):
    """Vowel signs before their consonant, too: the whole name, in the bold of a heading."""
    pdf = typesetting.pdf("home_programme", values("home_programme", language))
    run = glyphs.drawn(pdf)
    for word in text.split():
        assert glyphs.holds(run, glyphs.shaped(word, glyphs.ours(script, "Bold"))), word


# --- what people typed -------------------------------------------------------------------------------------------------
def test_markup_is_printed_as_it_stands():
    pdf = typesetting.typeset(
        "home_programme", values("home_programme", content=with_note(MARKUP)), standards=STRICT
    )
    assert MARKUP.replace(" ", "") in text_of(pdf).replace(" ", "").replace("\n", "")


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("layout", ["normal", "large"])
@pytest.mark.parametrize(
    "text", ["x" * 500, "क्ष" * 160, "a\x00b\x07\x1f\x7f", "\u202edesrever", "🦵 அ ආ 漢", "\n" * 20, ""]
)
def test_whatever_is_typed_is_printed(document, layout, text):
    told = values(
        document,
        "hi",
        layout,
        content=with_note(text) | {"amend_reason": text, "overrides": {"R1": text}},
        patient={"name": text, "number": "P-1"},
        clinic={"name": text, "address": text, "city": text, "phone": text[:20]},
        signer=text,
    )
    assert typesetting.pdf(document, told).startswith(b"%PDF")


def test_a_long_word_may_break_but_never_inside_a_syllable():
    assert typesetting.breakable({"a": ["b" * 40]}) == {"a": ["\u200b".join("b" * 8 for _ in range(5))]}
    pieces = typesetting.breakable("स्त्र" * 20).split("\u200b")
    assert len(pieces) > 1
    assert all(piece[0] == "स" and not piece.endswith("्") for piece in pieces)


def test_a_glyph_that_no_font_has_is_noticed():
    with pytest.raises(typst.TypstError):
        typesetting.typeset(
            "home_programme", values("home_programme", content=with_note("漢")), standards=STRICT
        )


# --- the home programme ------------------------------------------------------------------------------------------------
def test_the_home_programme_says_what_to_do_and_no_diagnosis():
    text = text_of(typesetting.pdf("home_programme", values("home_programme")))
    for said in ("Calf stretch at the wall", "Hold for 30 seconds.", "033 0000 0000", "Emergency 112"):
        assert said in text.replace("\xa0", " ")
    for said in (
        "Tue 24 Nov 2026, 16:00",
        "R. Ghosh, P-002041",
        "Plan version 4",
        "Dr Anirban Sen",
        "page 1 of",
    ):
        assert said in text.replace("\xa0", " ")
    assert "clinic.example/me" in text.replace("\u200b", "")
    assert "ciatica" not in text
    assert "M54" not in text


def test_what_is_paused_is_named_as_not_to_be_done():
    told = values("home_programme", paused=["home-0"])
    assert "Calf stretch at the wall" not in [each["name"] for each in told["exercises"]]
    assert len(told["exercises"]) == len(PROGRAMME) - 1
    assert told["held"]["names"] == ["Calf stretch at the wall"]
    typesetting.typeset("home_programme", told, standards=STRICT)


@pytest.mark.parametrize("status", ["on-hold", "superseded", "completed", "revoked"])
def test_a_plan_that_does_not_run_gives_nothing_to_do(status):
    told = values("home_programme", status=status)
    assert told["exercises"] == []
    assert told["lead"] == ""
    assert "Do no exercises from this sheet" in told["notice"]
    typesetting.typeset("home_programme", told, standards=STRICT)


def test_the_name_stands_in_english_beside_for_the_therapist():
    first = values("home_programme", "bn")["exercises"][0]
    assert (first["name"], first["english"]) == ("দেওয়ালে কাফ স্ট্রেচ", "Calf stretch at the wall")
    assert values("home_programme")["exercises"][0]["english"] == ""


def test_days_without_the_exercise_are_closed():
    first = values("home_programme")["exercises"][0]
    assert first["days"] == [True, False, True, False, True, False, False]
    assert [(each["part"], each["clock"]) for each in first["times"]] == [
        ("Morning", "08:00"),
        ("Evening", "19:00"),
    ]


def test_the_times_of_the_day_are_told_in_their_order():
    content = tree("glute-bridge", "calf-stretch-wall")
    content["phases"][0]["home"][0]["times"] = ["20:00"]
    content["phases"][0]["home"][1]["times"] = ["07:00", "13:00"]
    lead = values("home_programme", content=content)["lead"]
    assert lead == "Do these at home: morning, afternoon, evening. Tick a box each time."


@pytest.mark.parametrize("layout", ["normal", "large"])
def test_a_picture_is_shown_with_its_words_and_missed_without_harm(layout):
    drawn = {"home-0": picture("calf-stretch-wall")}
    told = values("home_programme", layout=layout, known=kept() | {"pictures": drawn})
    assert told["exercises"][0]["picture"]["svg"].startswith("<svg")
    assert told["exercises"][1]["picture"] is None
    assert told["authors"] == "Drawings: © Tonus"
    assert alts(typesetting.typeset("home_programme", told, standards=STRICT)).count("What it shows.") == 1
    bare = values("home_programme", layout=layout)
    assert bare["authors"] == ""
    assert "What it shows." not in alts(typesetting.typeset("home_programme", bare, standards=STRICT))


def test_every_picture_of_the_library_can_be_set():
    figures = sorted(entries("exercises"))
    for left in (False, True):
        drawn = {f"home-{number}": picture(each, left) for number, each in enumerate(figures)}
        told = values("home_programme", content=tree(*figures), known=kept() | {"pictures": drawn})
        assert alts(typesetting.typeset("home_programme", told, standards=STRICT)).count(
            "What it shows."
        ) == len(figures)


@pytest.mark.parametrize("layout", ["normal", "large"])
@pytest.mark.parametrize(
    "told",
    [
        {"next_visit": None},
        {"clinic": {"phone": "", "address": "", "city": ""}},
        {"phase": None},
        {"content": tree()},
        {"content": tree(phases=[], goals=[], findings=[], overrides={}, start_date=None)},
        {"content": tree(*PROGRAMME * 3)},
        {"content": with_note("", times=[f"{hour:02}:30" for hour in range(3, 23)])},
        {"versions": [], "diagnoses": []},
    ],
)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_little_and_much_are_set_alike(document, layout, told):
    typesetting.typeset(document, values(document, layout=layout, **told), standards=STRICT)


@pytest.mark.parametrize("layout", ["normal", "large"])
def test_what_is_longer_than_a_page_goes_on_to_the_next(layout):
    told = values("home_programme", layout=layout, content=with_note(""))
    told["exercises"][0]["steps"] = [f"Step-by-step{number}." for number in range(400)]
    text = text_of(typesetting.typeset("home_programme", told, standards=STRICT))
    assert all(f"step{number}." in text for number in range(400))


def test_a_long_reason_goes_on_to_the_next_page():
    reason = " ".join(f"Reason{number}" for number in range(600))
    told = values("plan", layout="large", content=tree(overrides={"R1": reason}))
    text = text_of(typesetting.typeset("plan", told, standards=STRICT))
    assert all(f"Reason{number}" in text for number in range(600))


# --- doses in words ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sets", "reps", "hold", "rest", "said"),
    [
        (3, 10, 5, 30, "3 sets of 10 Hold for 5 seconds. Rest for 30 seconds between sets."),
        (1, 3, 30, 15, "3 times Hold for 30 seconds. Rest for 15 seconds in between."),
        (1, 10, 0, 60, "10 times"),
        (1, 1, 600, 60, "For 10 minutes"),
        (2, 1, 300, 60, "2 sets of 1 Each for 5 minutes. Rest for 60 seconds between sets."),
        (1, 1, 1, 0, "1 time"),
    ],
)
def test_a_dose_is_said_in_plain_words(sets, reps, hold, rest, said):
    item = home_item(1, "calf-stretch-wall", sets=sets, reps=reps, hold_s=hold, rest_s=rest)
    assert " ".join([words.dose(item), *words.dose_more(item)]) == said


@pytest.mark.parametrize(
    ("given", "family", "short"),
    [
        ("Ruma", "Ghosh", "R. Ghosh"),
        ("Ruma", "", "Ruma"),
        ("", "Ghosh", "Ghosh"),
        ("रुमा", "घोष", "रु. घोष"),
        ("ক্ষমা", "ঘোষ", "ক্ষ. ঘোষ"),
    ],
)
def test_a_first_name_is_one_letter_in_any_script(given, family, short):
    assert words.short_name(given, family) == short


# --- the plan ----------------------------------------------------------------------------------------------------------
def test_the_plan_says_every_dose_and_why_it_was_signed_in_spite():
    text = text_of(typesetting.pdf("plan", values("plan"))).replace("\xa0", " ")
    for said in ("Frequency 100 Hz", "Pulse width", "20 min a visit", "2 visits a week", "Left calf"):
        assert said in text
    for said in (
        "Take care.",
        "Gentle dose only.",
        "Walk to the market",
        "14 → 10 s",
        "Sciatica, Left (M54.3)",
    ):
        assert said in text
    assert "01234567 89abcdef" in text


def test_a_clearance_names_the_doctor_and_the_day():
    cleared = {"R1": {"doctor": "Dr Basu", "date": "2026-01-02", "note": "May be treated."}}
    (line,) = values("plan", content=tree(overrides=cleared))["spite"]
    assert line["label"] == "Cleared by Dr Basu on 2 Jan 2026:"
    assert line["why"] == "May be treated."


def test_levels_of_a_goal_are_told_from_worst_to_best():
    content = tree()
    content["goals"][0]["gas"] = ["bed", "chair", "room", "house", "street"]
    (goal,) = values("plan", content=content)["goals"]
    assert goal["levels"] == ["−2: bed", "−1: chair", "0: room", "+1: house", "+2: street"]
