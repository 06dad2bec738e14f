"""What an import does with a row, and what it never does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from exercises.enums import ExerciseState, Kind
from exercises.models import Exercise, ExerciseTrait, LibraryJob
from exercises.services import curation, job_files, jobs
from patients.models import AuditEvent, User
from tests.exercises.transfer.conftest import BRIDGE, HEADING, complete, counts, told
from tests.factories import make_clinic, make_exercise, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
Preview = Callable[..., LibraryJob]


def test_new_rows_become_drafts_with_index_history_and_gaps(cora: User, imported: Preview) -> None:
    job = imported(HEADING + BRIDGE)
    assert (job.state, counts(job), job.report["incomplete"]) == ("done", {"new": 1}, 1)
    bridge = Exercise.objects.get(code="T900")
    assert (bridge.state, bridge.shared, bridge.edition, bridge.written_by) == ("draft", True, 0, cora)
    assert (bridge.steps, bridge.hold_seconds, bridge.strength) == (["Lift.", "Hold.", "Lower."], 5, "B")
    assert {"position", "source", "set_up"} <= set(bridge.missing)
    assert sorted(ExerciseTrait.objects.filter(exercise=bridge).values_list("value", flat=True)) == ["gluteals", "hip"]
    assert bridge.imported_from == "exercises.csv"
    assert bridge.history.get().history_change_reason == "Imported from exercises.csv"
    assert AuditEvent.objects.get(verb="library.import").detail["rows"]["new"] == 1


def test_dry_run_stores_nothing_but_its_report(preview: Preview) -> None:
    job = preview(HEADING + BRIDGE)
    assert (job.to_import, Exercise.objects.count()) == (1, 0)
    (line,) = job_files.read_lines(job.result.name, 0, 10)
    assert (line["number"], line["outcome"], line["code"]) == (2, "new", "T900")
    assert (line["before"], line["after"]["hold_seconds"]) == ({}, 5)


def test_same_file_again_changes_nothing(imported: Preview, preview: Preview) -> None:
    imported(HEADING + BRIDGE + BRIDGE.replace("T900", "").replace("Bridge", "Bridge on a step"))
    assert sorted(Exercise.objects.values_list("code", flat=True)) == ["T101", "T900"]
    again = preview(HEADING + BRIDGE + BRIDGE.replace("T900", "").replace("Bridge", "Bridge on a step"))
    assert (counts(again), again.to_import) == ({"unchanged": 2}, 0)


def test_codes_are_given_one_after_the_other(imported: Preview) -> None:
    make_exercise("Old", code="T101", kind="strengthening")
    rows = [
        BRIDGE.replace("T900", code).replace("Bridge", name) for code, name in (("", "A"), ("T102", "B"), ("", "C"))
    ]
    imported(HEADING + "".join(rows))
    codes = dict(Exercise.objects.exclude(name="Old").values_list("name", "code"))
    assert codes == {"A": "T103", "B": "T102", "C": "T104"}


def test_published_exercise_is_not_overwritten(cora: User, imported: Preview) -> None:
    published = complete(code="S900", name="Hip stretch", cue="Old cue.")
    job = imported('code,cue\nS900,"New cue."\n')
    assert (counts(job), job.report["copies"]) == ({"changed": 1}, 1)
    published.refresh_from_db()
    copy = Exercise.objects.get(replaces=published)
    assert (published.cue, published.state, published.revision) == ("Old cue.", "published", 1)
    assert (copy.cue, copy.state, copy.submitted_by, copy.written_by) == ("New cue.", "in_review", cora, cora)
    assert copy.code == "S900-draft"


def test_importer_cannot_approve_and_a_second_person_can(cora: User, imported: Preview) -> None:
    published = complete(code="S900", cue="Old cue.")
    imported("code,cue\nS900,New cue.\n")
    copy, now = Exercise.objects.get(replaces=published), timezone.now()
    with pytest.raises(curation.SecondPersonNeeded):
        curation.publish(actor=cora, exercise=copy, revision=copy.revision, now=now)
    copy = Exercise.objects.get(pk=copy.pk)
    curation.publish(actor=make_user(is_curator=True), exercise=copy, revision=copy.revision, now=now)
    published.refresh_from_db()
    assert (published.cue, published.edition) == ("New cue.", 2)


def test_incomplete_working_copy_stays_a_draft(imported: Preview) -> None:
    published = make_exercise(code="S900")
    imported("code,cue\nS900,New cue.\n")
    assert Exercise.objects.get(replaces=published).state == ExerciseState.DRAFT


def test_waiting_working_copy_is_updated(cora: User, imported: Preview) -> None:
    published = complete(code="S900", cue="Old cue.")
    copy = curation.start_edit(actor=make_user(is_curator=True), exercise=published)
    job = imported("code,cue\nS900,New cue.\n")
    copy.refresh_from_db()
    assert (counts(job), copy.cue, copy.revision, copy.written_by) == ({"changed": 1}, "New cue.", 2, cora)
    assert Exercise.objects.filter(replaces=published).count() == 1


def test_change_that_waits_already_is_no_change(imported: Preview, preview: Preview) -> None:
    complete(code="S900", cue="Old cue.")
    imported("code,cue\nS900,New cue.\n")
    assert counts(preview("code,cue\nS900,New cue.\n")) == {"unchanged": 1}


def test_draft_is_changed_in_place_and_leaves_review(cora: User, imported: Preview) -> None:
    draft = complete(code="S900", state="in_review", edition=0, submitted_by=make_user(), cue="Old cue.")
    imported("code,cue,name\nS900,New cue.,Hip\n")
    draft.refresh_from_db()
    assert (draft.cue, draft.name, draft.state, draft.submitted_by) == ("New cue.", "Hip", "draft", None)
    assert (draft.revision, draft.stop_if) == (2, "Words.")
    assert " hip " in f" {draft.search_text} ".lower()


def test_column_that_is_missing_stays_and_an_empty_cell_clears(imported: Preview) -> None:
    draft = complete(code="S900", state="draft", cue="Cue.", why="Why.", hold_seconds=30)
    imported("code,cue,hold_seconds\nS900,,\n")
    draft.refresh_from_db()
    assert (draft.cue, draft.hold_seconds, draft.why) == ("", None, "Why.")


def test_state_in_the_file_decides_nothing(imported: Preview, preview: Preview) -> None:
    imported(HEADING + BRIDGE)
    assert counts(preview(HEADING + BRIDGE.replace("published", "retired"))) == {"unchanged": 1}
    assert Exercise.objects.get(code="T900").state == "draft"


def test_retired_exercise_is_not_written(preview: Preview) -> None:
    make_exercise(code="S900", state="retired", cue="Cue.")
    assert counts(preview("code,cue\nS900,Cue.\n")) == {"unchanged": 1}
    refused = preview("code,cue\nS900,New.\n")
    assert told(refused) == ["row 2, code: This exercise is retired. Restore it first, or leave the row out."]


@pytest.mark.parametrize("code", ["CABC234", "c0ffee99", "S900-draft", "-x", "Z" * 19, "S 1", "CZZZ999"])
def test_codes_of_clinics_and_working_copies_are_not_found(code: str, preview: Preview) -> None:
    """The same words whether a clinic has such an exercise or nobody."""
    published = make_exercise(code="S900")
    make_exercise(code="S900-draft", state="draft", replaces=published)
    make_exercise(code="CABC234", clinic=make_clinic())
    job = preview(HEADING + BRIDGE.replace("T900", code))
    assert counts(job) == {"refused": 1}
    if code.startswith(("C", "c", "S9")):
        assert told(job) == [
            "row 2, code: The shared library has no such exercise, and a new one cannot have this code. "
            "Leave the cell empty."
        ]


def test_row_level_errors_name_row_and_column_in_plain_words(preview: Preview) -> None:
    rows = [BRIDGE.replace("T900", f"T{number}").replace("Bridge", f"Bridge {number}") for number in range(901, 917)]
    rows[15] = 'T916,"Line\none",strengthening,beginner,B,soon,hip | elbow,a,\n'
    job = preview(HEADING + "".join(rows))
    assert told(job) == [
        "row 17, regions: Item 2 is no word of the library. The import page lists the words.",
        "row 17, hold_seconds: Enter a whole number from 1 to 1,800.",
    ]
    assert (counts(job), job.to_import) == ({"new": 15, "refused": 1}, 0)
    with pytest.raises(jobs.NotReady):
        jobs.confirm(actor=job.started_by, preview=job)
    assert Exercise.objects.count() == 0


def test_at_most_100_errors_are_listed(preview: Preview) -> None:
    job = preview("code,name\n" + "".join(f"X{number},\n" for number in range(60)))
    assert len(job.report["errors"]) == 100
    assert job.report["more_errors"] == 60 * 4 - 100


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("hold_seconds", "0", "Enter a whole number from 1 to 1,800."),
        ("hold_seconds", "1801", "Enter a whole number from 1 to 1,800."),
        ("hold_seconds", "3.5", "Enter a whole number from 1 to 1,800."),
        ("hold_seconds", "-0", "Enter a whole number from 1 to 1,800."),
        ("hold_seconds", "0x10", "Enter a whole number from 1 to 1,800."),
        ("hold_seconds", "٣", "Enter a whole number from 1 to 1,800."),
        ("hold_seconds", "1" + "0" * 25, "Enter a whole number from 1 to 1,800."),
        ("hold_seconds", "NaN", "Enter a whole number from 1 to 1,800."),
        ("per_side", "maybe", "Write yes or no."),
        ("review_due_on", "2026-02-30", "Write a date like 2027-11-30, between the years 2000 and 2100."),
        ("review_due_on", "0001-01-01", "Write a date like 2027-11-30, between the years 2000 and 2100."),
        ("review_due_on", "30.11.2027", "Write a date like 2027-11-30, between the years 2000 and 2100."),
        ("kind", "yoga", f"Choose one of: {', '.join(Kind)}."),
        ("features", "any_exercise", "Item 1 is no word of the library. The import page lists the words."),
        ("features", "heat | heat", "Item 2 is there twice."),
        ("name", "", "This cannot be empty."),
        ("name", "x" * 161, "Write at most 160 characters; these are 161."),
        ("cue", "right\u202eleft", "This text contains a character that cannot be stored."),
        ("cue", "bell\x07", "This text contains a character that cannot be stored."),
        ("steps", "a | " * 13, "List at most 12; these are 13."),
        ("steps", "a | " + "b" * 301, "Item 2 has more than 300 characters."),
        ("zone", "Thigh", "Only these kinds have it: foam_rolling. Leave the cell empty."),
        ("easier", "S999", "There is no exercise with this code, neither in the shared library nor in this file."),
        ("easier", "S900", "An exercise cannot be its own neighbour."),
        ("easier", "no code", "Write a code of letters, digits and hyphens, at most 18 characters."),
    ],
)
def test_bad_cells(column: str, cell: str, sentence: str, preview: Preview) -> None:
    make_exercise(code="S900")
    job = preview(f'code,{column}\nS900,"{cell}"\n')
    assert told(job) == [f"row 2, {column}: {sentence}"]


def test_neighbours_may_stand_in_the_same_file(imported: Preview) -> None:
    imported("code,name,kind,level,strength,easier\nT901,B,mobility,beginner,C,T902\nT902,A,mobility,beginner,C,\n")
    assert Exercise.objects.get(code="T901").neighbours == {"easier": "T902"}


def test_neighbour_of_a_clinic_is_not_found(preview: Preview) -> None:
    make_exercise(code="S900")
    make_exercise(code="CABC234", clinic=make_clinic())
    assert "There is no exercise with this code" in told(preview("code,easier\nS900,CABC234\n"))[0]


def test_same_exercise_twice(preview: Preview) -> None:
    make_exercise("Hip", code="S900")
    job = preview("code,name,cue\nS900,Hip,a\n,Hip,b\nX1,,\nX1,,\n")
    assert "row 3, code: Row 2 means the same exercise. Keep one of them." in told(job)
    assert "row 5, code: Row 4 means the same exercise. Keep one of them." in told(job)


def test_name_that_several_have_needs_a_code(preview: Preview) -> None:
    make_exercise("Hip")
    make_exercise("Hip")
    assert told(preview("code,name\n,Hip\n")) == [
        "row 2, code: Several exercises have this name. Write the code of the one that is meant."
    ]


def test_new_row_says_what_it_needs(preview: Preview) -> None:
    assert told(preview("code,name\nT900,Bridge\n")) == [
        f"row 2, {column}: A new exercise needs this." for column in ("kind", "level", "strength")
    ]
