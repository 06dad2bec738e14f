"""The library as django-import-export sees it: the columns of every file, in their order, and the rows behind codes.

A resource reads, compares and judges. It saves nothing: `exercises.services.imports` writes, through the one door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource

from exercises.enums import Equipment, EvidenceStrength, ExerciseState, Kind, Level, Position, Region
from exercises.features import Feature
from exercises.library import NEIGHBOURS
from exercises.models import DOSE_LIMITS, Exercise, Facet
from exercises.transfer.fields import Column, Day, Effort, Flag, OneWord, Part, Particular, Text, Texts, Whole, Words

FEATURES = [feature for feature in Feature if feature is not Feature.ANY_EXERCISE]
MOST_ALIASES, LONGEST_ALIAS = 20, 160
MOST_STEPS, LONGEST_STEP = 12, 300
LONGEST_PARTICULAR = 300
CODE = r"[A-Za-z0-9][A-Za-z0-9-]{0,17}"
A_CODE = "Write a code of letters, digits and hyphens, at most 18 characters."
NEEDED = ("name", "kind", "level", "strength")


def _text(name: str, **kwargs: Any) -> Column:
    field: Any = Exercise._meta.get_field(name)
    return Column(name, name, Text(field.max_length, **kwargs))


def _number(name: str) -> Column:
    return Column(name, name, Whole(DOSE_LIMITS[name]))


def _particular(name: str) -> Particular:
    return Particular(f"particulars__{name}", name, Text(LONGEST_PARTICULAR))


def _neighbour(name: str) -> Part:
    return Part(f"neighbours__{name}", name, Text(24, pattern=CODE, sentence=A_CODE))


class ExerciseResource(Resource):
    """All content of an exercise, and where it stands (`state`, which only review decides)."""

    code = Column("code", "code", Text(18, pattern=CODE, sentence=A_CODE), readonly=True)
    state = Column("state", "state", OneWord(ExerciseState), readonly=True)
    name = _text("name", required=True)
    kind = Column("kind", "kind", OneWord(Kind))
    level = Column("level", "level", OneWord(Level))
    regions = Part("facets__region", "regions", Words(list(Region)))
    positions = Part("facets__position", "positions", Words(list(Position)))
    equipment = Part("facets__equipment", "equipment", Words(list(Equipment)))
    features = Column("features", "features", Words(FEATURES))
    aliases = Column("aliases", "aliases", Texts(MOST_ALIASES, LONGEST_ALIAS))
    figure = _text("figure", pattern=CODE, sentence=A_CODE)
    set_up = _text("set_up")
    steps = Column("steps", "steps", Texts(MOST_STEPS, LONGEST_STEP))
    cue = _text("cue")
    breathing = _text("breathing")
    feel = _text("feel")
    stop_if = _text("stop_if")
    why = _text("why")
    mistake = _text("mistake")
    zone = _particular("zone")
    pressure = _particular("pressure")
    never_over = _particular("never_over")
    skin_check = _particular("skin_check")
    cloth = _particular("cloth")
    effort = Effort("particulars__effort", "effort", Text(80))
    sets = _number("sets")
    repetitions = _number("repetitions")
    hold_seconds = _number("hold_seconds")
    duration_minutes = _number("duration_minutes")
    rest_seconds = _number("rest_seconds")
    per_side = Column("per_side", "per_side", Flag())
    frequency = _text("frequency")
    easier = _neighbour("easier")
    harder = _neighbour("harder")
    no_floor = _neighbour("no_floor")
    no_roller = _neighbour("no_roller")
    at_work = _neighbour("at_work")
    too_painful = _neighbour("too_painful")
    strength = Column("strength", "strength", OneWord(EvidenceStrength))
    source = _text("source")
    evidence_note = _text("evidence_note")
    review_due_on = Column("review_due_on", "review_due_on", Day())

    class Meta:
        model = Exercise
        import_id_fields = ["code"]
        skip_unchanged = True
        skip_html_diff = True
        store_instance = True

    def init_instance(self, row: Any = None) -> Exercise:
        facets: dict[str, list[str]] = {facet.value: [] for facet in Facet}
        return Exercise(shared=True, state=ExerciseState.DRAFT.value, facets=facets)

    def import_instance(self, instance: Exercise, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Put the cells into the instance. Raises ValidationError with one sentence for each column in trouble."""
        errors = {}
        for field in self.get_import_fields():
            try:
                self.import_field(field, instance, row, **kwargs)
            except ValueError as error:
                errors[field.column_name] = ValidationError(str(error), code="invalid")
        for name in NEEDED if instance._state.adding else ():
            if name not in errors and not getattr(instance, name):
                errors[name] = ValidationError("A new exercise needs this.", code="required")
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance: Exercise, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Nothing: whoever asked has the instance and decides."""


class Ready(BaseInstanceLoader):
    """An instance loader for a row whose exercise is known already."""

    def __init__(self, instance: Exercise | None) -> None:
        self.instance = instance

    def get_instance(self, row: Any) -> Exercise | None:
        return self.instance


COLUMNS = tuple(ExerciseResource.fields)
KNOWN = frozenset(COLUMNS)


def neighbours_in(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The columns of a row that name other exercises, with the codes in them."""
    for name in NEIGHBOURS:
        code = str(row.get(name) or "").strip()
        if code:
            yield name, code
