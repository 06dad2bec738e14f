"""Exercises as other pages show them: a card, a thumbnail, and the builder's picker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.lib.templatetags.ui import figure
from exercises.enums import EvidenceStrength
from exercises.features import Feature
from exercises.forms.picker import picks
from exercises.models import Exercise
from exercises.pictures import pictures_of

register = template.Library()

EVIDENCE = {
    EvidenceStrength.A: "Supported by a trial or a guideline that names it.",
    EvidenceStrength.B: "Named by a patient body or a hospital. We found no trial of it.",
    EvidenceStrength.C: "The class of exercise is supported. This exercise itself rests on experience.",
}


@register.inclusion_tag("exercises/_card.html", takes_context=True)
def exercise_card(context: dict[str, Any], exercise: Exercise, query: str = "") -> dict[str, Any]:
    """A card that leads to the exercise; `query` is the search to come back to, with its `?`.

    With the `conditions` of a patient on the page, it says what speaks against the exercise.
    """
    carried: dict[str, Any] = {name: context[name] for name in ("request", "conditions", "here") if name in context}
    return {"exercise": exercise, "query": query, **carried}


@register.simple_tag
def exercise_thumb(exercise: Exercise, size: str = "") -> SafeString:
    """The picture of an exercise, 4:3. `small` is a thumbnail beside its name, which already says what it is."""
    drawn = pictures_of(exercise.figure)
    if drawn is None:
        picture = figure(exercise.position.value, f"No drawing: {exercise.position.label.lower()}")
    else:
        picture = still(drawn.stills[-1].src, "" if size == "small" else drawn.stills[-1].alt)
    return format_html('<span class="thumb">{}</span>', picture) if size == "small" else picture


@register.simple_tag
def still(src: str, alt: str) -> SafeString:
    """One drawing as an image, loaded when it comes near the screen; it follows the colour scheme of the page."""
    return format_html(
        '<img class="picture" src="{}" alt="{}" width="400" height="300" loading="lazy" decoding="async">',
        static(src),
        alt,
    )


@register.inclusion_tag("exercises/_figure.html")
def exercise_figure(exercise: Exercise) -> dict[str, Any]:
    """All drawings of one exercise: start and end, the movement on request, and how it looks with a stiff spine."""
    return {"exercise": exercise, "drawn": pictures_of(exercise.figure)}


@register.inclusion_tag("exercises/_actions.html", takes_context=True)
def exercise_actions(context: dict[str, Any], exercise: Exercise) -> dict[str, Any]:
    """What this person may do with an exercise beside reading it."""
    actor = context["request"].actor
    may_edit = Exercise.objects.editable_by(actor).filter(pk=exercise.pk).exists()
    return {"request": context["request"], "exercise": exercise, "may_edit": may_edit}


@register.filter
def asks_also(other: Exercise, exercise: Exercise) -> list[str]:
    """What `other` asks of the body that `exercise` does not: a neighbour is not safe by being a neighbour."""
    return [Feature(value).label for value in other.features if value not in exercise.features]


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
