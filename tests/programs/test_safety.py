"""The whole matrix, cell by cell, against its file; and the worked verdicts of the shared clinical facts."""

import csv
import tomllib
from itertools import product
from pathlib import Path

import pytest

from exercises.features import Feature
from patients.conditions import Condition
from programs import safety
from programs.enums import Rating

ROWS = list(csv.DictReader(safety.MATRIX_FILE.open(encoding="utf-8", newline="")))
SHARED = Path(__file__).resolve().parents[3] / "shared" / "clinical" / "precautions.csv"
LIBRARY = Path(safety.__file__).parents[1] / "exercises" / "library"
pytestmark = pytest.mark.sqlite


def features_of(code: str) -> set[Feature]:
    text = (LIBRARY / f"{code}.toml").read_text(encoding="utf-8")
    return {Feature(value) for value in tomllib.loads(text)["features"]}


def verdict(code: str, *conditions: Condition) -> Rating:
    return safety.worst(safety.check(features_of(code), set(conditions)))


def test_matrix_has_every_pair_once() -> None:
    assert len(ROWS) == 644
    assert set(safety.matrix()) == set(product(Condition, Feature))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['condition']}-{row['feature']}")
def test_check_says_what_the_cell_says(row: dict[str, str]) -> None:
    condition, feature = Condition(row["condition"]), Feature(row["feature"])

    found = [w for w in safety.check({feature}, {condition}) if w.key == (condition, feature)]

    if row["rating"] == "allow":
        assert found == []
        return
    [warning] = found
    assert warning.rating == Rating[row["rating"].upper()]
    assert (warning.reason, warning.source, warning.confidence) == (row["reason"], row["source"], row["confidence"])


@pytest.fixture(scope="module")
def shared_cells() -> dict[tuple[str, str], dict[str, str]]:
    """The clinical facts that all of us share, beside the checkout."""
    if not SHARED.exists():
        pytest.skip("the shared clinical facts are not beside this checkout")
    with SHARED.open(encoding="utf-8", newline="") as file:
        return {(row["condition"], row["feature"]): row for row in csv.DictReader(file)}


@pytest.mark.parametrize("condition", list(Condition))
def test_check_says_what_the_shared_facts_say(
    condition: Condition, shared_cells: dict[tuple[str, str], dict[str, str]]
) -> None:
    """Every cell of the row, through the check that pages and API use: nothing invented, nothing lost.

    The words differ only where ours name the article that the facts call the seed article.
    """
    assert len(shared_cells) == 644
    for feature in Feature:
        cell = shared_cells[condition, feature]
        found = {warning.key: warning for warning in safety.check({feature}, {condition})}
        if cell["rating"] == "allow":
            assert (condition, feature) not in found
            continue
        warning = found[condition, feature]
        assert (warning.rating.word, warning.confidence) == (cell["rating"], cell["confidence"])
        for said, shared in ((warning.reason, cell["reason"]), (warning.source, cell["source"])):
            assert said == shared or "eed article" in shared


@pytest.mark.parametrize(
    ("code", "condition", "expected"),
    [
        ("S06", Condition.THA_POSTERIOR, Rating.AVOID),  # cross-body piriformis stretch
        ("S01", Condition.THA_ANTERIOR, Rating.AVOID),  # half-kneeling hip flexor stretch
        ("S01", Condition.THA_WITH_STIFF_SPINE, Rating.AVOID),
        ("T04", Condition.THA_LATERAL, Rating.AVOID),  # side-lying hip abduction
        ("H04", Condition.RAYNAUD, Rating.AVOID),  # ice pack
        ("R10", Condition.OSTEOPOROSIS, Rating.AVOID),  # thoracic roller extension
        ("A01", Condition.AS_BASELINE, Rating.ALLOW),  # brisk walking, AS only
    ],
)
def test_worked_verdicts(code: str, condition: Condition, expected: Rating) -> None:
    assert verdict(code, condition) is expected


@pytest.mark.parametrize("file", sorted(LIBRARY.glob("*.toml")), ids=lambda file: file.stem)
def test_any_exercise_is_avoided_with_suspected_thrombosis(file: Path) -> None:
    assert verdict(file.stem, Condition.DVT_SUSPECTED_OR_ACUTE) is Rating.AVOID


def test_baseline_counts_without_being_named() -> None:
    [warning] = safety.check({Feature.HIGH_IMPACT}, set())

    assert (warning.condition, warning.rating) == (Condition.AS_BASELINE, Rating.CAUTION)


def test_most_restrictive_rating_wins_and_comes_first() -> None:
    warnings = safety.check(
        {Feature.HIP_EXTENSION_PAST_NEUTRAL, Feature.FLOOR_TRANSFER},
        {Condition.OBESITY, Condition.THA_ANTERIOR, Condition.FUSED_THORACOLUMBAR_SPINE},
    )

    ratings = [warning.rating for warning in warnings]
    assert ratings == sorted(ratings, reverse=True)
    assert warnings[0].key == (Condition.THA_ANTERIOR, Feature.HIP_EXTENSION_PAST_NEUTRAL)
    assert safety.worst(warnings) is Rating.AVOID


def test_nothing_found_is_allowed() -> None:
    assert safety.check(set(), set()) == []
    assert safety.worst([]) is Rating.ALLOW


def test_strength_is_said_in_words() -> None:
    assert {cell.strength for cell in safety.matrix().values() if cell.rating} == {
        "a published source names it",
        "partly from a published source",
        "standard physiotherapy teaching",
    }


def test_features_of_which_a_patient_is_warned_are_what_the_check_warns_of() -> None:
    for conditions in ({first, second} for first, second in product(Condition, repeat=2)):
        unsafe, held = safety.unsafe_for(conditions), {*conditions, Condition.AS_BASELINE}
        for feature in Feature:
            rating = max(safety.matrix()[condition, feature].rating for condition in held)
            assert (feature in unsafe.avoid) == (rating is Rating.AVOID)
            assert (feature in unsafe.caution) == (rating is Rating.CAUTION)


@pytest.mark.parametrize(
    "conditions",
    [set(), {Condition.OSTEOPOROSIS, Condition.FUSED_CERVICAL_SPINE}, {Condition.ACUTE_FLARE}, {Condition.RAYNAUD}],
    ids=["none", "fused neck and osteoporosis", "flare", "Raynaud"],
)
def test_every_exercise_is_rated_alike_by_its_features(conditions: set[Condition]) -> None:
    unsafe = safety.unsafe_for(conditions)

    for file in sorted(LIBRARY.glob("*.toml")):
        features = features_of(file.stem) | {Feature.ANY_EXERCISE}
        worst = safety.worst(safety.check(features, conditions))
        assert bool(features & unsafe.avoid) == (worst is Rating.AVOID), file.stem
        assert bool(features & (unsafe.avoid | unsafe.caution)) == (worst is not Rating.ALLOW), file.stem
