"""Finding exercises by what somebody types and ticks. One definition for pages, picker and API.

`library` says which exercises a person may find and how they stand to them, `text` finds by words, `facets` narrows
and counts, `words` puts slips right, `neighbours` leads on from one exercise.
"""

from exercises.search.facets import FACETS, Counts, facet_counts, narrow, needs_floor, total_of
from exercises.search.library import LATELY, library_of, listed, rated
from exercises.search.neighbours import neighbours_of
from exercises.search.text import matching, search_line
from exercises.search.words import respelled, vocabulary_of
from exercises.spelling import words_of

__all__ = [
    "FACETS",
    "LATELY",
    "Counts",
    "facet_counts",
    "library_of",
    "listed",
    "matching",
    "narrow",
    "needs_floor",
    "neighbours_of",
    "rated",
    "respelled",
    "search_line",
    "total_of",
    "vocabulary_of",
    "words_of",
]
