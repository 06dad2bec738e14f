"""Numbers, days and notes of a dose: what is taken, and what is refused in one plain sentence."""

from typing import Any

import pytest

from exercises.models import Exercise
from programs.forms.doses import DoseForm, fields_for
from programs.forms.items import ItemForm, MoveForm
from programs.models import ProgramItem

pytestmark = pytest.mark.sqlite
STRETCH = Exercise(name="Stretch", kind="stretching", repetitions=3, hold_seconds=30)
BAD_NUMBERS = ["NaN", "Infinity", "1e309", "-0", "-1", "0", "21", "3.5", "3,5", "0x10", "٣", "10" * 13, "true", "five"]


def form(exercise: Exercise = STRETCH, **data: Any) -> DoseForm:
    return DoseForm(data, exercise=exercise)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("stretching", ["sets", "repetitions", "hold_seconds", "sides", "rest_seconds", "effort"]),
        ("foam_rolling", ["sets", "passes", "hold_seconds", "sides", "rest_seconds", "effort"]),
        ("thermal", ["duration_minutes"]),
        ("aerobic", ["duration_minutes", "effort"]),
        ("breathing", ["sets", "repetitions", "duration_minutes", "tempo"]),
    ],
)
def test_only_the_fields_that_make_sense(kind: str, names: list[str]) -> None:
    assert fields_for(Exercise(kind=kind)) == names


def test_a_field_with_a_value_is_kept_whatever_the_kind() -> None:
    assert fields_for(Exercise(kind="thermal"), ProgramItem(sets=2)) == ["sets", "duration_minutes"]


@pytest.mark.parametrize("text", BAD_NUMBERS)
def test_a_number_that_is_none_is_refused_at_its_field(text: str) -> None:
    bound = form(sets=text)

    assert bound.errors == {"sets": ["Enter a whole number from 1 to 20."]}
    assert bound["sets"].value() == text


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("20", 20), (" 7 ", 7), ("007", 7), ("", None)])
def test_a_whole_number_is_taken(text: str, number: int | None) -> None:
    bound = form(sets=text)

    assert bound.is_valid()
    assert bound.values["sets"] == number


def test_values_name_only_the_fields_shown() -> None:
    bound = form(repetitions="4", weekdays=["0", "2"], note="Left", sides="each", duration_minutes="9")

    assert bound.is_valid()
    assert bound.values == {
        "sets": None,
        "repetitions": 4,
        "hold_seconds": None,
        "per_side": True,
        "side": "",
        "rest_seconds": None,
        "effort": "",
        "weekdays": 0b101,
        "note": "Left",
    }


@pytest.mark.parametrize(
    ("sides", "columns"),
    [("", (False, "")), ("each", (True, "")), ("left", (False, "left")), ("right", (False, "right"))],
)
def test_a_side_is_one_choice(sides: str, columns: tuple[bool, str]) -> None:
    bound = form(sides=sides)

    assert bound.is_valid()
    assert (bound.values["per_side"], bound.values["side"]) == columns


@pytest.mark.parametrize("sides", ["both", "LEFT", "\x00", "each,left"])
def test_a_side_that_does_not_exist_is_refused(sides: str) -> None:
    assert form(sides=sides).errors == {"sides": ["Choose a side from the list."]}


@pytest.mark.parametrize("name", ["tempo", "effort"])
@pytest.mark.parametrize("text", ["a\x00b", "\u202eabc", "x" * 81])
def test_words_that_cannot_be_stored_are_refused(name: str, text: str) -> None:
    strength = Exercise(name="Bridge", kind="strengthening")

    assert name in form(strength, **{name: text}).errors


@pytest.mark.parametrize(("days", "mask"), [([], None), (list("0123456"), None), (["6"], 64)])
def test_no_day_and_every_day_both_mean_whenever_it_is_due(days: list[str], mask: int | None) -> None:
    bound = form(weekdays=days)

    assert bound.is_valid()
    assert bound.values["weekdays"] == mask


@pytest.mark.parametrize("days", [["7"], ["-1"], ["Mon"], ["0", "\x00"]])
def test_a_day_that_does_not_exist_is_refused(days: list[str]) -> None:
    assert form(weekdays=days).errors == {"weekdays": ["Choose days from Monday to Sunday."]}


@pytest.mark.parametrize("note", ["a\x00b", "\u202eabc", "\ud800"])
def test_a_note_that_cannot_be_stored_is_refused(note: str) -> None:
    assert form(note=note).errors["note"][-1] == "This text contains a character that cannot be stored."


@pytest.mark.parametrize("note", ["{{7*7}}", "<script>", "' OR 1=1--", "O\u2019Brien \U0001f9d8"])
def test_other_text_is_kept(note: str) -> None:
    bound = form(note=note)

    assert bound.is_valid()
    assert bound.values["note"] == note


def test_a_note_is_at_most_two_hundred_characters() -> None:
    assert "note" in form(note="x" * 201).errors
    assert form(note="x" * 200).is_valid()


@pytest.mark.parametrize("revision", ["", "0", "-1", "1.5", "9" * 25, "x"])
def test_an_item_without_a_good_revision_says_so(revision: str) -> None:
    bound = ItemForm({"revision": revision}, exercise=STRETCH)

    assert bound.errors == {"revision": ["This page is out of date. Load it again."]}


@pytest.mark.parametrize(
    ("data", "place"), [({"direction": "up"}, 2), ({"direction": "down"}, 4), ({"position": "0"}, 0)]
)
def test_a_move_by_step_or_by_number(data: dict[str, str], place: int) -> None:
    bound = MoveForm({"revision": "1", **data})

    assert bound.is_valid()
    assert bound.position_from(3) == place


@pytest.mark.parametrize("data", [{}, {"direction": "sideways"}, {"position": "-1"}, {"position": "1e9"}])
def test_a_move_to_nowhere_is_refused(data: dict[str, str]) -> None:
    assert not MoveForm({"revision": "1", **data}).is_valid()
