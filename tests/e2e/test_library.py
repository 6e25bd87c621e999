"""A physiotherapist in the library: finds by filters that combine, and makes an exercise and a protocol the clinic's own."""

from collections.abc import Callable
from typing import Any

from tests.e2e.stack import Stack
from tests.e2e.test_building import Net, until
from tests.e2e.test_every_page import AXE, look_at

PHYSIO = "physio@demo.tonus"


def test_something_for_the_calf_in_a_wheelchair_without_a_helper(
    stack: Stack, browse: Callable[..., Any]
) -> None:
    page = browse(stack, PHYSIO, viewport={"width": 1280, "height": 800})
    page.goto(f"{stack.url}/exercises/")
    page.locator("#library-search").press_sequentially("calf")
    page.locator(".chip--away", has_text="calf").wait_for()
    page.get_by_label("In a wheelchair").check()
    page.locator(".chip--away", has_text="In a wheelchair").wait_for()
    page.get_by_label("Without a helper").check()
    page.locator(".chip--away", has_text="Without a helper").wait_for()
    assert page.evaluate("document.activeElement.id") == "f-helper-no"  # the hand stays where it was
    assert page.url.endswith("/exercises/?position=wheelchair&helper=no&search=calf")
    assert "Ankle circles and pumps" in page.locator(".cards").inner_text()
    page.go_back()
    page.locator(".chip--away", has_text="Without a helper").wait_for(state="detached")
    assert not page.get_by_label("Without a helper").is_checked()


def test_on_a_phone_the_filters_are_a_sheet(stack: Stack, browse: Callable[..., Any]) -> None:
    page = browse(stack, PHYSIO, viewport={"width": 390, "height": 844})
    page.goto(f"{stack.url}/exercises/")
    page.get_by_role("button", name="Filters", exact=True).click()
    page.get_by_label("Relax and breathe").check()
    page.locator(".chip--away", has_text="Relax").wait_for()
    page.get_by_role("button", name="Show what is found").click()
    page.locator("#finder").wait_for(state="hidden")
    assert page.locator(".cardlink").count() == 2


def test_an_exercise_and_a_protocol_are_copied_and_made_ones_own(
    stack: Stack, browse: Callable[..., Any]
) -> None:
    page = browse(stack, PHYSIO, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.context.add_init_script(path=AXE)
    page.goto(f"{stack.url}/exercises/calf-stretch-wall/")
    page.get_by_role("link", name="Copy").click()
    page.get_by_label("Name in English").fill("Calf stretch our way")
    most = page.get_by_role("spinbutton", name="Repetitions, most")
    most.fill("99")
    page.get_by_role("button", name="Keep").click()
    page.locator(".error-summary", has_text="Repetitions").wait_for()
    most.fill("6")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("heading", name="Calf stretch our way").wait_for()
    page.get_by_role("link", name="Change").click()
    page.wait_for_url("**/change/")  # the whole page is there: axe must not look at half of it
    wrong = look_at(page)

    page.goto(f"{stack.url}/protocols/sciatica-acute/")
    page.get_by_role("link", name="Copy").click()
    page.locator("[name='name']").fill("Sciatica our way")
    page.locator("[name='phases.0.home_exercises.2.dosage.reps']").fill("9")
    page.locator("[name='phases.0.clinic_modalities.3.parameters.duration']").fill("12")
    page.locator("[name='add.phases.0.home_exercises']").select_option(label="Calf stretch our way")
    page.locator("[value='add:phases.0.home_exercises']").click()
    page.locator("[id='phases.0.home_exercises.7']", has_text="Calf stretch our way").wait_for()
    wrong += look_at(page)
    page.get_by_role("button", name="Keep").last.click()
    page.get_by_role("heading", name="Sciatica our way").wait_for()
    told = page.locator(".timeline > li").first.inner_text()
    assert "Calf stretch our way" in told
    assert "12" in told
    assert not wrong, "\n".join(wrong)


def test_what_is_typed_into_a_protocol_while_rows_are_moved_and_added_stays(
    stack: Stack, browse: Callable[..., Any]
) -> None:
    page = browse(stack, PHYSIO, viewport={"width": 1280, "height": 900})
    page.goto(f"{stack.url}/protocols/new/?from=sciatica-acute")
    first, second = (page.locator(exercise_field(place)).input_value() for place in (0, 1))
    net = Net(page, "**/protocols/new/**")
    down = page.locator("[value='down:phases.0.home_exercises.0']")
    down.click()
    net.wait()
    down.click()  # the same row goes on, although it stands elsewhere by then
    page.locator("[value='add:goal_templates']").click()
    page.locator("[name='phases.0.home_exercises.0.note']").fill("of the first")
    page.locator("[name=name]").fill("Typed meanwhile")
    for sent in (2, 3):
        net.one()
        net.wait(sent)
    net.free()
    until(page, lambda: page.locator(exercise_field(2)).input_value(), first)
    until(page, lambda: page.locator("[aria-busy=true]").count(), 0)
    assert page.locator(exercise_field(0)).input_value() == second
    assert page.locator("[name='phases.0.home_exercises.2.note']").input_value() == "of the first"
    assert page.locator("[name=name]").input_value() == "Typed meanwhile"
    assert page.evaluate("document.activeElement.name") == "name"
    assert net.sent == ["down", "down", "add"]


def exercise_field(place: int) -> str:
    return f"[name='phases.0.home_exercises.{place}.exercise']"
