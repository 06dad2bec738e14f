"""Which exercises a person may find, and how each stands to them and to their patient."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, CharField, FilteredRelation, Q, TextField, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from exercises.features import Feature, Unsafe
from exercises.models import Exercise
from exercises.models.exercises import ExerciseQuerySet

if TYPE_CHECKING:
    from patients.access import Actor
    from patients.models import User

LATELY = timedelta(days=60)
# Long texts that no list shows; leaving them out halves the cost of a page of a large library.
LONG = [
    *("set_up", "steps", "cue", "breathing", "feel", "stop_if", "why", "mistake", "evidence_note", "source"),
    *("aliases", "particulars", "neighbours", "search_text", "curation_note"),
]


def library_of(actor: Actor) -> ExerciseQuerySet:
    """The published exercises this person may browse, with `is_starred` and `used_lately`, their own marks."""
    return _on_the_shelf_of(Exercise.objects.for_actor(actor).published(), actor.user, actor.now)


def _on_the_shelf_of(queryset: ExerciseQuerySet, user: User, now: datetime) -> ExerciseQuerySet:
    own = FilteredRelation("shelf_marks", condition=Q(shelf_marks__user=user.pk))
    return queryset.annotate(own_mark=own).annotate(
        is_starred=_true_when(Q(own_mark__starred_at__isnull=False)),
        used_lately=_true_when(Q(own_mark__used_at__gte=now - LATELY)),
    )


def _true_when(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def rated(queryset: ExerciseQuerySet, unsafe: Unsafe) -> ExerciseQuerySet:
    """The rows with `care`: the worst that the safety check says of each, `allow`, `caution` or `avoid`."""
    care = Case(
        *[When(_has_any(features), then=Value(word)) for word, features in _worst_first(unsafe) if features],
        default=Value("allow"),
        output_field=CharField(),
    )
    return queryset.annotate(care=care)


def _worst_first(unsafe: Unsafe) -> list[tuple[str, Set[Feature]]]:
    return [("avoid", unsafe.avoid), ("caution", unsafe.caution)]


def _has_any(features: Set[Feature]) -> Q:
    """Rows with one of these features at least; every exercise has `any_exercise`."""
    if Feature.ANY_EXERCISE in features:
        return Q(pk__isnull=False)
    found = Q()
    for feature in sorted(features):
        found |= has_feature(feature)
    return found


def has_feature(feature: Feature) -> Q:
    """`feature in Exercise.features` as a condition of the database."""
    return Q(Contains(Cast("features", TextField()), f'"{feature.value}"'))


def shelf_first(queryset: ExerciseQuerySet, *before: Any) -> ExerciseQuerySet:
    """Ordered by `before`, then favourites, then what was used lately, then by name."""
    if "is_starred" not in queryset.query.annotations:
        return queryset.order_by(*before, "name", "pk")
    rank = Case(When(is_starred=True, then=0), When(used_lately=True, then=1), default=2)
    return queryset.order_by(*before, rank, "name", "pk")


def listed(queryset: ExerciseQuerySet) -> ExerciseQuerySet:
    """The rows as a list shows them, without the long texts."""
    return queryset.defer(*LONG)


def has(queryset: ExerciseQuerySet, name: str) -> bool:
    """Whether the rows carry what `library_of` or `rated` add."""
    return name in queryset.query.annotations
