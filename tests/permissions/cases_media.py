from typing import Any

from exercises.models import Exercise, ExerciseMedia
from tests.exercises.media.rows import make_media
from tests.factories import make_exercise
from tests.permissions.cases import Case
from tests.world import World

STAFF = ["therapist", "colleague", "clinic_admin", "other_therapist", "curator"]
CANARY = "A canary on the perch"
FILE_CANARY = "canary-of-the-file"
WORDS = {"alt_text": "Heel on the step", "author": "Ana", "licence": "Our own work"}


def _media(exercise: Exercise, **fields: Any) -> ExerciseMedia:
    return make_media(exercise, alt_text=CANARY, content=FILE_CANARY.encode(), **fields)


def _shared(world: World) -> Exercise:
    return world.exercises[1]


def _draft(world: World) -> Exercise:
    return make_exercise("Secret stretch", state="draft")


def _own(world: World) -> Exercise:
    """Published in Ana's clinic, and written by her."""
    return make_exercise("Harbour stretch", clinic=world.harbour, written_by=world.ana)


def _id(exercise: Any, **fields: Any) -> Any:
    return lambda world: [_media(exercise(world), **fields).pk]


def _file(exercise: Any) -> Any:
    return lambda world: [_media(exercise(world)).pk, "480"]


def _prescribed(number: int) -> Any:
    return lambda world: [_media(world.exercises[number]).pk, "480"]


def _code(exercise: Any) -> Any:
    def args(world: World) -> list[Any]:
        found = exercise(world)
        _media(found)
        return [found.code]

    return args


def _writes(exercise: Any, who: str) -> list[Case]:
    """Everything that only whoever writes the exercise may do."""
    found, sent = {who: 200}, {who: 302}
    link = WORDS | {"link": "https://video.example.org/1"}
    return [
        Case("exercises:media_list", found, args=_code(exercise), canaries=(CANARY,)),
        Case("exercises:media_add", found, args=lambda world: [exercise(world).code, "photo"]),
        Case(
            "exercises:media_add",
            sent,
            "POST",
            args=lambda world: [exercise(world).code, "link"],
            data=lambda world: link,
            writes=True,
        ),
        Case("exercises:media_add", {who: 422}, "POST", args=lambda world: [exercise(world).code, "video"]),
        Case("exercises:media_row", found, args=_id(exercise), canaries=(CANARY,)),
        Case("exercises:media_edit", found, args=_id(exercise), canaries=(CANARY,)),
        Case("exercises:media_edit", sent, "POST", args=_id(exercise), data=lambda world: WORDS, writes=True),
        Case("exercises:media_remove", sent, "POST", args=_id(exercise), writes=True),
        Case("exercises:media_restore", sent, "POST", args=_id(exercise, state="removed"), writes=True),
        Case("exercises:media_move", sent, "POST", args=_id(exercise), writes=True),
    ]


CASES = [
    *_writes(_shared, "curator"),
    *_writes(_draft, "curator"),
    *_writes(_own, "therapist"),
    # Published in the shared library: all staff. Patients meet files in their own program (below).
    Case("exercises:media_file", dict.fromkeys(STAFF, 200), args=_file(_shared), canaries=(FILE_CANARY,)),
    # A draft of the shared library: curators.
    Case("exercises:media_file", {"curator": 200}, args=_file(_draft), otherwise=404, canaries=(FILE_CANARY,)),
    # A clinic's own: its staff.
    Case(
        "exercises:media_file",
        dict.fromkeys(["therapist", "colleague", "clinic_admin"], 200),
        args=_file(_own),
        otherwise=404,
        canaries=(FILE_CANARY,),
    ),
    # Prescribed to all three patients, and to Dan alone.
    Case(
        "programs:my_media",
        dict.fromkeys(["patient", "other_patient", "other_clinics_patient"], 200),
        args=_prescribed(0),
        canaries=(FILE_CANARY,),
    ),
    Case("programs:my_media", {"patient": 200}, args=_prescribed(3), canaries=(FILE_CANARY,)),
]
