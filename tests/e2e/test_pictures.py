"""The picture of an exercise: it stands until Play is pressed, for whoever wants less motion too, and shows either side."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.stack import Stack
from tests.e2e.test_every_page import AXE, look_at

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def drawn(page: Any, scope: str = "") -> bool:
    """Tell whether the first picture in view has arrived and is a picture."""
    image = page.locator(f"{scope} .motion img").first
    return bool(image.evaluate("async image => { await image.decode(); return image.naturalWidth > 100; }"))


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_patient_plays_and_stops_a_picture(stack: Stack, browse: Callable[..., Any], motion: str) -> None:
    page = browse(stack, "patient@demo.tonus", viewport=PHONE, reduced_motion=motion)
    page.context.add_init_script(path=AXE)
    page.goto(f"{stack.url}/me/")
    page.locator(".ex .pic img").first.evaluate("async image => await image.decode()")
    page.locator("a:has(.pic)").first.click()
    picture = page.locator("[data-motion] img")
    assert drawn(page)
    assert len(picture.get_attribute("alt") or "") > 20
    standing = picture.get_attribute("src") or ""
    assert "-panels." in standing
    page.get_by_role("button", name="Play").click()
    assert drawn(page)
    moving = picture.get_attribute("src") or ""
    assert moving != standing
    assert "-panels." not in moving
    if motion == "reduce":  # else colours are on their way when axe reads them
        assert look_at(page) == []
    page.get_by_role("button", name="Stop").click()
    assert picture.get_attribute("src") == standing


def test_both_sides_of_an_exercise_can_be_seen(stack: Stack, browse: Callable[..., Any]) -> None:
    page = browse(stack, "physio@demo.tonus", viewport=DESK, reduced_motion="reduce")
    page.context.add_init_script(path=AXE)
    page.goto(f"{stack.url}/exercises/calf-stretch-wall/")
    picture = page.locator("[data-motion] img")
    assert (picture.get_attribute("alt") or "").endswith("Right side.")
    page.get_by_role("button", name="Left side").click()
    assert drawn(page)
    assert "-left-panels." in (picture.get_attribute("src") or "")
    assert (picture.get_attribute("alt") or "").endswith("Left side.")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Right side").click()
    assert drawn(page)
    assert "-left" not in (picture.get_attribute("src") or "")
    page.get_by_text("© Tonus").wait_for()
    assert look_at(page) == []


def test_a_plan_shows_its_pictures_large_on_a_press(stack: Stack, browse: Callable[..., Any]) -> None:
    page = browse(stack, "physio@demo.tonus", viewport=DESK, reduced_motion="reduce")
    page.context.add_init_script(path=AXE)
    page.goto(f"{stack.url}/patients/")
    page.get_by_role("link", name="Ruma Ghosh").first.click()
    page.get_by_role("link", name="Plan", exact=True).first.click()
    first = page.locator(".look").first
    first.click()
    large = page.locator("[popover]:popover-open")
    assert drawn(page, "[popover]:popover-open")
    assert large.get_by_role("button", name="Close").evaluate("button => button === document.activeElement")
    large.get_by_role("button", name="Play").click()
    assert drawn(page, "[popover]:popover-open")
    assert "-panels." not in (large.locator("img").get_attribute("src") or "")
    assert look_at(page) == []
    page.keyboard.press("Escape")
    large.wait_for(state="hidden")
    assert first.evaluate("button => button === document.activeElement")
