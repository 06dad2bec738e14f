"""The editor of an exercise: everything a curator or a clinic's author writes, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from operator import itemgetter
from typing import Any, Literal, cast
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property

from config.lib.forms import DateInput, HouseForm, WholeNumberField
from config.lib.models import storable
from exercises import duplicates
from exercises.access import Desk
from exercises.differences import LABELS
from exercises.dosage import Dose
from exercises.enums import Equipment, EvidenceStrength, Kind, Level, Position, Region
from exercises.features import Feature
from exercises.forms.fields import LinesField, ListField, NeighbourField, Neighbours, WordsField
from exercises.library import MOST_STEPS, NEIGHBOURS, PARTICULARS, TEXTS
from exercises.models import DOSE_LIMITS, Exercise, Facet
from exercises.pictures import all_pictures

USUAL_REVIEW = timedelta(days=365)
EARLIEST_REVIEW, LATEST_REVIEW = date(2000, 1, 1), timedelta(days=3660)
LONGEST_ALIAS, MOST_ALIASES = 160, 20
LONGEST_STEP, MOST_BOXES = 300, 12
SPARE_BOXES = 3
LONGEST_NOTE = 600
LONGEST_SEARCH = 200
LONGEST_PARTICULAR, LONGEST_EFFORT = 300, 80
# What only some kinds have; which kinds: `PARTICULARS`.
PARTICULAR_NAMES = ("zone", "pressure", "never_over", "skin_check", "cloth", "effort")
HELP = {
    "aliases": "Names that patients use. One a line, or with commas.",
    "steps": "Each is read aloud on its own: under 20 words.",
    "zone": "From where to where.",
    "never_over": "Bones, joints, veins, broken skin.",
    "effort": "By the talk test: can one talk, can one sing?",
    "cue": "One thing to keep in mind.",
    "frequency": "For example “Daily” or “3 per week”.",
    "source": "Study, guideline, patient body; or say that it is your own knowledge.",
    "evidence_note": "Honestly: what was studied, in whom, and what was not.",
    "stop_if": "“Stop if …”, as it is read to the patient.",
}
# Fields that are columns as they stand, and what an unread one is.
PLAIN = [
    *("name", "kind", "level", "aliases", "figure", *TEXTS, "steps", "features", "frequency", *DOSE_LIMITS, "per_side"),
    *("strength", "source", "evidence_note", "review_due_on"),
]
TYPED = ["name", *TEXTS, "steps", "frequency", "source", "evidence_note"]
EMPTY: dict[str, Any] = {"aliases": [], "steps": [], "features": [], "per_side": False, "review_due_on": None}
EMPTY |= dict.fromkeys(DOSE_LIMITS)
UNITS = {
    "sets": "sets",
    "repetitions": "times",
    "hold_seconds": "s",
    "duration_minutes": "min",
    "rest_seconds": "s",
}


def _text(name: str, *, rows: int = 0, longest: int = 0, required: bool = False) -> forms.CharField:
    limit = longest or getattr(Exercise._meta.get_field(name), "max_length", None)
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=LABELS[name], max_length=limit, required=required, widget=widget, help_text=HELP.get(name, "")
    )


def _number(name: str) -> WholeNumberField:
    return WholeNumberField(low=1, high=DOSE_LIMITS[name], required=False, label=LABELS[name])


def _one_of(name: str, choices: list[tuple[str, str]], **kwargs: Any) -> forms.ChoiceField:
    field = forms.ChoiceField(label=LABELS[name], choices=choices, **kwargs)
    field.error_messages |= {"invalid_choice": "Choose from the list.", "required": f"Choose the {name}."}
    return field


class EditorForm(HouseForm, forms.Form):
    """Judges what cannot be stored; what is missing is told by `exercises.completeness` and may wait."""

    # What it is
    name = _text("name", required=True)
    aliases = LinesField(
        label=LABELS["aliases"], item="Name", longest=LONGEST_ALIAS, most=MOST_ALIASES, help_text=HELP["aliases"]
    )
    kind = _one_of("kind", [("", "Choose"), *Kind.choices()])
    level = _one_of("level", Level.choices(), initial=Level.BEGINNER.value, widget=forms.RadioSelect)
    region = WordsField(Region, label=LABELS["region"])
    position = WordsField(Position, label=LABELS["position"])
    equipment = WordsField(Equipment, label=LABELS["equipment"])
    figure = _one_of("figure", [], required=False)
    # How it is done
    set_up = _text("set_up", rows=3)
    steps = ListField(
        label=LABELS["steps"], item="Step", longest=LONGEST_STEP, most=MOST_BOXES, help_text=HELP["steps"]
    )
    cue = _text("cue")
    breathing = _text("breathing", rows=2)
    feel = _text("feel", rows=2)
    mistake = _text("mistake", rows=2)
    zone = _text("zone", longest=LONGEST_PARTICULAR)
    pressure = _text("pressure", longest=LONGEST_PARTICULAR)
    never_over = _text("never_over", longest=LONGEST_PARTICULAR)
    skin_check = _text("skin_check", longest=LONGEST_PARTICULAR)
    cloth = _text("cloth", longest=LONGEST_PARTICULAR)
    effort = _text("effort", longest=LONGEST_EFFORT)
    why = _text("why", rows=2)
    # Safety
    features = WordsField(
        [feature for feature in Feature if feature is not Feature.ANY_EXERCISE], label=LABELS["features"]
    )
    stop_if = _text("stop_if", rows=2)
    # Dose
    sets = _number("sets")
    repetitions = _number("repetitions")
    hold_seconds = _number("hold_seconds")
    duration_minutes = _number("duration_minutes")
    rest_seconds = _number("rest_seconds")
    per_side = forms.BooleanField(label=LABELS["per_side"], required=False)
    frequency = _text("frequency")
    # Instead of this one
    easier = NeighbourField(label=LABELS["easier"])
    harder = NeighbourField(label=LABELS["harder"])
    no_floor = NeighbourField(label=LABELS["no_floor"])
    no_roller = NeighbourField(label=LABELS["no_roller"])
    at_work = NeighbourField(label=LABELS["at_work"])
    too_painful = NeighbourField(label=LABELS["too_painful"])
    # Evidence
    strength = _one_of(
        "strength", EvidenceStrength.choices(), initial=EvidenceStrength.C.value, widget=forms.RadioSelect
    )
    source = _text("source", rows=1)
    evidence_note = _text("evidence_note", rows=3)
    review_due_on = forms.DateField(label=LABELS["review_due_on"], required=False, widget=DateInput)
    # This change
    reason = forms.CharField(
        label="What is new, and why?",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the second person and for the history.",
    )
    same_name_ok = forms.BooleanField(label="Keep this name all the same", required=False)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    base = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        desk: Desk,
        today: date,
        revision: int = 0,
        base: int = 0,
        do: Literal["look", "save", "submit"] = "save",
    ) -> None:
        """`do`: only look at what is typed, or judge it as a draft to save, or as one to submit."""
        self.desk, self.do, self.today = desk, do, today
        known = _initial(desk.exercise) if desk.exercise else _fresh(today)
        super().__init__(data, initial=known | {"revision": revision, "base": base})
        for name in ("region", "position", "equipment", "features"):
            self.fields[name].initial = known.get(name, [])
        for field in self.fields.values():
            if getattr(field.widget, "input_type", "text") not in ("checkbox", "radio", "hidden"):
                field.widget.attrs["class"] = "form-control"
        self.fields["kind"].widget.attrs["class"] = "form-select"
        self.fields["figure"].widget.attrs["class"] = "form-select"
        cast(forms.ChoiceField, self.fields["figure"]).choices = _drawings(known.get("figure", ""), named=do != "look")
        self._introduce_neighbours()

    def _introduce_neighbours(self) -> None:
        typed = [str(self[name].value() or "")[:200] for name in NEIGHBOURS]
        known = Neighbours(None if self.do == "look" else self.desk.library, typed, self.desk.code)
        for name in NEIGHBOURS:
            cast(NeighbourField, self.fields[name]).known = known

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                css = self.fields[name].widget.attrs.get("class", "")
                self.fields[name].widget.attrs["class"] = f"{css} is-invalid".strip()

    def clean_equipment(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["equipment"]
        if Equipment.NONE in chosen and len(chosen) > 1:
            raise forms.ValidationError("“No equipment” cannot stand beside other equipment.")
        return chosen

    def clean_source(self) -> str:
        return " ".join(self.cleaned_data["source"].split())  # one line, though its box wraps

    def clean_review_due_on(self) -> date | None:
        day: date | None = self.cleaned_data["review_due_on"]
        if day and not EARLIEST_REVIEW <= day <= self.today + LATEST_REVIEW:
            raise forms.ValidationError("Choose a day within the next ten years.")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.do != "look" and data.get("name") and not data.get("same_name_ok") and (other := self.namesake):
            self.add_error("name", f"{other.code} has this name already. Choose another, or tick that you mean it.")
        if self.do == "submit" and self.desk.published and not data.get("reason"):
            self.add_error("reason", "Say what is new, and why. The second person reads it.")
        return data

    @cached_property
    def namesake(self) -> Exercise | None:
        """Another exercise with exactly this name, in the same library."""
        return duplicates.same_name(self.cleaned_data["name"], self.desk.scope, without=self.desk.keys)

    @property
    def content(self) -> dict[str, Any]:
        """The form by column, ready for `curation.create` and `save` once it is valid; until then texts as typed."""
        data = {name: self[name].value() for name in TYPED if name in self.errors} | self.cleaned_data
        content = {name: data.get(name, EMPTY.get(name, "")) for name in PLAIN}
        wanted = PARTICULARS.get(Kind(content["kind"]), ()) if content["kind"] else ()
        content["facets"] = {facet.value: data.get(facet.value, []) for facet in Facet}
        content["particulars"] = {name: data[name] for name in wanted if data.get(name)}
        content["neighbours"] = {name: data[name] for name in NEIGHBOURS if data.get(name)}
        content["effort"] = content["particulars"].get("effort", "")
        return content

    def hold_on(self, **revisions: int) -> None:
        """What the next save is made from, after somebody else was faster. All that was typed stays."""
        sent = cast(QueryDict, self.data).copy()
        sent.update({name: str(number) for name, number in revisions.items()})
        self.data = sent

    # --- For the page ---

    @property
    def fresh(self) -> dict[str, Any]:
        """The content of an empty page, as far as it is filled in for the writer."""
        return {"review_due_on": self.get_initial_for_field(self.fields["review_due_on"], "review_due_on")}

    @property
    def asks_about_name(self) -> bool:
        """True when the name is somebody else's and the writer has to choose."""
        return "name" in self.errors and bool(self.__dict__.get("namesake"))

    @property
    def neighbour_names(self) -> dict[str, str]:
        """Names by code of the neighbours that are named in this form."""
        return cast(NeighbourField, self.fields["easier"]).known.names

    @property
    def step_boxes(self) -> list[tuple[int, str, bool]]:
        """Number, text, and whether it is spare: without JavaScript there are always boxes left to write in."""
        texts = [text for text in self["steps"].value() or [] if text.strip()]
        total = max(MOST_STEPS, len(texts))
        filled = max(SPARE_BOXES, len(texts))
        texts += [""] * (total - len(texts))
        return [(number, text, number > filled) for number, text in enumerate(texts, 1)]

    @property
    def dose_fields(self) -> list[tuple[forms.BoundField, str]]:
        """The numbers, each with its unit."""
        return [(self[name], UNITS[name]) for name in UNITS]

    @property
    def neighbour_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in NEIGHBOURS]

    @property
    def particular_fields(self) -> Iterator[tuple[forms.BoundField, str]]:
        """The fields that only some kinds have, each with these kinds."""
        for name in PARTICULAR_NAMES:
            kinds = [kind.value for kind, names in PARTICULARS.items() if name in names]
            yield self[name], " ".join(kinds)


def _drawings(own: str, *, named: bool) -> list[tuple[str, str]]:
    """What can be shown: the drawings that there are, each by the name of the exercise it was made for."""
    codes = {own, *all_pictures()} - {""}
    shared = Exercise.objects.for_clinic(None).filter(code__in=codes)
    names = dict(shared.values_list("code", "name")) if named else {}
    return [("", "No drawing yet"), *sorted(((code, names.get(code, code)) for code in codes), key=itemgetter(1))]


def _fresh(today: date) -> dict[str, Any]:
    return {"review_due_on": today + USUAL_REVIEW, "key": uuid4()}


def _initial(exercise: Exercise) -> dict[str, Any]:
    known = {name: getattr(exercise, name) for name in PLAIN}
    facets = {facet.value: exercise.facets.get(facet.value, []) for facet in Facet}
    return known | facets | exercise.particulars | exercise.neighbours


class FindForm(HouseForm, forms.Form):
    """What the search beside a neighbour asks: for which of the boxes."""

    slot = forms.ChoiceField(choices=[(name, name) for name in NEIGHBOURS])

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        for name in NEIGHBOURS:
            self.fields[name] = forms.CharField(required=False, max_length=LONGEST_SEARCH, validators=[storable])


def dose_of(content: Mapping[str, Any]) -> str:
    """The dose in words, for the panel beside the form."""
    numbers: Any = {name: content.get(name) for name in ("sets", "repetitions", "hold_seconds", "duration_minutes")}
    return Dose(**numbers, per_side=bool(content.get("per_side"))).text
