"""Reading and adding up doses. Pure: a dose is a handful of numbers, a side and two words.

Shared by the library (default doses) and by programs (prescribed doses), hence down here.
"""

from dataclasses import dataclass

SECONDS_PER_REPETITION = 4  # a calm movement out and back; project convention
REST_BETWEEN_SETS = 20  # seconds; project convention
SECONDS_PER_PASS = 5  # one slow pass of a roller there and back; project convention
CHANGE_SIDE = 5  # seconds; project convention


@dataclass(frozen=True, slots=True)
class Dose:
    """How much of one exercise. Numbers are None where they do not apply; seconds and minutes as named."""

    sets: int | None = None
    repetitions: int | None = None
    hold_seconds: int | None = None
    duration_minutes: int | None = None
    per_side: bool = False
    rest_seconds: int | None = None
    passes: int | None = None
    side: str = ""
    tempo: str = ""
    effort: str = ""

    @property
    def seconds(self) -> int:
        """Time one go takes, rests included, rounded to whole seconds."""
        if self.duration_minutes:
            return self.duration_minutes * 60
        sets = self.sets or 1
        repetitions = self.repetitions or 1
        sides = 2 if self.per_side else 1
        rest = REST_BETWEEN_SETS if self.rest_seconds is None else self.rest_seconds
        work = sets * repetitions * self._one * sides
        return work + (sets - 1) * rest + (sides - 1) * CHANGE_SIDE

    @property
    def _one(self) -> int:
        """Seconds of one repetition: its hold, or its passes over the zone, or a calm movement."""
        if self.hold_seconds:
            return self.hold_seconds
        return SECONDS_PER_PASS * self.passes if self.passes else SECONDS_PER_REPETITION

    @property
    def text(self) -> str:
        """The dose as a person says it: `2 × 10`, `3 × 30 s each side`, `2 × 10, hold 3 s`, `20 min`."""
        if self.duration_minutes and not self.repetitions:
            sides = f"{self.side} side only" if self.side else "both sides" if self.per_side else ""
            return f"{self.duration_minutes} min, {sides}" if sides else f"{self.duration_minutes} min"
        parts = [part for part in (self._how_often(), self._how_long()) if part]
        text = ", ".join(parts)
        return f"{text} {self._where()}" if text and self._where() else text

    def _where(self) -> str:
        if self.side:
            return f"{self.side} side only"
        return "each side" if self.per_side else ""

    def _how_often(self) -> str:
        sets, repetitions = self.sets or 1, self.repetitions or 1
        if self.hold_seconds and min(sets, repetitions) == 1:
            times = max(sets, repetitions)
            hold = say_seconds(self.hold_seconds)
            return hold if times == 1 else f"{times} × {hold}"
        if self.passes:
            slowly = "slow pass" if self.passes == 1 else "slow passes"
            return f"{sets} × {self.passes} {slowly}" if sets > 1 else f"{self.passes} {slowly}"
        if not self.repetitions:
            return ""
        counted = f"{sets} × {repetitions}" if sets > 1 else f"{repetitions} times" if repetitions > 1 else "once"
        return f"{counted}, hold {say_seconds(self.hold_seconds)}" if self.hold_seconds else counted

    def _how_long(self) -> str:
        return f"about {self.duration_minutes} min" if self.duration_minutes else ""


def say_seconds(seconds: int) -> str:
    """`45 s`, `1 min`, `1 min 30 s`, `15 min`."""
    if seconds < 60 or seconds == 90:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def minutes_of(doses: list[Dose]) -> int:
    """Whole minutes for one go through `doses`, at least one when there is any dose."""
    total = sum(dose.seconds for dose in doses)
    return max(1, round(total / 60)) if doses else 0
