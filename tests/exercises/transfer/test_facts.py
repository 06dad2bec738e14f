"""The 873 exercises of the free-exercise-db: drafts that say what they are, once and not twice."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from exercises.enums import ExerciseState, Kind, Level, Region
from exercises.models import Exercise, LibraryJob
from exercises.services import jobs
from exercises.transfer import facts
from patients.access import Actor
from patients.models import User
from tests.exercises.transfer.conftest import FACTS, counts, fresh, start, told, work
from tests.factories import make_clinic, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
Preview = Callable[..., LibraryJob]
SIT_UP = {
    "id": "3_4_Sit-Up",
    "name": "3/4 Sit-Up",
    "force": "pull",
    "level": "beginner",
    "mechanic": "compound",
    "equipment": "body only",
    "primaryMuscles": ["abdominals"],
    "secondaryMuscles": [],
    "category": "strength",
}


def text(*records: dict[str, Any]) -> str:
    return json.dumps(records)


@pytest.fixture
def all_of_them(cora: User) -> LibraryJob:
    """All 873, imported; says how long it took."""
    seen = start(cora, FACTS.read_bytes(), "facts.json")
    began = time.monotonic()
    work()
    looked = time.monotonic()
    job = jobs.confirm(actor=cora, preview=fresh(seen))
    work()
    print(f"\npreview {looked - began:.1f} s, import {time.monotonic() - looked:.1f} s")
    return fresh(job)


def test_873_rows_become_drafts(all_of_them: LibraryJob, preview: Preview) -> None:
    job = all_of_them
    assert (job.state, job.layout, counts(job)) == ("done", "facts", {"new": 873})
    assert job.report["incomplete"] == 873
    drafts = Exercise.objects.all()
    assert Counter(drafts.values_list("state", "shared", "edition")) == {("draft", True, 0): 873}
    assert all(missing for missing in drafts.values_list("missing", flat=True))
    assert Counter(drafts.values_list("kind", flat=True)) == {
        "strengthening": 736,
        "stretching": 109,
        "foam_rolling": 14,
        "aerobic": 14,
    }
    origins = drafts.values_list("imported_from", flat=True)
    assert {origin.partition(": ")[0] for origin in origins} == {"free-exercise-db (The Unlicense)"}
    assert {record["name"] for record in json.loads(FACTS.read_bytes())} == set(drafts.values_list("name", flat=True))
    # what none of our words says stays as a word in the note, and is counted
    left_out = dict(job.report["left_out"])
    assert (left_out["equipment: barbell"], left_out["equipment: not told"], left_out["force: static"]) == (
        170,
        77,
        104,
    )
    again = preview(FACTS.read_bytes(), "the-same.json")
    assert (counts(again), again.to_import) == ({"unchanged": 873}, 0)


def test_no_therapist_meets_them(all_of_them: LibraryJob) -> None:
    therapist = Actor(make_member(make_clinic()))
    assert Exercise.objects.for_actor(therapist).published().count() == 0


def test_they_are_discarded_together(cora: User, all_of_them: LibraryJob) -> None:
    touched = Exercise.objects.get(name="Child's Pose")
    Exercise.objects.filter(pk=touched.pk).update(revision=2)
    assert jobs.discard_drafts(actor=cora, job=all_of_them) == (872, 1)
    assert Exercise.objects.get() == touched
    gone = Exercise.history.filter(history_type="-")
    assert set(gone.values_list("history_user", "history_change_reason")) == {
        (cora.pk, "Discarded with all drafts of facts.json")
    }
    assert jobs.discard_drafts(actor=cora, job=all_of_them) == (0, 1)


def test_what_a_curator_has_made_of_one_stays(imported: Preview) -> None:
    imported(text(SIT_UP), "facts.json")
    Exercise.objects.update(name="Sit up three quarters", state=ExerciseState.PUBLISHED, cue="Slowly.")
    assert counts(imported(text(SIT_UP, SIT_UP | {"id": "b", "name": "B"}), "facts.json")) == {"new": 1, "unchanged": 1}
    sit_up = Exercise.objects.get(imported_from__endswith=": 3_4_Sit-Up")
    assert (sit_up.name, sit_up.state, sit_up.cue) == ("Sit up three quarters", "published", "Slowly.")


def test_one_record_in_our_words(imported: Preview) -> None:
    record = SIT_UP | {"id": "Barbell_Thing", "equipment": "barbell", "level": "expert", "category": "plyometrics"}
    imported(text(record | {"secondaryMuscles": ["calves", "lower back", "triceps", "biceps"]}), "facts.json")
    made = Exercise.objects.get()
    assert (made.kind, made.level, made.strength, made.features) == ("strengthening", "advanced", "C", [])
    regions = ["abdominals", "calf", "back_extensors", "arms"]
    assert made.facets == {"region": regions, "position": [], "equipment": []}
    assert made.curation_note == (
        "From free-exercise-db, incomplete and unreviewed. In its words: category plyometrics; level expert; "
        "equipment barbell; force pull; mechanic compound; muscles abdominals, calves, lower back, triceps, biceps."
    )
    assert {"equipment", "position", "dose", "steps", "set_up", "source"} <= set(made.missing)


def test_instructions_and_pictures_are_not_taken(imported: Preview) -> None:
    """Their origin is unclear; the full file of the source may be used all the same."""
    imported(text(SIT_UP | {"instructions": ["Lie down."], "images": ["a/0.jpg"]}), "exercises.json")
    made = Exercise.objects.get()
    assert (made.steps, made.set_up, made.figure) == ([], "", "")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"category": "yoga"}, f"category: Choose one of: {', '.join(facts.KINDS)}."),
        ({"category": None}, f"category: Choose one of: {', '.join(facts.KINDS)}."),
        ({"name": ""}, "name: Give a text of 1 to 160 characters."),
        ({"id": "x" * 61}, "id: Give a text of 1 to 60 characters."),
        ({"id": 7}, "id: Give a text of 1 to 60 characters."),
        ({"level": "<script>"}, "level: Give a word in small letters, or null."),
        ({"primaryMuscles": "abdominals"}, "primaryMuscles: Give a list of muscles in small letters."),
        ({"primaryMuscles": [{"a": 1}]}, "primaryMuscles: Give a list of muscles in small letters."),
        ({"name": "a\u0000b"}, "name: This text contains a character that cannot be stored."),
        ({"name": "\ud800"}, "name: This text contains a character that cannot be stored."),
    ],
)
def test_bad_records(change: dict[str, Any], error: str, preview: Preview) -> None:
    assert told(preview(text(SIT_UP | {"id": "a", "name": "A"}, SIT_UP | change), "facts.json")) == [f"row 2, {error}"]


def test_same_record_twice(preview: Preview) -> None:
    assert told(preview(text(SIT_UP, SIT_UP), "facts.json")) == [
        "row 2, code: Row 1 means the same exercise. Keep one of them."
    ]


def test_table_leads_only_to_words_of_ours() -> None:
    assert set(facts.KINDS.values()) <= set(Kind)
    assert set(facts.LEVELS.values()) == set(Level)
    assert set(facts.MUSCLES.values()) <= set(Region)


def test_codes_are_short_enough_for_a_working_copy_and_all_different() -> None:
    codes = [facts.code_of(record["id"]) for record in json.loads(FACTS.read_bytes())]
    assert (len(set(codes)), max(map(len, codes)) + len("-draft")) == (873, 23)
    assert all(code.startswith("FX-") for code in codes)
    assert facts.code_of("ÄÖ") != facts.code_of("ÜÖ")
