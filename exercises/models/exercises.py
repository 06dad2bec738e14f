"""The library entry and the traits it is found by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from config.lib.models import LongText, Row, ShortText
from exercises.enums import (
    FLOOR_POSITIONS,
    Equipment,
    EvidenceStrength,
    ExerciseState,
    Kind,
    Labelled,
    Level,
    Position,
    Region,
)
from exercises.features import Feature
from exercises.models.doses import DoseColumns
from patients.models import Clinic

if TYPE_CHECKING:
    from patients.access import Actor


class Facet(models.TextChoices):
    REGION = "region"
    POSITION = "position"
    EQUIPMENT = "equipment"


FACET_WORDS = {Facet.REGION: Region, Facet.POSITION: Position, Facet.EQUIPMENT: Equipment}


class ExerciseQuerySet(models.QuerySet):
    """The shared library belongs to no clinic and is marked `shared`; a clinic's own exercises are its own."""

    def for_clinic(self, clinic: Clinic | None) -> Self:
        """The shared library and this clinic's own; without a clinic, the shared library alone."""
        return self.filter(Q(shared=True) | Q(clinic=clinic)) if clinic else self.filter(shared=True)

    def for_actor(self, actor: Actor) -> Self:
        """What may be browsed: staff see the library; others meet exercises only inside their program."""
        return self.for_clinic(actor.clinic) if actor.is_staff_member else self.none()

    def published(self) -> Self:
        return self.filter(state=ExerciseState.PUBLISHED)

    def with_traits(self) -> Self:
        return self.prefetch_related("traits")


class Exercise(DoseColumns, Row):
    code = models.CharField(max_length=16, unique=True)
    clinic = models.ForeignKey(Clinic, null=True, blank=True, on_delete=models.PROTECT, related_name="exercises")
    shared = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=ExerciseState.choices(), default=ExerciseState.DRAFT)

    name = ShortText(max_length=160)
    kind = models.CharField(max_length=16, choices=Kind.choices())
    level = models.CharField(max_length=16, choices=Level.choices())
    features = models.JSONField(default=list)
    aliases = models.JSONField(default=list)
    frequency = ShortText(max_length=60, blank=True)

    set_up = LongText(max_length=1000, blank=True)
    steps = models.JSONField(default=list)
    cue = ShortText(max_length=300, blank=True)
    breathing = LongText(max_length=500, blank=True)
    feel = LongText(max_length=500, blank=True)
    stop_if = LongText(max_length=600, blank=True)
    why = LongText(max_length=600, blank=True)
    mistake = LongText(max_length=400, blank=True)
    # Words that only some kinds have: zone, pressure, never_over; skin_check, cloth; effort.
    particulars = models.JSONField(default=dict)
    # Codes of neighbours: easier, harder, no_floor, no_roller, at_work, too_painful.
    neighbours = models.JSONField(default=dict)

    strength = models.CharField("evidence", max_length=1, choices=EvidenceStrength.choices())
    source = ShortText(max_length=300, blank=True)
    evidence_note = LongText(max_length=800, blank=True)

    search_text = models.TextField(blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="exercise_shared_or_owned",
                condition=Q(shared=True, clinic=None) | Q(shared=False, clinic__isnull=False),
            ),
        ]
        # Browsing: published exercises of a kind by name.
        indexes = [models.Index(fields=["state", "kind", "name"], name="exercise_browse")]

    def __str__(self) -> str:
        return self.name

    @property
    def feature_set(self) -> frozenset[Feature]:
        """All features, with `any_exercise`, which every exercise has."""
        return frozenset({Feature(value) for value in self.features} | {Feature.ANY_EXERCISE})

    def words(self, facet: Facet) -> list[Labelled]:
        """The traits of one facet in their order; uses the prefetch when there is one."""
        return [FACET_WORDS[facet](t.value) for t in self.traits.all() if t.facet == facet]

    @property
    def regions(self) -> list[Labelled]:
        return self.words(Facet.REGION)

    @property
    def positions(self) -> list[Labelled]:
        return self.words(Facet.POSITION)

    @property
    def equipment(self) -> list[Labelled]:
        return self.words(Facet.EQUIPMENT)

    @property
    def position(self) -> Position:
        """The first position, which chooses the placeholder picture and the group in a program."""
        return Position(next(iter(self.positions), Position.MIXED))

    @property
    def needs_floor(self) -> bool:
        """True when it asks for getting down: the feature says so, or every position is low and no bed will do."""
        if Feature.FLOOR_TRANSFER in self.features:
            return True
        low = bool(self.positions) and all(position in FLOOR_POSITIONS for position in self.positions)
        return low and not {Equipment.BED, Equipment.CHAIR} & set(self.equipment)

    @property
    def has_text(self) -> bool:
        return bool(self.set_up and self.steps)


class ExerciseTrait(models.Model):
    """One searchable property. Kept as rows, so that facets filter and count alike on both databases."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="traits")
    facet = models.CharField(max_length=12, choices=Facet.choices)
    value = models.CharField(max_length=24)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["exercise", "facet", "value"], name="exercise_trait_once")]
        # Facet filters and counts.
        indexes = [models.Index(fields=["facet", "value", "exercise"], name="exercise_trait_lookup")]

    def __str__(self) -> str:
        return f"{self.facet}: {self.value}"
