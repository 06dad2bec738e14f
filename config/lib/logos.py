"""A logo for paper, made from nothing but the pixels of a stranger's picture.

`make` decodes, and runs only in the confined child (`config.lib.confined`). What it writes has no EXIF, no colour
profile, no comment and no bytes of the original.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from config.lib.confined import Limits, Refused

LARGEST_MB = 2
MOST_PIXELS = 40_000_000
SMALLEST_SIDE, MOST_STRETCHED = 40, 6  # pixels; long side over short side
ROOM = (900, 360)  # enough for 60 mm on paper
FORMATS = ("JPEG", "PNG", "WEBP")
SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
FILE = "logo.png"
LIMITS = Limits(memory_mb=768, cpu_seconds=10, wall_seconds=20, file_mb=8)

ADVICE = f"Use a PNG, JPEG or WebP picture up to {LARGEST_MB} MB."
TOO_MANY_PIXELS = "The picture has more than 40 megapixels. Save it smaller, then choose it again."
TOO_SMALL = f"The picture is too small: each side needs at least {SMALLEST_SIDE} pixels. Choose a larger one."
TOO_STRETCHED = f"The picture is more than {MOST_STRETCHED} times as long as wide. Cut it, then choose it again."
MOVES = "Moving pictures are not accepted. Use a still picture."
DAMAGED = "The picture is damaged or cut off. Save it again, then choose it again."


def is_picture(head: bytes) -> bool:
    """Whether these first bytes begin a file of a kind that we take."""
    return head.startswith(SIGNATURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def make(source: str, folder: str, report: Callable[[float], None]) -> dict[str, Any]:
    """Write `logo.png` into `folder`; answers with its size. Raises Refused."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        logo = _decoded(source)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(TOO_MANY_PIXELS) from error
    except Image.UnidentifiedImageError as error:
        raise Refused(ADVICE) from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise Refused(DAMAGED) from error
    logo.info.clear()
    logo.save(Path(folder) / FILE, "PNG", optimize=True)
    return {"width": logo.width, "height": logo.height}


def _decoded(source: str) -> Image.Image:
    with Image.open(source, formats=FORMATS) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            raise Refused(MOVES)
        short, long = sorted(picture.size)
        if short * long > MOST_PIXELS:
            raise Refused(TOO_MANY_PIXELS)
        if short < SMALLEST_SIDE:
            raise Refused(TOO_SMALL)
        if long > MOST_STRETCHED * short:
            raise Refused(TOO_STRETCHED)
        picture.draft("RGB", (2 * ROOM[0], 2 * ROOM[0]))
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    return _on_white(upright)


def _on_white(picture: Image.Image) -> Image.Image:
    """Small enough, in red, green and blue; what shines through gets the white of the paper."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail(ROOM, Image.Resampling.LANCZOS)
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")
