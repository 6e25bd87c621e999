"""Tags for the drawn pictures of exercises."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalogue.pictures import described

register = template.Library()


@register.simple_tag
def motion(picture: Mapping[str, Any], *, lazy: bool = False) -> SafeString:
    """Draw components/_motion.html for a picture (catalogue.pictures.described): rendered once a process, then kept.

    A plan lists twenty exercises or more.
    """
    render = _motion.__wrapped__ if settings.DEBUG else _motion
    return render(picture["exercise"], picture["side"], get_language(), lazy)


@lru_cache(maxsize=1024)
def _motion(exercise: str, side: str | None, _language: str, lazy: bool) -> SafeString:
    return get_template("components/_motion.html").render(
        {"picture": described(exercise, side), "lazy": lazy}
    )
