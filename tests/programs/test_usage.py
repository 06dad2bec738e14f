"""How exercises fare, counted over everybody: on the curators' table, with what each figure rests on."""

from datetime import timedelta

import pytest
from django.test import Client

from exercises.models import Exercise
from programs import tasks, usage
from programs.models import Entry, ExerciseUsage, PrescriptionItem, PrescriptionVersion
from programs.usage import PainChange, Share, Usage
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.curating import curation_page as page
from tests.programs.curating import make_whole, names_of, use
from tests.programs.portal import text_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def as_cora(client: Client, world: World) -> Client:
    client.force_login(world.cora)
    return client


def row_of(response, name: str):
    return next(row for row in response.context["rows"] if row.exercise.name == name)


def counted(exercise: Exercise) -> Usage:
    usage.recount(NOW)
    return usage.usage_of(ExerciseUsage.objects.filter(exercise=exercise).first())


def test_row_tells_use_skips_pain_and_swaps_with_their_denominators(as_cora: Client, world: World) -> None:
    exercise = make_whole("Used")
    use(world, exercise, "ddddddddddds", before=5, after=4)
    use(world, exercise, "sss")
    gone = factories.make_prescription(world.eve, exercise)
    PrescriptionVersion.objects.create(prescription=gone, number=2, effective_from=TODAY - timedelta(days=2), slots=[])
    usage.recount(NOW)

    response = page(as_cora, "?q=used")

    row = row_of(response, "Used")
    assert (row.in_use, row.usage.skipped, row.usage.swapped) == (2, Share(4, 15), Share(1, 1))
    assert (row.usage.pain.mean, row.usage.pain.of, row.usage.pain.words) == (-1.0, 11, "−1.0")
    said = text_of(response)
    assert '27 % <span class="unit">of 15</span>' in said
    assert '−1.0 <span class="unit">in 11</span>' in said
    assert "(100 %) of 1" in said  # under ten: in brackets and grey


def test_an_exercise_that_nobody_used_shows_dashes(as_cora: Client, world: World) -> None:
    make_whole("Unused")

    row = row_of(page(as_cora, "?q=unused"), "Unused")

    assert (row.in_use, row.usage, row.usage.skipped.percent, row.usage.pain.words) == (0, usage.UNUSED, None, "")


def test_a_later_version_that_kept_it_is_no_swap(world: World) -> None:
    exercise, other = make_whole("Kept"), make_whole("Other")
    given = factories.make_prescription(world.dan, exercise, other)
    later = PrescriptionVersion.objects.create(
        prescription=given, number=2, effective_from=TODAY - timedelta(days=3), slots=[]
    )
    PrescriptionItem.objects.create(version=later, exercise=exercise, name="Kept")

    assert (counted(exercise).swapped, counted(other).swapped) == (Share(0, 1), Share(1, 1))


def test_figures_look_back_one_year(world: World) -> None:
    exercise = make_whole("Long ago")
    given = factories.make_prescription(world.dan, exercise, starts_on=TODAY - timedelta(days=800))
    factories.make_session(given, TODAY - timedelta(days=366), "s")
    factories.make_session(given, TODAY - timedelta(days=365), "d")

    assert counted(exercise).skipped == Share(0, 1)


def test_pain_counts_only_where_both_ends_were_rated_and_it_was_done(world: World) -> None:
    exercise = make_whole("Half rated")
    use(world, exercise, "d", before=5)
    use(world, exercise, "d", after=5)
    use(world, exercise, "s", before=8, after=2)
    use(world, exercise, "p", before=2, after=4)

    assert counted(exercise).pain == PainChange(2.0, 1)


def test_counting_again_moves_on_and_forgets_what_is_no_longer_used(world: World) -> None:
    exercise, other = make_whole("Used"), make_whole("Used once")
    use(world, exercise, "d")
    use(world, other, "d")
    assert usage.recount(NOW) == 2
    use(world, exercise, "s")
    Entry.objects.filter(item__exercise=other).delete()

    usage.recount(NOW + timedelta(hours=1))

    [row] = ExerciseUsage.objects.all()
    assert (row.exercise, row.answers, row.skips) == (exercise, 2, 1)


def test_the_beat_counts(world: World) -> None:
    use(world, make_whole("Used"), "d")

    tasks.count_usage()

    assert ExerciseUsage.objects.count() == 1


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("-skipped", ["Often", "Seldom"]),
        ("skipped", ["Seldom", "Often"]),
        ("-use", ["Often", "Once"]),
        ("-pain", ["Seldom", "Often"]),
        ("pain", ["Often", "Seldom"]),
        ("-swapped", ["Often", "Seldom"]),
    ],
)
def test_sorting_by_a_figure_puts_thin_ones_last(as_cora: Client, world: World, sort: str, order: list[str]) -> None:
    often, seldom, once = make_whole("Often"), make_whole("Seldom"), make_whole("Once")
    make_whole("Never used")
    use(world, often, "s" * 6 + "d" * 10, before=5, after=4)
    use(world, often, "")
    use(world, once, "s", before=9, after=10)
    use(world, seldom, "s" + "d" * 12, before=5, after=6)
    if sort == "-use":
        factories.make_prescription(world.eve, once)
        factories.make_prescription(world.dan, often)
    usage.recount(NOW)
    ExerciseUsage.objects.filter(exercise__in=[often, seldom]).update(changes=12, swaps=1)
    ExerciseUsage.objects.filter(exercise=often).update(swaps=9)

    found = names_of(page(as_cora, f"?sort={sort}"))
    assert [name for name in found if not name.startswith("Standing")][:2] == order
