"""One item of the builder: own days and times, stages, and what differs on a bad day."""

from typing import Any

import pytest

from exercises.models import Exercise
from programs.enums import Variant
from programs.forms.items import ItemForm, VariantForm
from programs.models import Program, ProgramItem

pytestmark = pytest.mark.sqlite
STRETCH = Exercise(name="Stretch", kind="stretching", repetitions=3, hold_seconds=30)
STEPS = [{"title": "Weeks 1-4", "weeks": 4}, {"title": "Weeks 5-8", "weeks": 4}, {"title": "Then"}]


def item(**fields: Any) -> ProgramItem:
    program = Program(slots=["07:30", "12:00", "19:00"], steps=STEPS)
    return ProgramItem(program=program, exercise=STRETCH, repetitions=3, hold_seconds=30, **fields)


def bound(row: ProgramItem | None = None, **data: Any) -> ItemForm:
    return ItemForm({"revision": "1", **data}, exercise=STRETCH, row=row or item())


@pytest.mark.parametrize(
    ("data", "days"),
    [
        ({"own": "any", "weekdays": ["0"], "every_days": "2", "times_per_week": "3"}, (None, None, None)),
        ({"own": "weekdays", "weekdays": ["0", "2"], "every_days": "2"}, (0b101, None, None)),
        ({"own": "weekdays", "weekdays": list("0123456")}, (None, None, None)),
        ({"own": "every_days", "weekdays": ["0"], "every_days": "2"}, (None, 2, None)),
        ({"own": "times_per_week", "times_per_week": "3"}, (None, None, 3)),
        ({"weekdays": ["6"]}, (64, None, None)),
        ({}, (None, None, None)),
    ],
)
def test_one_way_of_having_days_is_kept(data: dict[str, Any], days: tuple[int | None, ...]) -> None:
    form = bound(**data)

    assert form.is_valid(), form.errors
    assert tuple(form.values[name] for name in ("weekdays", "every_days", "times_per_week")) == days


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"own": "weekdays"}, {"weekdays": ["Choose at least one day."]}),
        ({"own": "every_days"}, {"every_days": ["Enter a whole number from 2 to 28."]}),
        ({"own": "every_days", "every_days": "1"}, {"every_days": ["Enter a whole number from 2 to 28."]}),
        ({"own": "times_per_week", "times_per_week": "8"}, {"times_per_week": ["Enter a whole number from 1 to 7."]}),
        ({"slots": ["07:31"]}, {"slots": ["Choose times of the program."]}),
        ({"from_step": "4"}, {"from_step": ["Choose a stage of this program."]}),
        ({"from_step": "2", "until_step": "1"}, {"until_step": ["Choose the same stage or a later one."]}),
    ],
)
def test_what_does_not_hold_together_is_refused_at_its_field(data: dict[str, Any], errors: dict[str, Any]) -> None:
    assert bound(**data).errors == errors


def test_a_program_with_free_days_leaves_none_to_its_items() -> None:
    row = item(every_days=2)
    row.program.frequency = "times_per_week"
    form = bound(row, own="weekdays", weekdays=["0"], every_days="3")

    assert form.is_valid(), form.errors
    assert not {"weekdays", "every_days", "times_per_week", "own"} & {*form.fields, *form.values}


def test_all_times_ticked_is_every_time() -> None:
    form = bound(slots=["07:30", "12:00", "19:00"], from_step="2", until_step="")

    assert form.is_valid(), form.errors
    assert (form.values["slots"], form.values["from_step"], form.values["until_step"]) == ([], 2, None)
    assert bound(slots=["12:00"]).is_valid()


def variant(row: ProgramItem, which: str = "easy", *, has_core: bool = False, **data: Any) -> dict[str, Any]:
    form = VariantForm({"revision": "1", "variant": which, **data}, row=row, has_core=has_core)
    assert form.is_valid(), form.errors
    found: dict[str, Any] = form.values["variants"]
    return found


def test_a_variant_stores_only_what_differs() -> None:
    assert variant(item(), present="on") == {}
    assert variant(item(), present="on", repetitions="3", hold_seconds="20") == {"easy": {"hold_seconds": 20}}
    assert variant(item()) == {"easy": {"in": False}}
    assert variant(item(), hold_seconds="20") == {"easy": {"hold_seconds": 20, "in": False}}


def test_a_flare_with_a_core_is_the_core_unless_it_is_said_otherwise() -> None:
    aside, core = item(), item(is_core=True)

    assert variant(aside, "flare", has_core=True) == {}
    assert variant(aside, "flare", has_core=True, present="on") == {"flare": {"in": True}}
    assert variant(aside, "flare", has_core=True, present="on", repetitions="1") == {"flare": {"repetitions": 1}}
    assert variant(core, "flare", has_core=True, present="on") == {}
    assert variant(core, "flare", has_core=True) == {"flare": {"in": False}}


def test_a_variant_keeps_what_the_form_does_not_show() -> None:
    row = item(variants={"easy": {"effort": "3 of 10", "hold_seconds": 10}, "flare": {"in": False}})

    assert variant(row, present="on", hold_seconds="15") == {
        "easy": {"effort": "3 of 10", "hold_seconds": 15},
        "flare": {"in": False},
    }


@pytest.mark.parametrize(("name", "value"), [("hold_seconds", "0"), ("repetitions", "101"), ("hold_seconds", "NaN")])
def test_a_number_of_a_variant_has_the_limits_of_a_dose(name: str, value: str) -> None:
    form = VariantForm({"revision": "1", "variant": "easy", "present": "on", name: value}, row=item())

    assert list(form.errors) == [name]


@pytest.mark.parametrize("which", ["normal", "", "x"])
def test_only_bad_days_have_variants(which: str) -> None:
    form = VariantForm({"revision": "1", "variant": which}, row=item())

    assert "variant" in form.errors
    assert VariantForm(row=item(), variant=Variant.EASY).is_present
