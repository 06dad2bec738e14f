"""What goes on paper, as values. Pure: filled by `gather`, laid out by `layout`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from patients.enums import Paper
from programs.enums import Variant
from programs.grids import Grid

ALL = "all"  # the three variants side by side
FORMS = [*Variant, ALL]
WEEKS = (0, 2, 4)
VARIANT_WORDS = {Variant.NORMAL: "As usual", Variant.EASY: "On an easier day", Variant.FLARE: "In a flare"}
# The number to call, by the clinic's country; 112 works in all of Europe and on most mobile phones elsewhere.
EMERGENCY = {"US": "911", "CA": "911", "GB": "999", "AU": "000", "NZ": "111", "CH": "144", "JP": "119"}


@dataclass(frozen=True, slots=True)
class Options:
    """How it is printed. `weeks` of the tick grid: 0 for none; it begins on `first_day`."""

    variant: str = Variant.NORMAL
    size: Paper = Paper.A4
    columns: int = 1
    large: bool = False
    weeks: int = 2
    name: bool = False
    first_day: date | None = None

    @property
    def form(self) -> Variant:
        """The variant whose exercises and grid are printed; beside the others, the usual one."""
        return Variant.NORMAL if self.variant == ALL else Variant(self.variant)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing in print colours: its path below the static folder, and what it shows."""

    src: str
    alt: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """`doses` holds the words for each variant, None where it is left out; a missing variant is not asked for."""

    name: str
    doses: dict[Variant, str | None]
    pictures: tuple[Picture, ...] = ()
    set_up: str = ""
    steps: tuple[str, ...] = ()
    cue: str = ""
    stop_if: str = ""
    why: str = ""
    note: str = ""
    when: str = ""
    is_core: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """One handout before it is laid out. `version` 0 is a program without a patient; `step` names its stage."""

    title: str
    clinic: str
    schedule: str
    exercises: tuple[Exercise, ...]
    printed_on: date
    country: str = "DE"
    minutes: int = 0
    given_name: str = ""
    version: int = 0
    valid_from: date | None = None
    valid_until: date | None = None
    change_note: str = ""
    step: str = ""
    today_url: str = ""
    logo: bytes = b""
    grid: Grid | None = None
