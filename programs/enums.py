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


class Source(Word):
    WEB = "web"
    API = "api"
    DEMO = "demo"


class WorkKind(Word):
    """Why a patient's program needs a look."""

    SAFETY = "safety"
    REPLACE = "replace"
