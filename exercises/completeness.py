"""What an exercise still lacks before a patient may follow it.

Pure: the same list serves the shipped files, the editor while somebody types, the importer and the queue of gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exercises.enums import Kind
from exercises.library import FEWEST_STEPS, MOST_STEPS, PARTICULARS

FEWEST_ALIASES = 1
LONGEST_STEP = 19  # words; a step is read aloud
COUNTS = ("sets", "repetitions", "hold_seconds", "duration_minutes")


@dataclass(frozen=True, slots=True)
class Gap:
    """One missing piece: the field it belongs to, and what to do about it."""

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


def gaps_in(content: Mapping[str, Any]) -> list[Gap]:
    """What is missing in `content` (the columns of an exercise by name), in the order of the editor."""
    gaps = [Gap(name, sentence) for name, sentence in WANTED.items() if not content.get(name)]
    facets = content.get("facets") or {}
    gaps += [Gap(name, sentence) for name, sentence in FACETS.items() if not facets.get(name)]
    if len(content.get("aliases") or []) < FEWEST_ALIASES:
        gaps.append(Gap("aliases", "Add a name that patients use for it."))
    if not any(content.get(name) for name in COUNTS):
        gaps.append(Gap("dose", "Give a usual dose: repetitions, seconds or minutes."))
    return gaps + _steps(content.get("steps") or []) + _particulars(content)


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
