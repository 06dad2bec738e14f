"""Exercises as other pages show them: a card, a thumbnail, and the builder's picker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.lib.templatetags.ui import figure
from exercises.enums import EvidenceStrength
from exercises.features import Feature
from exercises.forms.picker import picks
from exercises.models import Exercise

register = template.Library()

EVIDENCE = {
    EvidenceStrength.A: "Supported by a trial or a guideline that names it.",
    EvidenceStrength.B: "Named by a patient body or a hospital. We found no trial of it.",
    EvidenceStrength.C: "The class of exercise is supported. This exercise itself rests on experience.",
}


@register.inclusion_tag("exercises/_card.html")
def exercise_card(exercise: Exercise, query: str = "") -> dict[str, Any]:
    """A card that leads to the exercise; `query` is the search to come back to, with its `?`."""
    return {"exercise": exercise, "query": query}


@register.simple_tag
def exercise_thumb(exercise: Exercise, size: str = "") -> SafeString:
    """The picture of an exercise, 4:3. `small` is a thumbnail for table cells and lists."""
    label = f"Picture to come: {exercise.position.label.lower()}"
    picture = figure(exercise.position.value, label)
    return format_html('<span class="thumb">{}</span>', picture) if size == "small" else picture


@register.inclusion_tag("exercises/_picker.html", takes_context=True)
def exercise_picker(context: dict[str, Any], program_id: UUID) -> dict[str, Any]:
    """Search box and rows for the left side of the builder. Without JavaScript the page itself is asked again."""
    request = context["request"]
    return {"request": request, "picks": picks(request.actor, request.GET, program_id)}


@register.filter
def feature_labels(exercise: Exercise) -> list[str]:
    """What the movement asks of the body, as people say it."""
    return [Feature(value).label for value in exercise.features]


@register.filter
def evidence_words(exercise: Exercise) -> str:
    """The grade in a sentence."""
    return EVIDENCE[EvidenceStrength(exercise.strength)]
