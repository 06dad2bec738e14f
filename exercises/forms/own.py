"""Searching a clinic's own exercises, and offering one to the shared library."""

from __future__ import annotations

from django import forms

from config.lib.forms import HouseForm


class OwnSearchForm(HouseForm, forms.Form):
    q = forms.CharField(required=False, max_length=100)


class ProposeForm(HouseForm, forms.Form):
    note = forms.CharField(
        label="What is it good for, and what is new about it?",
        max_length=600,
        widget=forms.Textarea({"rows": 3}),
        help_text="The curators read this. Name no patient.",
    )
