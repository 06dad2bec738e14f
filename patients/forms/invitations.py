"""Asking people in, and the door they come through."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from config.lib.forms import HouseForm
from patients.enums import Role
from patients.models import Invitation, User

LONGEST_PASSWORD = 128


class InviteForm(HouseForm, forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)


class StaffInviteForm(InviteForm):
    name = forms.CharField(max_length=150)
    role = forms.ChoiceField(
        choices=[(Role.THERAPIST.value, "Therapist"), (Role.CLINIC_ADMIN.value, "Clinic admin")],
        widget=forms.RadioSelect,
        initial=Role.THERAPIST.value,
    )
    field_order = ["name", "email", "role"]


class JoinForm(HouseForm, forms.Form):
    """What a new colleague adds to the invitation: the name as it shall appear, and a password."""

    name = forms.CharField(label="Your name", max_length=150)
    password = forms.CharField(
        label="Password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three or four unrelated words are easy to remember.",
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        self.invitation = invitation
        super().__init__(*args, initial={"name": invitation.name}, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        person = User(email=self.invitation.email, name=self.data.get("name", self.invitation.name))
        try:
            password_validation.validate_password(password, person)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return password
