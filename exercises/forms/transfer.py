"""What a curator chooses: a file to import, how to export."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from config.lib.forms import HouseForm
from config.lib.uploads import END_FIELD, IncomingFile
from exercises.enums import JobLayout, Kind
from exercises.models.exercises import ExerciseQuerySet
from exercises.transfer import readers
from exercises.transfer.readers import TOO_LARGE, Source
from exercises.transfer.refusals import MEGABYTE, MOST_BYTES, MOST_JSON_BYTES, MOST_ROWS, FileRefused
from exercises.transfer.resources import KNOWN

NOT_WHOLE = "The file did not arrive whole. Send it again."
LAYOUTS = [
    (JobLayout.XLSX.value, JobLayout.XLSX.label),
    (JobLayout.CSV.value, JobLayout.CSV.label),
    (JobLayout.JSON.value, JobLayout.JSON.label),
]
EXTENTS = [("published", "Published exercises"), ("whole", "Everything: also drafts and retired ones")]


def _key() -> Any:
    """Made with the page, so that a form that is sent twice makes one job."""
    return forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)


class KeyForm(HouseForm, forms.Form):
    key = _key()


class ImportForm(HouseForm, forms.Form):
    """One file, looked at from end to end; `source` says what it is when the form is valid."""

    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        label="File",
        help_text=(
            f"CSV or XLSX up to {MOST_BYTES // MEGABYTE} MB, JSON up to {MOST_JSON_BYTES // MEGABYTE} MB, "
            f"at most {MOST_ROWS:,} rows."
        ),
    )
    key = _key()
    source: Source

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_too_large = is_too_large
        attributes = {"accept": ".csv,.tsv,.txt,.xlsx,.json", "required": True, "data-most-bytes": MOST_BYTES}
        self.fields["file"].widget.attrs |= attributes | {"data-too-large": TOO_LARGE}

    @property
    def end_field(self) -> str:
        return END_FIELD

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            self.source = self._source(data.get("file"))
        except FileRefused as refusal:
            self.add_error("file", ValidationError(str(refusal), code="refused"))
        return data

    def _source(self, upload: Any) -> Source:
        if self.is_too_large:
            raise FileRefused(TOO_LARGE)
        is_file = isinstance(upload, IncomingFile)
        if END_FIELD not in self.data or (is_file and upload.closed):
            raise FileRefused(NOT_WHOLE)
        if not is_file:
            raise FileRefused("Choose a file.")
        return readers.inspect(upload.file, upload.name or "", upload.size or 0, KNOWN)


class ExportForm(HouseForm, forms.Form):
    layout = forms.ChoiceField(
        choices=LAYOUTS,
        initial=JobLayout.XLSX.value,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a format.", "invalid_choice": "Choose a format from the list."},
    )
    extent = forms.ChoiceField(
        label="What",
        choices=EXTENTS,
        initial="published",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what to export.", "invalid_choice": "Choose from the list."},
    )
    key = _key()


class DraftsForm(HouseForm, forms.Form):
    """Which drafts of an import to show; what is not understood is left out."""

    q = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False, choices=[("", "Every kind"), *Kind.choices()])

    def narrow(self, drafts: ExerciseQuerySet) -> ExerciseQuerySet:
        asked = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        if words := asked.get("q"):
            drafts = drafts.filter(name__icontains=words)
        return drafts.filter(kind=asked["kind"]) if asked.get("kind") else drafts
