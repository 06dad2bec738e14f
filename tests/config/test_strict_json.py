"""What the API and the importer refuse to read as JSON, and in which words."""

import pytest

from config.lib import strict_json
from config.lib.strict_json import JSONRefused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "A key appears twice in the same object."),
        ('[{"x": {"b": 1, "b": 1}}]', "A key appears twice in the same object."),
        ("[NaN]", "NaN and Infinity are not numbers that JSON knows."),
        ("[-Infinity]", "NaN and Infinity are not numbers that JSON knows."),
        ("[1e309]", "A number is too large."),
        ("[" * 21 + "]" * 21, "This is nested deeper than 20 levels."),
        ("[" * 20_000 + "]" * 20_000, "This is nested deeper than 20 levels."),
        ("[" + "9" * 5000 + "]", "This is not valid JSON."),
        ('{"a": 1,}', "This is not valid JSON."),
        ("", "This is not valid JSON."),
    ],
)
def test_refused(text: str, words: str) -> None:
    with pytest.raises(JSONRefused) as refused:
        strict_json.loads(text)
    assert str(refused.value) == words


def test_what_is_fine_is_read() -> None:
    deep = "[" * 19 + "]" * 19
    assert strict_json.loads(f'{{"a": {deep}, "b": 10000000000000000000000000}}')["b"] == 10**25
