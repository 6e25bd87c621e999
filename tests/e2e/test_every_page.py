"""Every page that can be reached by following links: usable by all (axe), true to its policy, never wider than a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.e2e.stack import Stack

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SERIOUS = ("serious", "critical")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOT_OURS = ("admin:", "schema", "api", "account_logout", "healthz", "readyz", "metrics")
NOT_OURS += ("careplans:document", "portal:programme")  # files: PDF has rules and tests of its own
FULL = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": RULES}}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}

seen: set[str] = set()  # views that were looked at, as whoever came first


def view_of(address: str) -> str:
    """Return the name of the view behind an address of ours, "" when it is none to look at."""
    try:
        name = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
    return "" if name.startswith(NOT_OURS) else name


def links(page: Any) -> Iterator[tuple[str, str]]:
    """Yield address and view of each link of a page that stays with us."""
    found = page.eval_on_selector_all("a[href]", "all => all.filter(a => !a.download).map(a => a.href)")
    for address in found:
        if urlsplit(address).netloc == urlsplit(page.url).netloc and (view := view_of(address)):
            yield address, view


def faults(page: Any, options: dict[str, Any]) -> list[str]:
    answer = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{urlsplit(page.url).path} {fault['id']}: {node['target']} {node['failureSummary'][:300]}"
        for fault in answer["violations"]
        if fault["impact"] in SERIOUS
        for node in fault["nodes"][:3]
    ]


def look_at(page: Any) -> list[str]:
    """Return what is wrong with the page shown."""
    found = faults(page, FULL)
    page.emulate_media(color_scheme="dark")
    found += [f"dark {fault}" for fault in faults(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 640})
    if (width := page.evaluate("document.scrollingElement.scrollWidth")) > 320:
        found.append(f"{urlsplit(page.url).path} is {width} px wide on a phone of 320")
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


@pytest.mark.parametrize(
    "email", ["", "patient@demo.tonus", "physio@demo.tonus", "desk@demo.tonus", "admin@demo.tonus"]
)
def test_every_page_is_usable_by_all_and_true_to_its_policy(
    stack: Stack, browse: Callable[..., Any], email: str
) -> None:
    page = browse(stack, email, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.context.add_init_script(path=AXE)
    waiting = [f"{stack.url}/"]
    wrong: list[str] = []
    shown: set[str] = set()
    while waiting:
        address = waiting.pop()
        shown.add(view_of(address))
        answer = page.goto(address)
        name = view_of(page.url)
        if answer.status != 200:
            wrong.append(f"{answer.status} {page.url}")
            continue
        shown.add(name)
        if name not in seen:
            seen.add(name)
            wrong += look_at(page)
        for address, view in links(page):
            if view not in shown and view not in map(view_of, waiting):
                waiting.append(address)
    assert not wrong, "\n".join(wrong)
