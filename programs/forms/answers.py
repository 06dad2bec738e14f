"""What a therapist answers to warnings when a program is given: for one exercise, for several, for the whole.

What holds the whole program is one warning with one reason. A caution about several exercises because of the same
condition may be confirmed once for all of them. Every other avoid wants a reason of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from config.lib.forms import HouseForm
from exercises.features import Feature
from exercises.models import Exercise
from patients.conditions import Condition
from programs import safety
from programs.enums import Rating
from programs.safety import SafetyWarning
from programs.services.version_writing import MIN_REASON, SafetyAnswer

FEWEST_IN_GROUP = 2
LONGEST_REASON = 500
REASON_MISSING = f"Write why, in at least {MIN_REASON} characters."


def reason_field(label: str = "Reason") -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "form-control", "rows": 2})
    return forms.CharField(max_length=LONGEST_REASON, required=False, label=label, widget=widget)


class Answering(HouseForm, forms.Form):
    """The answer for one exercise.

    `in_groups`: all its cautions can be confirmed in groups; `covered`: they are. `hold`: the reason for the whole.
    """

    confirm = forms.BooleanField(required=False, label="I have weighed this for this patient")
    reason = reason_field()
    exercise: Exercise
    warnings: list[SafetyWarning]
    covered = False
    in_groups = False
    hold = ""

    @property
    def own(self) -> list[SafetyWarning]:
        """What is to be answered here; what holds the whole program is answered above."""
        return [warning for warning in self.warnings if not is_hold(warning)]

    @property
    def rating(self) -> Rating:
        return safety.worst(self.own)

    @property
    def cautions(self) -> frozenset[Condition]:
        return frozenset(warning.condition for warning in self.own if warning.rating is Rating.CAUTION)

    @property
    def answer(self) -> SafetyAnswer:
        """As the service takes it: reasons one after the other, and whether the cautions are confirmed."""
        said = self.cleaned_data.get("reason", "")
        reason = " – ".join(part for part in (self.hold, said) if part)
        return SafetyAnswer(self.covered or self.cleaned_data.get("confirm", False), reason[:LONGEST_REASON])

    def demand_answer(self) -> None:
        """A fault while it is not answered."""
        own = SafetyAnswer(self.covered or self.cleaned_data.get("confirm", False), self.cleaned_data.get("reason", ""))
        if own.settles(self.rating):
            return
        if self.rating is Rating.AVOID:
            self.add_error("reason", REASON_MISSING)
        else:
            self.add_error("confirm", "Confirm that you have weighed this.")


def is_hold(warning: SafetyWarning) -> bool:
    """It speaks against any exercise at all, so it is about the whole program."""
    return warning.feature is Feature.ANY_EXERCISE and warning.rating is Rating.AVOID


class StandInForm(Answering):
    """The answer for an exercise that is allowed in place of another."""

    def __init__(
        self, *args: Any, exercise: Exercise, warnings: list[SafetyWarning], place: int, **kwargs: Any
    ) -> None:
        self.exercise, self.warnings, self.place = exercise, warnings, place
        super().__init__(*args, prefix=f"answer-{exercise.pk}", **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.demand_answer()
        return data


class HoldForm(HouseForm, forms.Form):
    """One reason for all that holds the whole program."""

    reason = reason_field("Reason")

    def __init__(self, *args: Any, warnings: list[SafetyWarning], **kwargs: Any) -> None:
        self.warnings = warnings
        super().__init__(*args, prefix="hold", **kwargs)

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not SafetyAnswer(reason=reason).has_reason:
            raise forms.ValidationError(REASON_MISSING)
        return reason


def holds_of(warnings: Iterable[SafetyWarning]) -> list[SafetyWarning]:
    """What holds the whole program, each condition once."""
    return list({warning.condition: warning for warning in warnings if is_hold(warning)}.values())


@dataclass(slots=True)
class Group:
    """A condition that asks for care with several exercises; one tick answers them all."""

    condition: Condition
    is_confirmed: bool
    by_exercise: list[tuple[str, list[SafetyWarning]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return group_name(self.condition)

    @property
    def label(self) -> str:
        """The baseline is everybody's, so it is called by its name."""
        return "Ankylosing spondylitis" if self.condition is Condition.AS_BASELINE else self.condition.label


def group_name(condition: Condition) -> str:
    return f"group-{condition}"


def groups_of(answered: Iterable[tuple[str, Answering]], data: Mapping[str, Any] | None) -> list[Group]:
    """The conditions that ask for care with at least two exercises, those that concern most first."""
    found: dict[Condition, Group] = {}
    for name, form in answered:
        for condition in form.cautions:
            is_confirmed = data is not None and group_name(condition) in data
            group = found.setdefault(condition, Group(condition, is_confirmed))
            if name in dict(group.by_exercise):
                continue  # the same exercise in another stage
            mine = [w for w in form.own if w.condition is condition and w.rating is Rating.CAUTION]
            group.by_exercise.append((name, mine))
    several = [group for group in found.values() if len(group.by_exercise) >= FEWEST_IN_GROUP]
    return sorted(several, key=lambda group: (-len(group.by_exercise), group.condition))
