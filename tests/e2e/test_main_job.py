"""The main job, as three people do it in a browser: a plan is made and signed, its visits booked, today's exercise done."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.e2e.stack import Api, Stack

REASON = "Talked over with the patient; watched closely at every visit."


def register(stack: Stack) -> tuple[str, str]:
    """Return id and e-mail of somebody new with left-sided sciatica, invited to the portal."""
    email = f"{uuid4().hex[:12]}@patients.example"
    desk, physio = Api(stack, "desk@demo.tonus"), Api(stack, "physio@demo.tonus")
    fields = {
        "given_name": "Tapati",
        "family_name": "Dutta",
        "email": email,
        "date_of_birth": "1979-05-04",
        "language": "en",
    }
    patient = desk.post(
        "patients/", fields | {"sex": "female", "consents": {"care": True, "reminders": True}}
    )["id"]
    desk.post(f"patients/{patient}/invite/", {})
    physio.post(f"patients/{patient}/diagnoses/", {"condition": "sciatica-left", "onset_date": "2026-05-01"})
    return patient, email


def make_and_sign(page: Any, patient: str) -> None:
    """The physiotherapist: from a protocol, through the safety questions, to the signature."""
    page.goto(f"/patients/{patient}/plan/start/")
    page.locator("input[value=sciatica-chronic]").check()
    page.locator("#protocol h2", has_text="sub-acute").wait_for()
    page.get_by_role("button", name="Use this protocol").click()
    page.wait_for_url("**/plan/draft/")
    page.get_by_role("button", name="Remove goals with brackets").click()
    page.locator("#goals .field__note").wait_for(state="detached")
    for none in page.locator("#safety [data-all-no]").all():
        none.click()
    page.get_by_role("button", name="Save answers").click()
    page.locator("#safety fieldset.questions").wait_for(state="detached")
    for why in page.locator("#safety [data-why]").all():
        why.fill(REASON)
    page.get_by_role("button", name="Sign version 1").click()
    page.wait_for_url(f"**/patients/{patient}/plan/")
    page.get_by_text("Active", exact=True).first.wait_for()


def book_series(page: Any, patient: str) -> None:
    """The front desk: the dates the plan asks for, with a way out of every clash, in one press."""
    page.goto(f"/calendar/series/?patient={patient}")
    page.get_by_role("button", name="Check the dates").click()
    page.locator("#dates").wait_for()
    for fix in page.locator(".dates__fix").all():
        fix.locator("label").first.click()
    page.get_by_role("button", name="Book all").click()
    page.wait_for_url("**/calendar/?date=*")


def enter_by_code(page: Any, stack: Stack, email: str) -> None:
    """The patient: signs in by the code that came by mail."""
    page.goto("/sign-in/code/")
    page.fill("input[name=address]", email)
    page.locator("form .btn--primary").click()
    page.fill("input[name=code]", stack.mail.code_for(email))
    page.locator("form .btn--primary").click()
    page.wait_for_url("**/me/")


def do_the_first_exercise(page: Any) -> None:
    """Opens the first exercise that is not done, says how it went, and finds it ticked."""
    done = page.locator(".ex--done").count()
    page.locator(".ex:not(.ex--done)").first.click()
    page.get_by_role("heading", name="How to do it").wait_for()
    for name, value in (("pain_before", 4), ("pain_after", 3)):
        page.locator(f"label:has(input[name={name}][value='{value}'])").click()
    page.get_by_role("button", name="Done", exact=True).click()
    page.wait_for_url("**/me/")
    assert page.locator(".ex--done").count() == done + 1


def test_a_plan_is_signed_its_visits_booked_and_an_exercise_done(
    each_stack: Stack, browse: Callable[..., Any], world: Any
) -> None:
    stack = each_stack
    patient, email = register(stack)

    make_and_sign(browse(stack, "physio@demo.tonus"), patient)

    book_series(browse(stack, "desk@demo.tonus"), patient)
    stack.mail.wait_for(email, "Your visits are booked")
    world.sql(
        "UPDATE reminders_reminder SET due_at = now() WHERE patient_id = %s AND occurrence LIKE '24h:%%'",
        patient,
    )
    assert "sciatica" not in stack.mail.wait_for(email, "Your visit on").lower()

    phone = browse(stack, viewport={"width": 360, "height": 720}, has_touch=True, is_mobile=True)
    enter_by_code(phone, stack, email)
    do_the_first_exercise(phone)


def test_without_script_a_patient_signs_in_and_logs_an_exercise(
    stack: Stack, browse: Callable[..., Any]
) -> None:
    page = browse(stack, java_script_enabled=False, viewport={"width": 360, "height": 720})
    enter_by_code(page, stack, "patient@demo.tonus")
    do_the_first_exercise(page)
