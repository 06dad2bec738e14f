"""What is posted about the variant in force: which one, for how many days, and how a lapsed flare goes."""

from __future__ import annotations

from django import forms

from config.lib.forms import HouseForm, WholeNumberField
from config.lib.words import Word
from programs.enums import Variant
from programs.services.variants import MOST_DAYS

CHOOSE = "Choose usual, easier or flare."
ANSWER = "Choose one of the three answers."


class Answer(Word):
    """To the question whether a lapsed flare is over."""

    OVER = "over"
    BETTER = "better"
    BAD = "bad"


class VariantForm(HouseForm, forms.Form):
    """Without `days` a flare lasts as long as the program says, and an easy time until it is changed."""

    variant = forms.ChoiceField(
        choices=Variant.choices(), error_messages={"invalid_choice": CHOOSE, "required": CHOOSE}
    )
    days = WholeNumberField(label="Days", low=1, high=MOST_DAYS, required=False)


class CheckForm(HouseForm, forms.Form):
    answer = forms.ChoiceField(choices=Answer.choices(), error_messages={"invalid_choice": ANSWER, "required": ANSWER})
