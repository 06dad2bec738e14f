"""The six ready-made programs: complete, safe for somebody with AS alone, and loaded as often as one likes."""

import pytest
from django.core.management import call_command

from programs import safety
from programs.enums import Rating
from programs.models import Program, ProgramItem
from programs.services import templates

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
CODES = ["desk-breaks", "foam-rolling", "heat-cold", "hip-stretch", "morning-stiffness", "posture-breathing"]


@pytest.fixture(autouse=True)
def _library(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_library", verbosity=0)
    capsys.readouterr()


def test_six_programs_load_once_and_stay(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_programs")
    call_command("load_programs")

    said = capsys.readouterr().out.splitlines()
    assert said == [
        "Programs: 6 added, 0 changed, 0 as they were.",
        "Programs: 0 added, 0 changed, 6 as they were.",
    ]
    assert list(Program.objects.order_by("code").values_list("code", flat=True)) == CODES
    for program in Program.objects.prefetch_related("items"):
        assert program.shared
        assert program.clinic is None
        assert program.summary
        assert 4 <= len(program.items.all()) <= 7


def test_a_changed_program_is_put_right_again() -> None:
    templates.load()
    program = Program.objects.get(code="hip-stretch")
    program.items.first().delete()
    ProgramItem.objects.filter(program=program).update(note="odd")

    assert templates.load() == templates.Loaded(added=0, changed=1, unchanged=5)
    assert templates.load() == templates.Loaded(added=0, changed=0, unchanged=6)


def test_no_ready_made_exercise_is_to_be_avoided_with_as_alone() -> None:
    templates.load()

    for item in ProgramItem.objects.select_related("exercise"):
        rating = safety.worst(safety.check(item.exercise.feature_set, set()))
        assert rating is Rating.ALLOW, item


def test_days_and_doses_come_from_the_file() -> None:
    templates.load()

    lying = ProgramItem.objects.get(program__code="hip-stretch", exercise__code="S04")
    assert (lying.hold_seconds, lying.weekdays) == (600, 0b1010101)
    assert lying.note.startswith("Start with five")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"exercise": "S01", "reps": 3}, "odd.toml, item 1: unknown key reps"),
        ({"exercise": "Z99"}, "odd.toml, item 1: Z99 is not in the shared library"),
    ],
)
def test_a_faulty_file_is_named_and_nothing_is_stored(entry: dict[str, object], words: str) -> None:
    with pytest.raises(templates.TemplateFault, match=words):
        templates.load({"odd": {"name": "Odd", "summary": "Odd.", "items": [entry]}})

    assert not Program.objects.exists()
