"""Ending a prescription."""

from django import forms

from config.lib.forms import DateInput, HouseForm


class EndForm(HouseForm, forms.Form):
    """The last day on which anything is due."""

    on = forms.DateField(label="Last day", widget=DateInput({"class": "form-control"}))
