"""What a clinic's handouts are printed on and with: the paper in the printer, the logo."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction

from config.lib import confined, logos
from config.lib.confined import Failed
from patients import audit
from patients.enums import Paper
from patients.models import Clinic, ClinicLogo, User

MOST_BYTES = 1024 * 1024  # of the logo that we have made


def folder() -> Path:
    """Where an upload lies while it comes in; what a killed process leaves there is swept daily."""
    return Path(settings.MEDIA_ROOT) / "incoming"


def logo_of(clinic: Clinic) -> ClinicLogo | None:
    """What stands on top of the clinic's handouts."""
    return ClinicLogo.objects.filter(clinic=clinic).first()


@transaction.atomic
def set_paper(*, actor: User, clinic: Clinic, paper: Paper) -> None:
    """Print on this size from now on."""
    if Clinic.objects.filter(pk=clinic.pk).exclude(paper=paper).update(paper=paper):
        audit.record(actor, "clinic.paper", clinic, paper=paper.value)


def set_logo(*, actor: User, clinic: Clinic, path: str) -> ClinicLogo:
    """Decode the picture at `path` in a confined child and keep what it drew. Raises Refused and Failed."""
    with tempfile.TemporaryDirectory(dir=folder()) as work:
        confined.run("config.lib.logos:make", path, work, limits=logos.LIMITS)
        png = (Path(work) / logos.FILE).read_bytes()
    if not png.startswith(logos.SIGNATURES[0]) or len(png) > MOST_BYTES:
        raise Failed("unexpected file")
    return _keep(actor, clinic, png)


@transaction.atomic
def _keep(actor: User, clinic: Clinic, png: bytes) -> ClinicLogo:
    logo, _ = ClinicLogo.objects.update_or_create(clinic=clinic, defaults={"png": png})
    audit.record(actor, "clinic.logo", clinic, bytes=len(png))
    return logo


@transaction.atomic
def remove_logo(*, actor: User, clinic: Clinic) -> None:
    """Print without a logo again. Without one nothing happens."""
    if ClinicLogo.objects.filter(clinic=clinic).delete()[0]:
        audit.record(actor, "clinic.logo_remove", clinic)
