from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from exercises.enums import Region
from exercises.library import Entry, LibraryError
from exercises.models import Exercise, ExerciseTrait
from exercises.services.library import COLUMNS, load
from tests.factories import make_clinic, make_exercise

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def replace_entry(entries: list[Entry], code: str, **changes: Any) -> list[Entry]:
    return [replace(entry, **changes) if entry.code == code else entry for entry in entries]


def everything() -> list[Any]:
    traits = ExerciseTrait.objects.order_by("exercise__code", "order").values_list("exercise__code", "facet", "value")
    return [*Exercise.objects.order_by("code").values_list("pk", "updated_at", *COLUMNS), *traits]


def test_load_creates_all_published_and_shared(entries: list[Entry]):
    loaded = load(entries=entries)

    assert (len(loaded.created), len(loaded.changed), loaded.unchanged) == (121, 0, 0)
    assert Exercise.objects.for_clinic(None).published().count() == 121
    piriformis = Exercise.objects.get(code="S06")
    assert [region.value for region in piriformis.regions] == ["piriformis", "gluteals"]
    assert piriformis.position.label == "Lying on the back"
    assert piriformis.dose.text == "3 × 30 s each side"
    assert piriformis.neighbours == {"easier": "S05", "no_floor": "S07", "at_work": "S07", "too_painful": "S05"}
    assert piriformis.has_text


def test_load_twice_changes_nothing(entries: list[Entry]):
    load(entries=entries)
    before = everything()

    loaded = load(entries=entries)

    assert (len(loaded.created), len(loaded.changed), loaded.unchanged) == (0, 0, 121)
    assert everything() == before


def test_load_brings_one_changed_exercise_up_to_date_and_keeps_its_key(entries: list[Entry]):
    load(entries=entries)
    before = Exercise.objects.get(code="S06")
    changed = replace_entry(entries, "S06", name="A new name", regions=(Region.HIP,))

    loaded = load(entries=changed)

    exercise = Exercise.objects.get(code="S06")
    assert str(loaded) == "Library: 121 exercises (0 new, 1 changed, 120 unchanged)."
    assert (exercise.pk, exercise.name, exercise.state) == (before.pk, "A new name", "published")
    assert exercise.search_text.startswith(" a new name |")
    assert list(exercise.traits.filter(facet="region").values_list("value", flat=True)) == ["hip"]
    assert exercise.history.count() == 2
    assert exercise.history.first().history_change_reason == "The shipped library"


def test_load_keeps_what_curators_wrote_and_offers_them_the_new_file(entries: list[Entry]):
    load(entries=entries)
    Exercise.objects.filter(code="S06").update(name="Our own name", edition=2)
    changed = replace_entry(entries, "S06", name="A new name")

    loaded = load(entries=changed)
    again = load(entries=changed)

    exercise = Exercise.objects.get(code="S06")
    assert str(loaded).endswith("(0 new, 0 changed, 120 unchanged, 1 waiting for a curator).")
    assert again.unchanged == 121
    assert exercise.name == "Our own name"
    assert (exercise.working_copy.name, exercise.working_copy.state) == ("A new name", "draft")


def test_load_does_not_bring_back_what_was_retired(entries: list[Entry]):
    load(entries=entries)
    Exercise.objects.filter(code="S06").update(state="retired")

    load(entries=replace_entry(entries, "S06", name="A new name"))

    assert Exercise.objects.get(code="S06").state == "retired"


def test_load_takes_few_statements(entries: list[Entry], django_assert_max_num_queries: Any):
    most = 11 if connection.vendor == "postgresql" else 40  # SQLite takes its rows in smaller batches
    with django_assert_max_num_queries(most):  # savepoints, and the history of each row
        load(entries=entries)
    with django_assert_max_num_queries(7):  # one, and three pairs of savepoints
        load(entries=entries)


def test_load_leaves_other_exercises_alone(entries: list[Entry]):
    mine = make_exercise("Our own", clinic=make_clinic(), code="OWN1")

    load(entries=entries)

    mine.refresh_from_db()
    assert mine.name == "Our own"


def test_load_refuses_a_code_that_a_clinic_uses_and_stores_nothing(entries: list[Entry]):
    make_exercise("Our own", clinic=make_clinic(), code="S06")

    with pytest.raises(LibraryError, match=r"S06.toml: code: a clinic's own exercise"):
        load(entries=entries)

    assert Exercise.objects.count() == 1


def test_load_names_a_text_that_is_too_long(entries: list[Entry]):
    long = replace(entries[0], texts={**entries[0].texts, "cue": "x" * 301})

    with pytest.raises(LibraryError, match=r"A01.toml: cue: Ensure this value has at most 300 characters"):
        load(entries=[long])


def test_command_says_what_it_did(capsys: pytest.CaptureFixture[str]):
    call_command("load_library")
    call_command("load_library")

    assert capsys.readouterr().out.splitlines() == [
        "Library: 121 exercises (121 new, 0 changed, 0 unchanged).",
        "Library: 121 exercises (0 new, 0 changed, 121 unchanged).",
    ]


def test_command_names_a_broken_file(monkeypatch: pytest.MonkeyPatch):
    def broken() -> None:
        raise LibraryError("S06.toml", "kind", "'strech' is not one of: stretching")

    monkeypatch.setattr("exercises.management.commands.load_library.read_library", broken)

    with pytest.raises(CommandError, match=r"S06.toml: kind: 'strech' is not one of"):
        call_command("load_library")
