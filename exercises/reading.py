"""How hard a text is to read, and whether it can be read aloud. Pure.

The grade is Flesch-Kincaid (Kincaid et al. 1975, Research Branch Report 8-75): years of schooling in the United
States, where a child of twelve sits in grade 6 or 7. Syllables are counted by groups of vowels; that is right for
about nine words in ten, and the errors go both ways. A hint for writers, no judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

AGE_TWELVE = 7.0  # the grade up to which a text suits about age 12
MOST_LETTERS = 4000  # no field is as long; more is somebody's mistake
MANY_WORDS = 14  # a sentence, on average
LONG_SENTENCE = 28  # words; lists of warnings are the longest that the library has
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,]\d+)*")
ENDS = re.compile(r"(?<=[.!?;:])\s+|\n+")
VOWELS = re.compile(r"[aeiouyà-öø-ÿ]+")
TWO_SYLLABLES = re.compile(r"[iy]a|io(?!us|n)|eo(?!us)|ua|uou|[^aeiouy]ier|ying")
SILENT = re.compile(r"(?:[^aeiouyl]|[aeiouy]l)e$|[^aeiouy](?:es|ed)$")
SPOKEN = re.compile(r"[dt]ed$|(?:[csxz]|ch|sh|g)es$")
# What a voice stumbles over, each with what to write instead.
UNSPEAKABLE = [
    (re.compile(r"\d\s*°|°"), "Write “degrees” for °."),
    (re.compile(r"\d\s*[x×]\s*\d"), "Write “times” for ×."),
    (re.compile(r"\d\s*[-–]\s*\d"), "Write “to” between two numbers."),
    (re.compile(r"[&+=<>~→←%/\\|*#_^{}\[\]]"), "Write signs such as %, + or / as words."),
    (
        re.compile(r"\b(?:e\.g\.|i\.e\.|etc\.|approx\.|reps?\b|secs?\b|mins?\b|max\.|min\.)", re.I),
        "Write it out in full.",
    ),
    (re.compile(r"\b(?!AS\b)[A-Z]{2,}\b"), "Write abbreviations out."),
    (re.compile(r"https?://|www\."), "Leave addresses out."),
]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted in some texts. All zero when there are no words."""

    words: int
    sentences: int
    syllables: int
    longest: int  # words of the longest sentence

    @property
    def words_a_sentence(self) -> float:
        return self.words / self.sentences if self.sentences else 0.0

    @property
    def grade(self) -> float:
        """Flesch-Kincaid; can fall below 0 for very short sentences."""
        if not self.words:
            return 0.0
        return 0.39 * self.words_a_sentence + 11.8 * self.syllables / self.words - 15.59

    @property
    def age(self) -> int:
        """The age at which the text is easy, for people who think in ages: from 6 to 18, where schooling ends."""
        return min(18, max(6, round(self.grade) + 5))

    @property
    def is_easy(self) -> bool:
        return self.grade <= AGE_TWELVE


def reading_of(texts: Iterable[str]) -> Reading:
    """Count in all `texts` together; the end of a text ends its sentence. Only the beginning of a huge text counts."""
    judged = (text[:MOST_LETTERS] for text in texts)
    found = [words for text in judged for sentence in ENDS.split(text) if (words := WORD.findall(sentence))]
    words = [word for sentence in found for word in sentence]
    return Reading(len(words), len(found), sum(map(syllables, words)), max(map(len, found), default=0))


def syllables(word: str) -> int:
    """About how many syllables `word` has, at least one."""
    lower = word.casefold()
    groups = len(VOWELS.findall(lower)) + len(TWO_SYLLABLES.findall(lower))
    is_silent = SILENT.search(lower) and not SPOKEN.search(lower)
    return max(1, groups - bool(is_silent))


def unspeakable(text: str) -> list[str]:
    """What to write otherwise, so that a voice can read `text` aloud."""
    return [advice for pattern, advice in UNSPEAKABLE if pattern.search(text[:MOST_LETTERS])]
