"""What somebody may have meant by the words they typed: short forms, word endings, slips.

Pure. A search looks for the beginnings of words, so that each step here answers with beginnings: `quads` may stand
for a word that begins with `quadriceps`, `rolling` for one that begins with `roll`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

from config.lib.text import fold

MOST_WORDS = 8  # more than this names no exercise; it keeps the statement small
NOT_A_WORD = re.compile(r"[\W_]+")
VOWEL = re.compile("[aeiouy]")
SHORTEST_STEM = 3
SHORTEST_SLIP = 4  # a wrong letter among three is most of the word
LONG_WORD = 8  # from here on two slips are forgiven
MOST_GUESSES = 3  # for one word
MOST_READINGS = 6  # of all words together

# Short forms of the clinic, and words of patients for what the library calls by another name.
SAME: Mapping[str, tuple[str, ...]] = {
    # muscles
    "abs": ("abdominal",),
    "glute": ("glut", "buttock"),
    "glutes": ("glut", "buttock"),
    "bum": ("buttock", "glut"),
    "bottom": ("buttock", "glut"),
    "ham": ("hamstring",),
    "hams": ("hamstring",),
    "hammy": ("hamstring",),
    "hammies": ("hamstring",),
    "hf": ("hip flexor",),
    "hfs": ("hip flexor",),
    "itb": ("iliotibial", "it band"),
    "lat": ("latissimus",),
    "lats": ("latissimus",),
    "pec": ("pectoral", "chest"),
    "pecs": ("pectoral", "chest"),
    "quad": ("quadriceps",),
    "quads": ("quadriceps",),
    "tfl": ("tensor fasciae",),
    "trap": ("trapezius",),
    "traps": ("trapezius",),
    # joints and levels
    "c": ("cervical", "neck"),
    "cx": ("cervical", "neck"),
    "l": ("lumbar",),
    "lx": ("lumbar",),
    "si": ("sacroiliac", "pelvi"),
    "sij": ("sacroiliac", "pelvi"),
    "t": ("thoracic",),
    "tx": ("thoracic",),
    "tailbone": ("sacr", "pelvi"),
    "ribcage": ("rib",),
    # movements
    "abd": ("abduct",),
    "add": ("adduct",),
    "er": ("external",),
    "ext": ("extension",),
    "flex": ("flexion",),
    "ir": ("internal",),
    "rom": ("range",),
    "rot": ("rotation",),
    "slr": ("straight leg raise",),
    # positions
    "laying": ("lying",),
    "lie": ("lying",),
    "sit": ("seated",),
    "sitting": ("seated",),
    "seated": ("sitting",),
    "sl": ("single leg", "side lying"),
    "sup": ("supine",),
    # kinds and things
    "bicycle": ("bike", "cycling"),
    "cardio": ("aerobic",),
    "icing": ("ice",),
    "resp": ("breath",),
    "theraband": ("band",),
    "calves": ("calf",),
    "feet": ("foot",),
}
# Said beside other words without telling one exercise from another.
FILLERS = frozenset(
    {"the", "for", "of", "and", "with", "my", "exercise", "exercises", "muscle", "muscles", "joint", "joints"}
)


def words_of(text: str) -> list[str]:
    """The folded words of `text`; hyphens and other signs separate."""
    return NOT_A_WORD.sub(" ", fold(text)).split()


def stem_of(word: str) -> str:
    """The part of a word before its ending, or "": `stretches` is a `stretch`, `sitting` has to do with `sit`."""
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1] if len(word) > SHORTEST_STEM else ""
    root = re.sub("ing$|(?<!e)ed$|(?<=...[^e])e$", "", word)
    if root == word or len(root) < SHORTEST_STEM or not VOWEL.search(root):
        return ""
    is_doubled = root[-1] == root[-2] and root[-1] not in "lsz"  # sitting, but rolling and pressing
    return root[:-1] if is_doubled else root


@dataclass(frozen=True, slots=True)
class Term:
    """One word that was typed, and what may stand for it."""

    word: str
    same: tuple[str, ...]
    stem: str

    @classmethod
    def of(cls, word: str) -> Self:
        return cls(word, SAME.get(word, ()), stem_of(word))

    @property
    def beginnings(self) -> list[str]:
        """How a word, or a run of words, has to begin to be meant. None begins with another one."""
        every = sorted({self.word, *self.same, self.stem} - {""})
        return [text for text in every if not any(text.startswith(short) for short in every if short != text)]


def terms_of(text: str) -> list[Term]:
    """The first words of `text` that tell something, each with what may stand for it."""
    words = words_of(text)
    return [Term.of(word) for word in ([word for word in words if word not in FILLERS] or words)[:MOST_WORDS]]


class Vocabulary:
    """The words of one library, each with the number of times it occurs."""

    def __init__(self, counted: Mapping[str, int]) -> None:
        self.counted = counted

    @classmethod
    def of(cls, lines: Iterable[str]) -> Self:
        return cls(Counter(word for line in lines for word in words_of(line)))

    @cached_property
    def ordered(self) -> list[str]:
        return sorted(self.counted)

    def has(self, beginning: str) -> bool:
        """Whether some word begins like this; of a run of words the first one counts."""
        first = beginning.split(" ", 1)[0]
        place = bisect_left(self.ordered, first)
        return place < len(self.ordered) and self.ordered[place].startswith(first)

    def knows(self, term: Term) -> bool:
        return any(self.has(beginning) for beginning in term.beginnings)

    def readings(self, text: str) -> list[str]:
        """What may have been meant by `text`, the likeliest first; none when all words are known or one is hopeless.

        Only a word that begins no known word is replaced.
        """
        typed = [term.word for term in terms_of(text)]
        guesses = [[word] if self.knows(Term.of(word)) else self.nearest(word) for word in self._joined(typed)]
        # Later guesses at the first words are tried last.
        each = islice(product(*reversed(guesses)), MOST_READINGS)
        return [" ".join(reversed(words)) for words in each if [*reversed(words)] != typed]

    def nearest(self, word: str) -> list[str]:
        """The words that `word` may have been meant to be, whole or as far as it is typed, the likeliest first.

        The fewest slips win, then the same first letter, then the word that occurs most.
        """
        if len(word) < SHORTEST_SLIP:
            return []
        if apart := self._split(word):
            return [apart]
        slips = 2 if len(word) >= LONG_WORD else 1
        known = [other for other in self.ordered if other.isalpha() and len(other) >= SHORTEST_SLIP]
        begun = [other[: len(word)] for other in known]
        return self._ranked(word, known, known, slips) or self._ranked(word, known, begun, slips)

    def _ranked(self, word: str, known: list[str], spelled: list[str], slips: int) -> list[str]:
        found = process.extract(word, spelled, scorer=OSA.distance, score_cutoff=slips, limit=None)
        ranked = sorted(
            (distance, known[place][0] != word[0], -self.counted[known[place]], known[place])
            for _, distance, place in found
        )
        return [other for *_, other in ranked[:MOST_GUESSES]]

    def _joined(self, words: list[str]) -> list[str]:
        """Neighbours written as one where only that is known: `clam shell`."""
        done: list[str] = []
        for word in words:
            both = f"{done[-1]}{word}" if done else ""
            if both and not self.knows(Term.of(word)) and self.has(both):
                done[-1] = both
            else:
                done.append(word)
        return done

    def _split(self, word: str) -> str:
        """Two words where only they are known: `catcow`."""
        places = range(SHORTEST_STEM, len(word) - SHORTEST_STEM + 1)
        pairs = [(word[:place], word[place:]) for place in places]
        known = [pair for pair in pairs if all(part in self.counted for part in pair)]
        return " ".join(known[0]) if known else ""
