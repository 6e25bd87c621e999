"""The texts that patients read, in their languages: nothing is missing, and what is compiled is what is written."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

LANGUAGES = ["bn", "hi"]


def catalogue(language):
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def written(language):
    """Return text by message of a .po whose every message is on one line; of plurals the first."""
    text = catalogue(language).read_text()
    pairs = re.findall(r'^msgid "(.+)"\n(?:msgid_plural ".+"\n)?msgstr(?:\[0\])? "(.*)"$', text, re.MULTILINE)
    return {one.replace('\\"', '"'): said.replace('\\"', '"') for one, said in pairs}


def test_both_languages_say_the_same_messages():
    assert written("bn").keys() == written("hi").keys()
    assert len(written("bn")) > 150


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language):
    with catalogue(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    known = set(compiled._catalog.values())
    stale = [one for one, said in written(language).items() if said not in known]
    assert stale == [], "run manage.py compilemessages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_or_loses_a_value(language):
    def values(text):
        return sorted(re.findall(r"%\(\w+\)[sd]|%d", text))

    wrong = {one: said for one, said in written(language).items() if not said or values(one) != values(said)}
    assert wrong == {}
