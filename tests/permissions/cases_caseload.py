from tests.permissions.cases import Case

CASES = [
    # Every therapist has a caseload of their own; only Ana's holds Dan.
    Case(
        "programs:caseload",
        {"therapist": 200, "colleague": 200, "other_therapist": 200},
        otherwise=403,
    ),
    Case(
        "programs:caseload",
        {"therapist": 200},
        query="?q=canarydan&sort=-adherence&show=no_program&page=2",
        otherwise=(200, 403),
        canaries=("Canarydan",),
    ),
    Case(
        "patients:patient_detail",
        {"therapist": 200, "colleague": 403},
        args=lambda world: [world.dan.pk],
        otherwise=(403, 404),
        canaries=("Canarydan", "Osteoporosis"),
    ),
]
