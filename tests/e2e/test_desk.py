"""The front desk: registers somebody it may know already, books them, and is offered a way out of a taken time."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.e2e.stack import Stack
from tests.e2e.test_every_page import AXE, look_at


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


def test_somebody_new_is_registered_past_a_likely_double_invited_and_booked(
    stack: Stack, browse: Callable[..., Any]
) -> None:
    page = browse(stack, "desk@demo.tonus")
    page.goto("/patients/new/")
    page.get_by_label("Given name").press_sequentially("Imran")
    page.get_by_label("Family name").press_sequentially("Khan")
    double = page.locator("#doubles", has_text="We may know them already")
    double.get_by_text("Imran Khan").wait_for()

    page.get_by_label("Given name").fill("Rajani")
    page.get_by_label("Family name").fill("Tudu")
    page.get_by_label("E-mail", exact=True).fill(email := "rajani.tudu@patients.example")
    double.wait_for(state="detached")
    page.get_by_label("Reminders").check()
    page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="Rajani Tudu").wait_for()

    page.get_by_role("button", name="Invite").click()
    stack.mail.wait_for(email, "on your phone")

    page.get_by_role("link", name="Book", exact=True).click()
    page.locator("[name=type]").select_option(label="First assessment, 60 min")
    page.locator("[name=date]").fill(free_monday().isoformat())
    page.locator("#free [data-time='11:00']").click()
    page.locator("#booking .btn--primary").click()
    page.get_by_text("Rajani Tudu").first.wait_for()
    stack.mail.wait_for(email, "Your visit is booked")


def test_a_person_met_again_is_opened_and_a_namesake_is_told_apart(
    stack: Stack, browse: Callable[..., Any]
) -> None:
    page = browse(stack, "desk@demo.tonus")

    def type_in() -> Any:
        page.goto("/patients/new/")
        page.get_by_label("Given name").press_sequentially("Debasish")
        page.get_by_label("Family name").press_sequentially("Mondal")
        doubles = page.locator("#doubles", has_text="We may know them already")
        doubles.get_by_text("same name").wait_for()
        return doubles

    type_in().get_by_role("link", name="Same person: open the record").first.click()
    page.get_by_role("heading", name="Debasish Mondal").wait_for()

    doubles = type_in()
    page.get_by_label("Phone", exact=True).fill("98310 44556")
    page.get_by_role("button", name="Register").click()
    page.get_by_text("Is this somebody we know?").wait_for()
    assert page.get_by_label("Phone", exact=True).input_value() == "98310 44556"
    doubles.get_by_role("radio", name="Born on another day").check()
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/$"))
    page.get_by_role("link", name="Edit").first.click()  # and nobody asks about these two again
    page.get_by_text("Nobody on record looks like them.").wait_for()


def test_two_records_become_one_and_two_again(stack: Stack, browse: Callable[..., Any]) -> None:
    page = browse(stack, "desk@demo.tonus", reduced_motion="reduce")
    page.context.add_init_script(path=AXE)
    page.goto("/patients/?q=Piyali+Datta")
    page.get_by_role("link", name="Piyali Datta").first.click()
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_role("link", name="Compare the two").click()
    page.get_by_role("link", name="Keep the other instead").click()
    page.get_by_role("heading", name="One person, two records").wait_for()
    assert look_at(page) == []
    page.get_by_role("radio", name="Piyali Dutta").check()
    page.get_by_label("How do you know that they are one person?").fill("She says so, and has the same phone")
    page.get_by_role("button", name="Make one record").click()
    page.get_by_role("heading", name="Piyali Dutta").wait_for()
    page.goto("/patients/?q=Piyali+Datta")
    page.get_by_role("link", name="Piyali Dutta").first.click()  # who was found by the other name

    page.get_by_role("link", name="Edit").first.click()
    page.get_by_role("button", name="Undo").click()
    page.goto("/patients/?q=Piyali+Datta")
    page.get_by_role("link", name="Piyali Datta").first.wait_for()


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
