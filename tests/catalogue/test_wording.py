"""Texts in one language, English where nobody translated."""

from catalogue.wording import in_language, said


def test_says_what_is_translated_and_the_rest_in_english():
    assert said({"en": "Stop", "hi": "रुकें", "bn": ""}, "hi") == "रुकें"
    assert said({"en": "Stop", "hi": "रुकें", "bn": ""}, "bn") == "Stop"
    assert said({"en": ["Sit.", "Pull."], "hi": ["बैठें।"]}, "hi") == ["बैठें।", "Pull."]
    assert said({"en": ["Sit."], "hi": []}, "hi") == ["Sit."]


def test_goes_through_the_whole_entry_and_leaves_it_as_it_is():
    entry = {
        "id": "a",
        "name": {"en": "Calf", "bn": "কাফ"},
        "phases": [{"text": {"en": "Go"}}],
        "limits": {"min": 1},
    }
    assert in_language(entry, "bn") == {
        "id": "a",
        "name": "কাফ",
        "phases": [{"text": "Go"}],
        "limits": {"min": 1},
    }
    assert entry["name"] == {"en": "Calf", "bn": "কাফ"}
