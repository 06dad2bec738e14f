"""Offering a clinic's exercise to the shared library."""

from __future__ import annotations

from django import forms

from config.lib.forms import HouseForm


class ProposeForm(HouseForm, forms.Form):
    note = forms.CharField(
        label="What is it good for, and what is new about it?",
        max_length=600,
        widget=forms.Textarea({"rows": 3}),
        help_text="The curators read this. Name no patient.",
    )
