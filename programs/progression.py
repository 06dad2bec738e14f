"""How a program builds up: its stages, and the therapist's rules that may suggest the next step. Pure.

A rule never changes a program. It is weighed against the last weeks of the version in force, and where it is met the
therapist gets a suggestion with the figures behind it. Where the figures are too thin, nothing is suggested.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from json import dumps
from typing import Any, Self

MOST_STEPS, MOST_RULES = 6, 5
MOST_WEEKS = 26
LONGEST_TITLE, LONGEST_SUGGESTION = 80, 200
# Fewer say too little about two weeks or more; project convention.
FEWEST_DAYS_LOGGED = 4
FEWEST_DAYS_RATED = 3


class Fault(ValueError):
    """A stage or a rule that cannot be meant so; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a program. `weeks` is None for the last one, which goes on."""

    title: str
    weeks: int | None = None

    def stored(self) -> dict[str, Any]:
        return {"title": self.title} | ({"weeks": self.weeks} if self.weeks else {})


def read_steps(raw: Any) -> tuple[Step, ...]:
    """The stages of a program from their stored form. Raises Fault."""
    if not isinstance(raw, list) or len(raw) > MOST_STEPS:
        raise Fault(f"Stages are a list of at most {MOST_STEPS}.")
    steps = tuple(_step(place, one, is_last=place == len(raw)) for place, one in enumerate(raw, 1))
    if len(steps) == 1:
        raise Fault("One stage alone is no stage. Give a second one, or none.")
    return steps


def _step(place: int, raw: Any, *, is_last: bool) -> Step:
    where = f"stage {place}"
    title = _text(raw, "title", where, LONGEST_TITLE, {"title", "weeks"})
    if is_last:
        if raw.get("weeks") is not None:
            raise Fault(f"{where}: the last stage goes on, so it has no weeks.")
        return Step(title)
    return Step(title, _number(raw, "weeks", where, 1, MOST_WEEKS))


@dataclass(frozen=True, slots=True)
class Rule:
    """After so many weeks of at least this adherence, and pain no higher than this, suggest something.

    `max_pain` None means that pain is not asked about.
    """

    after_weeks: int
    min_adherence: int
    suggest: str
    max_pain: int | None = None

    @classmethod
    def read(cls, raw: Any, where: str = "rule") -> Self:
        """From its stored form. Raises Fault."""
        suggest = _text(raw, "suggest", where, LONGEST_SUGGESTION, {"after_weeks", "min_adherence", "max_pain"})
        pain = raw.get("max_pain")
        return cls(
            after_weeks=_number(raw, "after_weeks", where, 1, MOST_WEEKS),
            min_adherence=_number(raw, "min_adherence", where, 1, 100),
            max_pain=None if pain is None else _number(raw, "max_pain", where, 0, 10),
            suggest=suggest,
        )

    def stored(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    @property
    def days(self) -> int:
        """How many days it looks back on."""
        return 7 * self.after_weeks

    @property
    def digest(self) -> str:
        """Tells this rule from others of the same version."""
        return sha256(dumps(self.stored(), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def text(self) -> str:
        """`After 2 weeks of at least 80 % and pain of 3 or less: Add a second set.`"""
        weeks = "1 week" if self.after_weeks == 1 else f"{self.after_weeks} weeks"
        pain = "" if self.max_pain is None else f" and pain of {self.max_pain} or less"
        return f"After {weeks} of at least {self.min_adherence} %{pain}: {self.suggest}"


def read_rules(raw: Any) -> tuple[Rule, ...]:
    """The rules of a program from their stored form. Raises Fault."""
    if not isinstance(raw, list) or len(raw) > MOST_RULES:
        raise Fault(f"Rules are a list of at most {MOST_RULES}.")
    return tuple(Rule.read(one, f"rule {place}") for place, one in enumerate(raw, 1))


def _text(raw: Any, name: str, where: str, longest: int, others: set[str]) -> str:
    if not isinstance(raw, Mapping):
        raise Fault(f"{where}: it is not a table of names and values.")
    if unknown := sorted(set(raw) - others - {name}):
        raise Fault(f"{where}: unknown key {unknown[0]}.")
    text = raw.get(name)
    if not isinstance(text, str) or not text.strip() or len(text) > longest:
        raise Fault(f"{where}: {name} is missing, or longer than {longest} characters.")
    return text.strip()


def _number(raw: Mapping[str, Any], name: str, where: str, low: int, high: int) -> int:
    value = raw.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Fault(f"{where}: {name} is a whole number from {low} to {high}.")
    return value


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the last days of one version: exercises, days with a log, and pain.

    `pain` is the mean of the days on which it was rated, `worst_pain` the highest score. `is_disturbed`: a flare, an
    easier variant or a pause fell into these days, so that they do not speak for the usual program.
    """

    weeks_in_force: int
    expected: int
    done: int
    days_logged: int
    pain: float | None = None
    worst_pain: int | None = None
    days_rated: int = 0
    is_disturbed: bool = False

    @property
    def percent(self) -> int | None:
        """Done in per cent of what was due, rounded half up; None when nothing was due."""
        return (200 * self.done + self.expected) // (2 * self.expected) if self.expected else None


def is_met(rule: Rule, facts: Facts) -> bool:
    """Whether to suggest. Too little data, or days that were not usual ones, means no."""
    if facts.is_disturbed or facts.weeks_in_force < rule.after_weeks or facts.days_logged < FEWEST_DAYS_LOGGED:
        return False
    # The counts decide, not the rounded figure: 79.6 % is not 80 %.
    if not facts.expected or 100 * facts.done < rule.min_adherence * facts.expected:
        return False
    return rule.max_pain is None or _pain_allows(rule.max_pain, facts)


def _pain_allows(most: int, facts: Facts) -> bool:
    return facts.pain is not None and facts.days_rated >= FEWEST_DAYS_RATED and facts.pain <= most


def reason(rule: Rule, facts: Facts) -> str:
    """The suggestion with the figures behind it, for the therapist."""
    weeks = "last week" if rule.after_weeks == 1 else f"last {rule.after_weeks} weeks"
    said = f"{rule.suggest} In the {weeks}: {facts.done} of {facts.expected} exercises done ({facts.percent} %)"
    if facts.pain is None:
        return f"{said}; pain was not rated."
    rated = f"{facts.days_rated} day" if facts.days_rated == 1 else f"{facts.days_rated} days"
    return f"{said}; pain {facts.pain:.1f} on average of {rated}, at most {facts.worst_pain}."


def met(rules: Iterable[Rule], facts: Mapping[Rule, Facts]) -> list[Rule]:
    """The rules that are met, in their order; a rule without facts is not."""
    return [rule for rule in rules if rule in facts and is_met(rule, facts[rule])]
