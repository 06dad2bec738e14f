"""Closed vocabularies of prescribing and logging. Pure: no Django here."""

from enum import IntEnum

from config.lib.words import Word


class Rating(IntEnum):
    """How a feature and a condition go together; the worst one wins."""

    ALLOW = 0
    CAUTION = 1
    AVOID = 2

    @property
    def label(self) -> str:
        return self.name.capitalize()

    @property
    def word(self) -> str:
        return self.name.lower()


class EntryStatus(Word):
    """What the patient says of one exercise."""

    DONE = "done"
    PARTLY = "partly"
    SKIPPED = "skipped"


class DayState(Word):
    """The five states of a day or an occurrence that must stay apart."""

    DONE = "done"
    PARTLY = "partly"
    SKIPPED = "skipped"
    NOT_DUE = "not_due"
    NOT_LOGGED = "not_logged"


class SkipReason(Word):
    PAIN = "pain"
    STIFFNESS = "stiffness"
    TIRED = "tired"
    TIME = "time"
    UNWELL = "unwell"
    FORGOT = "forgot"
    AFRAID = "afraid"
    BORED = "bored"
    NO_EQUIPMENT = "no_equipment"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _SKIP_LABELS[self]


_SKIP_LABELS = {
    SkipReason.PAIN: "Too painful",
    SkipReason.STIFFNESS: "Too stiff",
    SkipReason.TIRED: "Too tired",
    SkipReason.TIME: "No time",
    SkipReason.UNWELL: "Unwell",
    SkipReason.FORGOT: "Forgot",
    SkipReason.AFRAID: "Not sure it is safe",
    SkipReason.BORED: "Not in the mood",
    SkipReason.NO_EQUIPMENT: "No place or equipment",
    SkipReason.OTHER: "Something else",
}


class Decision(Word):
    """What the therapist answered to a safety warning."""

    CONFIRMED = "confirmed"
    OVERRIDDEN = "overridden"


class Frequency(Word):
    WEEKDAYS = "weekdays"
    TIMES_PER_WEEK = "times_per_week"
    EVERY_DAYS = "every_days"


class Side(Word):
    """The side that is exercised, where only one is meant."""

    LEFT = "left"
    RIGHT = "right"


class Variant(Word):
    """Which form of the program holds: as usual, on a poor day, in a flare."""

    NORMAL = "normal"
    EASY = "easy"
    FLARE = "flare"


class Situation(Word):
    """When an approved alternative may stand in for an exercise."""

    NO_FLOOR = "no_floor"
    NO_ROLLER = "no_roller"
    AT_WORK = "at_work"
    TOO_PAINFUL = "too_painful"


class PauseKind(Word):
    """Why nothing is due for a while. A hold is lifted by a therapist only."""

    PAUSE = "pause"
    HOLIDAY = "holiday"
    HOLD = "hold"


class Source(Word):
    WEB = "web"
    API = "api"
    PAPER = "paper"
    DEMO = "demo"


class WorkKind(Word):
    """Why a patient's program needs a look."""

    SAFETY = "safety"
    REPLACE = "replace"
    CLEARANCE = "clearance"
    SUGGESTION = "suggestion"
    FLARE = "flare"
