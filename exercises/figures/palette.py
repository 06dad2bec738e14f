"""The figures' colours by role, light and dark. The generated files carry them; static/css/tokens.css repeats some."""

from __future__ import annotations

from collections.abc import Mapping

# role: (light, dark)
COLOURS: Mapping[str, tuple[str, str]] = {
    "bg": ("f6f4ef", "171c23"),
    "line": ("1d2733", "0c1117"),
    "shirt": ("2f8f9d", "3fb0bf"),
    "shirtf": ("24737f", "2f8792"),
    "leg": ("37475f", "8296b8"),
    "legf": ("2a384d", "62759a"),
    "shoe": ("dcd5c8", "c7ccd4"),
    "shoef": ("bdb5a6", "a3a9b3"),
    "mat": ("a9cfc8", "33605c"),
    "matside": ("7fb0a7", "264945"),
    "floor": ("e3dfd4", "262d37"),
    "edge": ("98948a", "46515f"),
    "wall": ("e9e5da", "232a34"),
    "wallside": ("dfdacd", "1f2630"),
    "prop": ("8a94a3", "9aa5b5"),
    "propend": ("a4adba", "b4bdca"),
    "prophole": ("4c5664", "4a5462"),
    "clothend": ("e6e0d4", "aeb4bf"),
    "foam": ("7d8bb0", "8f9cc4"),
    "wood": ("c7a682", "a08565"),
    "cushion": ("b9c4bd", "6f7f86"),
    "sheet": ("dfe3e6", "8d98a6"),
    "cloth": ("fbf9f4", "c9ced6"),
    "ball": ("d8a13a", "d9ac55"),
    "heat": ("d9573a", "e07a5f"),
    "ice": ("8fc3e0", "8fc3e0"),
    "metal": ("aab2bd", "7c8796"),
    "strap": ("ffd9a8", "ffe2b8"),
    "band": ("ffd447", "ffdf70"),
    "target": ("ff7a1a", "ff9a4d"),
    "ring": ("fff8ec", "fff4e2"),
    "arrow": ("d9480f", "ffb072"),
    "shadow": ("1f3b3a", "000000"),
    "water": ("5fb3c4", "4fa3b8"),
    "wave": ("2f8296", "8fd3e0"),
}
SKINS: Mapping[int, tuple[tuple[str, str], tuple[str, str]]] = {  # (near, far) for light, for dark
    1: (("e3b08c", "c48d69"), ("e3b08c", "bd8a67")),
    2: (("c58d63", "a36f49"), ("cf9870", "a97650")),
    3: (("8a5a3c", "6e452c"), ("a06f4e", "7f5539")),
}
HAIRS: Mapping[str, tuple[str, str]] = {
    "brown": ("4a3226", "7a5746"),
    "black": ("26211f", "4d464a"),
    "grey": ("9a9ea3", "b9bfc7"),
    "red": ("8a4a2c", "a9623f"),
}


def colours(skin: int, hair: str) -> dict[str, tuple[str, str]]:
    """All roles for one person."""
    (near, far), (dark_near, dark_far) = SKINS[skin]
    return {**COLOURS, "skin": (near, dark_near), "skinf": (far, dark_far), "hair": HAIRS[hair]}
