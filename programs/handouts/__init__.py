"""Handouts: what a patient takes home on paper. Values in `content`, read by `gather`, laid out by `layout`."""

from __future__ import annotations

import hashlib
import json

from django.core.cache import cache

from config.lib import pdf
from config.lib.pdf import Document, PdfFailed
from programs.handouts.content import ALL, FORMS, WEEKS, Content, Options
from programs.handouts.gather import for_anybody, of_program, of_version
from programs.handouts.layout import lay_out

__all__ = [
    "ALL",
    "FORMS",
    "WEEKS",
    "Content",
    "Options",
    "PdfFailed",
    "for_anybody",
    "lay_out",
    "of_program",
    "of_version",
    "preview",
    "render",
]

SCREEN = 84.0  # dots an inch: an A4 page is 695 wide, sharp enough to look at
KEPT = 600  # seconds


def render(content: Content, options: Options) -> bytes:
    """The sheet as tagged PDF (PDF/UA-1). Raises PdfFailed."""
    return pdf.make(lay_out(content, options))


def preview(content: Content, options: Options) -> list[bytes]:
    """Its pages as PNG for the screen; the same sheet is drawn once in ten minutes. Raises PdfFailed."""
    document = lay_out(content, options)
    key = f"handout:{digest(document)}"
    pages: list[bytes] | None = cache.get(key)
    if pages is None:
        pages = pdf.make_pictures(document, ppi=SCREEN)
        cache.set(key, pages, KEPT)
    return pages


def digest(document: Document) -> str:
    """The same for the same sheet, and for no other."""
    whole = hashlib.sha256(document.source.encode())
    whole.update(json.dumps([document.data, str(document.on)], sort_keys=True).encode())
    for name in sorted(document.files):
        whole.update(name.encode() + hashlib.sha256(document.files[name]).digest())
    return whole.hexdigest()
