from pathlib import Path

import pytest

from exercises.pictures import all_pictures, pictures_of

STATIC = Path(__file__).resolve().parents[2] / "static"
pytestmark = pytest.mark.sqlite


def test_every_address_is_a_file_and_every_still_has_words():
    drawn = all_pictures()

    assert drawn
    for pictures in drawn.values():
        stills = [*pictures.stills, *pictures.stiff]
        addresses = [src for still in stills for src in (still.src, still.print_src)] + [pictures.move] * bool(
            pictures.move
        )
        assert [src for src in addresses if not (STATIC / src).is_file()] == []
        assert [still.src for still in stills if not still.alt] == []


def test_an_unknown_code_has_no_pictures():
    assert pictures_of("") is None
    assert pictures_of("../../etc/passwd") is None
