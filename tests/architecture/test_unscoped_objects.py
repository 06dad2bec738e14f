"""In views, forms and API every row comes through a tenancy method: `X.objects.for_clinic(...)` and its kin.

`X.objects.get(...)` there would hand out another clinic's row to whoever guesses its id.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOWING = ("views", "forms", "api", "templatetags")
MANAGERS = {"objects", "_default_manager", "_base_manager", "history"}
SCOPES = {
    *("for_clinic", "for_user", "for_actor", "for_patient", "for_therapist", "visible_to", "none"),
    *("for_builder", "drafts_for"),  # programs and drafts of prescriptions that this therapist may change
    *("editable_by", "own_of"),  # what this person may write, and what this clinic has written
}
# "<file>: <expression>": why no other clinic's row can come through here.
ALLOWED = {
    "patients/views/messages.py: Patient.objects.active": (
        "the signed token of a mail names the patient, and whoever holds it may only stop the reminders"
    ),
}


def modules_that_show() -> list[Path]:
    apps = (ROOT / app for app in ("patients", "exercises", "programs", "config"))
    files = [file for app in apps for file in app.rglob("*.py")]
    return [file for file in files if any(name in (*file.parts, file.stem) for name in SHOWING)]


def unscoped(source: str) -> Iterator[str]:
    """Each use of a manager whose next word is not a scope, as `Patient.objects.get`."""
    tree = ast.parse(source)
    followed = {id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and starts_at_model(node.value):
            next_word = followed.get(id(node), "")
            if next_word not in SCOPES:
                yield f"{ast.unparse(node)}.{next_word}".rstrip(".")


def starts_at_model(node: ast.expr) -> bool:
    """`Patient`, `models.Patient`, `Meta.model`: something with a manager, not an instance's attribute."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name[:1].isupper() or name in {"model", "get_user_model"} or isinstance(node, ast.Call)


def test_rows_come_through_a_scope_in_views_forms_and_api():
    found = [f"{file.relative_to(ROOT)}: {use}" for file in modules_that_show() for use in unscoped(file.read_text())]

    assert [use for use in found if use not in ALLOWED] == []
    assert [use for use in ALLOWED if use not in found] == []  # no exception outlives its cause


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("Patient.objects.for_clinic(clinic).get(pk=pk)", []),
        ("get_object_or_404(Patient.objects.for_user(user), pk=pk)", []),
        ("Patient.objects.none()", []),
        ("Patient.objects.get(pk=pk)", ["Patient.objects.get"]),
        ("Patient.objects.filter(clinic=clinic)", ["Patient.objects.filter"]),
        ("queryset = Patient.objects", ["Patient.objects"]),
        ("get_object_or_404(models.Patient.objects, pk=pk)", ["models.Patient.objects"]),
        ("self.Meta.model._default_manager.all()", ["self.Meta.model._default_manager.all"]),
        ("get_user_model().objects.all()", ["get_user_model().objects.all"]),
        ("Patient.history.all()", ["Patient.history.all"]),
        ("patient.history.all()", []),
        ("manager = request.objects", []),
    ],
)
def test_the_finder_itself(source: str, uses: list[str]):
    assert list(unscoped(source)) == uses


@pytest.mark.parametrize("call", ["get_object_or_404(Patient, pk=1)", "get_list_or_404(Patient)"])
def test_a_bare_model_given_to_a_shortcut_is_found_too(call: str):
    assert list(bare_shortcuts(call)) == [call]


def test_no_shortcut_gets_a_bare_model():
    found = {
        f"{file.relative_to(ROOT)}: {use}" for file in modules_that_show() for use in bare_shortcuts(file.read_text())
    }

    assert found - set(ALLOWED) == set()


def bare_shortcuts(source: str) -> Iterator[str]:
    """`get_object_or_404(Patient, ...)`, which asks the default manager behind our back."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("get_object_or_404", "get_list_or_404")):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Name | ast.Attribute) and ast.unparse(first).split(".")[-1][:1].isupper():
                yield ast.unparse(node)
