"""A photo, a video or a link, and what has to be said about each."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from config.lib import confined
from config.lib.confined import Failed, Limits, Refused, TookTooLong
from config.lib.forms import HouseForm
from config.lib.uploads import END_FIELD, IncomingFile
from exercises import filetypes, images, videos
from exercises.enums import MediaKind
from exercises.models import ExerciseMedia
from exercises.services.media import Words

OTHER = "other"
LICENCES = [
    ("Our own work", "Our own work"),
    ("Used with permission", "Used with permission of the author"),
    ("CC0 1.0", "CC0 1.0: no rights reserved"),
    ("CC BY 4.0", "CC BY 4.0: name the author"),
    ("CC BY-SA 4.0", "CC BY-SA 4.0: name the author, share alike"),
    ("Public domain", "Public domain"),
    (OTHER, "Another licence, in your words"),
]
LARGEST = {MediaKind.PHOTO: images.LARGEST_MB, MediaKind.VIDEO: videos.LARGEST_MB}
ACCEPT = {MediaKind.PHOTO: "image/jpeg,image/png,image/webp", MediaKind.VIDEO: "video/mp4,video/webm"}
CHOOSE = {MediaKind.PHOTO: "Choose a photo.", MediaKind.VIDEO: "Choose a video."}
NOT_WHOLE = "The file did not arrive whole. Send it again."
CHOOSE_AGAIN = "Choose the file again: a browser sends it only with a complete form."
HTTPS_ONLY = "Use an address that begins with https://, for example https://www.youtube.com/watch?v=..."
# Somebody waits for this first look; whatever takes longer is left to the job, which looks at everything again.
FIRST_LOOK = Limits(memory_mb=512, cpu_seconds=3, wall_seconds=5, file_mb=0)


class WordsForm(HouseForm, forms.Form):
    """What it shows, whose it is, on what terms."""

    alt_text = forms.CharField(
        label="What it shows",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For people who cannot see it: posture, support and movement, in one or two sentences.",
    )
    author = forms.CharField(label="Author", max_length=120, help_text="Who took the photo or made the video.")
    licence = forms.ChoiceField(label="Licence", choices=[("", "Choose a licence"), *LICENCES])
    licence_words = forms.CharField(
        label="Licence in your words", max_length=80, required=False, help_text="Only when none of the list fits."
    )

    def __init__(self, *args: Any, media: ExerciseMedia | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(media), **kwargs)

    def clean_alt_text(self) -> str:
        return " ".join(self.cleaned_data["alt_text"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("licence") == OTHER and not data.get("licence_words") and "licence_words" not in self.errors:
            self.add_error("licence_words", "Write the licence, for example: for teaching, by letter of 3 May 2026.")
        return data

    def words(self) -> Words:
        """What the services ask for."""
        data = self.cleaned_data
        licence = data["licence_words"] if data["licence"] == OTHER else data["licence"]
        return Words(alt_text=data["alt_text"], author=data["author"], licence=licence)


def _initial(media: ExerciseMedia | None) -> dict[str, str]:
    if media is None:
        return {}
    is_listed = media.licence in dict(LICENCES)
    licence = {"licence": media.licence} if is_listed else {"licence": OTHER, "licence_words": media.licence}
    return {"alt_text": media.alt_text, "author": media.author, **licence}


class FileForm(WordsForm):
    """A photo or a video. The file has passed the first look when the form is valid; `suffix` is what it is."""

    file = forms.FileField(required=False, allow_empty_file=True)
    field_order = ["file", "alt_text", "author", "licence", "licence_words"]

    def __init__(self, *args: Any, kind: MediaKind, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.is_too_large, self.suffix = kind, is_too_large, ""
        self.fields["file"].label = kind.label
        self.fields["file"].help_text = f"{filetypes.ADVICE[kind]} Show only people who have agreed to be shown."
        megabytes = {"data-most-bytes": LARGEST[kind] * 1024 * 1024, "data-too-large": self.too_large}
        self.fields["file"].widget.attrs |= {"accept": ACCEPT[kind], "required": True, **megabytes}

    @property
    def too_large(self) -> str:
        return f"The file is larger than {LARGEST[self.kind]} MB. {filetypes.ADVICE[self.kind]}"

    @property
    def end_field(self) -> str:
        return END_FIELD

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        upload = data.get("file")
        if fault := self._fault(upload):
            self.add_error("file", fault)
        elif self.errors:
            self.add_error("file", CHOOSE_AGAIN)
        return data

    def _fault(self, upload: Any) -> str:
        if self.is_too_large:
            return self.too_large
        is_file = isinstance(upload, IncomingFile)
        if END_FIELD not in self.data or (is_file and upload.closed):
            return NOT_WHOLE
        if not is_file:
            return CHOOSE[self.kind]
        return self._first_look(upload)

    def _first_look(self, upload: IncomingFile) -> str:
        head = upload.read(filetypes.HEAD)
        if fault := filetypes.fault_of(self.kind, upload.name or "", upload.content_type or "", head):
            return fault
        found = filetypes.type_of(head)
        assert found is not None  # noqa: S101  it had no fault
        self.suffix = found.suffixes[0]
        if self.kind is MediaKind.PHOTO:
            return images.fault_of(head + upload.read())
        return _probe(upload, found.name)


def _probe(upload: IncomingFile, container: str) -> str:
    """What is wrong with a video, as far as its container tells, read in a confined child."""
    upload.flush()
    try:
        confined.run("exercises.videos:probe", upload.path, container, limits=FIRST_LOOK)
    except (Failed, TookTooLong):
        return ""
    except Refused as refusal:
        return str(refusal)
    return ""


class LinkForm(WordsForm):
    """An address elsewhere. It is never opened from here, and nothing of it is embedded."""

    link = forms.URLField(label="Address", max_length=500, assume_scheme="https")
    field_order = ["link", "alt_text", "author", "licence", "licence_words"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["link"].error_messages["invalid"] = HTTPS_ONLY
        self.fields["link"].help_text = "It opens in a new tab. The reader sees which site it leads to."

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        if not is_public(link):
            raise ValidationError(HTTPS_ONLY, code="invalid")
        return link


def is_public(link: str) -> bool:
    """An https address of a named site: no other port, no password in it, no number, no machine next door."""
    parts = urlsplit(link)
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.username is not None or parts.port not in (None, 443):
        return False
    return "." in host.strip(".") and not host.endswith((".local", ".internal", ".localhost")) and not _is_number(host)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rpartition(".")[2].isdigit()
    return True
