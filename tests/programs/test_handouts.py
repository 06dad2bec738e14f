"""The sheet itself: text in reading order, tags, pages, size, and nothing on it that was not asked for."""

import dataclasses
import io
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
from django.conf import settings
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject

from config.lib import pdf
from exercises.models import Exercise
from patients.enums import Paper
from patients.models import ClinicLogo
from programs import handouts
from programs.enums import Variant
from programs.handouts import ALL, Content, Options
from programs.models import Prescription, PrescriptionItem, PrescriptionVersion
from tests import factories
from tests.exercises.media import pictures
from tests.factories import TODAY
from tests.programs.hostile import HOSTILE_NAMES
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def prescription(world: World) -> Prescription:
    """Three exercises with drawings; the last is left out in a flare, the first is the minimum core."""
    drawn = [
        factories.make_exercise(
            f"Exercise {code}", figure=code, cue="Grow tall.", stop_if="Stop if it pinches.", why="It may help you."
        )
        for code in ("S01", "M13", "B01")
    ]
    made = factories.make_prescription(world.dan, *drawn, title="Hips in the morning")
    first, second, third = made.versions.get().items.all()
    first.is_core, first.note = True, "Mind the rug."
    second.weekdays, second.variants = 0b0010101, {"easy": {"repetitions": 1}, "flare": {"hold_seconds": 10}}
    third.variants = {"flare": {"in": False}}
    for item in (first, second, third):
        item.save()
    return Prescription.objects.with_versions().select_related("patient__clinic").get(pk=made.pk)


def content_of(prescription: Prescription, options: Options | None = None, **values: Any) -> Content:
    version = prescription.version_on(TODAY)
    assert version is not None
    version.prescription = prescription
    content = handouts.of_version(version, prescription.patient, options or Options(), TODAY)
    return dataclasses.replace(content, **values)


def read(prescription: Prescription, **options: Any) -> pypdf.PdfReader:
    chosen = Options(**options)
    return pypdf.PdfReader(io.BytesIO(handouts.render(content_of(prescription, chosen), chosen)))


def text_of(reader: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_the_text_comes_in_reading_order(prescription: Prescription) -> None:
    prescription.versions.all()[0].step_title = "Weeks 1 to 4"
    text = text_of(read(prescription, name=True))

    order = [
        "Harbour Physiotherapy",
        "Hips in the morning",
        "For Dan.",
        "Every day at 07:30, about",
        "Weeks 1 to 4.",
        "Version 1, valid from 19 September 2026",
        "When to stop",
        "1. Exercise S01 ★",
        "3 times, hold 30 seconds.",
        "For you: Mind the rug.",
        "Start: Stand tall.",
        "1. Move. 2. Hold. 3. Come back.",
        "Think of this: Grow tall.",
        "Careful: Stop if it pinches.",
        "Why: It may help you.",
        "2. Exercise M13",
        "Only on Mon, Wed, Fri.",
        "3. Exercise B01",
        "Tick what you did",
        "18 November to 1 December 2026",
        "Pain, 0 to 10",
    ]
    places = [text.find(piece) for piece in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert "Version 1, valid from 19 September 2026 · Printed 18 November 2026" in text
    assert "Canarydan" not in text


def test_tags_headings_alternatives_and_language(prescription: Prescription) -> None:
    reader = read(prescription)
    catalogue = reader.root_object

    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    found = list(elements(catalogue["/StructTreeRoot"]))
    kinds = [element.get("/S") for element in found]
    assert kinds.count("/H1") == 1
    # When to stop, three exercises, the grid.
    assert kinds.count("/H2") == 5
    alternatives = [str(element["/Alt"]) for element in found if "/Alt" in element]
    # The square code, two drawings, three, two.
    assert len(alternatives) == kinds.count("/Figure") == 8
    assert alternatives[0] == f"Square code with the address {settings.SITE_URL}/today/"
    assert kinds.count("/Table") == 1
    assert kinds.count("/TH") == 15


def elements(node: Any) -> Any:
    """Every element of the structure tree, in order."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            yield from elements(child)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


@pytest.mark.parametrize(
    ("options", "pages", "size"),
    [
        ({}, 2, (595, 842)),
        ({"size": Paper.LETTER}, 3, (612, 792)),
        ({"weeks": 0}, 1, (595, 842)),
        ({"columns": 2, "weeks": 4}, 2, (595, 842)),
        ({"large": True}, 3, (595, 842)),
        ({"variant": "flare", "weeks": 0}, 1, (595, 842)),
    ],
)
def test_pages_and_their_size(prescription: Prescription, options: dict[str, Any], pages: int, size: Any) -> None:
    reader = read(prescription, **options)

    assert len(reader.pages) == pages
    assert tuple(round(float(side)) for side in reader.pages[0].mediabox[2:]) == size


def test_a_sheet_is_small_enough_to_mail(prescription: Prescription) -> None:
    assert len(handouts.render(content_of(prescription), Options())) < 300_000


def test_each_variant_prints_what_holds_in_it(prescription: Prescription) -> None:
    easy, flare = text_of(read(prescription, variant="easy")), text_of(read(prescription, variant="flare"))

    assert "For an easier day" in easy
    assert "Once, hold 30 seconds." in easy
    assert "For a flare" in flare
    assert "3 times, hold 10 seconds." in flare
    assert "Exercise B01" not in flare


def test_three_variants_side_by_side(prescription: Prescription) -> None:
    text = text_of(read(prescription, variant=ALL))

    assert text.count("As usual On an easier day In a flare") == 3
    assert "Leave it out" in text


def test_the_grid_greys_out_what_is_not_due(prescription: Prescription) -> None:
    grid = content_of(prescription, Options(weeks=2)).grid
    assert grid is not None

    rows = {row.name: row.due for row in grid.parts[0].rows}
    assert all(rows["Exercise S01"])
    assert [day for day, due in zip(grid.days, rows["Exercise M13"], strict=True) if due] == [
        day for day in grid.days if day.weekday() in (0, 2, 4)
    ]


def test_a_planned_version_prints_its_own_days(prescription: Prescription) -> None:
    start = TODAY + timedelta(days=5)
    planned = PrescriptionVersion.objects.create(
        prescription=prescription, number=2, effective_from=start, slots=["19:00"], change_note="In the evening now."
    )
    item = PrescriptionItem.objects.filter(version__number=1, version__prescription=prescription).first()
    assert item is not None
    item.pk, item.version = None, planned
    item.save(force_insert=True)
    version = PrescriptionVersion.objects.prefetch_related("items__exercise").get(pk=planned.pk)
    version.prescription = prescription

    content = handouts.of_version(version, prescription.patient, Options(), TODAY)
    assert (content.version, content.valid_from, content.change_note) == (2, start, "In the evening now.")
    assert content.grid is not None
    assert content.grid.days[0] == start
    # The version in force today gives way that day.
    today = content_of(prescription).grid
    assert today is not None
    assert sum(today.parts[0].rows[0].due) == 5


def test_the_sheet_of_the_past_does_not_change(prescription: Prescription) -> None:
    before = handouts.render(content_of(prescription, Options(weeks=0)), Options(weeks=0))
    PrescriptionVersion.objects.create(
        prescription=prescription, number=2, effective_from=TODAY + timedelta(days=5), slots=["19:00"]
    )
    again = Prescription.objects.with_versions().select_related("patient__clinic").get(pk=prescription.pk)

    assert handouts.render(content_of(again, Options(weeks=0)), Options(weeks=0)) == before


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_hostile_names_and_texts_are_printed_as_text(prescription: Prescription, name: str) -> None:
    exercise = content_of(prescription).exercises[0]
    hostile = dataclasses.replace(
        exercise, name=name, set_up=name, steps=(name, name), cue=name, stop_if=name, why=name, note=name, when=name
    )
    content = content_of(
        prescription, title=name, clinic=name, given_name=name, change_note=name, schedule=name, exercises=(hostile,)
    )

    for options in (Options(), Options(columns=2), Options(variant=ALL), Options(large=True)):
        reader = pypdf.PdfReader(io.BytesIO(handouts.render(content, options)))
        assert "When to stop" in text_of(reader)


def test_longest_texts_run_over_pages_and_nothing_is_lost(prescription: Prescription) -> None:
    words = " ".join(f"word{n}" for n in range(120))
    exercise = dataclasses.replace(
        content_of(prescription).exercises[0],
        set_up=words,
        steps=tuple(f"{words} step{n}" for n in range(12)),
        why=words,
    )

    for options in (Options(), Options(columns=2), Options(large=True)):
        text = text_of(
            pypdf.PdfReader(io.BytesIO(handouts.render(content_of(prescription, exercises=(exercise,)), options)))
        )
        assert all(f"step{n}" in text for n in range(12))


def test_an_exercise_without_a_drawing_prints_its_words(prescription: Prescription) -> None:
    exercise = dataclasses.replace(content_of(prescription).exercises[0], pictures=())

    text = text_of(
        pypdf.PdfReader(io.BytesIO(handouts.render(content_of(prescription, exercises=(exercise,)), Options())))
    )
    assert "Start: Stand tall." in text


def test_every_exercise_of_the_library_can_be_printed(db: None) -> None:
    from django.core.management import call_command

    from programs.handouts.gather import _exercise
    from programs.models import ProgramItem

    call_command("load_library", verbosity=0)
    items = [ProgramItem(exercise=exercise, **exercise.dose_values()) for exercise in Exercise.objects.order_by("code")]
    assert len(items) > 100
    content = Content("All", "Clinic", "", tuple(_exercise(one, one.exercise.name, items) for one in items), TODAY)

    reader = pypdf.PdfReader(io.BytesIO(handouts.render(content, Options(columns=2))))
    text = text_of(reader)
    assert [one.exercise.name for one in items if one.exercise.name.split()[0] not in text] == []


# --- Logo, program, anybody ------------------------------------------------------------------------------------


def test_the_logo_stands_on_top(prescription: Prescription) -> None:
    logo = io.BytesIO()
    Image.open(io.BytesIO(pictures.webp())).save(logo, "PNG")
    ClinicLogo.objects.create(clinic=prescription.patient.clinic, png=logo.getvalue())

    found = list(elements(read(prescription).root_object["/StructTreeRoot"]))
    assert next(str(one["/Alt"]) for one in found if "/Alt" in one) == "Logo of Harbour Physiotherapy"


def test_a_program_has_no_version_no_grid_and_no_patient(world: World) -> None:
    content = handouts.of_program(world.program, world.harbour, Options(), TODAY)
    text = text_of(pypdf.PdfReader(io.BytesIO(handouts.render(content, Options()))))

    assert "Morning hips" in text
    assert "3. Trunk bend" in text
    assert "Version" not in text
    assert "Tick what you did" not in text


def test_for_anybody_leaves_out_every_word_about_a_person(prescription: Prescription) -> None:
    content = handouts.for_anybody(content_of(prescription, Options(name=True), change_note="Dan, well done."))
    text = text_of(pypdf.PdfReader(io.BytesIO(handouts.render(content, Options(name=True)))))

    assert text.startswith("Harbour Physiotherapy Home exercises")
    for word in ("Dan", "Hips in the morning", "Mind the rug", "Tick what you did", "/today"):
        assert word not in text
    assert "1. Exercise S01" in text


def test_the_number_to_call_is_that_of_the_country(prescription: Prescription) -> None:
    for country, number in (("DE", "112"), ("US", "911"), ("GB", "999"), ("XX", "112")):
        document = handouts.lay_out(content_of(prescription, country=country), Options())
        assert f"Call {number} at once" in document.data["safety"]["points"][2]


# --- In grey ---------------------------------------------------------------------------------------------------


def test_in_grey_everything_stays_apart(prescription: Prescription) -> None:
    """Grey days are told from white ones by tone and by a dot, and every text is dark enough."""
    options = Options(weeks=2)
    page = Image.open(
        io.BytesIO(pdf.make_pictures(handouts.lay_out(content_of(prescription, options), options), ppi=72)[-1])
    )
    tones = page.convert("L").getcolors(256)
    assert tones is not None
    counts = {tone: count for count, tone in tones}

    assert counts[255] > 0.6 * page.width * page.height
    grey = sum(count for tone, count in counts.items() if 200 <= tone <= 218)
    # Eight of fourteen days of one row, each 8 x 9 mm.
    assert grey > 8 * 15 * 15
    source = (handouts.layout.SOURCE).read_text()
    assert "luma(30%)" in source
    assert "rgb(" not in source


@pytest.mark.parametrize("weeks", [2, 4])
def test_reading_a_handout_costs_a_fixed_number_of_statements(
    prescription: Prescription, weeks: int, django_assert_num_queries: Any
) -> None:
    version = prescription.version_on(TODAY)
    assert version is not None
    version.prescription = prescription

    with django_assert_num_queries(3):  # the logo, what is due, pauses and variants
        handouts.of_version(version, prescription.patient, Options(weeks=weeks), TODAY)


def test_variants_are_words_that_the_sheet_knows() -> None:
    assert [Options(variant=one).form for one in (*Variant, ALL)] == [*Variant, Variant.NORMAL]


def test_dates_are_dates(prescription: Prescription) -> None:
    assert isinstance(content_of(prescription).printed_on, date)
