"""The library entry and the traits it is found by."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from simple_history.models import HistoricalRecords

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
from patients.models import Clinic, Membership

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

    def editable_by(self, actor: Actor) -> Self:
        """What this person may write: curators the shared library, therapists their own in their clinic.

        A colleague copies instead, so that nobody's patients find another text under a running program. When the
        author has left the clinic, every therapist there may go on with it.
        """
        wanted = Q(shared=True) if actor.is_curator else Q(pk__in=[])
        if actor.is_therapist and actor.clinic:
            author_here = Membership.objects.current().filter(clinic=OuterRef("clinic"), user=OuterRef("written_by"))
            author = Q(written_by=actor.user) | Q(~Exists(author_here))
            wanted = wanted | Q(author, clinic=actor.clinic)
        return self.filter(wanted)

    def own_of(self, clinic: Clinic) -> Self:
        """What this clinic has written, working copies aside."""
        return self.filter(clinic=clinic, replaces=None)

    def with_proposals(self) -> Self:
        """Each with `proposals`, the copies of it that were offered for the shared library, newest first."""
        offered = Exercise.objects.filter(shared=True, replaces=None).order_by("-created_at")
        return self.prefetch_related(Prefetch("copies", offered, to_attr="proposals"))

    def published(self) -> Self:
        return self.filter(state=ExerciseState.PUBLISHED)

    def in_state(self, *states: ExerciseState) -> Self:
        return self.filter(state__in=states)

    def review_due(self, day: date) -> Self:
        """Published and to be looked at again by `day`, the most urgent first."""
        return self.published().filter(review_due_on__lte=day).order_by("review_due_on", "name", "pk")


class Exercise(DoseColumns, Row):
    """One entry of the shared library or of a clinic.

    A published exercise is edited through a working copy: a second row that `replaces` it. When another person
    approves, the content of the copy moves over to the published row, which keeps its key, and the copy goes.
    Write content only through `exercises.services.content`, which keeps index, gaps and history true.
    """

    code = models.CharField(max_length=24, unique=True)
    clinic = models.ForeignKey(Clinic, null=True, blank=True, on_delete=models.PROTECT, related_name="exercises")
    shared = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=ExerciseState.choices(), default=ExerciseState.DRAFT)

    name = ShortText(max_length=160)
    kind = models.CharField(max_length=16, choices=Kind.choices())
    level = models.CharField(max_length=16, choices=Level.choices())
    # {"region": [...], "position": [...], "equipment": [...]}, in order; `ExerciseTrait` is its index.
    facets = models.JSONField(default=dict, blank=True)
    features = models.JSONField(default=list, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    frequency = ShortText(max_length=60, blank=True)

    # Code of the drawing in static/figures that shows it: its own, or that of the exercise it was copied from.
    figure = models.CharField("drawing", max_length=24, blank=True)
    set_up = LongText(max_length=1000, blank=True)
    steps = models.JSONField(default=list, blank=True)
    cue = ShortText(max_length=300, blank=True)
    breathing = LongText(max_length=500, blank=True)
    feel = LongText(max_length=500, blank=True)
    stop_if = LongText(max_length=600, blank=True)
    why = LongText(max_length=600, blank=True)
    mistake = LongText(max_length=400, blank=True)
    # Words that only some kinds have: zone, pressure, never_over; skin_check, cloth; effort.
    particulars = models.JSONField(default=dict, blank=True)
    # Codes of neighbours: easier, harder, no_floor, no_roller, at_work, too_painful.
    neighbours = models.JSONField(default=dict, blank=True)

    strength = models.CharField("evidence", max_length=1, choices=EvidenceStrength.choices())
    source = ShortText(max_length=300, blank=True)
    evidence_note = LongText(max_length=800, blank=True)

    review_due_on = models.DateField("review due", null=True, blank=True)

    # --- Curation: where it stands and who brought it there ---
    revision = models.PositiveIntegerField(default=1)  # raised by every write; an editor with an old one is told
    edition = models.PositiveSmallIntegerField(default=0)  # how often it was published
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="working_copy"
    )
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies"
    )  # a clinic's copy, or a proposal for the shared library
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    # What the writer says of the change, or the reviewer of what is to be mended.
    curation_note = LongText(max_length=600, blank=True)
    # Where an imported row comes from; "" for exercises written here.
    imported_from = ShortText(max_length=120, blank=True)
    # Digest of the shipped file that was loaded last; "" for exercises written here.
    shipped_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Derived by `exercises.completeness`: names of the pieces that are not there yet.
    missing = models.JSONField(default=list, blank=True, editable=False)
    search_text = models.TextField(blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ExerciseQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["search_text", "missing", "updated_at"],
        history_change_reason_field=models.CharField(max_length=600, null=True),
    )

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="exercise_shared_or_owned",
                condition=Q(shared=True, clinic=None) | Q(shared=False, clinic__isnull=False),
            ),
        ]
        indexes = [
            # Browsing: published exercises of a kind by name.
            models.Index(fields=["state", "kind", "name"], name="exercise_browse"),
            # The curators' queue of reviews that are due.
            models.Index(fields=["state", "review_due_on"], name="exercise_review_due"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def feature_set(self) -> frozenset[Feature]:
        """All features, with `any_exercise`, which every exercise has."""
        return frozenset({Feature(value) for value in self.features} | {Feature.ANY_EXERCISE})

    def words(self, facet: Facet) -> list[Labelled]:
        """The words of one facet in their order."""
        return [FACET_WORDS[facet](value) for value in self.facets.get(facet.value, [])]

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
    """The index of `Exercise.facets`: one row for each word, so that they filter and count alike on both databases."""

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
