"""What the list of programs is narrowed to."""

from __future__ import annotations

from operator import itemgetter

from django import forms

from config.lib.forms import HouseForm
from exercises.enums import Kind
from patients.conditions import RECORDABLE, Condition
from programs.models.programs import ProgramQuerySet

# Whole weeks since the operation that stand for each part of the way; negative is before it.
WEEKS = {"before": -4, "early": 3, "later": 8}
CLEARED = "cleared"  # no number of weeks says so
CONDITIONS: list[tuple[str, str]] = sorted(((one.value, one.label) for one in RECORDABLE), key=itemgetter(1))
AROUND = [
    ("before", "Before a hip replacement"),
    ("early", "Weeks 0 to 6 after it"),
    ("later", "Weeks 6 to 12 after it"),
    (CLEARED, "When it is cleared"),
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
            found = found.holding_kind(said["kind"])
        if said["condition"]:
            found = found.made_for(said["condition"])
        if said["around"] in WEEKS:
            found = found.meant_for_week(WEEKS[said["around"]])
        if said["around"] == CLEARED:
            found = found.made_for(Condition.THA_CLEARED)
        return found.order_by(*self.ORDERS[said["sort"]])

    @property
    def is_narrowed(self) -> bool:
        return any(value for name, value in self.said.items() if name != "sort")
