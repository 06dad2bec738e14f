"""What is missing, what is hard to read, and that the shipped library is neither."""

from datetime import date
from typing import Any

import pytest

from exercises.completeness import gaps_in, hints_in, pieces_of, reading_in
from exercises.enums import Kind
from exercises.library import PARTICULARS, Entry
from exercises.reading import Reading, reading_of, syllables, unspeakable
from exercises.services.content import content_of
from exercises.services.library import exercise_from
from tests.exercises.curation import COMPLETE

pytestmark = pytest.mark.sqlite
TODAY = date(2026, 11, 18)


def content_from(entry: Entry) -> dict[str, Any]:
    return content_of(exercise_from(entry))


def test_nothing_is_missing_in_a_complete_exercise():
    assert gaps_in(COMPLETE, TODAY) == []
    assert hints_in(COMPLETE) == []


def test_everything_is_missing_in_an_empty_one():
    gaps = [gap.field for gap in gaps_in({})]

    assert gaps == pieces_of({})
    assert len(gaps) == 18


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"cue": ""}, "cue", "Add one cue to keep in mind."),
        ({"aliases": []}, "aliases", "Add a name that patients use for it."),
        ({"facets": COMPLETE["facets"] | {"equipment": []}}, "equipment", "Choose the equipment, or none."),
        ({"repetitions": None, "hold_seconds": None}, "dose", "Give a usual dose: repetitions, seconds or minutes."),
        ({"steps": ["One.", "Two."]}, "steps", "Write 3 to 6 steps."),
        ({"steps": ["Go."] * 7}, "steps", "Write 3 to 6 steps."),
        ({"steps": ["Go.", "word " * 20, "Back."]}, "steps", "Step 2 is over 19 words. Make it shorter."),
        ({"source": ""}, "source", "Name the source of the evidence."),
        ({"evidence_note": ""}, "evidence_note", "Say honestly how far the evidence reaches."),
        ({"review_due_on": None}, "review_due_on", "Set the date on which it is to be reviewed."),
        ({"review_due_on": TODAY}, "review_due_on", "Set a review date that lies ahead."),
        ({"review_due_on": "2026-11-18"}, "review_due_on", "Set a review date that lies ahead."),
    ],
)
def test_each_missing_piece_is_named_with_its_field(change: dict[str, Any], field: str, sentence: str):
    assert [(gap.field, gap.sentence) for gap in gaps_in(COMPLETE | change, TODAY)] == [(field, sentence)]


@pytest.mark.parametrize("kind", PARTICULARS)
def test_kinds_ask_for_what_they_cannot_be_taught_without(kind: Kind):
    gaps = [gap.field for gap in gaps_in(COMPLETE | {"kind": kind.value})]

    assert set(gaps) == set(PARTICULARS[kind])
    assert set(gaps) < set(pieces_of({"kind": kind.value}))
    told = dict.fromkeys(PARTICULARS[kind], "Said.")
    assert gaps_in(COMPLETE | {"kind": kind.value, "particulars": told}) == []


def test_the_step_before_the_limit_is_no_gap():
    assert gaps_in(COMPLETE | {"steps": ["Go.", "word " * 19, "Back."]}) == []


# --- The shipped library ---


def test_the_shipped_121_lack_nothing(entries: list[Entry]):
    assert [entry.code for entry in entries if gaps_in(content_from(entry))] == []


def test_the_shipped_121_suit_a_reader_of_twelve(entries: list[Entry]):
    """Measured: 3.5 at most, 1.8 on average. Grade 7 is the limit for age 12; the library keeps well below it."""
    grades = {entry.code: reading_in(content_from(entry)).grade for entry in entries}

    assert {code: grade for code, grade in grades.items() if grade > 4} == {}
    assert sum(grades.values()) / len(grades) < 2


def test_the_shipped_121_can_be_read_aloud(entries: list[Entry]):
    hints = [(entry.code, hint) for entry in entries for hint in hints_in(content_from(entry))]

    assert [code for code, hint in hints if "read aloud" in hint.sentence] == []
    # Lists of what to watch for and where not to roll are long words in one sentence; nothing else is.
    assert {hint.field for _, hint in hints} <= {"stop_if", "never_over"}
    assert len(hints) <= 15


# --- Reading ---


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *[("hold", 1), ("sides", 1), ("stretched", 1), ("the", 1), ("while", 1), ("use", 1), ("hmm", 1)],
        *[("table", 2), ("muscle", 2), ("bended", 2), ("breathing", 2), ("easier", 3), ("lying", 2)],
        *[("exercise", 3), ("radio", 3), ("studio", 3), ("piriformis", 4), ("Übung", 2)],
    ],
)
def test_syllables_of_usual_words(word: str, count: int):
    assert syllables(word) == count


def test_reading_grade_is_that_of_the_formula():
    reading = Reading(words=100, sentences=8, syllables=140, longest=20)

    assert reading.grade == pytest.approx(0.39 * 12.5 + 11.8 * 1.4 - 15.59)
    assert (round(reading.grade, 2), reading.age, reading.is_easy) == (5.8, 11, True)


@pytest.mark.parametrize(
    ("text", "easy"),
    [
        ("Stand tall. Lift your arm and breathe out.", True),
        ("Patients experiencing considerable discomfort should immediately discontinue participation.", False),
        ("Initiate contralateral scapular protraction while maintaining lumbopelvic alignment.", False),
    ],
)
def test_reading_tells_plain_words_from_hard_ones(text: str, easy: bool):
    assert reading_of([text]).is_easy is easy


def test_reading_of_nothing_is_nothing():
    reading = reading_of(["", "  ", "..."])

    assert reading == Reading(words=0, sentences=0, syllables=0, longest=0)
    assert (reading.grade, reading.words_a_sentence) == (0, 0)


def test_reading_judges_only_the_beginning_of_a_huge_text():
    assert reading_of(["word " * 200_000]).words == 800


def test_reading_counts_sentences_and_the_longest():
    reading = reading_of(["One two three. Four five!", "Six"])

    assert (reading.words, reading.sentences, reading.longest, reading.words_a_sentence) == (6, 3, 3, 2)


UNSPEAKABLE = ["Bend to 90°.", "Do 3 x 10.", "Hold 20-30 seconds.", "Left & right", "e.g. a chair", "5 reps", "ROM"]


@pytest.mark.parametrize("text", UNSPEAKABLE)
def test_unspeakable_says_what_to_write(text: str):
    assert len(unspeakable(text)) == 1


@pytest.mark.parametrize("text", ["Hold for 20 to 30 seconds.", "People with AS can do it.", "Use a side-lying pose."])
def test_unspeakable_lets_plain_text_be(text: str):
    assert unspeakable(text) == []


def test_hints_name_the_field():
    content = COMPLETE | {"why": "word " * 30 + ".", "steps": ["Do 3 x 10.", "Stay.", "Back."]}

    assert {hint.field for hint in hints_in(content)} == {"why", "steps"}
