"""Every template parses, and none needs what the content security policy forbids: nothing is inline."""

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
FILES = sorted(file for file in TEMPLATES.rglob("*") if file.suffix in {".html", ".txt"})
PAGES = [
    file
    for file in FILES
    if file.suffix == ".html" and file.relative_to(TEMPLATES).parts[0] != "messages"  # mail needs inline style
]

INLINE = {
    "a style attribute": re.compile(r"<[^>{%]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an htmx script attribute": re.compile(r"\shx-(on[:=]|vars\s*=)|[\"']js:", re.IGNORECASE),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "a script without src": re.compile(
        r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*\btype\s*=\s*[\"']application/json[\"'])", re.IGNORECASE
    ),
    "another site's file": re.compile(
        r"<(script|link|img|iframe)\b[^>]*\b(src|href)\s*=\s*[\"'](https?:)?//", re.IGNORECASE
    ),
}


def relative(file: Path) -> str:
    return str(file.relative_to(TEMPLATES))


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_template_parses(file: Path):
    engines["django"].get_template(relative(file))


@pytest.mark.parametrize("file", PAGES, ids=relative)
def test_template_has_nothing_inline(file: Path):
    assert inline_parts(file.read_text()) == []


def inline_parts(text: str) -> list[str]:
    return [name for name, pattern in INLINE.items() if pattern.search(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('<p class="a">style = calm</p>', []),
        ('<script src="{% static "js/a.js" %}" type="module"></script>', []),
        ('<script type="application/json" id="series">{}</script>', []),
        ('<p style="color: red">', ["a style attribute"]),
        ("<style>p{}</style>", ["a style element"]),
        ('<button type="button" onclick="go()">', ["an event attribute"]),
        ('<button hx-on:click="go()">', ["an htmx script attribute"]),
        ('<a href="javascript:go()">', ["a javascript: address"]),
        ("<script>go()</script>", ["a script without src"]),
        ('<script type="module">go()</script>', ["a script without src"]),
        ('<script src="https://cdn.example/a.js"></script>', ["another site's file"]),
    ],
)
def test_the_finder_itself(text: str, parts: list[str]):
    assert inline_parts(text) == parts
