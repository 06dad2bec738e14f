"""What a ready-made program was checked for, as its page says it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import template

from patients.conditions import Condition
from programs import safety
from programs.enums import Rating
from programs.models import Program

register = template.Library()


@register.inclusion_tag("programs/_program_checked.html")
def program_checked(program: Program) -> dict[str, Any]:
    """The conditions a program was made for, and what remains to be weighed; `with_items` has loaded the rest.

    Counted from the matrix each time, so that it stays true when an exercise changes its features.
    """
    conditions = {Condition(word) for word in program.made_for}
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    worst = Rating.ALLOW
    for item in program.items.all():
        for exercise in (item.exercise, *(one.exercise for one in item.alternatives.all())):
            for warning in safety.check(exercise.feature_set, conditions):
                found[warning.about][exercise.name] = None
                worst = max(worst, warning.rating)
    remain = [(about, list(names)) for about, names in sorted(found.items())]
    made_for = [condition.label for condition in sorted(conditions)]
    return {"made_for": made_for, "remain": remain, "is_to_avoid": worst is Rating.AVOID}
