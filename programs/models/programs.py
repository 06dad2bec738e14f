"""Reusable programs, and drafts of prescriptions, which are programs of one patient that nobody else sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast

from config.lib.models import LongText, Row, ShortText
from patients.models import Clinic, User
from patients.tenancy import ClinicScopedQuerySet
from programs.models.items import AlternativeColumns, ItemColumns, ScheduleColumns, days_check, schedule_check

if TYPE_CHECKING:
    from patients.access import Actor


class ProgramQuerySet(ClinicScopedQuerySet):
    def for_clinic(self, clinic: Clinic | None) -> Self:
        """The clinic's own programs; a draft belongs to a patient and is not among them."""
        return super().for_clinic(clinic).filter(prescription=None)

    def for_actor(self, actor: Actor) -> Self:
        """What a therapist may read and assign: the clinic's own programs and the shared ones, no drafts."""
        if actor.clinic is None or not actor.is_therapist:
            return self.none()
        return self.filter(self._templates(actor))

    def drafts_for(self, actor: Actor) -> Self:
        """Drafts for the patients whom this therapist treats today."""
        return self.filter(self._drafts(actor))

    def for_builder(self, actor: Actor) -> Self:
        """What the builder may open: programs, and drafts for the therapist's own patients."""
        if actor.clinic is None or not actor.is_therapist:
            return self.none()
        return self.filter(self._templates(actor) | self._drafts(actor))

    @staticmethod
    def _templates(actor: Actor) -> Q:
        return Q(prescription=None) & (Q(clinic=actor.clinic) | Q(shared=True))

    @staticmethod
    def _drafts(actor: Actor) -> Q:
        from programs.models.prescriptions import Prescription

        return Q(prescription__in=Prescription.objects.for_therapist(actor).order_by().values("pk"))

    def current(self) -> Self:
        return self.filter(archived_at=None, prescription=None)

    def matching(self, text: str) -> Self:
        """Programs whose name or summary holds every word of `text`."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(Q(name__icontains=word) | Q(summary__icontains=word))
        return found

    def holding_kind(self, kind: str) -> Self:
        """Programs in which some exercise is of this kind."""
        return self.filter(Exists(ProgramItem.objects.filter(program=OuterRef("pk"), exercise__kind=kind)))

    def made_for(self, condition: str) -> Self:
        """Ready-made programs that were checked for this condition."""
        # A list inside JSON: SQLite cannot ask for one of its members, so its text is asked.
        found = self.annotate(made_for_text=Cast("made_for", models.TextField()))
        return found.filter(made_for_text__contains=f'"{condition}"')

    def meant_for_week(self, week: int) -> Self:
        """For this whole week around a hip replacement, negative before it; one without an end goes on."""
        has_no_end = ~Q(meant_for__has_key="to")
        return self.filter(has_no_end | Q(meant_for__to__gt=week), meant_for__from__lte=week)

    def with_items(self) -> Self:
        return self.prefetch_related("items__exercise", "items__alternatives__exercise")


class Program(Row, ScheduleColumns):
    """`revision` rises with each change, so that two tabs cannot overwrite each other silently.

    `steps` are the stages of a program that builds up, in order: `{"title": "...", "weeks": 4}`, the last one without
    weeks; an empty list means one stage. `progression` holds the rules of `programs.progression`. `flare_days` is how
    long the flare variant lasts unless it is asked for again. `made_for` names the conditions for which a ready-made
    program was checked; `meant_for` the weeks around a hip replacement (`{"approach": ..., "from": -12, "to": 0}`).

    A row with `prescription` is the draft of that prescription's next version, begun from `base`.
    """

    clinic = models.ForeignKey(Clinic, null=True, blank=True, on_delete=models.PROTECT, related_name="programs")
    shared = models.BooleanField(default=False, editable=False)
    code = models.CharField(max_length=32, blank=True, editable=False)
    name = ShortText(max_length=120)
    summary = LongText(max_length=500, blank=True)
    steps = models.JSONField(default=list, blank=True, editable=False)
    progression = models.JSONField(default=list, blank=True, editable=False)
    flare_days = models.PositiveSmallIntegerField(default=7)
    made_for = models.JSONField(default=list, blank=True, editable=False)
    meant_for = models.JSONField(default=dict, blank=True, editable=False)
    prescription = models.OneToOneField(
        "programs.Prescription", null=True, blank=True, editable=False, on_delete=models.CASCADE, related_name="draft"
    )
    base = models.ForeignKey(
        "programs.PrescriptionVersion", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="program_shared_or_owned",
                condition=Q(shared=True, clinic=None, prescription=None) | Q(shared=False, clinic__isnull=False),
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="program_code_once"),
            schedule_check("program_frequency"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.prescription_id is not None


class ProgramItem(Row, ItemColumns):
    """`from_step` and `until_step` (NULL: to the end) name the stages, counted from 1, in which it is done."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="items")
    from_step = models.PositiveSmallIntegerField(default=1)
    until_step = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [days_check("program_item_days")]

    def __str__(self) -> str:
        return f"{self.exercise} in {self.program}"


class ProgramAlternative(Row, AlternativeColumns):
    item = models.ForeignKey(ProgramItem, on_delete=models.CASCADE, related_name="alternatives")

    class Meta:
        ordering = ["situation"]
        constraints = [models.UniqueConstraint(fields=["item", "situation"], name="program_alternative_once")]

    def __str__(self) -> str:
        return f"{self.get_situation_display()}: {self.exercise}"


class UsualDoseQuerySet(models.QuerySet):
    def for_user(self, user: User) -> Self:
        """One's own; nobody else sees them."""
        return self.filter(user=user)


class UsualDose(models.Model):
    """How one therapist usually doses one exercise; `values` holds the fields of `ITEM_DOSE_FIELDS`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    exercise = models.ForeignKey("exercises.Exercise", on_delete=models.CASCADE, related_name="+")
    values = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects = UsualDoseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "exercise"], name="usual_dose_once")]

    def __str__(self) -> str:
        return f"Usual dose of {self.exercise}"
