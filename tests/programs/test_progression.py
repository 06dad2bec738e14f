"""Stages and rules: read from their stored form, and weighed against the last weeks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs import progression
from programs.progression import FEWEST_DAYS_LOGGED, FEWEST_DAYS_RATED, Facts, Rule, Step

RULE = Rule(after_weeks=2, min_adherence=80, max_pain=3, suggest="Add a second set.")
GOOD = Facts(
    weeks_in_force=2, expected=50, done=40, days_logged=12, pain=3.0, worst_pain=5, days_rated=10, is_disturbed=False
)


def but(**changes: Any) -> Facts:
    values = {name: getattr(GOOD, name) for name in Facts.__dataclass_fields__}
    return Facts(**values | changes)


def test_a_rule_that_is_just_met_suggests() -> None:
    assert progression.is_met(RULE, GOOD)


@pytest.mark.parametrize(
    "facts",
    [
        but(weeks_in_force=1),
        but(done=39),
        but(pain=3.1),
        but(pain=None, worst_pain=None, days_rated=0),
        but(days_rated=FEWEST_DAYS_RATED - 1),
        but(days_logged=FEWEST_DAYS_LOGGED - 1),
        but(expected=0, done=0),
        but(is_disturbed=True),
        but(expected=1000, done=796),  # shown as 80 %, and is not
    ],
)
def test_too_little_or_too_sore_suggests_nothing(facts: Facts) -> None:
    assert not progression.is_met(RULE, facts)


def test_pain_is_asked_about_only_where_the_rule_does() -> None:
    unasked = Rule(after_weeks=2, min_adherence=80, suggest="Add a second set.")

    assert progression.is_met(unasked, but(pain=None, worst_pain=None, days_rated=0))
    assert progression.is_met(unasked, but(pain=9.0))
    assert not progression.is_met(Rule(2, 80, "Rest.", max_pain=0), but(pain=0.1))
    assert progression.is_met(Rule(2, 80, "Rest.", max_pain=0), but(pain=0.0, worst_pain=0))


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 100))
def test_the_counts_decide_and_not_the_rounded_figure(done: int, more: int, least: int) -> None:
    facts = but(done=done, expected=done + more)
    rule = Rule(after_weeks=2, min_adherence=least, suggest="x")

    assert progression.is_met(rule, facts) == (done + more > 0 and done / (done + more) >= least / 100 - 1e-12)


def test_met_keeps_the_order_and_needs_facts() -> None:
    second = Rule(1, 50, "Walk more.")

    assert progression.met([second, RULE], {RULE: GOOD, second: GOOD}) == [second, RULE]
    assert progression.met([second, RULE], {RULE: GOOD}) == [RULE]


def test_the_reason_shows_the_figures_with_their_denominator() -> None:
    assert progression.reason(RULE, GOOD) == (
        "Add a second set. In the last 2 weeks: 40 of 50 exercises done (80 %); "
        "pain 3.0 on average of 10 days, at most 5."
    )
    alone = Rule(1, 80, "Walk more.")
    assert progression.reason(alone, but(pain=None)) == (
        "Walk more. In the last week: 40 of 50 exercises done (80 %); pain was not rated."
    )
    assert "of 1 day, at most" in progression.reason(alone, but(days_rated=1))


def test_a_rule_reads_as_it_was_stored_and_says_itself() -> None:
    assert Rule.read(RULE.stored()) == RULE
    assert RULE.stored() == {
        "after_weeks": 2, "min_adherence": 80, "max_pain": 3, "suggest": "Add a second set."
    }  # fmt: skip
    assert RULE.text == "After 2 weeks of at least 80 % and pain of 3 or less: Add a second set."
    assert Rule(1, 70, "Walk more.").text == "After 1 week of at least 70 %: Walk more."
    assert Rule.read({"after_weeks": 1, "min_adherence": 70, "max_pain": None, "suggest": " Go. "}).suggest == "Go."


def test_the_digest_tells_rules_apart() -> None:
    other = Rule(after_weeks=2, min_adherence=80, max_pain=4, suggest="Add a second set.")

    assert RULE.digest == Rule.read(dict(reversed(RULE.stored().items()))).digest
    assert RULE.digest != other.digest


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "Rules are a list"),
        ([{}] * 6, "Rules are a list of at most 5."),
        ([[]], "rule 1: it is not a table"),
        ([RULE.stored() | {"colour": 1}], "rule 1: unknown key colour"),
        ([RULE.stored() | {"suggest": " "}], "rule 1: suggest is missing"),
        ([RULE.stored() | {"suggest": "x" * 201}], "rule 1: suggest is missing, or longer than 200"),
        ([RULE.stored(), RULE.stored() | {"after_weeks": 0}], "rule 2: after_weeks is a whole number from 1 to 26."),
        ([RULE.stored() | {"after_weeks": True}], "rule 1: after_weeks is a whole number"),
        ([RULE.stored() | {"min_adherence": 101}], "rule 1: min_adherence is a whole number from 1 to 100."),
        ([RULE.stored() | {"max_pain": 11}], "rule 1: max_pain is a whole number from 0 to 10."),
        ([RULE.stored() | {"max_pain": "3"}], "rule 1: max_pain is a whole number from 0 to 10."),
    ],
)
def test_faulty_rules_are_named(raw: Any, words: str) -> None:
    with pytest.raises(progression.Fault) as told:
        progression.read_rules(raw)

    assert str(told.value).startswith(words)


def test_stages_read_as_they_were_stored() -> None:
    steps = (Step("Learn it", 4), Step("Keep it"))

    assert progression.read_steps([step.stored() for step in steps]) == steps
    assert progression.read_steps([]) == ()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({}, "Stages are a list"),
        ([{"title": "x", "weeks": 1}] * 7, "Stages are a list of at most 6."),
        ([{"title": "One"}], "One stage alone is no stage."),
        ([{"title": "One"}, {"title": "Two"}], "stage 1: weeks is a whole number from 1 to 26."),
        ([{"title": "One", "weeks": 4}, {"title": "Two", "weeks": 4}], "stage 2: the last stage goes on"),
        ([{"title": "", "weeks": 4}, {"title": "Two"}], "stage 1: title is missing"),
    ],
)
def test_faulty_stages_are_named(raw: Any, words: str) -> None:
    with pytest.raises(progression.Fault) as told:
        progression.read_steps(raw)

    assert str(told.value).startswith(words)
