"""What the list of programs is narrowed to."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from config.lib.forms import HouseForm
from exercises.enums import Kind
from patients.conditions import RECORDABLE
from programs.models import ProgramItem
from programs.models.programs import ProgramQuerySet

# Whole weeks since the operation that stand for each part of the way; negative is before it.
WEEKS = {"before": -4, "early": 3, "later": 8, "cleared": 20}
CONDITIONS: list[tuple[str, str]] = sorted(((one.value, one.label) for one in RECORDABLE), key=itemgetter(1))
AROUND = [
    ("before", "Before a hip replacement"),
    ("early", "Weeks 0 to 6 after it"),
    ("later", "Weeks 6 to 12 after it"),
    ("cleared", "When it is cleared"),
]


class ListFilter(HouseForm, forms.Form):
    """Anything odd in the address is treated as not said."""

    ORDERS = {
        "name": ["name", "pk"],
        "-name": ["-name", "pk"],
        "-changed": ["-updated_at", "pk"],
        "changed": ["updated_at", "pk"],
    }
    q = forms.CharField(max_length=100, required=False)
    owner = forms.ChoiceField(choices=[("own", "Our own"), ("shared", "Ready-made")], required=False)
    kind = forms.ChoiceField(choices=Kind.choices(), required=False)
    condition = forms.ChoiceField(choices=CONDITIONS, required=False)
    around = forms.ChoiceField(choices=AROUND, required=False)
    sort = forms.ChoiceField(choices=[(order, order) for order in ORDERS], required=False)

    @property
    def said(self) -> dict[str, str]:
        """What was asked for, "" where nothing was."""
        self.is_valid()
        wanted = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return wanted | {"sort": wanted["sort"] or "name"}

    def narrow(self, found: ProgramQuerySet) -> ProgramQuerySet:
        """The programs asked for, in the order asked for."""
        said = self.said
        found = found.matching(said["q"])
        if said["owner"]:
            found = found.filter(shared=said["owner"] == "shared")
        if said["kind"]:
            found = found.filter(_holds(said["kind"]))
        if said["condition"]:
            # A list inside JSON: SQLite cannot ask for one of its members, so its text is asked.
            found = found.annotate(made_for_text=Cast("made_for", TextField()))
            found = found.filter(made_for_text__contains=f'"{said["condition"]}"')
        if said["around"]:
            found = found.filter(_meant_for(WEEKS[said["around"]]))
        return found.order_by(*self.ORDERS[said["sort"]])

    @property
    def is_narrowed(self) -> bool:
        return any(value for name, value in self.said.items() if name != "sort")


def _holds(kind: str) -> Any:
    """Some exercise of the program is of this kind."""
    return Exists(ProgramItem.objects.filter(program=OuterRef("pk"), exercise__kind=kind))


def _meant_for(week: int) -> Q:
    """For this week around a hip replacement; a program without an end goes on."""
    has_begun, has_no_end = Q(meant_for__from__lte=week), ~Q(meant_for__has_key="to")
    return has_begun & (has_no_end | Q(meant_for__to__gt=week))
