"""Saving a draft as somebody types it: what is right is kept, and what is wrong is told."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework.serializers import ValidationError

from careplans.mending import mended, together
from careplans.models import CarePlan
from careplans.services import plans, steps, trees
from clinic.access import Access


def stored(plan_id: UUID, *, by: Access) -> trees.Tree:
    """Return what of a draft a person writes, as it is stored."""
    return steps.content_of(trees.tree(CarePlan.objects.for_clinic(by).with_content().get(pk=plan_id)))


def save_in_part(plan_id: UUID, body: Any, *, by: Access, **how: Any) -> Mapping[Any, Any]:
    """Save what of a typed tree can be saved, and return what is wrong with the rest, nested as the body is.

    Errors come in two layers: one field of a row hides what the row as a whole lacks. So a tree is mended twice. Takes what
    `plans.save_draft` takes, and raises what it does where nothing can be saved.
    """
    errors: Mapping[Any, Any] = {}
    for again in (False, True):
        try:
            plans.save_draft(plan_id, body, by=by, **how)
        except ValidationError as refusal:
            wrong: Any = refusal.detail
            errors = together(errors, wrong)
            body = mended(body, wrong, stored(plan_id, by=by), again=again)
        else:
            return errors
    plans.save_draft(plan_id, body, by=by, **how)
    return errors
