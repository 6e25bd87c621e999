"""Three languages: the switch, what is translated, and that the compiled catalogues are those of the texts."""

import gettext
import re

import pytest
from django.conf import settings
from django.utils import translation

from clinic.access import Role
from clinic.navigation import MENUS
from tests.conftest import ClinicClient

CATALOGUES = [settings.BASE_DIR / "locale" / code / "LC_MESSAGES" / "django.po" for code in ("bn", "hi")]
TEXT = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'


def told(quoted):
    """Return a text of a .po file as it is read."""
    return (
        "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', quoted))
        .replace('\\"', '"')
        .replace("\\n", "\n")
        .replace("\\\\", "\\")
    )


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=["bn", "hi"])
def test_what_is_compiled_is_what_is_written(catalogue):
    """The .mo is committed, so that nothing but Python is needed: compile it with manage.py compilemessages."""
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        kept = gettext.GNUTranslations(compiled)
    entry = rf"^(?:msgctxt {TEXT})?msgid {TEXT}msgstr {TEXT}"
    written = re.findall(entry, catalogue.read_text(), re.MULTILINE)[1:]
    assert len(written) > 200
    for context, *texts in written:
        text, says = map(told, texts)
        assert says == (kept.pgettext(told(context), text) if context else kept.gettext(text))


@pytest.mark.parametrize("language", ["bn", "hi"])
def test_every_place_one_can_go_has_its_name(language):
    places = {item.label for menu in MENUS.values() for items in menu.values() for item in items}
    with translation.override("en"):
        english = {str(label) for label in places}
    with translation.override(language):
        assert not english & {str(label) for label in places}
        assert not {role.name for role in Role if role.label.isascii()}


@pytest.mark.parametrize(
    ("language", "patients", "sign_in"), [("bn", "রোগী", "সাইন ইন"), ("hi", "मरीज़", "साइन")]
)
def test_the_switch_turns_pages_into_the_language_and_remembers_it(client_for, language, patients, sign_in):
    stranger = ClinicClient()
    stranger.post("/language/", {"language": language, "next": "/sign-in/"})
    page = stranger.get("/sign-in/")
    assert page.headers["Content-Language"] == language
    assert f'lang="{language}"' in page.content.decode()
    assert sign_in in page.content.decode()

    desk = client_for(Role.FRONT_DESK)
    desk.post("/language/", {"language": language})
    assert patients in desk.get("/patients/").content.decode()
    del desk.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert desk.get("/patients/").headers["Content-Language"] == language  # kept with the account


def test_a_language_we_do_not_speak_is_not_there(client_for):
    assert client_for(Role.FRONT_DESK).post("/language/", {"language": "fr"}).status_code == 404
