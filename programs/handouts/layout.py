"""From values to a typeset document: the words of the sheet, in the order in which they are read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

from config.lib.pdf import Document, png_as_svg
from patients.enums import Paper
from programs.enums import Variant
from programs.grids import Grid
from programs.handouts import wording
from programs.handouts.content import ALL, EMERGENCY, VARIANT_WORDS, Content, Exercise, Options
from programs.handouts.qr import square

SOURCE = Path(__file__).with_name("handout.typ")
PAPERS = {Paper.A4: "a4", Paper.LETTER: "us-letter"}
POINTS, LARGE_POINTS, NARROW_POINTS = 10.5, 16, 10
# Letters of one exercise that surely fit on a page; with more it may go on overleaf. In columns it always may.
FITS, LARGE_FITS, A_LINE = 2200, 1200, 50
LEFT_OUT = "Leave it out"
LABELS = {
    "note": "For you:",
    "start": "Start:",
    "cue": "Think of this:",
    "stop": "Careful:",
    "why": "Why:",
    "core": "★",
    "exercise": "Exercise",
    "pain": "Pain, 0 to 10",
}


def lay_out(content: Content, options: Options) -> Document:
    """The document for one printing; what is left out by the variant is not on it."""
    shown = [one for one in content.exercises if _dose(one, options) is not None]
    files = {picture.src: _static(picture.src) for one in shown for picture in one.pictures}
    if content.today_url:
        files["today.svg"] = square(content.today_url)
    if content.logo:
        files["logo.svg"] = png_as_svg(content.logo)
    return Document(_source(), _data(content, shown, options), files, on=content.printed_on)


def _data(content: Content, shown: list[Exercise], options: Options) -> dict[str, Any]:
    return {
        "lang": "en",
        "paper": PAPERS[options.size],
        "columns": options.columns,
        "size": LARGE_POINTS if options.large else NARROW_POINTS if options.columns == 2 else POINTS,
        "title": content.title,
        "clinic": content.clinic,
        "logo": bool(content.logo),
        "logo_alt": f"Logo of {content.clinic}",
        "variant": _variant_line(options),
        "variants": [VARIANT_WORDS[one] for one in Variant] if options.variant == ALL else [],
        "facts": _facts(content, shown),
        "today": _today(content),
        "safety": _safety(content),
        "labels": LABELS,
        "exercises": [_exercise(one, options) for one in shown],
        "cell": 13 if options.large else 8,
        "grid": _grid(content.grid, options) if content.grid and not content.grid.is_empty else None,
        "foot": " · ".join(filter(None, [content.title, _version(content), _printed(content)])),
        "page_word": "Page",
    }


def _dose(one: Exercise, options: Options) -> str | None:
    return one.doses.get(options.form) if options.variant != ALL else ""


def _exercise(one: Exercise, options: Options) -> dict[str, Any]:
    letters = sum(map(len, (one.set_up, one.cue, one.stop_if, one.why, one.note)))
    letters += sum(max(A_LINE, len(step)) for step in one.steps)
    side_by_side = [one.doses.get(form) for form in Variant] if options.variant == ALL else []
    return {
        "name": one.name,
        "dose": _dose(one, options) or "",
        "doses": [LEFT_OUT if dose is None else dose or "As usual" for dose in side_by_side],
        "when": one.when,
        "note": one.note,
        "start": one.set_up,
        "steps": list(one.steps),
        "cue": one.cue,
        "stop": one.stop_if,
        "why": one.why,
        "core": one.is_core,
        "breaks": options.columns == 2 or letters > (LARGE_FITS if options.large else FITS),
        "pictures": [{"file": picture.src, "alt": picture.alt} for picture in one.pictures],
    }


def _variant_line(options: Options) -> str:
    return {
        Variant.EASY: "For an easier day: a little less.",
        Variant.FLARE: "For a flare: only this much, until it settles.",
    }.get(options.variant, "")  # type: ignore[call-overload]


def _facts(content: Content, shown: list[Exercise]) -> list[str]:
    minutes = f", about {content.minutes} {'minute' if content.minutes == 1 else 'minutes'}" if content.minutes else ""
    schedule = f"{content.schedule[:1].upper()}{content.schedule[1:]}{minutes}." if content.schedule else ""
    core = any(one.is_core for one in shown)
    return [
        line
        for line in (
            f"For {content.given_name}." if content.given_name else "",
            schedule,
            f"{content.step}." if content.step else "",
            _version(content),
            content.change_note,
            "★ On a day with little time or strength, these are enough." if core else "",
        )
        if line
    ]


def _version(content: Content) -> str:
    if not content.version or content.valid_from is None:
        return ""
    until = f" until {wording.long_day(content.valid_until)}" if content.valid_until else ""
    return f"Version {content.version}, valid from {wording.long_day(content.valid_from)}{until}"


def _printed(content: Content) -> str:
    return f"Printed {wording.long_day(content.printed_on)}"


def _today(content: Content) -> dict[str, str] | None:
    if not content.today_url:
        return None
    words = f"Tick it on your phone: {content.today_url.partition('://')[2].rstrip('/')}"
    return {"words": words, "alt": f"Square code with the address {content.today_url}"}


def _safety(content: Content) -> dict[str, Any]:
    """What everybody is told; sources in docs/clinical.md (pain rule, red flags)."""
    number = EMERGENCY.get(content.country, "112")
    return {
        "title": "When to stop",
        "points": [
            "Stop an exercise when pain rises by more than 2 points or reaches 6 of 10. Tell your physiotherapist "
            "when it is not back to usual after 24 hours.",
            "Do not exercise with a fever, or when you feel ill.",
            f"Call {number} at once: new neck or back pain after a fall or a knock; new weakness or numbness; chest "
            "pain or sudden breathlessness. Say that you have ankylosing spondylitis.",
        ],
    }


def _grid(grid: Grid, options: Options) -> dict[str, Any]:
    return {
        "title": "Tick what you did",
        "hints": [
            "✓ done     / partly     – not done     Grey with a dot: not due that day",
            "Pain: the worst of the day from 0 (none) to 10 (the worst you can imagine). Leave it empty if you like.",
        ],
        "weeks": [_weeks(one) for one in grid.sheets(7 if options.large else 14)],
    }


def _weeks(grid: Grid) -> dict[str, Any]:
    return {
        "caption": wording.span(grid.days[0], len(grid.days)),
        "days": [[f"{day:%a}"[:2], str(day.day)] for day in grid.days],
        "parts": [
            {"title": part.slot, "rows": [{"name": row.name, "due": list(row.due)} for row in part.rows]}
            for part in grid.parts
        ],
    }


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


@cache
def _static(src: str) -> bytes:
    """A drawing of ours; they change only with a release."""
    found = finders.find(src)
    if found is None:
        raise FileNotFoundError(src)
    return Path(found).read_bytes()
