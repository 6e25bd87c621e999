"""The front desk: finds somebody, books them, and is offered a way out when the time is taken."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.e2e.stack import Stack


def free_monday() -> date:
    """Return a Monday that the demo leaves empty."""
    day = date.today() + timedelta(weeks=6)
    return day - timedelta(days=day.weekday())


def fill_in(page: Any, scrap: str, name: str, day: date, time: str) -> None:
    page.goto("/calendar/book/")
    page.get_by_placeholder("Name, phone or number").press_sequentially(scrap)
    page.get_by_role("button", name=name).click()
    page.locator(".person", has_text=name).wait_for()
    page.locator("[name=date]").fill(day.isoformat())
    page.locator("[name=time]").fill(time)
    page.locator("[name=therapist]").select_option(label="Dr Anirban Sen")
    page.locator("#booking .btn--primary").click()


def test_a_taken_time_is_met_with_the_nearest_free_ones(stack: Stack, browse: Callable[..., Any]) -> None:
    page = browse(stack, "desk@demo.tonus")
    day = free_monday()
    fill_in(page, "Lakshmi", "Lakshmi Iyer", day, "10:00")
    page.wait_for_url("**/calendar/?date=*")
    page.get_by_text("Lakshmi Iyer").first.wait_for()

    fill_in(page, "Abdul Rah", "Abdul Rahim", day, "10:15")
    clash = page.locator("#clash")
    clash.wait_for()
    assert "10:00" in clash.inner_text()
    clash.locator(".offer").first.click()
    page.wait_for_url("**/calendar/?date=*")
    page.get_by_text("Abdul Rahim").first.wait_for()
