"""Every colour pair we put on a page is readable, in light and in dark, by computation (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
TEXT, CONTROL = 4.5, 3.0
SHEETS = ("paper", "surface", "sunken")
TONES = ("warm", "good", "caution", "avoid")

TEXT_PAIRS = [
    *((ink, sheet) for ink in ("ink", "ink-soft", "brand", "brand-strong") for sheet in SHEETS),
    *((tone, "surface") for tone in (*TONES, "navy")),
    *((f"{tone}-strong", sheet) for tone in TONES for sheet in SHEETS),
    *((f"{tone}-strong", f"{tone}-soft") for tone in (*TONES, "brand")),
    *(("ink", f"{tone}-soft") for tone in (*TONES, "brand", "navy")),
    *(("ink-soft", f"{tone}-soft") for tone in (*TONES, "brand", "navy")),
    ("brand", "brand-soft"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-avoid", "avoid"),
    ("on-avoid", "avoid-strong"),
    ("on-toast", "toast"),
    ("toast-action", "toast"),
]
CONTROL_PAIRS = [
    *(("line-strong", sheet) for sheet in SHEETS),
    *(("brand", sheet) for sheet in SHEETS),
    *(("navy", sheet) for sheet in SHEETS),
    *((tone, f"{tone}-soft") for tone in TONES),
]


def declarations(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", css))


def blocks() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Light, dark by system, dark by choice."""
    css = TOKENS.read_text()
    by_system, by_choice = re.findall(r"/\* dark:start \*/(.*?)/\* dark:end \*/", css, re.S)
    light = css[: css.index("@media")]
    return declarations(light), declarations(by_system), declarations(by_choice)


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_both_dark_blocks_are_equal():
    _, by_system, by_choice = blocks()
    assert by_system == by_choice


def test_dark_answers_every_light_colour():
    light, dark, _ = blocks()
    assert set(light) == set(dark)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "floor"),
    [*((*pair, TEXT) for pair in TEXT_PAIRS), *((*pair, CONTROL) for pair in CONTROL_PAIRS)],
)
def test_contrast(theme: str, front: str, back: str, floor: float):
    light, dark, _ = blocks()
    tokens = light if theme == "light" else dark
    assert contrast(tokens[front], tokens[back]) >= floor


@pytest.mark.parametrize(
    ("token", "name"),
    [("brand", "primary"), ("good", "success"), ("avoid", "danger"), ("ink", "body-color"), ("paper", "body-bg")],
)
def test_bootstrap_channels_match_their_token(token: str, name: str):
    for tokens in blocks()[:2]:
        colour = tokens[token]
        assert tokens[f"bs-{name}-rgb"] == ", ".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
