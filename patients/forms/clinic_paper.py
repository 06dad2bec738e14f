"""The paper in a clinic's printer, and the logo on it."""

from __future__ import annotations

from typing import Any

from django import forms

from config.lib import logos
from config.lib.forms import HouseForm
from config.lib.uploads import END_FIELD, IncomingFile
from patients.enums import Paper

PAPER_WORDS = {Paper.A4: "A4 (210 × 297 mm)", Paper.LETTER: "US Letter (8.5 × 11 in)"}
TOO_LARGE = f"The file is larger than {logos.LARGEST_MB} MB. {logos.ADVICE}"
NOT_WHOLE = "The file did not arrive whole. Send it again."


class ClinicPaperForm(HouseForm, forms.Form):
    paper = forms.TypedChoiceField(
        label="Paper in the printer", choices=[(one.value, PAPER_WORDS[one]) for one in Paper], coerce=Paper
    )


class LogoForm(HouseForm, forms.Form):
    """A picture that has passed the first look: whole, not too large, of a kind that we take."""

    logo = forms.FileField(label="Logo", required=False, allow_empty_file=True, help_text=logos.ADVICE)

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_too_large = is_too_large
        self.fields["logo"].widget.attrs |= {"accept": "image/png,image/jpeg,image/webp", "required": True}

    @property
    def end_field(self) -> str:
        return END_FIELD

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if fault := self._fault(data.get("logo")):
            self.add_error("logo", fault)
        return data

    def _fault(self, upload: Any) -> str:
        if self.is_too_large:
            return TOO_LARGE
        is_file = isinstance(upload, IncomingFile)
        if END_FIELD not in self.data or (is_file and upload.closed):
            return NOT_WHOLE
        if not is_file:
            return "Choose a picture."
        head = upload.read(16)
        upload.flush()
        return "" if logos.is_picture(head) else logos.ADVICE
