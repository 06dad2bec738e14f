from itertools import count

from tests.factories import make_exercise
from tests.permissions.cases import Case
from tests.world import World

_numbers = count(900000)
STAFF = ["therapist", "colleague", "clinic_admin", "other_therapist", "curator"]
SEEN = dict.fromkeys(STAFF, 200)


def _code(world: World) -> list[object]:
    return [world.exercises[1].code]


def _own_code(world: World) -> list[object]:
    """An exercise that Ana wrote for the harbour clinic."""
    exercise = make_exercise(
        "Harbour wall sit", clinic=world.harbour, written_by=world.ana, code=f"C{next(_numbers)}", missing=[]
    )
    return [exercise.code]


def _safe_for_dan(world: World) -> dict[str, object]:
    return {"safe_for": world.dan.pk}


CASES = [
    Case("exercises:exercise_list", SEEN, canaries=("Cross-body stretch",)),
    Case("exercises:exercise_list", SEEN, query="?q=cross&region=hip&page=1", canaries=("Cross-body stretch",)),
    Case("exercises:exercise_detail", SEEN, args=_code, canaries=("Cross-body stretch",)),
    Case("exercises:exercise_picker", SEEN, canaries=("Cross-body stretch",)),
    Case(
        "exercises:star",
        dict.fromkeys(STAFF, 302),
        "POST",
        args=_code,
        data=lambda world: {"starred": "1"},
        writes=True,
    ),
    Case("api:exercise-list", SEEN, canaries=("Cross-body stretch",)),
    Case("api:exercise-list", {"therapist": 200}, data=_safe_for_dan, canaries=("Cross-body stretch",)),
    Case("api:exercise-detail", SEEN, args=lambda world: [world.exercises[1].pk], canaries=("Cross-body stretch",)),
    Case("api:activitydefinition-search", SEEN, canaries=("Cross-body stretch",)),
    Case(
        "api:activitydefinition-read",
        SEEN,
        args=lambda world: [world.exercises[1].pk],
        canaries=("Cross-body stretch",),
    ),
    Case(
        "exercises:own_list",
        {"therapist": 200, "colleague": 200, "clinic_admin": 200, "other_therapist": 200},
        canaries=(),
    ),
    Case(
        "exercises:own_copy",
        {"therapist": 302, "colleague": 302, "other_therapist": 302},
        "POST",
        args=_code,
        writes=True,
    ),
    Case("exercises:own_propose", {"therapist": 200, "clinic_admin": 200}, args=_own_code),
    Case(
        "exercises:own_propose",
        {"therapist": (302, 422), "clinic_admin": (302, 422)},
        "POST",
        args=_own_code,
        data=lambda world: {"note": "Good for narrow halls."},
        writes=True,
    ),
    Case("exercises:own_withdraw", {"therapist": 302, "clinic_admin": 302}, "POST", args=_own_code, writes=True),
]
