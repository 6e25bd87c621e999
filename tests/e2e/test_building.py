"""The builder as a physiotherapist uses it: from nothing to a signed plan in few steps, by drag and by keyboard, back and forward;

what a new fact does to it; two people at one draft; and all of it without script.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.stack import Api, Stack
from tests.e2e.test_main_job import REASON, register

MOST_STEPS = 25


class Hand:
    """Somebody at a page, whose every press and every field filled is counted."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.steps = 0

    def press(self, name: str, role: str = "button") -> None:
        self.steps += 1
        self.page.get_by_role(role, name=name).first.click()

    def write(self, selector: str, text: str) -> None:
        self.steps += 1
        field = self.page.locator(selector)
        field.fill(text)
        field.press("Tab")


@pytest.fixture
def patient(stack: Stack) -> str:
    return register(stack)[0]


@pytest.fixture
def draft(stack: Stack, patient: str) -> str:
    """A draft with two exercises of four in its second phase; returns the patient."""
    Api(stack, "physio@demo.tonus").post("plans/", {"patient": patient, "protocol": "sciatica-chronic"})
    return patient


def open_draft(page: Any, patient: str) -> None:
    page.goto(f"/patients/{patient}/plan/draft/")
    page.locator("#builder.is-tabbed").wait_for()


def names(page: Any, phase: int = 0) -> list[str]:
    return page.locator(f"#phases-{phase} .exitem .exrow__name > strong").all_inner_texts()


def saved(page: Any) -> None:
    """Wait until what was typed is kept."""
    page.wait_for_timeout(900)  # the quiet after which it is sent
    page.locator("#sync[data-state=saved]").wait_for(state="attached")


def until(page: Any, read: Callable[[], Any], expected: Any) -> None:
    for _try in range(60):
        if read() == expected:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{read()!r} is not {expected!r}")


# --- from nothing to a signature ------------------------------------------------------------------------------------------
def test_a_plan_is_signed_in_few_steps_and_a_pacemaker_found_later_pauses_what_it_must(
    stack: Stack, browse: Callable[..., Any], patient: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    page.goto(f"/patients/{patient}/plan/")
    hand = Hand(page)
    hand.press("Start a plan", role="link")
    page.get_by_text("Made for").first.wait_for()  # why this one is suggested
    hand.press("Use this protocol")
    page.wait_for_url("**/plan/draft/")
    hand.press("Add treatment")
    hand.write("#pick-q", "tens")
    hand.press("Add TENS, conventional")
    page.locator("#picker .pickrow--added").wait_for()
    hand.press("Done")
    tens = page.locator("#phases-0 .mod", has_text="TENS, conventional")
    tens.wait_for()
    place = tens.get_attribute("id")
    hand.write(f"#{place}-sites", "Left lower back")
    page.locator(f"#{place} .site", has_text="Left lower back").wait_for()
    hand.press("Remove goals with brackets")
    page.locator("#goals .field__note").wait_for(state="detached")
    for none in page.locator("#safety [data-all-no]").all():
        hand.steps += 1
        none.click()
    hand.press("Save answers")
    page.locator("#safety fieldset.questions").wait_for(state="detached")
    for why in page.locator("#safety [data-why]").all():
        hand.write(f"#{why.get_attribute('id')}", REASON)
    hand.press("Sign version 1")
    page.wait_for_url(f"**/patients/{patient}/plan/")
    page.get_by_text("Active", exact=True).first.wait_for()
    assert hand.steps < MOST_STEPS, f"{hand.steps} steps"

    page.goto(f"/patients/{patient}/safety/")
    page.select_option("[name=flag]", "cardiac-pacemaker")
    page.get_by_role("button", name="Add", exact=True).click()
    page.goto(f"/patients/{patient}/plan/")
    paused = page.locator(".mod", has_text="TENS, conventional")
    paused.get_by_text("Paused", exact=True).wait_for()
    page.goto("/caseload/")
    page.get_by_text("Tapati Dutta").first.wait_for()


# --- order, and back ---------------------------------------------------------------------------------------------------------
def test_items_are_dragged_moved_by_arrows_and_every_step_can_be_taken_back(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    first, second, *rest = begun = names(page)

    grips = page.locator("#phases-0 .exlist [data-grip]")
    grips.nth(1).scroll_into_view_if_needed()
    start, end = grips.nth(1).bounding_box(), grips.nth(0).bounding_box()
    page.mouse.move(start["x"] + 6, start["y"] + 6)
    page.mouse.down()
    page.mouse.move(end["x"] + 6, end["y"] - 20, steps=8)
    page.mouse.up()
    until(page, lambda: names(page), [second, first, *rest])

    page.locator("#phases-0 .exlist [data-grip]").first.focus()
    page.keyboard.press("ArrowDown")
    until(page, lambda: names(page), begun)
    until(
        page,
        lambda: second in (page.evaluate("document.activeElement.getAttribute('aria-label')") or ""),
        True,
    )

    sets = page.locator("#phases-0-home-0-sets")
    was = sets.input_value()
    sets.fill("2" if was != "2" else "3")
    saved(page)
    page.locator("#goals").click(position={"x": 5, "y": 5})
    page.keyboard.press("Control+z")
    until(page, lambda: page.locator("#phases-0-home-0-sets").input_value(), was)
    page.get_by_role("button", name="Undo").click()
    until(page, lambda: names(page), [second, first, *rest])
    page.get_by_role("button", name="Undo").click()
    until(page, lambda: names(page), begun)
    page.get_by_role("button", name="Redo").click()
    until(page, lambda: names(page), [second, first, *rest])


def test_what_cannot_be_saved_is_said_at_its_field_and_can_be_taken_back(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    sets = page.locator("#phases-0-home-0-sets")
    was = sets.input_value()
    sets.fill("99")
    page.locator("[data-field=phases-0-home-0-sets] .field__error").wait_for()
    assert sets.input_value() == "99"
    page.get_by_role("button", name="Undo").first.click()
    until(page, lambda: page.locator("#phases-0-home-0-sets").input_value(), was)
    page.locator("[data-field=phases-0-home-0-sets] .field__error").wait_for(state="detached")


def test_two_at_one_draft_are_told_and_neither_loses_what_they_typed(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    one, other = browse(stack, "physio@demo.tonus"), browse(stack, "physio2@demo.tonus")
    open_draft(one, draft)
    open_draft(other, draft)
    one.locator("#phases-0-home-0-reps").fill("5")
    saved(one)
    other.locator("#phases-0-home-1-reps").fill("4")
    other.locator("#conflict .banner").wait_for()
    assert other.locator("#phases-0-home-1-reps").input_value() == "4"
    assert re.search(r"changed this draft at \d\d:\d\d", other.locator("#conflict").inner_text())
    other.get_by_role("button", name="Keep mine").click()
    other.locator("#conflict .banner").wait_for(state="detached")
    one.reload()
    until(one, lambda: one.locator("#phases-0-home-1-reps").input_value(), "4")


# --- small screens, no script --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [1024, 820])
def test_on_a_tablet_nothing_is_cut_off(
    stack: Stack, browse: Callable[..., Any], draft: str, width: int
) -> None:
    page = browse(stack, "physio@demo.tonus", viewport={"width": width, "height": 768}, has_touch=True)
    open_draft(page, draft)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    if width >= 1024:  # beside what is built, not below it
        assert page.locator("#safety").bounding_box()["x"] > width / 2
    page.locator("[data-pick]").first.tap()
    page.locator("dialog[open] .pickrow").first.wait_for()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_without_script_a_plan_is_begun_added_to_and_taken_back(
    stack: Stack, browse: Callable[..., Any], patient: str
) -> None:
    page = browse(stack, "physio@demo.tonus", java_script_enabled=False)
    page.goto(f"/patients/{patient}/plan/start/")
    page.get_by_role("button", name="Use this protocol").click()
    page.get_by_role("button", name="Add exercise").first.click()
    page.locator("h1", has_text="Add an exercise").wait_for()
    added = page.locator(".pickrow").last.locator("strong").inner_text()
    page.locator(".pickrow").last.get_by_role("button").click()
    assert added in names(page)
    page.get_by_role("button", name="Undo").click()
    assert added not in names(page)
