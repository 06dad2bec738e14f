import pytest

from exercises.library import Entry
from exercises.models import Exercise
from exercises.search import facet_counts, matching, narrow, needs_floor, neighbours_of, search_line, words_of
from tests.exercises.conftest import enlarge

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# What is typed, the exercise looked for, and among how many first it has to stand.
SEARCHES = [
    ("thor rot sit", "Seated thoracic rotation", 3),
    ("sit rot thor", "Seated thoracic rotation", 3),
    ("THORACIC  rotation", "Seated thoracic rotation", 3),
    ("cat camel", "Cat-camel", 1),
    ("cat-camel", "Cat-camel", 1),
    ("s06", "Supine cross-body piriformis stretch", 1),
    ("piri cross", "Supine cross-body piriformis stretch", 1),
    ("figure-four", "Supine piriformis (figure-four) stretch", 2),
    ("chin tuck", "Chin tuck (cervical retraction)", 1),
    ("neck", "Chin tuck (cervical retraction)", 4),
    ("heat pack", "Heat pack", 1),
    ("wheat bag", "Heat pack", 1),
    ("brisk walk", "Brisk walking", 1),
    ("half kneel hip", "Half-kneeling hip flexor stretch", 1),
    ("tfl", "Tensor fasciae latae foam rolling", 2),
    ("roller calf", "Calf foam rolling", 1),
    ("pirifórmis", "Piriformis foam rolling (figure-four sit)", 4),
    ("breath diaph", "Diaphragmatic breathing", 1),
    ("warm pool float", "Floating relaxation and breathing", 3),
    ("bridge", "Bridge", 1),
]


@pytest.mark.parametrize(("typed", "name", "among"), SEARCHES, ids=[row[0] for row in SEARCHES])
def test_search_finds_what_is_meant_first(library: list[Entry], typed: str, name: str, among: int):
    found = list(narrow(Exercise.objects.all(), {"q": typed}).values_list("name", flat=True))

    assert name in found[:among]


@pytest.mark.parametrize("typed", ["%", "_", "'", '"', "\\", "' OR 1=1 --", "{{7*7}}", "zzz", "hip zzz", "|"])
def test_search_finds_nothing_for_what_is_no_word(library: list[Entry], typed: str):
    assert matching(Exercise.objects.all(), typed).count() == 0


@pytest.mark.parametrize("typed", ["", "   ", "\t"])
def test_search_without_words_leaves_everything(library: list[Entry], typed: str):
    assert matching(Exercise.objects.all(), typed).count() == 121


def test_search_takes_the_beginning_of_words_only(library: list[Entry]):
    assert matching(Exercise.objects.all(), "amel").count() == 0


def test_search_puts_names_before_other_names_and_places(library: list[Entry]):
    found = list(narrow(Exercise.objects.all(), {"q": "hip"}).values_list("name", flat=True))
    in_name = [any(word.startswith("hip") for word in words_of(name)) for name in found]

    assert True in in_name
    assert False in in_name
    assert in_name == sorted(in_name, reverse=True)


def test_search_uses_eight_words_at_most(library: list[Entry]):
    typed = " ".join(["hip"] * 8 + ["zzz"])

    assert matching(Exercise.objects.all(), typed).count() == matching(Exercise.objects.all(), "hip").count()


def test_search_line_folds_and_keeps_parts_apart():
    line = search_line("Dehnübung (Hüfte)", ["Straße", "Cat-camel"], ["Hip", "Hip", "On all fours"], "X1")

    assert line == " dehnubung hufte | strasse cat camel | hip on all fours x1 |"


def test_floor_in_the_database_is_floor_in_the_model(library: list[Entry]):
    exercises = Exercise.objects.all()
    by_property = {exercise.code for exercise in exercises if exercise.needs_floor}
    by_database = set(Exercise.objects.filter(needs_floor()).values_list("code", flat=True))

    assert by_database == by_property
    assert 20 < len(by_property) < 60
    assert narrow(Exercise.objects.all(), {"floor": "no"}).count() == 121 - len(by_property)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"kind": ["stretching"]},
        {"kind": ["stretching", "mobility"], "region": ["hip_flexors", "gluteals"], "floor": "no"},
        {"q": "hip", "level": ["beginner"], "position": ["standing"]},
        {"equipment": ["foam_roller"], "floor": "yes"},
    ],
    ids=str,
)
def test_facet_numbers_equal_what_choosing_them_finds(library: list[Entry], state: dict):
    everything = Exercise.objects.all()

    for facet, numbers in facet_counts(everything, state).items():
        for value, number in numbers.items():
            chosen = state | {facet: value if facet == "floor" else [value]}
            assert narrow(everything, chosen).count() == number, (facet, value)


def test_facet_numbers_take_one_statement_however_many_exercises(library: list[Entry], django_assert_num_queries):
    with django_assert_num_queries(1):
        facet_counts(Exercise.objects.all(), {"q": "hip"})
    enlarge(300)
    with django_assert_num_queries(1):
        facet_counts(Exercise.objects.all(), {"q": "hip"})


def test_neighbours_are_told_once_with_all_their_purposes(library: list[Entry]):
    exercise = Exercise.objects.get(code="S06")
    found = neighbours_of(exercise, Exercise.objects.all())

    assert [(purpose, other.code) for purpose, other in found] == [
        ("Easier, when it hurts too much", "S05"),
        ("Without the floor, at work", "S07"),
    ]


def test_neighbours_that_may_not_be_seen_are_left_out(library: list[Entry]):
    exercise = Exercise.objects.get(code="S06")
    Exercise.objects.filter(code="S05").update(state="retired")

    assert [other.code for _, other in neighbours_of(exercise, Exercise.objects.published())] == ["S07"]
