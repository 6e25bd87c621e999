"""The frame of the pages: what browsers are given, what each role can reach, how a form comes back, how we refuse."""

import gzip
import hashlib
import itertools
import json
import re
from pathlib import Path
from uuid import UUID

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation

from clinic import navigation
from clinic.access import Access, Role, may
from clinic.context import Shell, languages, menu, shell

STATIC = settings.BASE_DIR / "static"
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
PARTIALS = sorted((settings.BASE_DIR / "templates/components").glob("_*.html"))
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img/icons.svg").read_text()))


def found_in(paths, look):
    """Return what `look` finds in the text of each template, by its path; templates with nothing to find are left out."""
    texts = {str(path.relative_to(settings.BASE_DIR)): path.read_text() for path in paths}
    return {path: found for path, text in texts.items() if (found := look(text))}


def gzipped(*paths):
    return sum(len(gzip.compress(path.read_bytes())) for path in paths)


# --- what browsers are given ----------------------------------------------------------------------------------------
def test_vendored_files_are_what_the_manifest_says():
    vendor = STATIC / "vendor"
    manifest = json.loads((vendor / "manifest.json").read_text())
    promised = {path: digest for package in manifest.values() for path, digest in package["files"].items()}
    found = {
        str(path.relative_to(vendor)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == promised
    assert all(package["licence"] for package in manifest.values())


def test_no_template_has_inline_style_or_script():
    def inline(text):
        text = re.sub(r"\{#.*?#\}", "", text)
        scripts = [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag]
        bare = [tag for tag in scripts if 'type="application/json"' not in tag]
        return bare + re.findall(r"<style\b|\sstyle=|\son[a-z]+=|hx-on|javascript:|[\"']js:", text)

    assert found_in(TEMPLATES, inline) == {}


def test_every_static_file_a_template_names_exists():
    """A missing one is only a broken picture here, and an error 500 under the hashed names of production."""

    def missing(text):
        named = re.findall(r"""\{% static ["']([^"']+)["'] %\}""", text)
        named += re.findall(r"""["']/static/([^"']+)["']""", text)
        return [file for file in named if not finders.find(file)]

    assert found_in(TEMPLATES, missing) == {}


def test_every_icon_a_template_draws_exists():
    def unknown(text):
        return set(re.findall(r'(?:\{% icon |\bicon=)"([\w-]+)"', text)) - ICONS

    assert found_in(TEMPLATES, unknown) == {}


def test_every_icon_that_python_and_script_name_exists():
    items = itertools.chain.from_iterable(
        group for menu in navigation.MENUS.values() for group in menu.values()
    )
    states = re.search(r"const ICONS = \{(.*?)\}", (STATIC / "js/network.js").read_text())[1]
    assert {item.icon for item in items} | set(re.findall(r'"(\w+)"', states)) <= ICONS


def test_every_partial_says_first_what_it_needs():
    def silent(text):
        return not re.search(r"\{#.*(Needs:|says what it takes).*#\}", text.splitlines()[0])

    assert found_in(PARTIALS, silent) == {}


def modules(name="app.js"):
    """Return the paths of a module and of all that it imports."""
    path = STATIC / "js" / name
    imported = re.findall(r'(?:from|import) "\./([\w-]+\.js)"', path.read_text())
    return {path}.union(*(modules(other) for other in imported))


def test_pages_are_light_enough_for_a_weak_network():
    """Of the 100 kB of a patient's first page at most half is frame; the rest is for its own content and pictures."""
    js = modules()
    styles = [STATIC / "css" / f"{name}.css" for name in ("tokens", "components", "patient")]
    assert gzipped(*js) < 15_000
    assert gzipped(*js, *styles, STATIC / "img/icons.svg") < 50_000
    assert gzipped(*js, *STATIC.glob("vendor/htmx*/*.js")) < 40_000


def test_hashed_names_reach_into_scripts_and_styles(tmp_path, settings):
    """Modules import modules and styles name fonts: in production all of them go by their hashed names."""
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "clinic.staticfiles.HashedStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    app = (tmp_path / names["js/app.js"]).read_text()
    assert Path(names["js/theme.js"]).name in app
    assert '"./theme.js"' not in app
    assert (
        Path(names["fonts/noto-sans-bengali-bengali-wght-normal.woff2"]).name
        in (tmp_path / names["css/tokens.css"]).read_text()
    )


# --- colours --------------------------------------------------------------------------------------------------------
def theme(start):
    css = (STATIC / "css/tokens.css").read_text()
    body = css[css.index(start) :]
    body = body[body.index("{") + 1 :]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", body[: body.index("}")]))


LIGHT = theme(":root {\n  color-scheme: light")
DARK = LIGHT | theme(':root[data-theme="dark"]')


def contrast(one, other):
    """Return the contrast ratio of two #rrggbb colours (WCAG 2.2, 1.4.3)."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pairs_of_text():
    """Return every (text, ground) that meets on a page."""
    signals, benefits = ("stop", "warn", "ok", "info"), ("pain", "nerve", "range", "meds", "life")
    grounds = ("page", "surface", "surface-2", "surface-3")
    pairs = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "brand-ink") for ground in grounds]
    for signal in signals:
        tint = f"{signal}-tint"
        pairs += [(f"{signal}-ink", ground) for ground in (tint, "surface", "page")]
        pairs += [(ink, tint) for ink in ("ink", "ink-2", "ink-3", "brand-ink")]
    pairs += [(ink, tint) for ink in ("brand-ink", "ink", "ink-2") for tint in ("brand-tint", "brand-tint-2")]
    pairs += [("ink-on-brand", f"brand{state}") for state in ("", "-hover", "-active")]
    pairs += [("ink-3", "brand-tint"), ("hero-ink", "hero"), ("surface", "apricot-ink")]
    pairs += [(ink, "apricot-tint") for ink in ("apricot-ink", "ink", "ink-3")]
    pairs += [("surface", "ink-2"), ("surface", "stop"), ("surface", "ok"), ("page", "ink")]
    pairs += [
        ("chart-axis", ground) for ground in ("surface", "chart-phase", "chart-phase-alt", "chart-band")
    ]
    pairs += [("ink", f"hm-{step}") for step in (1, 2, 3, 4)] + [("hm-5-ink", "hm-5")]
    return pairs + [(f"b-{name}", f"b-{name}-tint") for name in benefits if name != "pain"]


def pairs_of_marks():
    """Return every (mark or edge, ground) that carries meaning."""
    pairs = [
        (mark, g) for mark in ("line-strong", "focus") for g in ("page", "surface", "surface-2", "surface-3")
    ]
    for signal in ("stop", "warn", "ok", "info"):
        pairs += [(signal, ground) for ground in (f"{signal}-tint", "surface", "page")]
    for name in ("pain", "nerve", "range", "meds", "life"):
        grounds = ("surface", f"b-{name}-tint", "chart-phase", "chart-phase-alt", "chart-band")
        pairs += [(f"b-{name}", ground) for ground in grounds]
    pairs += [("chart-target", ground) for ground in ("surface", "chart-phase", "chart-phase-alt")]
    pairs += [("bc-mark", ground) for ground in ("bc-1", "bc-2", "bc-skin", "surface")]
    pairs += [("bc-edge", "surface"), ("bc-edge", "bc-skin"), ("surface", "warn"), ("apricot", "hero")]
    return [
        *pairs,
        ("brand", "surface-3"),
        ("ok", "surface-3"),
        ("brand", "apricot-tint"),
        ("b-pain", "apricot-tint"),
    ]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_that_meet_can_be_told_apart(colours):
    weak = [
        f"{one} on {ground}: {ratio:.2f}"
        for pairs, floor in ((pairs_of_text(), 4.5), (pairs_of_marks(), 3.0))
        for one, ground in pairs
        if (ratio := contrast(colours[one], colours[ground])) < floor
    ]
    assert weak == []


def test_dark_is_the_same_by_choice_and_by_device():
    assert LIGHT | theme(':root:not([data-theme="light"])') == DARK


# --- where each role can go -----------------------------------------------------------------------------------------
def access(*roles):
    mine = {"patient_id": UUID(int=1)} if roles == (Role.PATIENT,) else {"member_id": UUID(int=2)}
    return Access(UUID(int=3), "demo", "Alipore Nerve Clinic", UUID(int=4), roles, "Dr Anirban Sen", **mine)


def request_of(*roles, path="/", cookies=None):
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    request.membership = access(*roles) if roles else None
    request.clinic, request.identities = None, [request.membership] if roles else []
    request.COOKIES.update(cookies or {})
    return request


@pytest.mark.parametrize("role", Role)
def test_nobody_is_shown_what_their_role_may_not_use(role):
    for group in navigation.groups_for([role]):
        assert all(may((role,), item.capability) for item in group.items)


def test_two_roles_see_both_in_the_order_care_desk_admin():
    main = navigation.groups_for([Role.PHYSIOTHERAPIST, Role.FRONT_DESK])[0]
    assert [item.label for item in main.items] == [
        "Caseload",
        "Calendar",
        "Patients",
        "Arrivals",
        "Reminders",
    ]


def test_patient_sees_the_tabs_and_nothing_of_the_staff():
    (only,) = navigation.groups_for([Role.PATIENT])
    assert all(item.url_name.startswith("portal:") for item in only.items)


def test_pages_that_do_not_exist_yet_are_not_shown(monkeypatch):
    later = navigation.Item("workspace:not-built", "Later", "flag", "patients.read")
    monkeypatch.setitem(navigation.MENUS, Role.ADMIN, {navigation.MAIN: (later, navigation.STAFF)})
    (group,) = menu.__wrapped__((Role.ADMIN,))
    assert [link.label for link in group.links] == ["Staff and roles"]


def test_current_page_is_marked_and_so_is_what_lies_below_it():
    def marks(path):
        frame = Shell(request_of(Role.ADMIN, path=path))
        source = "{% fixed 'components/_nav.html' roles=roles here=here exact=exact %}"
        html = rendered(source, roles=(Role.ADMIN,), here=frame.here, exact=frame.is_exact)
        return re.findall(r'href="([^"]+)"[^>]* aria-current="(\w+)"', html)

    assert marks("/settings/staff/") == [("/settings/staff/", "page")]
    assert marks("/settings/staff/new/") == [("/settings/staff/", "true")]
    assert marks("/nowhere/") == []


def test_fixed_parts_are_kept_apart_by_language():
    with translation.override("hi"):
        first = rendered("{% fixed 'components/_languages.html' %}")
    assert first != rendered("{% fixed 'components/_languages.html' %}")


@pytest.mark.parametrize(("cookie", "shown"), [("dark", "dark"), ("", ""), ("neon", "")])
def test_theme_of_this_browser_is_shown_before_signing_in(cookie, shown):
    assert Shell(request_of(cookies={"tonus_theme": cookie})).theme == shown


def test_languages_begin_with_the_current_one_in_its_own_script():
    with translation.override("hi"):
        assert [one["name"] for one in languages()] == ["हिन्दी", "বাংলা", "English"]


# --- forms ----------------------------------------------------------------------------------------------------------
class Registration(forms.Form):
    name = forms.CharField(label="Full name")
    phone = forms.CharField(label="Phone", help_text="Ten digits.", max_length=5)
    sex = forms.ChoiceField(label="Sex", widget=forms.RadioSelect, choices=[("f", "Female"), ("m", "Male")])
    minutes = forms.IntegerField(label="Minutes", min_value=5, max_value=60)
    note = forms.CharField(label="Note", required=False)


def rendered(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def test_refused_field_keeps_what_was_typed_and_says_why():
    html = rendered("{% field form.phone %}", form=Registration({"phone": "98300 <44>"}))
    assert 'value="98300 &lt;44&gt;"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'id="id_phone_helptext"' in html
    assert 'id="id_phone_error"' in html


def test_focus_goes_to_the_first_refused_field_only():
    form = Registration({"name": "Ruma", "phone": "", "note": "x"})
    assert "autofocus" not in rendered("{% field form.name %}", form=form)
    assert "autofocus" in rendered("{% field form.phone %}", form=form)
    assert "autofocus" not in rendered("{% field form.note %}", form=form)


def test_choice_of_radios_is_a_group_with_a_legend():
    html = rendered("{% field form.sex kind='segmented' %}", form=Registration({"sex": "m"}))
    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert re.search(r'value="m"[^>]*checked', html)


def test_stepper_knows_its_limits_and_shows_what_was_typed():
    html = rendered(
        "{% field form.minutes kind='stepper' unit='min' %}", form=Registration({"minutes": "৯০"})
    )
    assert 'aria-valuemin="5"' in html
    assert 'aria-valuemax="60"' in html
    assert 'value="৯০"' in html


def test_only_fields_that_may_stay_empty_say_so():
    form = Registration()
    assert "(if any)" in rendered("{% field form.note %}", form=form)
    assert "(if any)" not in rendered("{% field form.name %}", form=form)


def test_summary_links_to_each_refused_field():
    html = rendered("{% include 'components/_form_errors.html' %}", form=Registration({"name": "Ruma"}))
    assert 'role="alert"' in html
    assert re.findall(r'href="#(\w+)"', html) == ["id_phone", "id_sex_0", "id_minutes"]


def test_one_refused_field_needs_no_summary():
    typed = {"name": "", "phone": "12345", "sex": "f", "minutes": "20"}
    assert not rendered("{% include 'components/_form_errors.html' %}", form=Registration(typed)).strip()


def test_whole_form_is_rendered_with_our_fields():
    html = str(Registration({"name": ""}))
    assert 'class="error-summary"' in html
    assert html.count('class="field field--error') == 4


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Dr Anirban Sen", "AS"), ("Ruma", "R"), ("S. K. De", "D"), ("রুমা ঘোষ", "রঘ"), ("Dr", "D"), ("", "")],
)
def test_initials_leave_titles_out(name, letters):
    assert rendered("{{ name|initials }}", name=name) == letters


# --- refusals -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_for_when_all_else_fails_need_nothing(name):
    """Django renders them without request and context, and the database may be gone."""
    html = get_template(name).render()
    assert "<h1>" in html
    assert 'href="/static/css/components.css"' in html


@pytest.mark.parametrize(("context", "minutes"), [({}, 5), ({"minutes": 12}, 12)])
def test_too_many_tries_says_when_to_try_again(context, minutes):
    request = request_of()
    html = get_template("429.html").render(context | shell(request), request)
    assert f"{minutes} minutes" in html


def test_refusal_names_the_roles_and_who_can_help(client_for, member):
    member(Role.ADMIN)
    html = client_for(Role.FRONT_DESK).get("/outbox/").content.decode()
    assert "It is for: Clinic admin. You are signed in as: Front desk." in html
    assert "If you need it for your work, ask " in html
    assert "the admin of your clinic" not in html


@pytest.mark.parametrize(
    "path", ["/no/such/page/", "/sign-in/", "/password/reset/", "/password/reset/done/", "/parts/"]
)
def test_pages_for_everybody_open(client, db, path):
    response = client.get(path)
    assert response.status_code == (404 if path.startswith("/no/") else 200)
    assert "<h1>" in response.content.decode()


def test_wrong_password_is_answered_on_the_page_without_saying_whether_the_account_exists(client, db):
    html = client.post("/sign-in/", {"login": "nobody@example.org", "password": "wrong"}).content.decode()
    assert 'role="alert"' in html
    assert 'value="nobody@example.org"' in html


# --- the menus of the frame -----------------------------------------------------------------------------------------
def test_menus_of_the_frame_work_without_script(client_for):
    """Language, colours and sign-out are buttons of one form, which carries the key against forged requests."""
    browser = client_for(Role.FRONT_DESK)
    browser.handler.enforce_csrf_checks = True

    def press(name, value=""):
        html = browser.get("/parts/").content.decode()
        (key,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html))
        buttons = re.findall(r'<button[^>]* form="frame" formaction="([^"]+)"([^>]*)>', html)
        (where,) = {
            action for action, rest in buttons if f'name="{name}" value="{value}"' in rest or name in action
        }
        return browser.post(
            where, {"csrfmiddlewaretoken": key, name: value}, HTTP_REFERER="http://testserver/parts/"
        )

    assert press("theme", "dark").headers["Location"] == "http://testserver/parts/"
    assert 'data-theme="dark"' in browser.get("/parts/").content.decode()
    press("language", "hi")
    assert '<html lang="hi"' in browser.get("/parts/").content.decode()
    assert press("sign-out").headers["Location"] == "/sign-in/"
    assert browser.get("/settings/staff/").status_code == 302
