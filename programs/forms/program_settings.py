"""Everything about a program besides its exercises: name, schedule, flare, stages, and rules that suggest."""

from __future__ import annotations

from typing import Any

from django import forms

from config.lib.forms import HouseForm, WholeNumberField
from config.lib.revisions import LARGEST_REVISION
from programs import progression
from programs.forms.programs import REVISION_LOST, ProgramForm
from programs.forms.schedules import ScheduleFields, initial_of
from programs.models import Program
from programs.progression import LONGEST_SUGGESTION, LONGEST_TITLE, MOST_RULES, MOST_STEPS, MOST_WEEKS

LONGEST_FLARE = 28


def _numbers(label: str, low: int, high: int, *, required: bool = False) -> WholeNumberField:
    field = WholeNumberField(low=low, high=high, required=required, label=label)
    field.widget.attrs["class"] = "form-control"
    return field


class SettingsForm(ScheduleFields):
    """`revision` is the one that was read."""

    name = forms.CharField(max_length=120)
    summary = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences: what it is for, and for whom.",
    )
    flare_days = _numbers("A flare lasts", 1, LONGEST_FLARE, required=True)
    revision = WholeNumberField(
        low=1,
        high=LARGEST_REVISION,
        sentence=REVISION_LOST,
        widget=forms.HiddenInput,
        error_messages={"required": REVISION_LOST},
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        words = {"name": program.name, "summary": program.summary}
        numbers = {"flare_days": program.flare_days, "revision": program.revision}
        super().__init__(*args, initial={**initial_of(program), **words, **numbers}, **kwargs)
        for name in ("name", "summary"):
            self.fields[name].widget.attrs["class"] = "form-control"
        if program.is_draft:  # a prescription has a title, which the patient reads, and no summary
            self.fields["name"].label = "Title"
            del self.fields["summary"]

    clean_name = ProgramForm.clean_name

    @property
    def values(self) -> dict[str, Any]:
        """As columns of `Program`."""
        words: dict[str, Any] = {name: self.cleaned_data[name] for name in ("name", "summary") if name in self.fields}
        return {**words, "flare_days": self.cleaned_data["flare_days"], **self.columns}


class RowSet(forms.BaseFormSet):
    """Rows of which empty ones do not count; `kept` are the others, in their order."""

    @property
    def kept(self) -> list[Any]:
        return [row for row in self.forms if self._counts(row)]

    def _counts(self, row: Any) -> bool:
        return bool(row.has_changed() or row.initial) and not row.cleaned_data.get("DELETE")

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove"


class StageForm(HouseForm, forms.Form):
    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label="Title",
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": "Give the stage a title, or remove it."},
    )
    weeks = _numbers("Weeks", 1, MOST_WEEKS)


class BaseStages(RowSet):
    def clean(self) -> None:
        rows = self.kept
        if not rows or any(row.errors for row in rows):
            return
        for row in rows[:-1]:
            if not row.cleaned_data.get("weeks"):
                row.add_error("weeks", "For how many weeks? Only the last stage goes on.")
        if rows[-1].cleaned_data.get("weeks"):
            rows[-1].add_error("weeks", "The last stage goes on. Leave this empty.")
        if len(rows) == 1:
            rows[0].add_error("title", "One stage alone is no stage. Add a second one, or remove it.")

    @property
    def values(self) -> list[dict[str, Any]]:
        steps = [progression.Step(row.cleaned_data["title"], row.cleaned_data["weeks"]) for row in self.kept]
        return [step.stored() for step in steps]


class RuleForm(HouseForm, forms.Form):
    after_weeks = _numbers("After weeks", 1, MOST_WEEKS, required=True)
    min_adherence = _numbers("Done, at least %", 1, 100, required=True)
    max_pain = _numbers("Pain, at most", 0, 10)
    suggest = forms.CharField(
        max_length=LONGEST_SUGGESTION,
        label="Suggest to me",
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "Add a second set to the bridge."}),
        error_messages={"required": "Write what is to be suggested, or remove the rule."},
    )

    @property
    def rule(self) -> progression.Rule:
        data = self.cleaned_data
        return progression.Rule(data["after_weeks"], data["min_adherence"], data["suggest"], data["max_pain"])


class BaseRules(RowSet):
    @property
    def values(self) -> list[dict[str, Any]]:
        return [row.rule.stored() for row in self.kept]


def _row_set(form: type[forms.BaseForm], base: type[RowSet], most: int, extra: int) -> Any:
    return forms.formset_factory(
        form, formset=base, extra=extra, max_num=most, validate_max=True, absolute_max=2 * most, can_delete=True
    )


StageSet = _row_set(StageForm, BaseStages, MOST_STEPS, 2)
RuleSet = _row_set(RuleForm, BaseRules, MOST_RULES, 1)
LOST = {"missing_management_form": REVISION_LOST}


class Settings:
    """The forms of the page together. A draft has no stages: each became a version of its own when it was assigned."""

    def __init__(self, program: Program, data: Any = None) -> None:
        self.program = program
        self.form = SettingsForm(data, program=program)
        self.rules = RuleSet(data, prefix="rules", initial=program.progression, error_messages=LOST)
        self.stages = StageSet(data, prefix="stages", initial=program.steps, error_messages=LOST)
        self.has_stages = not program.is_draft

    @property
    def sets(self) -> list[Any]:
        return [self.stages, self.rules] if self.has_stages else [self.rules]

    def is_valid(self) -> bool:
        fine = [one.is_valid() for one in [self.form, *self.sets]]
        return all(fine) and self._stages_hold_their_exercises()

    def _stages_hold_their_exercises(self) -> bool:
        if not self.has_stages:
            return True
        last = max((item.from_step for item in self.program.items.all()), default=1)
        if last <= max(1, len(self.stages.values)):
            return True
        fault = f"Exercises begin in stage {last}. Move them to an earlier stage first, or keep the stage."
        self.stages._non_form_errors.append(fault)
        return False

    @property
    def values(self) -> dict[str, Any]:
        stages = {"steps": self.stages.values} if self.has_stages else {}
        return {**self.form.values, **stages, "progression": self.rules.values}

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Every fault in words, with the place where it is mended."""
        found = [(self.form[name].id_for_label, f"{self._label(name)}: {one}") for name, one in self._of(self.form)]
        for rows, word in ((self.stages, "Stage"), (self.rules, "Rule")):
            if rows in self.sets:
                found += [(f"{rows.prefix}-title", str(one)) for one in rows.non_form_errors()]
                found += [
                    (row[name].id_for_label, f"{word} {number}, {row[name].label.lower()}: {one}")
                    for number, row in enumerate(rows.forms, 1)
                    for name, one in self._of(row)
                ]
        return found

    @staticmethod
    def _of(form: forms.BaseForm) -> list[tuple[str, str]]:
        return [(name, str(one)) for name, errors in form.errors.items() if name in form.fields for one in errors]

    def _label(self, name: str) -> str:
        return str(self.form[name].label)
