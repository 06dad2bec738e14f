"""Differences between two versions as sentences: in full for the history, and as a note to the patient. Pure.

The note is for everybody: short sentences, everyday words (an age of about twelve; the tests count).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from programs.changes import Detail, Difference, Line, What
from programs.enums import Situation, Variant
from programs.schedule import Rule

LONGEST_NOTE = 500
_MORE = 60  # letters kept free for the sentence about what did not fit

# For each number: how it is said, and what is said when there is none any more.
_NUMBERS = {
    "sets": ("{} sets", "{} set", "no sets any more"),
    "repetitions": ("{} times", "{} time", "no set number of times any more"),
    "hold_seconds": ("hold {} seconds", "hold {} second", "no hold any more"),
    "duration_minutes": ("{} minutes", "{} minute", "no set time any more"),
    "passes": ("{} slow passes", "{} slow pass", "no set number of passes any more"),
    "rest_seconds": ("rest {} seconds", "rest {} second", "no set rest any more"),
}
_TEXTS = {"tempo": ("tempo: {}", "no set tempo any more"), "effort": ("effort: {}", "no set effort any more")}
_WHERE = {"left": "left side only", "right": "right side only", "each": "on each side", "": "not by sides"}
_DAYS = {Variant.EASY: "On an easy day", Variant.FLARE: "In a flare"}
_IF = {
    Situation.NO_FLOOR: "If you cannot get down to the floor",
    Situation.NO_ROLLER: "If you have no roller",
    Situation.AT_WORK: "At work",
    Situation.TOO_PAINFUL: "If it hurts too much",
}


def sentences(differences: Iterable[Difference]) -> list[str]:
    """One sentence for each difference, for whoever reads the history."""
    return [_SAY[difference.what](difference) for difference in differences]


def note_to_patient(differences: Sequence[Difference], limit: int = LONGEST_NOTE) -> str:
    """The differences as the patient is told them, in at most `limit` letters; nothing when there are none."""
    told = [_TELL.get(one.what, _SAY[one.what])(one) for one in differences if one.what is not What.MOVED]
    if not told and differences:
        told = ["The order is new."]
    return _fit(told, limit)


def _fit(told: Sequence[str], limit: int) -> str:
    text = " ".join(told)
    if len(text) <= limit:
        return text
    kept: list[str] = []
    for sentence in told:
        if len(" ".join([*kept, sentence])) > limit - _MORE:
            break
        kept.append(sentence)
    return " ".join([*kept, "Your program shows all other changes."])


# --- One difference ------------------------------------------------------------------------------------------


def _added(difference: Difference) -> str:
    line = _line(difference)
    days = f", {line.days.text}" if line.days else ""
    return f"New: {line.name}, {line.dose.text}{days}." if line.dose.text else f"New: {line.name}{days}."


def _tell_added(difference: Difference) -> str:
    return f"New: {_small(_line(difference).name)}."


def _removed(difference: Difference) -> str:
    return f"Taken out: {_line(difference).name}."


def _tell_removed(difference: Difference) -> str:
    return f"You can stop: {_small(_line(difference).name)}."


def _moved(difference: Difference) -> str:
    return f"{_line(difference).name}: now number {difference.place}, was number {difference.was_at}."


def _schedule(difference: Difference) -> str:
    before, after = difference.rules or (Rule(), Rule())
    if before.text == after.text:
        return f"The breaks are new: {after.text}."
    return f"When: {after.text} instead of {before.text}."


def _changed(difference: Difference) -> str:
    """The usual after the colon; each variant and situation as a sentence of its own."""
    usual = [_detail(detail) for detail in difference.details if not detail.of]
    others = [_other(of, difference.details) for of in dict.fromkeys(d.of for d in difference.details) if of]
    name = _line(difference).name
    if usual:
        return " ".join([f"{name}: {', '.join(usual)}.", *others])
    first, *rest = others
    return " ".join([f"{name}: {first[0].lower()}{first[1:]}", *rest])


def _other(of: str, details: Iterable[Detail]) -> str:
    said = [_detail(detail) for detail in details if detail.of == of]
    if of in tuple(Situation):
        return f"{_IF[Situation(of)]}: {', '.join(said)}."
    return f"{_DAYS[Variant(of)]}: {', '.join(said)}."


_SAY: dict[What, Callable[[Difference], str]] = {
    What.SCHEDULE: _schedule,
    What.ADDED: _added,
    What.CHANGED: _changed,
    What.REMOVED: _removed,
    What.MOVED: _moved,
}
_TELL: dict[What, Callable[[Difference], str]] = {What.ADDED: _tell_added, What.REMOVED: _tell_removed}


# --- One value -----------------------------------------------------------------------------------------------


def _detail(detail: Detail) -> str:
    if detail.about in _NUMBERS:
        return _number(detail)
    return _DETAILS[detail.about](detail.before, detail.after, detail)


def _number(detail: Detail) -> str:
    """`hold 30 seconds instead of 20`. In a variant the usual is what it differs from, so only the new is said."""
    many, one, gone = _NUMBERS[detail.about]
    if detail.after is None:
        return "as usual" if detail.of else gone
    said = (one if detail.after == 1 else many).format(detail.after)
    if detail.before is None:
        return said if detail.of else f"now {said}"
    return f"{said} instead of {detail.before}"


def _text(before: str | None, after: str | None, detail: Detail) -> str:
    said, gone = _TEXTS[detail.about]
    if after:
        return said.format(after)
    return "as usual" if detail.of else gone


def _where(before: str, after: str, detail: Detail) -> str:
    if not after:
        return "as usual" if detail.of else "no longer " + _WHERE[before]
    return f"{_WHERE[after]} instead of {_WHERE[before]}" if before else f"now {_WHERE[after]}"


def _days(before: Any, after: Any, _: Detail) -> str:
    if after is None:
        return "each time you do your program"
    return f"only {after.text}" if before is None else f"{after.text} instead of {before.text}"


def _slots(before: Sequence[str], after: Sequence[str], _: Detail) -> str:
    return f"only at {' and '.join(after)}" if after else "at all your times"


def _note(before: str, after: str, _: Detail) -> str:
    return f"“{after.rstrip('.')}”" if after else "the old note no longer counts"


def _core(before: bool, after: bool, _: Detail) -> str:
    return "do this one on hard days too" if after else "no longer a must on hard days"


def _present(before: bool | None, after: bool | None, _: Detail) -> str:
    if after is None:
        return "as usual"
    return "do it too" if after else "leave it out"


def _instead(before: str, after: str, _: Detail) -> str:
    return f"do {_small(after)} instead" if after else f"no longer {_small(before)} instead"


_DETAILS: dict[str, Callable[[Any, Any, Detail], str]] = {
    "tempo": _text,
    "effort": _text,
    "where": _where,
    "days": _days,
    "slots": _slots,
    "note": _note,
    "core": _core,
    "in": _present,
    "instead": _instead,
}


def _line(difference: Difference) -> Line:
    if difference.line is None:
        raise ValueError(f"{difference.what} names no exercise")
    return difference.line


def _small(name: str) -> str:
    """A name inside a sentence: `chin tuck`; `IT band roll` keeps its capitals."""
    first = name.split(" ")[0]
    return name if first[1:] != first[1:].lower() or len(first) == 1 else name[0].lower() + name[1:]
