"""What goes on paper, read from a prescription's version or from a program: a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.urls import reverse

from exercises.dosage import Dose, minutes_of
from exercises.pictures import pictures_of
from patients.channels import links
from patients.models import Clinic, Patient
from patients.services import clinic_paper
from programs import grids, variants
from programs.adherence.courses import courses_for
from programs.enums import Variant
from programs.handouts.content import Content, Exercise, Options, Picture
from programs.handouts.wording import dose_in_words, own_days
from programs.models import ItemColumns, PrescriptionVersion, Program
from programs.schedule import Plan
from programs.services import editions
from programs.variants import Spell

ANYBODY = "Home exercises"


def of_version(version: PrescriptionVersion, patient: Patient, options: Options, today: date) -> Content:
    """For a patient: `version` is in force or planned; expects its prescription and `items__exercise` loaded."""
    prescription = version.prescription
    items = list(version.items.all())
    editions.reword(items, max(today, version.effective_from))
    days = _days(version, options, today)
    plan = _plan(version, patient, options, days) if days else None
    names = {item.pk: item.name for item in items}
    return Content(
        title=prescription.title,
        clinic=patient.clinic.name,
        country=patient.clinic.country,
        logo=logo_of(patient.clinic),
        schedule=version.rule.text,
        minutes=minutes_in(options.form, items),
        given_name=patient.given_name if options.name else "",
        version=version.number,
        valid_from=max(version.effective_from, prescription.starts_on),
        valid_until=prescription.ends_on,
        change_note=version.change_note,
        step=version.step_title,
        exercises=tuple(_exercise(item, item.name, items) for item in items),
        grid=grids.make(days, plan, names) if plan else None,
        printed_on=today,
        today_url=links.absolute(reverse("programs:today")),
    )


def of_program(program: Program, clinic: Clinic | None, options: Options, today: date) -> Content:
    """For whoever is given the sheet: a reusable program has no patient, no version and no grid."""
    items = list(program.items.all())
    return Content(
        title=program.name,
        clinic=clinic.name if clinic else "",
        country=clinic.country if clinic else "",
        logo=logo_of(clinic) if clinic else b"",
        schedule=program.rule_from().text,
        minutes=minutes_in(options.form, items),
        exercises=tuple(_exercise(item, item.exercise.name, items) for item in items),
        printed_on=today,
    )


def for_anybody(content: Content) -> Content:
    """The same without a word that somebody wrote for or about one person: name, title, notes, grid."""
    return replace(
        content,
        title=ANYBODY,
        given_name="",
        change_note="",
        step="",
        grid=None,
        today_url="",
        exercises=tuple(replace(one, note="") for one in content.exercises),
    )


def logo_of(clinic: Clinic) -> bytes:
    """The clinic's logo as PNG, empty without one."""
    logo = clinic_paper.logo_of(clinic)
    return bytes(logo.png) if logo else b""


def minutes_in(form: Variant, items: Sequence[ItemColumns]) -> int:
    """How long the exercises of one variant take."""
    return minutes_of([dose for item in items if (dose := dose_of(item, form, items))])


def dose_of(item: ItemColumns, form: Variant, items: Iterable[ItemColumns]) -> Dose | None:
    """The dose in one variant; None where the item is left out of it."""
    has_core = any(one.is_core for one in items)
    if not variants.is_in(form, item.variants, is_core=item.is_core, has_core=has_core):
        return None
    return Dose(**variants.dose_in(form, item.dose_values(), item.variants))


def _exercise(item: ItemColumns, name: str, items: Sequence[ItemColumns]) -> Exercise:
    exercise = item.exercise
    drawn = pictures_of(exercise.figure)
    doses = {form: dose_of(item, form, items) for form in Variant}
    return Exercise(
        name=name,
        doses={form: None if dose is None else dose_in_words(dose) for form, dose in doses.items()},
        pictures=tuple(Picture(still.print_src, still.alt) for still in drawn.stills) if drawn else (),
        set_up=exercise.set_up,
        steps=tuple(exercise.steps),
        cue=exercise.cue,
        stop_if=exercise.stop_if,
        why=exercise.why,
        note=item.note,
        when=own_days(item.weekdays, item.every_days, item.times_per_week, item.slots),
        is_core=item.is_core,
    )


def _days(version: PrescriptionVersion, options: Options, today: date) -> list[date]:
    first = options.first_day or max(today, version.effective_from, version.prescription.starts_on)
    return [first + timedelta(days=n) for n in range(7 * options.weeks)]


def _plan(version: PrescriptionVersion, patient: Patient, options: Options, days: Sequence[date]) -> Plan | None:
    """When this version is due in the days of the grid, pauses and later versions left out, in the printed variant."""
    courses = courses_for([patient.pk], days[0], days[-1])
    plan = next((course.plan for _, course in courses if course.version_id == version.pk), None)
    if plan is None:
        return None
    is_usual = options.form is Variant.NORMAL
    return replace(plan, spells=() if is_usual else (Spell(days[0], None, options.form),))
