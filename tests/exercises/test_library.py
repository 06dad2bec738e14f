"""The 121 files are complete, readable, and true to the clinical facts; a broken file is named."""

import csv
import re
from pathlib import Path

import pytest

from exercises.enums import Kind
from exercises.features import Feature
from exercises.library import FOLDER, NEIGHBOURS, PARTICULARS, Entry, LibraryError, read_file, read_library, sentences
from exercises.services.library import exercise_from

FACTS = Path(__file__).resolve().parents[3] / "shared" / "clinical" / "exercises.csv"
CODES = sorted(file.stem for file in FOLDER.glob("*.toml"))
pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def by_code(entries: list[Entry]) -> dict[str, Entry]:
    return {entry.code: entry for entry in entries}


def test_there_are_121_exercises_with_names_of_their_own(entries: list[Entry]):
    assert len(entries) == 121
    assert len({entry.name for entry in entries}) == 121


@pytest.mark.parametrize("code", CODES)
def test_texts_are_there_and_short(code: str, by_code: dict[str, Entry]):
    entry = by_code[code]
    told = sentences([*entry.texts.values(), *entry.steps])

    assert all(entry.texts.values())
    assert 3 <= len(entry.steps) <= 6
    assert [step for step in entry.steps if len(step.split()) >= 20] == []
    assert sum(len(sentence.split()) for sentence in told) / len(told) < 14
    everything = [*entry.texts.values(), *entry.steps, *entry.particulars.values(), entry.note]
    assert [text for text in everything if not text.endswith((".", "?"))] == []
    assert [text for text in everything if "!" in text or "  " in text] == []


@pytest.mark.parametrize("code", CODES)
def test_kind_brings_what_it_cannot_be_taught_without(code: str, by_code: dict[str, Entry]):
    entry = by_code[code]

    assert set(entry.particulars) == set(PARTICULARS.get(entry.kind, ()))
    assert all(entry.particulars.values())


@pytest.mark.parametrize("code", CODES)
def test_row_fits_its_columns(code: str, by_code: dict[str, Entry]):
    row = exercise_from(by_code[code])

    assert row.missing == []
    assert row.dose.text
    assert row.search_text.startswith(" ")
    assert Feature.ANY_EXERCISE in row.feature_set


def test_neighbours_exist_and_most_exercises_have_one(entries: list[Entry], by_code: dict[str, Entry]):
    for entry in entries:
        assert set(entry.neighbours) <= set(NEIGHBOURS)
        assert set(entry.neighbours.values()) <= set(by_code) - {entry.code}
    assert sum(bool(entry.neighbours) for entry in entries) > 110


def test_foam_rolling_names_where_not_to_roll(entries: list[Entry]):
    rollers = [entry for entry in entries if entry.kind is Kind.FOAM_ROLLING]

    assert len(rollers) == 11
    assert [entry.code for entry in rollers if "broken or inflamed skin" not in entry.particulars["never_over"]] == []


@pytest.mark.skipif(not FACTS.is_file(), reason="the shared clinical facts are not beside this checkout")
def test_facts_are_those_of_the_clinical_table(by_code: dict[str, Entry]):
    with FACTS.open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert {row["id"] for row in rows} == set(by_code)
    assert [row["id"] for row in rows if facts_of(by_code[row["id"]]) != facts_in(row)] == []


def facts_of(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "kind": entry.kind.value,
        "level": entry.level.value,
        "dose": tuple(entry.counts.values()),
        "per_side": entry.per_side,
        "frequency": entry.frequency,
        "features": {feature.value for feature in entry.features} | {"any_exercise"},
        "source": (entry.source, entry.strength.value),
    }


def facts_in(row: dict[str, str]) -> dict[str, object]:
    counts = (row[key] for key in ("sets", "reps", "hold_seconds", "duration_minutes"))
    return {
        "name": row["name"],
        "kind": row["kind"].replace(" ", "_").replace("-", "_"),
        "level": row["level"],
        "dose": tuple(int(count) if count else None for count in counts),
        "per_side": "per side" in row["note"],
        "frequency": row["frequency"],
        "features": {feature.value for feature in Feature if row[feature.value] == "1"},
        "source": (in_our_words(row["source"]), row["source_strength"]),
    }


def in_our_words(source: str) -> str:
    """The table calls the founding article its seed; readers of the library do not know that word."""
    for word, ours in [("Seed article", "Article behind this library"), ("seed:", "the article behind this library:")]:
        source = source.replace(word, ours)
    return re.sub(r"^own knowledge", "Our own knowledge", re.sub(r"^standard AS", "Standard AS", source))


BREAKS = [
    ('kind = "stretching"', 'kind = "strech"', "kind", "not one of"),
    ('regions = ["piriformis", "gluteals"]', 'regions = ["buttock"]', "regions", "not one of"),
    ('regions = ["piriformis", "gluteals"]', 'regions = ["gluteals", "gluteals"]', "regions", "twice"),
    ('positions = ["supine"]', "positions = []", "positions", "missing or empty"),
    ('equipment = ["mat", "bed"]', 'equipment = "mat"', "equipment", "a list"),
    ('"hip_internal_rotation"', '"hip_magic"', "features", "not one of"),
    ('code = "S06"', 'code = "S07"', "code", "name of the file"),
    ('cue = "Keep both shoulder blades heavy on the bed."', 'cue = " "', "cue", "missing or empty"),
    ('cue = "Keep both shoulder blades heavy on the bed."', "", "cue", "missing or empty"),
    ('cue = "Keep', 'cue = "\\u0000Keep', "cue", "control characters"),
    ('cue = "Keep', 'cue = "\\u202eKeep', "cue", "control characters"),
    ("hold_seconds = 30", "hold_seconds = 0", "dose.hold_seconds", "whole number"),
    ("hold_seconds = 30", "hold_seconds = true", "dose.hold_seconds", "whole number"),
    ("hold_seconds = 30", 'hold_seconds = "30"', "dose.hold_seconds", "whole number"),
    ("per_side = true", "per_side = 1", "dose.per_side", "true or false"),
    ("per_side = true", "side = true", "dose.side", "not a key"),
    ("[dose]", "[doses]", "dose", "missing"),
    ('strength = "C"', 'strength = "D"', "evidence.strength", "not one of"),
    ('mistake = "', 'zone = "Hip"\nmistake = "', "zone", "not a key"),
    ('mistake = "', 'mistake "', "file", "not readable"),
]


@pytest.mark.parametrize(("old", "new", "key", "trouble"), BREAKS, ids=lambda value: str(value)[:24])
def test_broken_file_is_named_with_its_key(tmp_path: Path, old: str, new: str, key: str, trouble: str):
    good = (FOLDER / "S06.toml").read_text()
    assert old in good
    file = tmp_path / "S06.toml"
    file.write_text(good.replace(old, new))

    with pytest.raises(LibraryError, match=trouble) as caught:
        read_file(file)

    assert (caught.value.file, caught.value.key) == ("S06.toml", key)
    assert str(caught.value).startswith(f"S06.toml: {key}: ")


def test_thermal_without_a_cloth_is_refused(tmp_path: Path):
    text = (FOLDER / "H01.toml").read_text()
    file = tmp_path / "H01.toml"
    file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("cloth =")))

    with pytest.raises(LibraryError, match=r"H01.toml: cloth: is missing"):
        read_file(file)


def test_too_many_steps_are_refused(tmp_path: Path):
    file = tmp_path / "S06.toml"
    file.write_text((FOLDER / "S06.toml").read_text().replace("steps = [", 'steps = [\n"Sit.",\n"Rest.",'))

    with pytest.raises(LibraryError, match="has 7 steps"):
        read_file(file)


def test_neighbour_without_a_file_is_refused(tmp_path: Path):
    (tmp_path / "S06.toml").write_text((FOLDER / "S06.toml").read_text())

    with pytest.raises(LibraryError, match=r"S06.toml: easier: no other exercise has the code 'S05'"):
        read_library(tmp_path)


def test_empty_folder_is_refused(tmp_path: Path):
    with pytest.raises(LibraryError, match="no exercise here"):
        read_library(tmp_path)
