"""Finding exercises by what somebody types: every word a prefix, in any order, without accents or case.

Each exercise keeps one line of folded words, ` name | other names | where, how, with what | code`. A word that
starts with what was typed follows a space, so that plain LIKE finds it on both databases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import StrIndex
from django.db.models.lookups import LessThan

from config.lib.text import fold

NAME_ENDS = "|"
MOST_WORDS = 8  # more than this names no exercise; it keeps the statement small
NOT_A_WORD = re.compile(r"[^\w°]+|_")


def words_of(text: str) -> list[str]:
    """The folded words of `text`; hyphens and other signs separate."""
    return NOT_A_WORD.sub(" ", fold(text)).split()


def search_line(name: str, aliases: Iterable[str], labels: Iterable[str], code: str) -> str:
    """What `matching` looks into. Starts with a space; parts are separated, so that a hit tells where it was."""
    rest = dict.fromkeys(words_of(f"{' '.join(labels)} {code}"))
    parts = [words_of(name), words_of(" ".join(aliases)), rest]
    return "".join(f" {' '.join(part)} {NAME_ENDS}" for part in parts)


def matching(queryset: QuerySet, text: str) -> QuerySet:
    """The rows of `queryset` in which every word of `text` begins some word; hits in the name come first."""
    words = words_of(text)[:MOST_WORDS]
    if not words:
        return queryset
    for word in words:
        queryset = queryset.filter(search_text__contains=f" {word}")
    return queryset.order_by(_outside_the_name(words), _not_at_the_start(words), "name", "pk")


def _outside_the_name(words: list[str]) -> CombinedExpression | Case:
    """How many of the words are not in the name."""
    end = StrIndex(F("search_text"), Value(NAME_ENDS))
    counts = [
        Case(
            When(LessThan(StrIndex(F("search_text"), Value(f" {word}")), end), then=0),
            default=1,
            output_field=IntegerField(),
        )
        for word in words
    ]
    total: CombinedExpression | Case = counts[0]
    for count in counts[1:]:
        total = total + count
    return total


def _not_at_the_start(words: list[str]) -> Case:
    """0 when the line begins with the first word typed."""
    starts = Q(search_text__startswith=f" {words[0]}")
    return Case(When(starts, then=0), default=1, output_field=IntegerField())
