"""What an exercise still lacks before a patient may follow it, and what would make it better.

Pure: the same list serves the shipped files, the editor while somebody types, the importer and the queue of gaps.
Gaps keep an exercise from being published; hints are advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from exercises.enums import Kind
from exercises.library import FEWEST_STEPS, MOST_STEPS, PARTICULARS, TEXTS
from exercises.reading import LONG_SENTENCE, MANY_WORDS, Reading, reading_of, unspeakable

FEWEST_ALIASES = 1
LONGEST_STEP = 19  # words; a step is read aloud
FEW_WORDS = 7  # too few to judge how hard they are
COUNTS = ("sets", "repetitions", "hold_seconds", "duration_minutes")


@dataclass(frozen=True, slots=True)
class Gap:
    """One missing piece: the field it belongs to, and what to do about it."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A piece of advice about the words of one field. Publishing does not wait for it."""

    field: str
    sentence: str


WANTED = {
    "name": "Give it a name.",
    "set_up": "Say how to get into the start position.",
    "cue": "Add one cue to keep in mind.",
    "breathing": "Say how to breathe.",
    "feel": "Say what one should feel.",
    "stop_if": "Say when to stop.",
    "why": "Say in plain words why it is worth doing.",
    "mistake": "Name the most common mistake.",
    "frequency": "Say how often it is usually done.",
    "source": "Name the source of the evidence.",
    "evidence_note": "Say honestly how far the evidence reaches.",
    "review_due_on": "Set the date on which it is to be reviewed.",
}
FACETS = {"region": "Choose a region.", "position": "Choose a position.", "equipment": "Choose the equipment, or none."}
PARTICULAR_WORDS = {
    "zone": "Say where to roll.",
    "pressure": "Say how hard to press.",
    "never_over": "Name what must never be rolled over.",
    "skin_check": "Say how the skin is checked.",
    "cloth": "Say what lies between skin and pack.",
    "effort": "Say how hard, by the talk test.",
}
# The order of the editor.
ORDER = (
    *("name", "aliases", "region", "position", "equipment", "set_up", "steps", "cue", "breathing", "feel", "mistake"),
    *("zone", "pressure", "never_over", "skin_check", "cloth", "effort", "why", "stop_if", "dose", "frequency"),
    *("source", "evidence_note", "review_due_on"),
)


def gaps_in(content: Mapping[str, Any], today: date | None = None) -> list[Gap]:
    """What is missing in `content` (the columns of an exercise by name), in the order of the editor.

    With `today`, a review that is due already counts as missing too.
    """
    gaps = [Gap(name, sentence) for name, sentence in WANTED.items() if not content.get(name)]
    facets = content.get("facets") or {}
    gaps += [Gap(name, sentence) for name, sentence in FACETS.items() if not facets.get(name)]
    if len(content.get("aliases") or []) < FEWEST_ALIASES:
        gaps.append(Gap("aliases", "Add a name that patients use for it."))
    if not any(content.get(name) for name in COUNTS):
        gaps.append(Gap("dose", "Give a usual dose: repetitions, seconds or minutes."))
    due = content.get("review_due_on")
    if today and due and str(due) <= str(today):
        gaps.append(Gap("review_due_on", "Set a review date that lies ahead."))
    gaps += _steps(content.get("steps") or []) + _particulars(content)
    order = pieces_of(content)
    return sorted(gaps, key=lambda gap: order.index(gap.field))


def _steps(steps: list[str]) -> list[Gap]:
    if not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        return [Gap("steps", f"Write {FEWEST_STEPS} to {MOST_STEPS} steps.")]
    long = [number for number, step in enumerate(steps, 1) if len(step.split()) > LONGEST_STEP]
    return [Gap("steps", f"Step {number} is over {LONGEST_STEP} words. Make it shorter.") for number in long]


def _particulars(content: Mapping[str, Any]) -> list[Gap]:
    told = content.get("particulars") or {}
    kind = content.get("kind")
    wanted = PARTICULARS.get(Kind(kind), ()) if kind else ()
    return [Gap(name, PARTICULAR_WORDS[name]) for name in wanted if not told.get(name)]


def pieces_of(content: Mapping[str, Any]) -> list[str]:
    """The names of all pieces that an exercise of this kind has, there or not: the whole of which gaps are a part."""
    kind = content.get("kind")
    particulars = PARTICULARS.get(Kind(kind), ()) if kind else ()
    known = {*WANTED, *FACETS, "aliases", "dose", "steps", *particulars}
    return [name for name in ORDER if name in known]


def texts_of(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Everything that is read aloud, by field."""
    texts = {name: [str(content.get(name) or "")] for name in TEXTS}
    texts["steps"] = list(content.get("steps") or [])
    return texts | {name: [text] for name, text in (content.get("particulars") or {}).items()}


def reading_in(content: Mapping[str, Any]) -> Reading:
    """How hard everything that is read aloud is, taken together."""
    return reading_of(text for texts in texts_of(content).values() for text in texts)


def hints_in(content: Mapping[str, Any]) -> list[Hint]:
    """Where the words are hard to read or to say, in the order of the fields."""
    hints = [hint for name, texts in texts_of(content).items() for hint in _hints(name, texts)]
    average = reading_in(content).words_a_sentence
    if average > MANY_WORDS:
        hints.append(Hint("steps", f"{round(average)} words a sentence in all. Aim at {MANY_WORDS} or fewer."))
    return hints


def _hints(name: str, texts: list[str]) -> Iterator[Hint]:
    for advice in dict.fromkeys(line for text in texts for line in unspeakable(text)):
        yield Hint(name, f"Cannot be read aloud. {advice}")
    reading = reading_of(texts)
    if reading.longest > LONG_SENTENCE:
        yield Hint(name, f"One sentence has {reading.longest} words. Make two of it.")
    elif reading.words > FEW_WORDS and not reading.is_easy:
        yield Hint(name, f"Reads like a text for age {reading.age} or more. Choose shorter words.")
