from tests.permissions.cases import Case
from tests.world import World

STAFF = ["therapist", "colleague", "clinic_admin", "other_therapist", "curator"]
SEEN = dict.fromkeys(STAFF, 200)


def _code(world: World) -> list[object]:
    return [world.exercises[1].code]


CASES = [
    Case("exercises:exercise_list", SEEN, canaries=("Cross-body stretch",)),
    Case("exercises:exercise_list", SEEN, query="?q=cross&region=hip&page=1", canaries=("Cross-body stretch",)),
    Case("exercises:exercise_detail", SEEN, args=_code, canaries=("Cross-body stretch",)),
    Case("exercises:exercise_picker", SEEN, canaries=("Cross-body stretch",)),
    Case("api:exercise-list", SEEN, canaries=("Cross-body stretch",)),
    Case("api:exercise-detail", SEEN, args=lambda world: [world.exercises[1].pk], canaries=("Cross-body stretch",)),
    Case("api:activitydefinition-search", SEEN, canaries=("Cross-body stretch",)),
    Case(
        "api:activitydefinition-read",
        SEEN,
        args=lambda world: [world.exercises[1].pk],
        canaries=("Cross-body stretch",),
    ),
]
