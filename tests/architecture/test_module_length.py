"""A module fits in a head: at most 400 lines, and no model has more than 15 methods."""

from pathlib import Path
from types import FunctionType

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("config", "patients", "exercises", "programs", "tests", "static/js", "static/css", "templates")
SUFFIXES = {".py", ".js", ".css", ".html", ".txt"}
NOT_OURS = {"migrations", "vendor", "__pycache__"}
MOST_LINES = 400
MOST_METHODS = 15
OUR_APPS = ("patients", "exercises", "programs")


def our_modules() -> list[Path]:
    files = [file for place in PLACES for file in (ROOT / place).rglob("*") if file.suffix in SUFFIXES]
    return [file for file in files if not NOT_OURS & set(file.relative_to(ROOT).parts)]


def test_no_module_is_longer_than_400_lines():
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in our_modules()}

    assert len(lengths) > 50  # the places are still where they were
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


@pytest.mark.parametrize("label", OUR_APPS)
def test_no_model_has_more_than_15_methods(label: str):
    counts = {model.__name__: own_methods(model) for model in apps.get_app_config(label).get_models()}

    assert {name: methods for name, methods in counts.items() if len(methods) > MOST_METHODS} == {}


def own_methods(model: type) -> list[str]:
    """What the class body itself defines; Django adds get_next_by_... and its like later."""
    return [
        name
        for name, value in vars(model).items()
        if isinstance(value, property | classmethod | staticmethod)
        or (isinstance(value, FunctionType) and value.__qualname__ == f"{model.__qualname__}.{name}")
    ]
