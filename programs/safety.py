"""The safety check: what speaks against giving an exercise to this patient, and why.

The matrix (`safety_matrix.csv`: 28 conditions × 23 features, each cell with its reason and source) is the
project's copy of the shared clinical facts, section 4. Several conditions combine by the most restrictive rating.
The check informs a therapist: it blocks nothing that a person has answered with a reason.
"""

import csv
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType

from exercises.features import Feature, Unsafe
from patients.conditions import Condition
from programs.enums import Rating

MATRIX_FILE = Path(__file__).with_name("safety_matrix.csv")
_STRENGTH = {
    "found": "a published source names it",
    "partly": "partly from a published source",
    "own": "standard physiotherapy teaching",
}


@dataclass(frozen=True, slots=True)
class SafetyWarning:
    """One condition and one feature that do not go well together."""

    condition: Condition
    feature: Feature
    rating: Rating
    reason: str
    source: str
    confidence: str

    @property
    def key(self) -> tuple[Condition, Feature]:
        return self.condition, self.feature

    @property
    def about(self) -> str:
        """Condition and feature as one reads them: `Osteoporosis or osteopenia · high impact`."""
        return say(self.condition, self.feature)

    @property
    def strength(self) -> str:
        """How far the source reaches, in words for the small print."""
        return _STRENGTH.get(self.confidence, self.confidence)


def say(condition: Condition, feature: Feature) -> str:
    """The pair in words. The baseline is everybody's, so it is called by its name."""
    who = "Ankylosing spondylitis" if condition is Condition.AS_BASELINE else condition.label
    what = feature.label
    return f"{who} · {what[0].lower()}{what[1:]}"


@cache
def matrix() -> MappingProxyType[tuple[Condition, Feature], SafetyWarning]:
    """All 644 cells, read once."""
    with MATRIX_FILE.open(encoding="utf-8", newline="") as file:
        cells = [_cell(row) for row in csv.DictReader(file)]
    return MappingProxyType({cell.key: cell for cell in cells})


def _cell(row: dict[str, str]) -> SafetyWarning:
    return SafetyWarning(
        condition=Condition(row["condition"]),
        feature=Feature(row["feature"]),
        rating=Rating[row["rating"].upper()],
        reason=row["reason"],
        source=row["source"],
        confidence=row["confidence"],
    )


def check(features: Set[Feature], conditions: Set[Condition]) -> list[SafetyWarning]:
    """Warnings for giving an exercise with these features to this patient, worst first.

    Every patient has AS and every exercise is an exercise, whether or not the caller says so.
    """
    cells = matrix()
    pairs = product({*conditions, Condition.AS_BASELINE}, {*features, Feature.ANY_EXERCISE})
    hits = [cells[pair] for pair in pairs if cells[pair].rating is not Rating.ALLOW]
    return sorted(hits, key=lambda hit: (-hit.rating, hit.condition, hit.feature))


def worst(warnings: Iterable[SafetyWarning]) -> Rating:
    """The most restrictive rating of all; nothing found means allowed."""
    return max((warning.rating for warning in warnings), default=Rating.ALLOW)


def severity(warnings: Iterable[SafetyWarning]) -> tuple[int, int, int]:
    """For putting exercises in order: the worst rating, then how many avoids, then how many cautions."""
    ratings = [warning.rating for warning in warnings]
    return max(ratings, default=Rating.ALLOW), ratings.count(Rating.AVOID), ratings.count(Rating.CAUTION)


def unsafe_for(conditions: Set[Condition]) -> Unsafe:
    """The features of which `check` warns for this patient. An exercise is rated as the worst of its features."""
    cells, held = matrix(), {*conditions, Condition.AS_BASELINE}
    worst_of = {feature: max(cells[condition, feature].rating for condition in held) for feature in Feature}

    def rated(rating: Rating) -> frozenset[Feature]:
        return frozenset(feature for feature, worst in worst_of.items() if worst is rating)

    return Unsafe(avoid=rated(Rating.AVOID), caution=rated(Rating.CAUTION))
