"""What a patient posts from the pages of a day. The buttons send fixed words; anything else is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from config.lib.forms import HouseForm
from patients.forms.diary import CLEAR, pain_field
from patients.forms.fields import DayField
from programs.enums import EntryStatus, Situation, SkipReason
from programs.services.sessions import EntryDraft, SessionDraft

OPEN = "open"  # takes an answer back
SLOT = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
MOST_LINES = 200
WITH_REASON = [f"{status}:{reason}" for status in (EntryStatus.SKIPPED, EntryStatus.PARTLY) for reason in SkipReason]
ANSWERS = [(word, word) for word in [OPEN, *EntryStatus, *WITH_REASON]]


def slot_field() -> forms.RegexField:
    return forms.RegexField(SLOT, required=False, error_messages={"invalid": "This is not a time of day."})


def entry(item_id: UUID, answer: str, swapped_to: UUID | None = None, swapped_for: str = "") -> EntryDraft:
    """`skipped:pain` as an entry; `open` is none."""
    status, _, reason = answer.partition(":")
    return EntryDraft(item_id, "" if status == OPEN else status, reason, swapped_to=swapped_to, swapped_for=swapped_for)


def score(value: str) -> int | None:
    """The rating in a button's value; None when it takes one back or says nothing."""
    return int(value) if value and value != CLEAR else None


class SessionForm(HouseForm, forms.Form):
    """One exercise's answer, or a rating, or the note of one set. Absent fields stay as they are."""

    client_uuid = forms.UUIDField()
    prescription = forms.UUIDField()
    local_date = DayField(label="Day")
    slot = slot_field()
    item = forms.UUIDField(required=False)
    answer = forms.ChoiceField(
        choices=ANSWERS, required=False, error_messages={"invalid_choice": "Choose done, partly or skipped."}
    )
    was = forms.ChoiceField(choices=ANSWERS, required=False)
    swapped_to = forms.UUIDField(required=False)
    swapped_for = forms.ChoiceField(choices=Situation.choices(), required=False)
    pain_before = pain_field()
    pain_after = pain_field()
    was_pain = pain_field()
    note = forms.CharField(
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"max_length": "The note can have 1000 characters. Shorten it a little."},
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("item") and not data.get("answer"):
            self.add_error("answer", "Choose done, partly or skipped.")
        if bool(data.get("swapped_to")) != bool(data.get("swapped_for")):
            self.add_error("answer", "Say which exercise you did instead, and why.")
        return data

    @property
    def draft(self) -> SessionDraft:
        data = self.cleaned_data
        pain = {name: data[name] for name in ("pain_before", "pain_after") if data[name]}
        return SessionDraft(
            prescription_id=data["prescription"],
            local_date=data["local_date"],
            slot=data["slot"],
            entries=self._entries(data),
            note=data["note"] if "note" in self.data else None,
            pain_before=score(data["pain_before"]),
            pain_after=score(data["pain_after"]),
            cleared=frozenset(name for name, value in pain.items() if value == CLEAR),
        )

    @staticmethod
    def _entries(data: dict[str, Any]) -> tuple[EntryDraft, ...]:
        if not data["item"]:
            return ()
        if data["answer"].partition(":")[0] in (OPEN, EntryStatus.SKIPPED):
            return (entry(data["item"], data["answer"]),)  # nothing was done instead
        return (entry(data["item"], data["answer"], data["swapped_to"], data["swapped_for"]),)


class LinesField(forms.Field):
    """`prescription|slot|item`, repeated, as a list of triples."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"required": "Nothing is open.", "invalid": "This list of exercises is not right."}

    def to_python(self, value: Any) -> list[tuple[UUID, str, UUID]]:
        if len(value or []) > MOST_LINES:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return [self._triple(line) for line in value or []]

    def _triple(self, line: str) -> tuple[UUID, str, UUID]:
        try:
            prescription, slot, item = line.split("|")
            return UUID(prescription), slot_field().clean(slot), UUID(item)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class AllDoneForm(HouseForm, forms.Form):
    """Everything that was open when the page was drawn, in one answer, with one rating at the end."""

    client_uuid = forms.UUIDField()
    local_date = DayField(label="Day")
    lines = LinesField()
    answer = forms.ChoiceField(choices=[("done", "done"), (OPEN, OPEN)])
    pain = pain_field()

    @property
    def drafts(self) -> list[SessionDraft]:
        """One for each set, by time of day; the rating goes to the last one."""
        data = self.cleaned_data
        sets: dict[tuple[UUID, str], list[EntryDraft]] = {}
        for prescription, slot, item in data["lines"]:
            sets.setdefault((prescription, slot), []).append(entry(item, data["answer"]))
        ordered = sorted(sets.items(), key=lambda one: (one[0][1], str(one[0][0])))
        return [
            SessionDraft(
                prescription_id=prescription,
                local_date=data["local_date"],
                slot=slot,
                entries=tuple(entries),
                only_open=data["answer"] != OPEN,
                **self._pain(is_last=position == len(ordered)),
            )
            for position, ((prescription, slot), entries) in enumerate(ordered, start=1)
        ]

    def _pain(self, *, is_last: bool) -> dict[str, Any]:
        pain = self.cleaned_data["pain"]
        if not pain or not is_last:
            return {}
        return {"cleared": frozenset({"pain_after"})} if pain == CLEAR else {"pain_after": score(pain)}
