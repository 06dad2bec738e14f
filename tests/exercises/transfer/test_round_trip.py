"""What leaves comes back: every layout, all exercises, no change."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from exercises.enums import JobLayout
from exercises.library import Entry
from exercises.models import Exercise, LibraryJob
from exercises.services import content
from exercises.transfer.resources import COLUMNS, ExerciseResource
from tests.exercises.transfer.conftest import counts, told
from tests.factories import make_clinic, make_exercise

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
LAYOUTS = [JobLayout.CSV, JobLayout.XLSX, JobLayout.JSON]
Preview = Callable[..., LibraryJob]
Exported = Callable[..., bytes]

# Each as the beginning of a text and of a list, and each as it is once more behind apostrophes.
FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "|x", "＝1", "＋1", "－1", "＠x"]
HOSTILE = [
    *FORMULAS,
    *[f"'{text}" for text in FORMULAS],
    "'quiet'",
    "''=x",
    'say "hm"',
    "a | b",
    "back\\slash",
    "a\\|b",
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_exercises_come_back_unchanged(
    layout: JobLayout, library: list[Entry], exported: Exported, preview: Preview
) -> None:
    job = preview(exported(layout), f"export.{layout}")
    assert (told(job), job.state, counts(job)) == ([], "done", {"unchanged": 121})
    assert job.to_import == 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_hostile_texts_come_back_unchanged(layout: JobLayout, exported: Exported, preview: Preview) -> None:
    for text in HOSTILE:
        make_exercise(text, cue=text, steps=[text, "b"], aliases=[text], set_up=f"{text}\r\nand\nmore")
    job = preview(exported(layout), f"export.{layout}")
    assert counts(job) == {"unchanged": len(HOSTILE)}, job.report


def test_csv_opens_as_text(exported: Exported) -> None:
    for text in FORMULAS:
        make_exercise(text)
    raw = exported(JobLayout.CSV)
    assert raw.startswith(b'\xef\xbb\xbf"code","state","name"')
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert sorted(row["name"] for row in rows) == sorted(f"'{text}" for text in FORMULAS)
    # every cell is quoted, so that no separator in a text opens another one
    assert raw.decode("utf-8-sig").splitlines()[1].count('","') == len(COLUMNS) - 1


def test_workbook_holds_texts_and_numbers_but_no_formula(exported: Exported) -> None:
    for text in FORMULAS:
        make_exercise(text, hold_seconds=30)
    sheet = load_workbook(io.BytesIO(exported(JobLayout.XLSX))).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    names = {sheet.cell(row, COLUMNS.index("name") + 1).value for row in range(2, sheet.max_row + 1)}
    # XML knows one kind of line end, so the carriage return arrives as a line feed behind its apostrophe
    assert names == {f"'{text}".replace("\r", "\n") for text in FORMULAS}


def test_json_has_lists_and_numbers(exported: Exported) -> None:
    make_exercise("Bridge", aliases=["Hip lift"], per_side=True)
    (record,) = json.loads(exported(JobLayout.JSON))
    assert record["aliases"] == ["Hip lift"]
    assert (record["repetitions"], record["per_side"], record["sets"], record["steps"][0]) == (3, True, None, "Move.")


def test_every_content_column_has_its_place() -> None:
    homes = {field.attribute.partition("__")[0] for field in ExerciseResource.fields.values()}
    assert set(content.CONTENT) - homes == {"effort"}  # stands in the particulars too, and moves with them


def test_effort_is_kept_in_both_its_places(exported: Exported, imported: Callable[..., LibraryJob]) -> None:
    make_exercise("Walk", code="A01", kind="aerobic", effort="Talk", particulars={"effort": "Talk"}, state="draft")
    raw = exported(JobLayout.CSV, whole=True).replace(b'"Talk"', b'"Talk, not sing"')
    assert counts(imported(raw)) == {"changed": 1}
    walk = Exercise.objects.get(code="A01")
    assert (walk.effort, walk.particulars) == ("Talk, not sing", {"effort": "Talk, not sing"})


@pytest.mark.parametrize("layout", [JobLayout.CSV, JobLayout.XLSX])
def test_cell_too_long_for_a_spreadsheet_is_named(layout: JobLayout, cora, exported: Exported) -> None:
    make_exercise("Long", code="S900", steps=["x" * 300] * 110)
    with pytest.raises(AssertionError, match="S900, steps: a spreadsheet cell holds 32,767 characters"):
        exported(layout)
    assert json.loads(exported(JobLayout.JSON))[0]["code"] == "S900"


def test_only_the_shared_library_leaves(exported: Exported) -> None:
    make_exercise("Ours alone", clinic=make_clinic(), code="CABC234")
    shared = make_exercise("Shared")
    make_exercise("Draft", state="draft")
    make_exercise("Copy", state="draft", replaces=shared, code=f"{shared.code}-draft")
    published, whole = (json.loads(exported(JobLayout.JSON, whole=whole)) for whole in (False, True))
    assert [record["name"] for record in published] == ["Shared"]
    assert sorted(record["name"] for record in whole) == ["Draft", "Shared"]


def test_library_without_exercises_is_an_empty_list(exported: Exported) -> None:
    assert json.loads(exported(JobLayout.JSON)) == []
