from typing import Any

import pytest
from django.http import QueryDict

from exercises.features import Feature, Unsafe
from exercises.forms.facets import Browse
from exercises.library import Entry
from patients.access import Actor
from tests.factories import make_clinic, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def browse(address: str) -> Browse:
    return Browse(QueryDict(address), Actor(make_member(make_clinic())))


def chosen(asked: Browse, name: str) -> dict[str, tuple[str, int, bool]]:
    return {choice.value: (choice.label, choice.number, choice.chosen) for choice in asked.facets[name].choices}


def test_browse_without_filters_finds_everything(library: list[Entry]):
    asked = browse("")

    assert asked.found.count() == 121
    assert (asked.query(), asked.chips, asked.notes) == ("", [], [])


def test_browse_combines_facets_and_takes_any_value_within_one(library: list[Entry]):
    asked = browse("kind=stretching&kind=mobility&region=hip_flexors&floor=no")

    found = list(asked.found)
    assert found
    for exercise in found:
        assert exercise.kind in {"stretching", "mobility"}
        assert "hip_flexors" in exercise.regions
        assert not exercise.needs_floor


def test_browse_address_holds_only_what_is_set(library: list[Entry]):
    asked = browse("q=+hip+&kind=stretching&kind=stretching&region=&floor=&utm_source=mail&page=3")

    assert asked.query() == "?q=hip&kind=stretching"
    assert asked.query(page=2) == "?q=hip&kind=stretching&page=2"


def test_browse_chips_lead_to_the_address_without_them(library: list[Entry]):
    asked = browse("q=hip&region=hip&region=gluteals&floor=no")

    assert [(chip.label, chip.query) for chip in asked.chips] == [
        ("Hip", "?q=hip&region=gluteals&floor=no"),
        ("Gluteals", "?q=hip&region=hip&floor=no"),
        ("No floor needed", "?q=hip&region=hip&region=gluteals"),
    ]


def test_browse_facets_count_beside_the_other_facets(library: list[Entry]):
    facets = browse("kind=thermal").facets

    kinds = {choice.value: choice.number for choice in facets["kind"].choices}
    assert kinds["stretching"] == 23
    assert sum(kinds.values()) == 121
    assert facets["kind"].chosen == 1
    assert [(choice.value, choice.number) for choice in facets["position"].choices] == [("resting", 6)]
    assert [choice.value for choice in facets["floor"].choices] == ["no"]


@pytest.mark.parametrize(
    ("address", "note"),
    [
        ("kind=stretching&kind=dancing", "Kind: a choice that does not exist was left out."),
        ("region=%00", "Region: a choice that does not exist was left out."),
        ("floor=maybe", "Floor was left out. Choose from: no, yes."),
        ("q=" + "x" * 101, "Search was left out. Ensure this value has at most 100 characters (it has 101)."),
        ("q=hip%E2%80%AE", "Search was left out. This text contains a character that cannot be stored."),
    ],
)
def test_browse_names_what_it_left_out(library: list[Entry], address: str, note: str):
    asked = browse(address)

    assert asked.notes == [note]
    assert asked.found.exists()


def test_browse_keeps_what_was_typed_without_what_cannot_be_shown(library: list[Entry]):
    asked = browse("q=hip%00%E2%80%AE+flexor")

    assert asked.typed == "hip flexor"
    assert asked.found.count() == 121


def test_browse_does_not_repeat_an_unknown_value_raw(library: list[Entry]):
    asked: Any = browse("floor=%3Cscript%3E")

    assert "<script>" not in asked.query()


def test_browse_shows_what_was_meant_and_leads_back_to_what_was_typed(library: list[Entry]):
    asked = browse("q=hamstirng+strap&kind=stretching")
    page = asked.page(1, 24)

    assert [exercise.code for exercise in page] == ["S08"]
    assert asked.showing == "hamstring strap"
    assert asked.typed == "hamstirng strap"
    assert asked.query() == "?q=hamstirng+strap&kind=stretching"
    assert asked.exactly == "?q=hamstirng+strap&kind=stretching&exact=1"
    assert chosen(asked, "kind") == {"stretching": ("Stretching", 1, True)}


def test_browse_takes_the_words_exactly_when_asked(library: list[Entry]):
    asked = browse("q=hamstirng+strap&exact=1")

    assert asked.page(1, 24).paginator.count == 0
    assert (asked.showing, asked.leniently) == ("", "?q=hamstirng+strap")


@pytest.mark.parametrize("address", ["q=hamstring", "q=hamstirng+strap&kind=thermal", "q=zzzz", "q=%25", ""])
def test_browse_says_nothing_of_slips_where_that_does_not_help(library: list[Entry], address: str):
    asked = browse(address)
    asked.page(1, 24)

    assert asked.showing == ""


def test_browse_offers_safety_only_for_a_patient(library: list[Entry]):
    unsafe = Unsafe(avoid=frozenset({Feature.PRONE_LYING}), caution=frozenset({Feature.SUPINE_FLAT}))
    actor = Actor(make_member(make_clinic()))
    rated = Browse(QueryDict("safe=allow"), actor, unsafe)
    plain = Browse(QueryDict("safe=allow"), actor)

    prone = {entry.code for entry in library if Feature.PRONE_LYING in entry.features}
    flat = {entry.code for entry in library if Feature.SUPINE_FLAT in entry.features} - prone
    assert {exercise.code for exercise in rated.found} == {entry.code for entry in library} - prone - flat
    assert chosen(rated, "safe") == {
        "allow": ("No warning", 121 - len(prone) - len(flat), True),
        "caution": ("Nothing to avoid", 121 - len(prone), False),
    }
    assert [(chip.label, chip.query) for chip in rated.chips] == [("No warning", "")]
    assert (plain.found.count(), plain.chips, plain.query()) == (121, [], "")
    assert "safe" not in plain.facets


def test_browse_counts_evidence_grades(library: list[Entry]):
    asked = browse("strength=A")

    numbers = {value: number for value, (_, number, _) in chosen(asked, "strength").items()}
    assert numbers == {grade: sum(entry.strength == grade for entry in library) for grade in "ABC"}
    assert {exercise.strength for exercise in asked.found} == {"A"}
    assert [chip.label for chip in asked.chips] == ["A: a trial or guideline names it"]
