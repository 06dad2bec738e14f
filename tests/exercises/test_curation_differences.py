"""The difference as a reader sees it: by field, item by item, word by word."""

from typing import Any

import pytest

from exercises.differences import LABELS, Line, compare, marked, said
from exercises.services.content import CONTENT
from tests.exercises.curation import COMPLETE

pytestmark = pytest.mark.sqlite


def shown(line: Line | None) -> str:
    """A line with what is marked in brackets."""
    runs = [(piece.text.strip(), piece.is_changed) for piece in line or []]
    return " ".join(f"[{text}]" if is_changed else text for text, is_changed in runs) or "-"


def lines(before: dict[str, Any], after: dict[str, Any], field: str) -> list[tuple[str, str]]:
    [difference] = [one for one in compare(before, after, {}) if one.field == field]
    return [(shown(left), shown(right)) for left, right in difference.lines]


def test_every_column_of_the_content_is_compared():
    """A column that `compare` forgets could be changed without anybody seeing it."""
    shown_elsewhere = {"facets", "particulars", "neighbours", "effort"}  # by their parts; effort is a particular
    assert set(CONTENT) - shown_elsewhere <= set(LABELS)


def test_equal_content_has_no_difference():
    assert compare(COMPLETE, COMPLETE | {"steps": list(COMPLETE["steps"])}, {}) == []


def test_words_are_marked_where_they_changed():
    left, right = marked("Lift your breastbone slowly.", "Lift your ribs slowly and stay.")

    assert shown(left) == "Lift your [breastbone] slowly ."
    assert shown(right) == "Lift your [ribs] slowly [and stay] ."


def test_steps_are_compared_one_by_one():
    steps = ["Step forward with one foot.", "Breathe out.", "Lean gently through the door.", "Stay and breathe."]

    assert lines(COMPLETE, COMPLETE | {"steps": steps}, "steps") == [
        ("Step forward with one foot.", "Step forward with one foot."),
        ("-", "[Breathe out.]"),
        ("Lean gently through the door.", "Lean gently through the door."),
        ("Stay and breathe.", "Stay and breathe."),
    ]


def test_a_changed_step_is_a_pair_and_an_unlike_one_is_not():
    alike = ["Step forward with the left foot.", *COMPLETE["steps"][1:]]
    unlike = ["Sit down.", *COMPLETE["steps"][1:]]

    assert lines(COMPLETE, COMPLETE | {"steps": alike}, "steps")[0] == (
        "Step forward with [one] foot.",
        "Step forward with [the left] foot.",
    )
    assert lines(COMPLETE, COMPLETE | {"steps": unlike}, "steps")[:2] == [
        ("[Step forward with one foot.]", "-"),
        ("-", "[Sit down.]"),
    ]


@pytest.mark.parametrize(
    ("change", "field", "before", "after"),
    [
        ({"kind": "mobility"}, "kind", "[Stretching]", "[Mobility]"),
        ({"hold_seconds": 45}, "hold_seconds", "[30] s", "[45] s"),
        ({"per_side": True}, "per_side", "-", "[Yes]"),
        ({"review_due_on": "2030-01-01"}, "review_due_on", "[2027-11-18]", "[2030-01-01]"),
        ({"neighbours": {"easier": "S01"}}, "easier", "-", "[S01]"),
        ({"features": ["heat"]}, "features", "-", "[Heat]"),
        ({"particulars": {"effort": "You can talk."}}, "effort", "-", "[You can talk.]"),
        ({"cue": ""}, "cue", "[Lift your breastbone.]", "-"),
    ],
)
def test_each_field_is_said_in_words(change: dict[str, Any], field: str, before: str, after: str):
    found = lines(COMPLETE, COMPLETE | change, field)

    assert ([left for left, _ in found if left != "-"] or ["-"]) == [before]
    assert ([right for _, right in found if right != "-"] or ["-"]) == [after]


def test_verdicts_need_no_colour():
    after = COMPLETE | {"cue": "", "breathing": "Breathe.", "per_side": True}

    found = {one.field: one.verdict for one in compare(COMPLETE, after, {})}
    assert found == {"cue": "removed", "breathing": "changed", "per_side": "added"}


def test_a_new_exercise_is_all_new():
    found = compare({}, COMPLETE, {})

    assert {one.verdict for one in found} == {"added"}
    assert "name" in {one.field for one in found}


def test_neighbours_are_named():
    told = said(COMPLETE | {"neighbours": {"easier": "S01"}}, {"S01": "Hip stretch"})

    assert told["easier"] == ["Hip stretch (S01)"]


@pytest.mark.parametrize("sides", [("", "x"), ("x " * 2000, "y " * 2000), ("a\nb", "a\nc")])
def test_marked_loses_no_word(sides: tuple[str, str]):
    for text, line in zip(sides, marked(*sides), strict=True):
        assert "".join(piece.text for piece in line) == text.rstrip()
