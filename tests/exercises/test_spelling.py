"""What typed words may stand for, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.spelling import MOST_WORDS, SAME, Term, Vocabulary, stem_of, terms_of, words_of

WORDS = Vocabulary.of(
    [
        " supine hamstring stretch with strap | lying hamstring stretch | stretching hamstrings mat s08 |",
        " hamstring foam rolling | back of thigh rolling | foam rolling hamstrings r07 |",
        " piriformis stretch | | stretching piriformis gluteals s07 |",
        " diaphragmatic breathing | belly breathing | breathing ribs b01 |",
        " cat camel | cat cow | mobility m02 |",
        " clamshell | clam | strengthening t03 |",
        " bridge | glute bridge | strengthening gluteals t01 |",
        " brisk walking | | aerobic a01 |",
    ]
)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("stretches", "stretch"),
        ("stretching", "stretch"),
        ("presses", "press"),
        ("boxes", "box"),
        ("rolling", "roll"),
        ("rolls", "roll"),
        ("sitting", "sit"),
        ("breathing", "breath"),
        ("banded", "band"),
        ("breathe", "breath"),
        ("bridge", "bridg"),
        ("knees", "knee"),
        ("bridges", "bridge"),
        # No ending, or too little before it.
        ("press", ""),
        ("piriformis", ""),
        ("gluteus", ""),
        ("string", ""),
        ("spring", ""),
        ("speed", ""),
        ("knee", ""),
        ("pose", ""),
        ("bed", ""),
        ("abs", ""),
        ("as", ""),
        ("s", ""),
        ("ing", ""),
        ("hip", ""),
    ],
)
def test_stem_is_what_comes_before_an_ending(word: str, stem: str):
    assert stem_of(word) == stem


def test_short_forms_are_folded_words_and_so_is_what_they_stand_for():
    said = [*SAME, *(text for texts in SAME.values() for text in texts)]

    assert [text for text in said if " ".join(words_of(text)) != text] == []


@pytest.mark.parametrize(
    ("typed", "beginnings"),
    [
        ("quads", ["quad"]),
        ("hams", ["ham"]),
        ("glutes", ["buttock", "glut"]),
        ("si", ["pelvi", "sacroiliac", "si"]),
        ("tfl", ["tensor fasciae", "tfl"]),
        ("itb", ["iliotibial", "it band", "itb"]),
        ("lx", ["lumbar", "lx"]),
        ("rolling", ["roll"]),
        ("hip", ["hip"]),
    ],
)
def test_term_names_each_beginning_once_and_none_that_another_covers(typed: str, beginnings: list[str]):
    assert Term.of(typed).beginnings == beginnings


def test_terms_leave_out_words_that_tell_nothing_unless_nothing_else_is_there():
    assert [term.word for term in terms_of("exercises for the SI joint")] == ["si"]
    assert [term.word for term in terms_of("The exercise")] == ["the", "exercise"]
    assert len(terms_of("hip " * 50)) == MOST_WORDS


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hamstirng strap", "hamstring strap"),  # two letters changed places
        ("hamstrng strap", "hamstring strap"),  # one is missing
        ("hammstring", "hamstring"),  # one too many
        ("hamstrimg", "hamstring"),  # another letter
        ("piriformus", "piriformis"),
        ("brething", "breathing"),
        ("diafragmatic", "diaphragmatic"),  # two slips in a long word
        ("strech", "stretch"),
        ("hamstir", "hamstring"),  # a slip in a word that is not typed to its end
        ("catcow", "cat cow"),
        ("clam shell", "clamshell"),
        ("PIRIFÓRMUS", "piriformis"),
    ],
)
def test_slips_are_put_right(typed: str, meant: str):
    assert WORDS.readings(typed)[0] == meant


@pytest.mark.parametrize(
    "typed",
    [
        "hamstring strap",
        "ham",  # begins a known word
        "brid",
        "quads glutes hams",  # `quads` stands for none of these words, and is like none
        "hamstirng zzzz",  # one word is beyond help
        "zzzz",
        "xip",  # too short to guess
        "s0x",
        "",
        "%",
    ],
)
def test_words_that_are_known_or_like_none_are_left_alone(typed: str):
    assert WORDS.readings(typed) == []


def test_nearest_prefers_the_same_first_letter_and_the_word_that_occurs_most():
    words = Vocabulary({"bridge": 1, "fridge": 9, "hamstring": 2, "hamstrings": 5})

    assert words.nearest("bidge") == ["bridge"]
    assert words.nearest("hamstrinng") == ["hamstring", "hamstrings"]  # the plural is one slip more
    assert words.nearest("ridge") == ["fridge", "bridge"]
    assert Vocabulary({"plank": 1, "plant": 3}).nearest("plang") == ["plant", "plank"]


def test_codes_are_never_offered():
    assert Vocabulary({"s008": 5, "s0088": 1}).nearest("s00b8") == []


@given(st.text(max_size=120))
def test_any_text_is_taken_calmly(typed: str):
    readings = WORDS.readings(typed)

    assert all(WORDS.knows(term) for meant in readings for term in terms_of(meant))
    assert len(set(readings)) == len(readings) <= 6
    assert len(terms_of(typed)) <= MOST_WORDS
