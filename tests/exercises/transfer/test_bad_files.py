"""Files that are refused at the door: quickly, in plain words, with nothing stored and little memory used."""

from __future__ import annotations

import html
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.lib.uploads import END_FIELD
from exercises.models import Exercise, LibraryJob
from patients.models import User
from tests.exercises.transfer import hostile
from tests.exercises.transfer.conftest import counts, media_files, told
from tests.exercises.transfer.hostile import ALL, HEAD, MEGABYTE, ROW, SECRET

Case = tuple[str, str, Callable[[], bytes], str]
HEAVY = [case for case in ALL if "million" in case[0] or " MB" in case[0] or "bomb" in case[0] or "65,536" in case[0]]


@pytest.fixture
def curator(client: Client, cora: User) -> Client:
    client.force_login(cora)
    client.get(reverse("exercises:import_new"))  # templates are read once, and not on the file's account
    return client


def send(client: Client, name: str, data: bytes, **fields: str):
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("exercises:import_new"), {"key": str(uuid4()), "file": file, END_FIELD: "1"} | fields)


@pytest.mark.django_db
@pytest.mark.parametrize("case", ALL, ids=lambda case: case[0])
def test_refused_at_the_door(case: Case, curator: Client) -> None:
    _, name, make, sentence = case
    data = make()
    began = time.process_time()
    answer = send(curator, name, data)
    seconds = time.process_time() - began
    page = html.unescape(answer.content.decode())
    assert (answer.status_code, sentence in page) == (413 if len(data) > 10 * MEGABYTE else 422, True), page[:3000]
    assert SECRET not in page
    assert "<script>alert" not in answer.content.decode()
    assert seconds < 1, f"{seconds:.2f} s of work"
    assert (LibraryJob.objects.count(), Exercise.objects.count(), media_files()) == (0, 0, [])


@pytest.mark.parametrize("case", HEAVY, ids=lambda case: case[0])
def test_refusing_takes_little_memory(case: Case) -> None:
    """In a process of its own, where nothing else has made room before."""
    grown = subprocess.run(
        [sys.executable, "-c", MEASURE, case[0]], capture_output=True, text=True, timeout=60, check=False
    )
    assert grown.returncode == 0, grown.stderr
    assert int(grown.stdout) < 100, f"{grown.stdout.strip()} MB more"


MEASURE = """
import resource, sys
import django; django.setup()
from tests.exercises.transfer import hostile
from exercises.transfer import readers
from exercises.transfer.refusals import FileRefused
from exercises.transfer.resources import KNOWN
import tempfile
_, name, make, _ = next(case for case in hostile.ALL if case[0] == sys.argv[1])
file = tempfile.TemporaryFile()
size = file.write(make())
def high_water():
    return next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
open("/proc/self/clear_refs", "w").write("5")
before = high_water()
try:
    readers.inspect(file, name, min(size, 10 * 1024 * 1024), KNOWN)
except FileRefused:
    print(high_water() - before)
"""


@pytest.mark.django_db
def test_half_a_file_is_refused(curator: Client, cora: User) -> None:
    """The last field of the form never came, so the file is not whole."""
    file = SimpleUploadedFile("a.csv", (HEAD + ROW).encode())
    answer = curator.post(reverse("exercises:import_new"), {"key": str(uuid4()), "file": file})
    assert (answer.status_code, "The file did not arrive whole" in answer.content.decode()) == (422, True)
    assert (LibraryJob.objects.count(), media_files()) == (0, [])


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"key": "nonsense"}, {"key": ""}])
def test_form_without_its_key_is_refused(fields: dict[str, str], curator: Client) -> None:
    assert send(curator, "a.csv", (HEAD + ROW).encode(), **fields).status_code == 422
    assert LibraryJob.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "a\u202efdp.csv", "x" * 300 + ".csv", "<b>.csv"])
def test_file_names_never_become_paths(name: str, curator: Client) -> None:
    assert send(curator, name, (HEAD + ROW).encode()).status_code == 302
    (stored,) = media_files()
    assert (stored.parent.name, stored.suffix, len(stored.stem)) == ("imports", ".csv", 32)
    answer = curator.get(reverse("exercises:job_detail", args=[LibraryJob.objects.get().pk]))
    assert answer.status_code == 200
    assert b"<b>.csv" not in answer.content


def test_openpyxl_reads_with_defused_xml() -> None:
    assert openpyxl.DEFUSEDXML is True


# --- What is fine, however it was written ----------------------------------------------------------------------


GOOD = "code,name,kind,level,strength\nT900,Brücke – „schräg“,strengthening,beginner,B\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "note"),
    [
        (GOOD.encode(), ""),
        (GOOD.encode("utf-8-sig"), ""),
        (GOOD.encode("utf-16"), ""),
        (b"\xfe\xff" + GOOD.encode("utf-16-be"), ""),
        (GOOD.encode("cp1252"), "Windows-1252"),
        (GOOD.replace(",", ";").encode(), ""),
        (GOOD.replace(",", "\t").encode(), ""),
        (GOOD.replace("\n", "\r\n").encode(), ""),
        (GOOD.replace("\n", "\r").encode(), ""),
        (GOOD.rstrip().encode(), ""),
        (GOOD.replace("code,", '"code","').replace("name,", 'name",').encode(), ""),
        (("\ufeff" + GOOD.upper().split("\n")[0] + "\n" + GOOD.split("\n")[1]).encode(), ""),
    ],
    ids=[
        "UTF-8",
        "BOM",
        "UTF-16",
        "UTF-16 BE",
        "cp1252",
        "semicolon",
        "tab",
        "CRLF",
        "CR",
        "no end",
        "quoted",
        "capitals",
    ],
)
def test_csv_of_every_program(data: bytes, note: str, preview) -> None:
    job = preview(data)
    assert (job.state, counts(job), told(job)) == ("done", {"new": 1}, [])
    assert note in "".join(job.report["notes"])
    assert Exercise.objects.count() == 0


@pytest.mark.django_db
def test_latin_1_is_read_and_said(imported) -> None:
    job = imported("code,name,kind,level,strength\nT900,Brücke\x81,strengthening,beginner,B\n".encode("latin-1"))
    assert "Latin-1" in job.report["notes"][0]
    assert Exercise.objects.get().name == "Brücke\x81"


@pytest.mark.django_db
def test_formula_cells_are_texts(imported) -> None:
    imported('code,name,kind,level,strength,cue\nT900,Bridge,strengthening,beginner,B,"=HYPERLINK(""http://x"")"\n')
    assert Exercise.objects.get().cue == '=HYPERLINK("http://x")'


@pytest.mark.django_db
def test_row_of_another_length_has_slipped(preview) -> None:
    job = preview(HEAD + "T1,a,b\n" + ROW + "T2,a,b,c,d,5,surplus\n" + "\n" + ",,,,,\n" + "T3,x\n")
    assert [line for line in told(job) if "cells" in line] == [
        "row 2, : It has 3 cells, the first row has 6.",
        "row 4, : It has 7 cells, the first row has 6.",
        "row 7, : It has 2 cells, the first row has 6.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("record", "error"),
    [
        ({"sets": "5"}, "sets: Enter a whole number from 1 to 20."),
        ({"sets": 3.5}, "sets: Enter a whole number from 1 to 20."),
        ({"sets": True}, "sets: Enter a whole number from 1 to 20."),
        ({"sets": 10**25}, "sets: Enter a whole number from 1 to 20."),
        ({"sets": [1]}, "sets: Enter a whole number from 1 to 20."),
        ({"name": 5}, "name: Write a text."),
        ({"name": {"a": 1}}, "name: Write a text."),
        ({"steps": "a | b"}, "steps: Write a list."),
        ({"steps": ["a", 5]}, "steps: Write a text."),
        ({"steps": {"0": "a"}}, "steps: Write a list."),
        ({"per_side": "yes"}, "per_side: Write true or false."),
        ({"name": "\ud800"}, "name: This text contains a character that cannot be stored."),
        ({"name": "a\u0000"}, "name: This text contains a character that cannot be stored."),
        ({"code": ["T1"]}, "code: Write a text."),
        ({"review_due_on": 1924991999}, "review_due_on: Write a text."),
    ],
)
def test_json_types_are_held_to(record: dict, error: str, preview) -> None:
    whole = {"code": "T900", "name": "A", "kind": "mobility", "level": "beginner", "strength": "C"} | record
    assert told(preview(json.dumps([whole]), "a.json")) == [f"row 1, {error}"]


@pytest.mark.django_db
def test_workbook_cells_of_every_type(imported) -> None:
    heading = ["code", "name", "kind", "level", "strength", "sets", "per_side", "review_due_on", "cue"]
    row = ["T900", 8888, "mobility", "beginner", "C", 3.0, True, date(2027, 11, 30), "'=safe"]
    job = imported(hostile.workbook([heading, row, [None] * 9]), "a.xlsx")
    assert (counts(job), told(job)) == ({"new": 1}, [])
    made = Exercise.objects.get()
    assert (made.name, made.sets, made.per_side, str(made.review_due_on), made.cue) == (
        "8888",
        3,
        True,
        "2027-11-30",
        "=safe",
    )


@pytest.mark.django_db
def test_large_workbook_with_a_wrong_heading_is_refused_by_the_job(preview) -> None:
    """Too large to be opened while somebody waits."""
    rows = [["code", "prize"], *[["T1", "x" * 600]] * 5000]
    job = preview(hostile.workbook(rows), "a.xlsx")
    assert (job.state, job.trouble) == (
        "failed",
        "Column 2 of the first row is “prize”, which the library does not have.",
    )


@pytest.mark.django_db
def test_macros_and_links_to_elsewhere_are_ignored(preview) -> None:
    data = hostile.altered(
        lambda name, data: data,
        ("xl/vbaProject.bin", b"macro"),
        ("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
    )
    assert counts(preview(data, "a.xlsx")) == {"new": 1}
