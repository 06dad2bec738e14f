"""Finding by words. Each exercise keeps one line of them, folded: ` name | other names | where, how, with what |`.

A word that begins with what was typed follows a space, so that plain LIKE finds it on both databases; how many bars
follow it tells where it stood.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, F, Func, IntegerField, Q, When

from exercises.models.exercises import ExerciseQuerySet
from exercises.spelling import Term, terms_of, words_of

PART_ENDS = "|"
# What stands behind a word of the name, of the other names, of the rest.
PLACES = ("%|%|%|", "%|%|", "%|")
WORSE_PLACE = 25  # one word in a worse place weighs more than eight words that only begin alike


class Grade(Func):
    """The number of the first pattern that the search line is like.

    One expression for what would be dozens, which took longer to write out than the database takes to answer.
    Folded words hold no sign that means something in a pattern.
    """

    output_field = IntegerField()

    def __init__(self, patterns: tuple[tuple[str, int], ...], **extra: Any) -> None:
        self.patterns = patterns
        super().__init__(F("search_text"), **extra)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:  # type: ignore[override]
        line, params = compiler.compile(self.source_expressions[0])
        whens = " ".join(f"WHEN {line} LIKE %s THEN {number}" for _, number in self.patterns)
        return f"CASE {whens} ELSE {self.worst} END", [x for like, _ in self.patterns for x in (*params, like)]

    @property
    def worst(self) -> int:
        return max(number for _, number in self.patterns) + 1


def search_line(name: str, aliases: Iterable[str], labels: Iterable[str], code: str) -> str:
    """What `matching` looks into. Starts with a space; parts are separated, so that a hit tells where it was."""
    rest = dict.fromkeys(words_of(f"{' '.join(labels)} {code}"))
    parts = [words_of(name), words_of(" ".join(aliases)), rest]
    return "".join(f" {' '.join(part)} {PART_ENDS}" for part in parts)


def matching(queryset: ExerciseQuerySet, text: str) -> ExerciseQuerySet:
    """The rows of `queryset` in which every word of `text` begins some word, in any order."""
    if not text.strip():
        return queryset
    return queryset.filter(holds(text)) if terms_of(text) else queryset.none()  # "%" names no exercise


def holds(text: str) -> Q:
    """`matching` as a condition, for a text of at least one word."""
    every = Q()
    for term in terms_of(text):
        begins = Q()
        for beginning in term.beginnings:
            begins |= Q(search_text__contains=f" {beginning}")
        every &= begins
    return every


def closeness(text: str) -> list[Any]:
    """What to order the rows of `matching` by: names, then other names, then the rest; whole words, then beginnings."""
    terms = terms_of(text)
    if not terms:
        return []
    grades = [_grade(term) for term in terms]
    total: Any = grades[0]
    for grade in grades[1:]:
        total = total + grade
    return [total, _not_at_the_start(terms[0])]


def _grade(term: Term) -> Grade:
    """Where this word is found best, and how well."""
    ways = [(f"{term.word} ", *term.same), (term.word,), (term.stem,) if term.stem else ()]
    patterns = [
        (f"% {begins}{behind}", place * WORSE_PLACE + how)
        for place, behind in enumerate(PLACES)
        for how, way in enumerate(ways)
        for begins in way
    ]
    return Grade(tuple(patterns))


def _not_at_the_start(term: Term) -> Case:
    """0 when the line begins with the first word typed."""
    starts = Q()
    for beginning in term.beginnings:
        starts |= Q(search_text__startswith=f" {beginning}")
    return Case(When(starts, then=0), default=1, output_field=IntegerField())
