"""Which kind of file some first bytes begin, and whether its name and its declared type say the same.

Pure, and quick: nothing is decoded. Two opinions have to agree, our own list and puremagic's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic

from exercises import images, videos
from exercises.enums import MediaKind

HEAD = 4096  # bytes that are enough to know
NO_ARCHIVES = "Zip files are not accepted."
EMPTY = "The file is empty."
DISAGREES = "Its name or declared type says another kind of file than it holds. Save it again in the right format."
ADVICE = {MediaKind.PHOTO: images.ADVICE, MediaKind.VIDEO: videos.ADVICE}


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that we take. The first suffix is the one we store it under."""

    name: str
    kind: MediaKind
    content_type: str
    suffixes: tuple[str, ...]


JPEG = FileType("jpeg", MediaKind.PHOTO, "image/jpeg", (".jpg", ".jpeg"))
PNG = FileType("png", MediaKind.PHOTO, "image/png", (".png",))
WEBP = FileType("webp", MediaKind.PHOTO, "image/webp", (".webp",))
MP4 = FileType("mp4", MediaKind.VIDEO, "video/mp4", (".mp4",))
WEBM = FileType("webm", MediaKind.VIDEO, "video/webm", (".webm",))
TYPES = (JPEG, PNG, WEBP, MP4, WEBM)

# Brands of ISO files that hold a video. HEIC, AVIF and QuickTime share the form and have others.
_MP4_BRANDS = ("isom", "iso2", "iso3", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "M4VH", "dash", "MSNV")
MP4_BRANDS = frozenset(brand.encode() for brand in _MP4_BRANDS)
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh")


def type_of(head: bytes) -> FileType | None:
    """The one of our types that begins with `head`, if both opinions agree."""
    found = _by_signature(head)
    return found if found and found.content_type in _second_opinion(head) else None


def _by_signature(head: bytes) -> FileType | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in MP4_BRANDS:
        return MP4
    return WEBM if head.startswith(b"\x1aE\xdf\xa3") and b"\x42\x82\x84webm" in head[:64] else None


def _second_opinion(head: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def fault_of(wanted: MediaKind, name: str, declared: str, head: bytes) -> str:
    """Why a file that begins with `head` cannot become a `wanted`, with the next step; or ""."""
    advice = ADVICE[wanted]
    if not head:
        return f"{EMPTY} {advice}"
    if head.startswith(ARCHIVES):
        return f"{NO_ARCHIVES} {advice}"
    found = type_of(head)
    if found is None or found.kind != wanted:
        return f"This file cannot be used as a {wanted.value}. {advice}"
    suffix = PurePosixPath(name.lower()).suffix
    agrees = suffix in found.suffixes and declared.lower() == found.content_type
    return "" if agrees else f"{DISAGREES} {advice}"
