"""Twelve weeks of one patient, made up from a seed. Pure: the same seed and days give the same story."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from programs.demo.people import Person, Story
from programs.enums import EntryStatus, SkipReason

WEEKS = 12
DAYS = WEEKS * 7
GAP_DAYS = (30, 47)  # days before today: a holiday without the phone
PAST_FLARE_DAYS = (38, 26)
FLARE_NOW_DAYS = 4
SURGERY_DAYS = 32
BACK_AFTER = 10
NEW_DAYS = 9


@dataclass(frozen=True, slots=True)
class Spell:
    """A flare from `first` to `last`; `last` is None while it lasts."""

    first: date
    last: date | None


@dataclass(slots=True)
class LoggedDay:
    """What the patient says of one session. Pain None means not rated; 0 is a rating."""

    day: date
    slot: str
    statuses: list[tuple[EntryStatus, str]]
    pain_before: int | None
    pain_after: int | None
    stiffness: int | None
    note: str = ""


@dataclass(slots=True)
class Teller:
    """Tells one person's story up to `today` (their own calendar day)."""

    person: Person
    today: date
    seed: int
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # a story, not a secret

    @property
    def start(self) -> date:
        days = NEW_DAYS if self.person.story is Story.NEW else DAYS
        return self.today - timedelta(days=days)

    def flares(self) -> list[Spell]:
        if self.person.story is Story.PAST_FLARE:
            first, last = (self.today - timedelta(days=days) for days in PAST_FLARE_DAYS)
            return [Spell(first, last)]
        if self.person.story is Story.FLARE_NOW:
            return [Spell(self.today - timedelta(days=FLARE_NOW_DAYS), None)]
        return []

    @property
    def surgery(self) -> date | None:
        """The day of the hip replacement, when that is the story."""
        return self.today - timedelta(days=SURGERY_DAYS) if self.person.story is Story.HIP_REPLACEMENT else None

    def in_flare(self, day: date) -> bool:
        return any(spell.first <= day and (spell.last is None or day <= spell.last) for spell in self.flares())

    def usual_pain(self, day: date) -> float:
        """The middle of the day's pain: the person's own, bent by the story."""
        share = (day - self.start).days / max(1, (self.today - self.start).days)
        drift = {Story.IMPROVING: 0.8 - 2.4 * share, Story.SLIPPING: -0.4 + 1.3 * share}.get(self.person.story, 0.0)
        if self.surgery and day >= self.surgery:
            drift = 1.6 - 0.09 * (day - self.surgery).days
        return self.person.pain + drift + (3.2 if self.in_flare(day) else 0.0)

    def chance(self, day: date) -> float:
        """How likely a due session is logged on `day`."""
        ago = (self.today - day).days
        story, chance = self.person.story, self.person.diligence
        if story is Story.GAP and GAP_DAYS[0] <= ago <= GAP_DAYS[1]:
            return 0.0
        if story is Story.SLIPPING:
            return chance * (1.0 if ago > 35 else 0.55 if ago > 10 else 0.2)
        if self.in_flare(day):
            return chance * 0.75
        return chance * (0.88 if day.weekday() >= 5 else 1.0)

    def score(self, middle: float) -> int:
        return max(0, min(10, round(self.random.gauss(middle, 0.9))))

    def status(self, day: date, pain: int | None) -> tuple[EntryStatus, str]:
        roll = self.random.random()
        sore = self.in_flare(day) or (pain is not None and pain >= 6)
        if roll < (0.30 if sore else 0.05):
            reasons = [SkipReason.PAIN, SkipReason.STIFFNESS] if sore else list(SkipReason)[2:]
            return EntryStatus.SKIPPED, self.random.choice(reasons)
        if roll < (0.5 if sore else 0.11):
            return EntryStatus.PARTLY, SkipReason.PAIN if sore else ""
        return EntryStatus.DONE, ""

    def tell(self, day: date, slot: str, items: int) -> LoggedDay | None:
        """The log of one due session of `items` exercises, or None when nothing was logged."""
        if self.random.random() > self.chance(day):
            return None
        middle = self.usual_pain(day)
        before = self.score(middle + 0.5) if self.random.random() < 0.8 else None
        after = self.score(middle - 0.4) if self.random.random() < 0.9 else None
        stiff = self.random.random() < 0.7
        minutes = 5 * round(max(0.0, self.random.gauss(14 + 7 * middle, 9)) / 5) if stiff else None
        statuses = [self.status(day, before) for _ in range(items)]
        return LoggedDay(day, slot, statuses, before, after, minutes, self.note(day))

    def note(self, day: date) -> str:
        """A few words, now and then."""
        if self.random.random() > 0.06:
            return ""
        sore = [
            "Woke twice because of the hip.",
            "Stiff until noon. Did what I could.",
            "Right groin sore when walking.",
        ]
        calm = [
            "Felt looser afterwards.",
            "Long day at the desk.",
            "Slept well.",
            "The strap helps.",
            "A walk as well.",
        ]
        return self.random.choice(sore if self.in_flare(day) or self.usual_pain(day) > 5 else calm)

    def days(self, first: date, last: date) -> Iterator[date]:
        """Calendar days from `first` to `last`, both included."""
        for offset in range((last - first).days + 1):
            yield first + timedelta(days=offset)
