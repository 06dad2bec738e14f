"""What templates draw with: shapes with words, dates as people say them."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from config.lib.templatetags import ui

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 11, 24, 7, 20, tzinfo=UTC), "today 07:20"),
        (datetime(2026, 11, 23, 7, 20, tzinfo=UTC), "yesterday 07:20"),
        (datetime(2026, 11, 25, 7, 15, tzinfo=UTC), "tomorrow 07:15"),
        (date(2026, 11, 3), "Tue 3 Nov"),
        (date(2025, 11, 3), "3 Nov 2025"),
    ],
)
def test_people_date_speaks_as_people_do(value: date, words: str):
    with time_machine.travel(NOW, tick=False):
        assert f">{words}</time>" in ui.people_date(value)


def test_people_date_keeps_the_exact_date_in_the_title():
    with time_machine.travel(NOW, tick=False):
        html = ui.people_date(datetime(2026, 11, 23, 7, 20, tzinfo=UTC))

    assert html == (
        '<time datetime="2026-11-23T07:20:00+00:00" title="Monday 23 November 2026 07:20">yesterday 07:20</time>'
    )


def test_people_date_of_nothing_is_nothing():
    assert ui.people_date(None) == ""


@pytest.mark.parametrize("name", ui.STATES)
def test_state_has_its_shape_and_its_word(name: str):
    html = ui.state(name, word=False)

    assert f"#state-{name}" in html
    assert f'<span class="visually-hidden">{ui.STATES[name]}</span>' in html


def test_pain_of_zero_is_a_rating():
    assert ">0<" in ui.pain(0)
    assert ">not rated<" in ui.pain(None)


def test_pain_steps_check_nothing_when_not_rated():
    assert [step["number"] for step in ui.pain_steps(None) if step["checked"]] == []
    assert [step["number"] for step in ui.pain_steps(0) if step["checked"]] == [0]


def test_safety_chip_names_the_reason_and_escapes_it():
    html = ui.safety_chip("avoid", "<b>fused</b> spine")

    assert "<strong>Avoid:</strong> &lt;b&gt;fused&lt;/b&gt; spine" in html


@pytest.mark.parametrize(("name", "letters"), [("Dan Weber", "DW"), ("Ana", "A"), ("Jo van der Berg", "JB"), ("", "?")])
def test_initials(name: str, letters: str):
    assert f">{letters}</span>" in ui.initials(name)
