"""Handouts of 6 and of 20 exercises: reading, laying out and typesetting, beside bare typst on the same source.

Both sides take turns in one process, so that they share whatever the machine is doing; each sheet differs from the one
before in its title, so that nothing is remembered whole.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

SIZES = (6, 20)
WARM = 3


def compare(made: Any, now: datetime, *, each: int, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds a sheet and a page for each size, ours and bare, medians of `rounds` with their range."""
    return {str(size): _compare(made, now, size, each, rounds) for size in SIZES}


def _compare(made: Any, now: datetime, size: int, each: int, rounds: int) -> dict[str, float]:
    prescription = _prescribe(made, now, size)
    ours, bare = _ours(prescription, now), _bare(prescription, now)
    pages = len(_pages(prescription, now))
    for number in range(WARM):
        ours(-number)
        bare(-number)
    medians: dict[str, list[float]] = {"ours": [], "bare": []}
    for round_number in range(rounds):
        times: dict[str, list[float]] = {"ours": [], "bare": []}
        for number in range(each):
            for name, act in (("ours", ours), ("bare", bare)):
                started = time.perf_counter()
                act(round_number * each + number)
                times[name].append((time.perf_counter() - started) * 1000)
        for name, taken in times.items():
            medians[name].append(statistics.median(taken))
    figures: dict[str, float] = {"pages": pages, "bytes": len(bare(0))}
    for name, found in medians.items():
        figures |= {name: statistics.median(found), f"{name}_low": min(found), f"{name}_high": max(found)}
    return figures


def _prescribe(made: Any, now: datetime, size: int) -> Any:
    """`size` exercises of the library with their drawings, for a patient of the small caseload."""
    from exercises.models import Exercise
    from programs.models import Prescription, PrescriptionItem, PrescriptionVersion

    patient = made.patients["small"][1]
    prescription = Prescription.objects.create(
        clinic=made.clinic, patient=patient, title=f"{size} exercises", starts_on=now.date()
    )
    version = PrescriptionVersion.objects.create(
        prescription=prescription, effective_from=now.date(), slots=["07:30"], weekdays=0b0011111
    )
    drawn = Exercise.objects.exclude(figure="").filter(code__regex="^[A-Z][0-9]+$").order_by("code")[:size]
    PrescriptionItem.objects.bulk_create(
        PrescriptionItem(version=version, exercise=one, name=one.name, order=order, **one.dose_values())
        for order, one in enumerate(drawn)
    )
    return prescription


def _content(prescription: Any, now: datetime, number: int) -> Any:
    """As a page reads it: from the database, with nothing at hand but the id."""
    from dataclasses import replace

    from programs import handouts
    from programs.models import Prescription

    found = Prescription.objects.with_versions().select_related("patient__clinic").get(pk=prescription.pk)
    version = found.version_on(now.date())
    assert version is not None
    version.prescription = found
    content = handouts.of_version(version, found.patient, handouts.Options(), now.date())
    return replace(content, title=f"{content.title}, sheet {number}")


def _ours(prescription: Any, now: datetime) -> Callable[[int], bytes]:
    from programs import handouts

    return lambda number: handouts.render(_content(prescription, now, number), handouts.Options())


def _bare(prescription: Any, now: datetime) -> Callable[[int], bytes]:
    """The same source, drawings and words, handed to typst with nothing of ours in between."""
    import json

    import typst

    from config.lib import pdf, typeface
    from programs import handouts

    document = handouts.lay_out(_content(prescription, now, 0), handouts.Options())
    fonts = typst.Fonts(False, False, [str(typeface.FOLDER)])

    def make(number: int) -> bytes:
        data = json.dumps({**document.data, "title": f"bare {number}"}).encode()
        inputs = {pdf.MAIN: document.source.encode(), pdf.DATA: data, **document.files}
        return typst.compile(inputs, font_paths=fonts, ignore_system_fonts=True, pdf_standards="ua-1")

    return make


def _pages(prescription: Any, now: datetime) -> list[bytes]:
    from programs import handouts

    return handouts.preview(_content(prescription, now, 0), handouts.Options())
