"""An address as a square code, drawn as SVG."""

from __future__ import annotations

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=64)
def square(address: str) -> bytes:
    """The code for `address`, with the quiet border that readers need and repair of a quarter of its area."""
    target = io.BytesIO()
    segno.make(address, error="q", micro=False).save(target, kind="svg", border=4, light="white", xmldecl=False)
    return target.getvalue()
