"""The builder as a physiotherapist uses it: from nothing to a signed plan in few steps, by drag and by keyboard, back and forward;

what a new fact does to it; two people at one draft; and all of it without script.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

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


# --- nothing typed is lost, nothing pressed is dropped, whatever the network does -------------------------------------------------
class Net:
    """The way to the server, on which every save and order is held until it is let go."""

    def __init__(self, page: Any, to: str = "**/plan/draft/") -> None:
        self.page = page
        self.held: list[Any] = []
        self.sent: list[str] = []
        self.is_open = False
        page.route(to, self.hold)

    def hold(self, route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        told = parse_qs(route.request.post_data or "", keep_blank_values=True)
        self.sent.append(told.get("do", ["typing"])[0].partition(":")[0])
        if self.is_open:
            route.continue_()
        else:
            self.held.append(route)

    def wait(self, count: int = 1) -> None:
        """Wait until so many requests were sent in all."""
        until(self.page, lambda: len(self.sent), count)

    def one(self) -> None:
        """Let the first of those held pass."""
        until(self.page, lambda: bool(self.held), True)
        self.held.pop(0).continue_()

    def break_one(self) -> None:
        until(self.page, lambda: bool(self.held), True)
        self.held.pop(0).abort()

    def free(self) -> None:
        self.is_open = True
        while self.held:
            self.held.pop(0).continue_()


def stored(stack: Stack, patient: str) -> Any:
    api = Api(stack, "physio@demo.tonus")
    [plan] = api.get(f"plans/?patient={patient}")["results"]
    return api.get(f"plans/{plan['id']}/")


def focused(page: Any) -> str:
    return page.evaluate(
        "document.activeElement.getAttribute('aria-label') || document.activeElement.id || document.activeElement.value || ''"
    )


def open_all(page: Any) -> None:
    page.evaluate("document.querySelectorAll('#builder details').forEach((each) => (each.open = true))")


def test_what_is_typed_while_an_order_is_on_its_way_stays_and_is_saved(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    open_all(page)
    first, second, *rest = names(page)
    net = Net(page)
    page.locator("#phases-0 [value='down:phases-0-home-0']").click()
    net.wait()
    page.locator("#phases-0-home-0-note").fill("of the first")
    page.locator("#phases-0-home-1-note").fill("of the second")
    page.locator("#phases-0-progress_when").fill("typed meanwhile")
    net.free()
    until(page, lambda: names(page), [second, first, *rest])
    until(page, lambda: page.locator("#phases-0-home-1-note").input_value(), "of the first")
    assert page.locator("#phases-0-home-0-note").input_value() == "of the second"
    assert page.locator("#phases-0-progress_when").input_value() == "typed meanwhile"
    assert focused(page) == "phases-0-progress_when"  # where one writes, not where the item went
    until(page, lambda: stored(stack, draft)["phases"][0]["progress_when"], "typed meanwhile")
    home = stored(stack, draft)["phases"][0]["home"]
    assert [item["note"] for item in home[:2]] == ["of the second", "of the first"]


def test_a_place_a_day_and_a_new_goal_entered_meanwhile_stay(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    open_all(page)
    goals = len(stored(stack, draft)["goals"])
    page.locator("[value=add-goal]").click()
    text = page.locator(f"#goals-{goals}-text")
    text.wait_for()
    until(page, lambda: focused(page), f"goals-{goals}-text")
    net = Net(page)
    page.locator("#phases-0 [value='down:phases-0-home-0']").click()
    net.wait()
    text.fill("Walk to the market")
    place = page.locator("#phases-0 .mod input.site__add").first
    place.fill("left CALF")
    place.press("Enter")
    day = page.locator("input[name=phases-0-home-2-days_of_week]").first
    was = day.is_checked()
    day.locator("xpath=..").click()
    net.free()
    until(page, lambda: len(stored(stack, draft)["goals"]), goals + 1)
    plan = stored(stack, draft)
    assert plan["goals"][-1]["text"] == "Walk to the market"
    assert "left-calf" in plan["phases"][0]["clinic"][0]["sites"]
    assert (1 in plan["phases"][0]["home"][2]["days_of_week"]) is not was


def test_three_quick_presses_in_the_dialog_add_three(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    before = names(page)
    page.locator("#phases-0 [data-pick*='/home/']").click()
    rows = page.locator("#picker .pickrow")
    rows.first.wait_for()
    net = Net(page)
    added = [rows.nth(place).locator("strong").first.inner_text() for place in (0, 1, 2)]
    for place in (0, 1, 2):
        rows.nth(place).get_by_role("button").click()
    net.free()
    until(page, lambda: page.locator("#picker .pickrow--added").count(), 3)
    page.get_by_role("button", name="Done").click()
    assert names(page) == [*before, *added]
    assert added[-1] in focused(page)  # the item added last


def test_an_order_pressed_during_a_save_is_done_once_although_one_types_on(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    open_all(page)
    first, second, *rest = names(page)
    net = Net(page)
    page.locator("#phases-0-progress_when").fill("one")
    net.wait()
    page.locator("#phases-0 [value='down:phases-0-home-0']").click()
    page.locator("#phases-0-progress_when").fill("two")
    net.one()
    net.wait(2)
    net.free()
    until(page, lambda: names(page), [second, first, *rest])
    assert page.locator("#phases-0-progress_when").input_value() == "two"
    until(page, lambda: stored(stack, draft)["phases"][0]["progress_when"], "two")
    assert net.sent[:2] == ["typing", "down"]


def test_a_drag_moves_the_row_that_was_held_although_another_went_meanwhile(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus", viewport={"width": 1280, "height": 1400})
    open_draft(page, draft)
    _first, second, third, *rest = names(page)
    net = Net(page)
    page.locator("#phases-0 [value='remove:phases-0-home-0']").click()
    net.wait()
    grips = page.locator("#phases-0 .exlist [data-grip]")
    grips.nth(2).scroll_into_view_if_needed()
    start, end = grips.nth(2).bounding_box(), grips.nth(1).bounding_box()
    page.mouse.move(start["x"] + 6, start["y"] + 6)
    page.mouse.down()
    page.mouse.move(end["x"] + 6, end["y"] - 20, steps=8)
    page.mouse.up()
    net.free()
    until(page, lambda: names(page), [third, second, *rest])
    until(page, lambda: third in focused(page), True)  # the handle of what was moved
    assert focused(page).startswith("Move ")


def test_what_waited_for_a_save_that_failed_is_not_done_later_by_itself(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    page.on("dialog", lambda dialog: dialog.accept())
    open_draft(page, draft)
    open_all(page)
    net = Net(page)
    page.locator("#phases-0-progress_when").fill("one")
    net.wait()
    page.get_by_role("button", name="Discard this draft").click()
    net.break_one()
    page.locator(".toast", has_text="What you pressed was not done").wait_for()
    net.free()
    page.context.set_offline(True)
    page.get_by_role("button", name="Discard this draft").click()
    page.locator(".toast", has_text="What you pressed was not done").nth(1).wait_for()
    page.context.set_offline(False)
    page.locator("#phases-0-progress_when").fill("two")
    until(page, lambda: stored(stack, draft)["phases"][0]["progress_when"], "two")
    saved(page)
    assert page.url.endswith("/plan/draft/")
    assert stored(stack, draft)["status"] == "draft"


def test_a_row_that_is_gone_is_not_mistaken_for_another(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    _first, *rest = names(page)
    net = Net(page)
    page.locator("#phases-0 [value='remove:phases-0-home-0']").click()
    net.wait()
    page.locator("#phases-0 [value='down:phases-0-home-0']").click()
    net.free()
    page.locator(".toast", has_text="no longer on this page").wait_for()
    assert names(page) == rest


# --- the hand stays where it is -------------------------------------------------------------------------------------------------
def test_a_refused_autosave_never_moves_the_focus_and_an_explicit_save_goes_to_the_fault(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    open_all(page)
    page.locator("#phases-0-home-0-sets").fill("99")
    note = page.locator("#phases-0-home-1-note")
    note.click()
    for words in ("slowly", " and low"):
        note.press_sequentially(words)
        page.wait_for_timeout(1000)
        page.locator("[data-field=phases-0-home-0-sets] .field__error").wait_for()
        assert focused(page) == "phases-0-home-1-note"
    assert note.input_value() == "slowly and low"
    page.get_by_role("button", name="Save", exact=True).last.click()
    until(page, lambda: focused(page), "phases-0-home-0-sets")


def test_after_each_order_the_focus_is_where_one_goes_on(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    first, second, third, *_rest = names(page)

    down = page.get_by_role("button", name=f"Move {first} down")
    down.scroll_into_view_if_needed()
    down.focus()
    page.keyboard.press("Enter")
    until(page, lambda: names(page)[:2], [second, first])
    until(page, lambda: focused(page), f"Move {first} down")
    top = page.evaluate("document.activeElement.getBoundingClientRect().top")
    assert 0 < top < page.viewport_size["height"]

    page.get_by_role("button", name=f"Remove {second}").click()
    until(page, lambda: names(page)[0], first)
    until(page, lambda: first in focused(page), True)
    undo = page.get_by_role("button", name="Undo")
    undo.click()
    until(page, lambda: names(page)[0], second)
    until(page, lambda: focused(page), "Undo")

    phases = page.locator("[data-tabs] a").count()
    page.get_by_role("button", name="Add phase").click()
    until(page, lambda: focused(page), f"phases-{phases}-name")
    page.locator("[data-tabs] a").first.click()
    item = page.locator("#phases-0-home-2")
    item.locator("summary").click()
    item.get_by_role("button", name="To phase 2").click()
    until(page, lambda: third in names(page, 1), True)
    until(page, lambda: focused(page).startswith(f"Move {third}: "), True)


# --- places, and the search in the dialog ---------------------------------------------------------------------------------------
def test_enter_adds_a_place_and_what_is_none_stays_with_a_word_beside_it(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    treatment = page.locator("#phases-0 .mod").first
    field = treatment.locator("input.site__add")
    field.fill("left calf")
    field.press("Enter")
    treatment.locator(".site", has_text="Left calf").wait_for()
    assert field.input_value() == ""
    for leave in ("Enter", "Tab"):
        field.fill("the moon")
        field.press(leave)
        treatment.get_by_text("No such place").wait_for()
        assert field.input_value() == "the moon"
        page.locator("#phases-0 [value='down:phases-0-home-0']").click()
        saved(page)
        assert field.input_value() == "the moon"
    field.fill("")
    treatment.get_by_text("No such place").wait_for(state="detached")
    until(page, lambda: "left-calf" in stored(stack, draft)["phases"][0]["clinic"][0]["sites"], True)


def test_in_the_search_enter_sends_nothing_and_the_first_escape_closes(
    stack: Stack, browse: Callable[..., Any], draft: str
) -> None:
    page = browse(stack, "physio@demo.tonus")
    open_draft(page, draft)
    opener = page.locator("#phases-0 [data-pick*='/home/']")
    opener.click()
    search = page.locator("#pick-q")
    search.wait_for()
    search.press_sequentially("stretch")
    net = Net(page)
    search.press("Enter")
    assert page.locator("#picker dialog[open]").count() == 1
    search.press("Escape")
    page.locator("#picker dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.dataset.pick") == opener.get_attribute("data-pick")
    assert net.sent == []


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
