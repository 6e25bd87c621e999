"""An assessment by keyboard alone, through a lost connection and a reload; in two tabs; and two body charts compared."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.stack import Stack
from workspace.demo.keys import key

HARISH = f"/patients/{key('demo', 'patient', 'Harish Agarwal', 58)}/"  # not the patient who signs in: a red flag pauses a plan
WORST = "value.nprs....worst-24h"


@pytest.fixture
def physio(stack: Stack, browse: Callable[..., Any]) -> Any:
    return browse(stack, "physio@demo.tonus")


def begin(page: Any, kind: str = "review") -> None:
    page.goto(f"{HARISH}assessments/")
    page.locator(f"[name=kind][value={kind}]").check(force=True)
    page.get_by_role("button", name="Begin").click()
    page.locator("#assessment.is-stepped").wait_for()


def tab_to(page: Any, selector: str, key: str = "Tab") -> None:
    """Press Tab until the focus is where it should be, as somebody without a mouse does."""
    for _press in range(250):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not reach {selector}")


def saved(page: Any) -> dict[str, str]:
    """Return what the server has of the assessment on the page."""
    page.locator("#sync[data-state=saved]").wait_for(state="attached")
    answer = page.request.get(page.url.split("#")[0], headers={"Accept": "application/json"})
    return answer.json()["state"]


def until(page: Any, name: str, value: str) -> None:
    for _try in range(40):
        if saved(page).get(name, "") == value:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{name} is {saved(page).get(name)!r}")


def test_by_keyboard_alone_with_the_connection_cut_and_nothing_lost(physio: Any) -> None:
    page = physio
    begin(page)
    questions = page.locator(".rf__q").count()
    assert questions > 10
    for place in range(questions):
        name = page.locator(".rf__q input[type=radio]").nth(place * 3).get_attribute("name")
        tab_to(page, f'[name="{name}"]')
        page.keyboard.press("ArrowRight")  # from "yes", not chosen yet, to "no"
    assert page.locator(".rf__q input[value=no]:checked").count() == questions

    tab_to(page, "[data-next]")
    page.keyboard.press("Enter")
    tab_to(page, "[data-body-chart] [data-region]")
    for _step in range(3):
        page.keyboard.press("ArrowDown")
    region = page.evaluate("document.activeElement.dataset.region")
    page.keyboard.press("Enter")
    page.keyboard.press("7")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.region") == region
    until(page, f"mark.{region}.spasm.intensity", "7")

    tab_to(page, "[data-next]")
    page.keyboard.press("Enter")
    page.context.set_offline(True)
    tab_to(page, f'[name="{WORST}"]')
    page.keyboard.type("6")
    tab_to(page, "#add-measure")  # a measure more needs the server: it comes when the network is back
    page.locator("#offline").wait_for()
    tab_to(page, "[data-next]")
    page.keyboard.press("Enter")
    tab_to(page, "[name=notes]")
    page.keyboard.type("Spasms come at night.")
    page.wait_for_timeout(1000)
    page.context.set_offline(False)
    page.locator("#offline").wait_for(state="hidden")
    until(page, "notes", "Spasms come at night.")
    assert saved(page)[WORST] == "6"

    tab_to(page, "[data-next]")
    page.keyboard.press("Enter")
    tab_to(page, "[data-sign]")
    page.keyboard.press("Enter")
    page.locator(".badge", has_text="Signed").wait_for()
    for words in ("Spasms come at night.", "7/10"):
        assert page.get_by_text(words).first.is_visible()


def test_what_was_not_saved_survives_a_reload(physio: Any) -> None:
    page = physio
    begin(page)
    page.locator("[data-step=notes]").click()
    page.route(
        "**/assessments/**",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.locator("[name=notes]").fill("Not on the server yet.")
    page.locator("#offline").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute("**/assessments/**")
    assert page.locator("[name=notes]").input_value() == "Not on the server yet."
    until(page, "notes", "Not on the server yet.")


def test_two_tabs_fill_one_assessment_and_neither_overwrites_the_other(physio: Any) -> None:
    page = physio
    begin(page)
    other = page.context.new_page()
    other.goto(page.url)
    for tab in (page, other):
        tab.locator("[data-step=notes]").click()
    page.locator("[name=notes]").fill("From the first tab.")
    until(page, "notes", "From the first tab.")
    other.locator("[name=notes]").fill("From the second.")
    other.get_by_text("Somebody else wrote: From the first tab.").wait_for()
    assert saved(page)["notes"] == "From the first tab."
    other.get_by_role("button", name="Keep mine").click()
    until(other, "notes", "From the second.")
    page.locator("[data-step=measures]").click()
    page.locator(f'[name="{WORST}"]').fill("3")
    until(page, WORST, "3")
    assert page.locator("[name=notes]").input_value() == "From the second."


def test_an_emergency_stops_at_once_and_two_body_charts_are_compared(physio: Any) -> None:
    page = physio
    begin(page)
    page.locator("[data-step=chart]").click()
    page.locator("[data-region=right-calf]").click()
    page.locator("[data-mark]:visible .scale label", has_text="4").click()
    until(page, "mark.right-calf.spasm.intensity", "4")
    page.locator("[data-step=flags]").click()
    page.locator("[data-emergency] .yn label", has_text="Yes").first.click()
    page.get_by_text("Stop. Act on this first.").wait_for()
    assert page.locator("[data-step=measures]").get_attribute("aria-disabled") == "true"
    page.locator("[name=red_flag_action]").fill("Sent to hospital.")
    page.get_by_text("An emergency was found").wait_for()
    page.locator("[data-step=measures]").click()
    assert page.locator("#step-measures").is_visible()

    begin(page)
    page.locator("[data-step=chart]").click()
    page.locator("[data-region=right-calf]").click()
    page.locator("[data-mark]:visible .scale label", has_text="2").click()
    page.locator(".seg label", has_text="Pain").click()
    page.locator("[data-region=left-knee-back]").click()
    until(page, "mark.left-knee-back.pain", "1")
    page.goto(f"{HARISH}body-chart/")
    page.get_by_role("row", name="Right calf Spasm 4/10 2/10 weaker").wait_for()
    page.get_by_role("row", name="Left knee back Pain – marked new").wait_for()
    page.locator(".seg label", has_text="Overlay").click()
    page.get_by_role("button", name="Show").click()
    assert page.locator(".bc-region--was").count() == 1
