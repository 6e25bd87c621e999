"""Goal attainment scaling: five levels of a goal, from much less (-2) to much more (+2) than expected (0).

Plain values, no database. Kiresuk TJ, Sherman RE. Community Ment Health J 1968;4:443-453; that the start is -2 and the
levels between lie evenly is usual where a goal is a number (Turner-Stokes L. Clin Rehabil 2009;23:362-370).
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

CHANGE = re.compile(
    r"\[[^\[\]]*\d[^\[\]]*\]"
)  # "[2 lower]": the bracket of a goal from a protocol that has a number
LEVELS = (-2, -1, 0, 1, 2)
Value = int | float | str


def now_bracket() -> str:
    """Return what stands in the text of a goal for a value that is not known yet (drafting.draft_goal)."""
    return f"[{_('value now')}]"


def worded(text: str, baseline: Value | None, target: Value | None) -> str:
    """Fill the brackets of a goal's text from its fields, as far as these are known."""
    if baseline not in (None, ""):
        text = text.replace(now_bracket(), str(baseline))
    return CHANGE.sub(str(target), text) if target not in (None, "") else text


def is_unfinished(text: str) -> bool:
    """Tell whether a goal's text still has a bracket to fill in."""
    return "[" in text


def levels(baseline: Value | None, target: Value | None, scale: Mapping[str, Any]) -> list[str]:
    """Return what each level would be, as text: the baseline at -2, the target at 0, and as far again above it.

    `scale` is a measure's `value`. Within its range and on its steps; a grade moves along its choices. Empty where either
    value is not known, is none of the scale, or both are the same.
    """
    if baseline is None or target is None or baseline == target:
        return []
    choices = scale.get("choices")
    if choices:
        if baseline not in choices or target not in choices:
            return []
        first, last = choices.index(baseline), choices.index(target)
        places = [round(first + (last - first) * (level + 2) / 2) for level in LEVELS]
        return [str(choices[min(max(place, 0), len(choices) - 1)]) for place in places]
    try:
        first, last = Decimal(str(baseline)), Decimal(str(target))
    except ArithmeticError:
        return []
    if not (first.is_finite() and last.is_finite()):
        return []
    step, unit = Decimal(str(scale.get("step", 1))), scale.get("unit", "")
    texts = []
    for level in LEVELS:
        value = first + (last - first) * (level + 2) / 2
        value = step * round(value / step)
        value = max(value, Decimal(str(scale["min"]))) if "min" in scale else value
        value = min(value, Decimal(str(scale["max"]))) if "max" in scale else value
        texts.append(f"{value.normalize():f} {unit}".strip())
    return texts
