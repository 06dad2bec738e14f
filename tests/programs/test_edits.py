"""Changes of items as values: each can be taken back, made again, and put into words that a session can keep."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from programs.edits import Change, arranged, fits, is_done, reordered

ids = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@given(ids.flatmap(lambda before: st.tuples(st.just(before), st.permutations(before))))
def test_an_order_is_reached_and_left_again(orders: tuple[list[str], list[str]]) -> None:
    before, after = orders

    change = reordered("move", "", "", before, after)

    assert arranged(before, change) == after
    assert arranged(after, change.inverse) == before


@given(ids, st.sampled_from("xyz"), st.integers(0, 8))
def test_an_item_comes_and_goes(before: list[str], new: str, place: int) -> None:
    change = Change("add", new, "", {new: (None, {"sets": 1, "position": min(place, len(before))})})

    after = arranged(before, change)

    assert after.index(new) == min(place, len(before))
    assert arranged(after, change.inverse) == before


def test_a_change_fits_only_what_it_started_from() -> None:
    change = Change("update", "a", "", {"a": ({"sets": 2}, {"sets": 3})})
    now: dict[str, Any] = {"a": {"sets": 2, "note": "", "position": 0}}

    assert fits(change, now)
    assert not is_done(change, now)
    assert not fits(change, {"a": {"sets": 9}})
    assert not fits(change, {})
    assert is_done(change, {"a": {"sets": 3}})
    assert not fits(Change("add", "a", "", {"a": (None, {"sets": 1})}), now)
    assert is_done(Change("remove", "b", "", {"b": ({"sets": 1}, None)}), now)


def test_a_place_is_not_held_against_a_change() -> None:
    """Somebody moved the item meanwhile: its move is taken back all the same, to where it was."""
    change = Change("move", "a", "", {"a": ({"position": 0}, {"position": 2})})

    assert fits(change.inverse, {"a": {"position": 1}})
    assert not is_done(change.inverse, {"a": {"position": 1}})


def test_a_change_is_kept_as_json() -> None:
    change = Change("group", "a", "Bridge", {"a": ({"position": 0}, {"position": 2}), "b": (None, {"note": "é"})})

    assert Change.from_dict(json.loads(json.dumps(change.as_dict()))) == change
