"""Forms of the builder: one item added, dosed, moved, varied; each names the revision it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from config.lib.forms import WholeNumberField
from exercises.models import Exercise
from patients.access import Actor
from programs.enums import Frequency, Situation, Variant
from programs.forms.doses import EVERY_DAY_MASK, NUMBERS, UNITS, DoseForm, dose_field
from programs.forms.programs import RevisionForm
from programs.models import Program, ProgramItem
from programs.services.item_states import MOST_ITEMS
from programs.variants import POOR_DAYS, PRESENT, is_in

ANY_DAY = "any"
OWN_DAYS = [
    (ANY_DAY, "Whenever the program is due"),
    ("weekdays", "Only on some days"),
    ("every_days", "Every few days"),
    ("times_per_week", "Some times a week"),
]
MISSING = {
    "weekdays": "Choose at least one day.",
    "every_days": "Enter a whole number from 2 to 28.",
    "times_per_week": "Enter a whole number from 1 to 7.",
}


class AddForm(RevisionForm):
    """Adds an exercise that this clinic may use, at a place or at the end."""

    exercise = forms.ModelChoiceField(
        Exercise.objects.none(), error_messages={"invalid_choice": "Choose an exercise from the library."}
    )
    position = WholeNumberField(low=0, high=MOST_ITEMS, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["exercise"].queryset = Exercise.objects.for_actor(actor).published()  # type: ignore[attr-defined]


class ItemForm(RevisionForm, DoseForm):
    """One item of the builder, saved field by field: dose, own days and times, stages, note."""

    def __init__(self, *args: Any, row: ProgramItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.row = row
        program = row.program if row else None
        if program and program.frequency == Frequency.TIMES_PER_WEEK:
            del self.fields["weekdays"]  # the days are the patient's to choose
        else:
            self._add_days()
        if program and row:
            self._add_slots(program, row)
            self._add_stages(program)
            self.initial.update({name: getattr(row, name) for name in self._item_names}, own=own_days(row))

    def _add_days(self) -> None:
        self.fields["own"] = forms.ChoiceField(choices=OWN_DAYS, required=False, label="When")
        self.fields["every_days"] = WholeNumberField(low=2, high=28, required=False, label="Every how many days")
        self.fields["times_per_week"] = WholeNumberField(low=1, high=7, required=False, label="Times a week")

    def _add_slots(self, program: Program, row: ProgramItem) -> None:
        times = sorted({*program.slots, *row.slots})
        if len(times) > 1:
            self.fields["slots"] = forms.MultipleChoiceField(
                choices=[(time, time) for time in times],
                required=False,
                label="Only at",
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "Choose times of the program."},
            )

    def _add_stages(self, program: Program) -> None:
        stages = [(number, step["title"]) for number, step in enumerate(program.steps, start=1)]
        if len(stages) > 1:
            self.fields["from_step"] = _stage("From", stages)
            self.fields["until_step"] = _stage("Until", [("", "the end"), *stages])

    @property
    def _item_names(self) -> list[str]:
        return [
            name for name in ("every_days", "times_per_week", "slots", "from_step", "until_step") if name in self.fields
        ]

    @property
    def hidden_names(self) -> list[str]:
        return [name for name in [*super().hidden_names, "own", *self._item_names] if name in self.fields]

    @property
    def says_more(self) -> bool:
        """Something is wrong behind "More"; what stands there is said in words beside the dose."""
        return any(self[name].errors for name in self.hidden_names)

    def clean_from_step(self) -> int:
        return self.cleaned_data["from_step"] or 1

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        own = data.get("own")
        if own in MISSING and own not in self.errors and not data.get(own):
            self.add_error(own, MISSING[own])
        first, last = data.get("from_step"), data.get("until_step")
        if first and last and last < first:
            self.add_error("until_step", "Choose the same stage or a later one.")
        return data

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        said = self.dose | {"note": data["note"]} | {name: data[name] for name in self._item_names} | self._days
        if "slots" in said and self.row is not None and said["slots"] == list(self.row.program.slots):
            said["slots"] = []  # at every time of the program
        return said

    @property
    def _days(self) -> dict[str, int | None]:
        """The one way of having days of its own that was chosen, where the program leaves a choice."""
        if "own" not in self.fields:
            return {}
        data = self.cleaned_data
        own = data["own"] or ("weekdays" if data["weekdays"] else ANY_DAY)
        found = {name: data[name] if name == own else None for name in MISSING}
        return found | {"weekdays": None if found["weekdays"] == EVERY_DAY_MASK else found["weekdays"]}


def own_days(row: ProgramItem) -> str:
    """Which way of having days of its own the item has."""
    return next((name for name in MISSING if getattr(row, name)), ANY_DAY)


def _stage(label: str, stages: list[Any]) -> forms.Field:
    return forms.TypedChoiceField(
        choices=stages,
        coerce=int,
        empty_value=None,
        required=False,
        label=label,
        error_messages={"invalid_choice": "Choose a stage of this program."},
    )


class CoreForm(RevisionForm):
    """Whether the item belongs to the minimum core."""

    is_core = forms.BooleanField(required=False)


class VariantForm(RevisionForm):
    """One item in one variant: in or out, and the numbers that differ there. Blank is as usual."""

    variant = forms.ChoiceField(choices=[(variant.value, variant.label) for variant in POOR_DAYS])
    present = forms.BooleanField(required=False, label="In")

    def __init__(self, *args: Any, row: ProgramItem, variant: str = "", has_core: bool = False, **kwargs: Any) -> None:
        self.row, self.has_core = row, has_core
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial = self._known(Variant(variant)) | {"variant": variant}
        self.names = [name for name in NUMBERS if getattr(row, name)]
        for name in self.names:
            self.fields[name] = dose_field(name)
            self.fields[name].widget.attrs["placeholder"] = getattr(row, name)

    def _known(self, variant: Variant) -> dict[str, Any]:
        own = self.row.variants.get(variant, {})
        return {**own, "present": self._is_in(variant, self.row.variants)}

    def _is_in(self, variant: Variant, variants: Mapping[str, Any]) -> bool:
        return is_in(variant, variants, is_core=self.row.is_core, has_core=self.has_core)

    @property
    def numbers(self) -> list[tuple[forms.BoundField, str]]:
        return [(self[name], UNITS[name]) for name in self.names]

    @property
    def is_present(self) -> bool:
        return bool(self["present"].value())

    @property
    def values(self) -> dict[str, Any]:
        """The item's variants with this one as the form says; what is as usual is not stored."""
        data = self.cleaned_data
        variant = Variant(data["variant"])
        others = {name: own for name, own in self.row.variants.items() if name != variant}
        kept = {n: v for n, v in self.row.variants.get(variant, {}).items() if n not in (PRESENT, *self.names)}
        own = kept | {name: data[name] for name in self.names if data[name] not in (None, getattr(self.row, name))}
        if data["present"] != self._is_in(variant, others | ({variant.value: own} if own else {})):
            own[PRESENT] = data["present"]
        return {"variants": others | ({variant.value: own} if own else {})}


class AlternativeForm(RevisionForm):
    """What may stand in for an item in one situation; without an exercise, nothing may."""

    situation = forms.ChoiceField(
        choices=[(situation.value, situation.label) for situation in Situation],
        error_messages={"invalid_choice": "Choose a situation from the list."},
    )
    exercise = forms.ModelChoiceField(
        Exercise.objects.none(),
        required=False,
        error_messages={"invalid_choice": "Choose an exercise from the library."},
    )

    def __init__(self, *args: Any, actor: Actor, row: ProgramItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Exercise.objects.for_actor(actor).published().exclude(pk=row.exercise_id)
        self.fields["exercise"].queryset = others  # type: ignore[attr-defined]


class UsualForm(RevisionForm):
    """Keep the dose of an item as one's usual one, take the usual one, or forget it."""

    do = forms.ChoiceField(choices=[("save", "Save"), ("use", "Use"), ("forget", "Forget")])


class TakeForm(RevisionForm):
    """Items of another program, ticked to be copied."""

    items = forms.ModelMultipleChoiceField(
        ProgramItem.objects.none(),
        error_messages={
            "required": "Tick at least one exercise.",
            "invalid_choice": "Choose exercises of that program.",
            "invalid_pk_value": "Choose exercises of that program.",
            "invalid_list": "Choose exercises of that program.",
        },
    )

    def __init__(self, *args: Any, source: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = source.items.filter(exercise__state="published").select_related("exercise")
        self.fields["items"].queryset = items.prefetch_related("alternatives")  # type: ignore[attr-defined]


class MoveForm(RevisionForm):
    """A new place by number, or one step up or down."""

    position = WholeNumberField(low=0, high=MOST_ITEMS, required=False)
    direction = forms.ChoiceField(choices=[("up", "Up"), ("down", "Down")], required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_said = data.get("position") is not None or data.get("direction")
        if not is_said and not {"position", "direction"} & set(self.errors):
            raise forms.ValidationError("Say where to: a position, up or down.")
        return data

    def position_from(self, current: int) -> int:
        """The place wanted, counted from 0."""
        if self.cleaned_data.get("position") is not None:
            return int(self.cleaned_data["position"])
        return current + (1 if self.cleaned_data["direction"] == "down" else -1)


class UndoForm(RevisionForm):
    """Takes back one named change; without a name, the last one."""

    change = forms.UUIDField(required=False)
