"""The steps of a draft: what it was before each save, so that a person can go back, and forward again.

A step keeps the content alone. Going back writes it over the draft and keeps what was there as a step to go forward to;
whoever then saves something new has left that way.
"""

from typing import Any

from careplans.models import CarePlan, DraftStep
from careplans.services.trees import Tree
from clinic.access import Access

KEPT = 50  # steps back, at most
CONTENT = ("goals", "phases", "start_date", "daily_minutes_max")


def content_of(tree: Tree) -> Tree:
    """Return what of a tree a person writes."""
    return {part: tree[part] for part in CONTENT}


def remember(plan: CarePlan, before: Tree, after: Tree, *, by: Access) -> None:
    """Keep what a draft was before a save, unless nothing changed. `plan.revision` is still that of before."""
    if content_of(before) == content_of(after):
        return
    steps = DraftStep.objects.filter(plan=plan)
    steps.filter(undone=True).delete()
    _keep(plan, before, undone=False, by=by)
    oldest = steps.values_list("pk", flat=True)[KEPT:]
    steps.filter(pk__in=list(oldest)).delete()


def turn(plan: CarePlan, now: Tree, *, undone: bool, by: Access) -> Tree | None:
    """Take the next step back, or forward (`undone`), and keep what is there `now` for the other way; None: there is none."""
    step = DraftStep.objects.filter(plan=plan, undone=undone).first()
    if step is None:
        return None
    content: Tree = step.content
    step.delete()
    _keep(plan, now, undone=not undone, by=by)
    return content


def _keep(plan: CarePlan, tree: Tree, *, undone: bool, by: Access) -> None:
    DraftStep.objects.create(
        clinic_id=plan.clinic_id,
        plan=plan,
        revision=plan.revision,
        content=content_of(tree),
        undone=undone,
        made_by_id=by.member_id,
    )


def ways(plan: CarePlan) -> dict[str, Any]:
    """Tell whether there is a step `back` and one `forward`. One query."""
    there = set(DraftStep.objects.filter(plan=plan).order_by().values_list("undone", flat=True).distinct())
    return {"back": False in there, "forward": True in there}


def everything(plan: CarePlan) -> Tree:
    """Return all that a draft had at any step, in one tree: who writes over another's save may name what was removed."""
    contents = DraftStep.objects.filter(plan=plan).values_list("content", flat=True)
    every: Tree = {"goals": [], "phases": []}
    for content in contents:
        for part in every:
            every[part] += content[part]
    return every


def forget(plan: CarePlan) -> None:
    """Remove a draft's steps."""
    DraftStep.objects.filter(plan=plan).delete()
