"""What a prescription says besides its doses: poor days, pauses, and the words of a difference."""

from __future__ import annotations

from django import template

from exercises.dosage import Dose
from programs.models import Pause, PrescriptionItem
from programs.schedule import Rule
from programs.services import courses
from programs.variants import POOR_DAYS, PRESENT, dose_in

register = template.Library()


@register.filter
def poor_days(item: PrescriptionItem) -> list[tuple[str, str]]:
    """`[("Easy", "2 × 30 s"), ("Flare", "left out")]`: what is written for them; nothing where nothing is."""
    found = []
    for variant in POOR_DAYS:
        own = item.variants.get(variant)
        if own:
            dose = Dose(**dose_in(variant, item.dose_values(), item.variants))
            is_in = own.get(PRESENT, True)
            found.append((variant.label, dose.text if is_in else "left out"))
    return found


@register.filter
def own_days(item: PrescriptionItem) -> str:
    """`on Monday`, `every other day`; nothing for "whenever the whole is due"."""
    if item.weekdays is None and not item.every_days and not item.times_per_week:
        return ""
    said = Rule(weekdays=item.weekdays, every_days=item.every_days, times_per_week=item.times_per_week).text
    return f"on {said}" if said[0].isupper() else said


@register.filter
def pause_days(pause: Pause) -> str:
    """`from 1 December 2026 to 14 December 2026`."""
    return courses.say(pause)
