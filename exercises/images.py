"""Photos: what their bytes claim, and new pictures made from nothing but their pixels.

Pure: no Django. `claims_of` reads bytes and decodes nothing, so it may run while somebody waits. `make` decodes, and
runs only in the confined child (`config.lib.confined`). What it writes has no EXIF, no GPS, no colour profile, no
comment and no bytes of the original.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageOps

from config.lib.confined import Refused

LARGEST_MB = 5
MOST_MEGAPIXELS = 40
MOST_PIXELS = MOST_MEGAPIXELS * 1_000_000
SMALLEST_SIDE, MOST_STRETCHED = 200, 5  # pixels; long side over short side
WIDTHS = (480, 960, 1600)
FORMATS = ("JPEG", "PNG", "WEBP")
SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations that swap width and height
CONTENT_TYPE = "image/webp"
QUALITY = 80

ADVICE = f"Use JPEG, PNG or WebP up to {LARGEST_MB} MB."
TOO_MANY_PIXELS = f"The picture has more than {MOST_MEGAPIXELS} megapixels. Save it smaller, then add it again."
TOO_SMALL = f"The picture is too small: each side needs at least {SMALLEST_SIDE} pixels. Choose a larger one."
TOO_STRETCHED = f"The picture is more than {MOST_STRETCHED} times as long as wide. Cut it to shape, then add it again."
MOVES = "Moving pictures are not accepted as photos. Use a still picture, or add it as a video (MP4 or WebM)."
DAMAGED = "The picture is damaged or cut off. Save or copy it again, then add it again."


@dataclass(frozen=True, slots=True)
class Claims:
    """What a picture says of itself before anybody decodes it."""

    width: int
    height: int
    moves: bool = False
    is_whole: bool = True


def fault_of(data: bytes) -> str:
    """Why these bytes (JPEG, PNG or WebP by signature) cannot become a photo, as far as one sees at once; or ""."""
    try:
        claims = claims_of(data)
    except (ValueError, struct.error, IndexError):
        return DAMAGED
    if claims.moves:
        return MOVES
    return fault_in_size(claims.width, claims.height) or ("" if claims.is_whole else DAMAGED)


def fault_in_size(width: int, height: int) -> str:
    if width < 1 or height < 1:
        return DAMAGED
    if width * height > MOST_PIXELS:
        return TOO_MANY_PIXELS
    if min(width, height) < SMALLEST_SIDE:
        return TOO_SMALL
    return TOO_STRETCHED if max(width, height) > MOST_STRETCHED * min(width, height) else ""


def claims_of(data: bytes) -> Claims:
    """Raises ValueError, IndexError or struct.error for bytes that hold no size."""
    if data.startswith(b"\x89PNG"):
        return _png(data)
    return _jpeg(data) if data.startswith(b"\xff\xd8") else _webp(data)


def _png(data: bytes) -> Claims:
    width, height = struct.unpack(">II", data[16:24])
    kinds = list(_png_chunks(data))
    return Claims(width, height, moves=b"acTL" in kinds, is_whole=b"IDAT" in kinds and kinds[-1] == b"IEND")


def _png_chunks(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if at + 12 + length > len(data):
            return
        kind = data[at + 4 : at + 8]
        yield kind
        if kind == b"IEND":
            return
        at += 12 + length


# The markers that carry the size: SOF0 to SOF15 without DHT, JPG and DAC.
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})


def _jpeg(data: bytes) -> Claims:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Claims(width, height, is_whole=data.rfind(b"\xff\xd9") > at)
        length = 0 if marker == 0xFF or marker in _JPEG_BARE else int.from_bytes(data[at + 2 : at + 4])
        if marker in (0xD9, 0xDA):
            raise ValueError("no size before the picture")
        at += 1 if marker == 0xFF else 2 + length


def _webp(data: bytes) -> Claims:
    is_whole = int.from_bytes(data[4:8], "little") + 8 <= len(data)
    kind, body = data[12:16], data[20:]
    if kind == b"VP8X":
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
        return Claims(width, height, moves=bool(body[0] & 0x02), is_whole=is_whole)
    if kind == b"VP8L":
        bits = struct.unpack("<I", body[1:5])[0]
        return Claims((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, is_whole=is_whole)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return Claims(width & 0x3FFF, height & 0x3FFF, is_whole=is_whole)
    raise ValueError("not a picture of WebP")


# --- In the confined child -----------------------------------------------------------------------------------


def make(source: str, folder: str, report: Callable[[float], None]) -> dict[str, Any]:
    """Write `<width>.webp` for phones and screens into `folder`; answers with the widths and the largest size.

    JPEG files of phones that carry further pictures give their first one. Raises Refused.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture = _decoded(source)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(TOO_MANY_PIXELS) from error
    except Image.UnidentifiedImageError as error:
        raise Refused(ADVICE) from error
    except (OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError) as error:
        raise Refused(DAMAGED) from error
    report(40)
    return save_sizes(picture, Path(folder), WIDTHS, report)


def _decoded(source: str) -> Image.Image:
    """The pixels, upright, in sRGB, at most as wide as the largest size, with nothing else about them."""
    with Image.open(source, formats=FORMATS) as picture:
        if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:
            raise Refused(MOVES)
        if fault := fault_in_size(*picture.size):
            raise Refused(fault)
        # A JPEG can be decoded at half or a quarter of its size at once.
        picture.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
        picture.load()
        turned = picture.getexif().get(ExifTags.Base.Orientation, 1) in SIDEWAYS
        small = _shrunk(picture, picture.height if turned else picture.width)
    return _plain(_in_srgb(ImageOps.exif_transpose(small)))


def _shrunk(picture: Image.Image, width: int) -> Image.Image:
    """A copy that is no wider than the largest size once it stands upright. First of all, for the sake of memory."""
    factor = min(1.0, WIDTHS[-1] / width)
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    if picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    gap = None if picture.mode.startswith("I;") else 2.0
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=gap)
    small.info = dict(picture.info)
    return small


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Colours as their profile means them; a profile that cannot be read is left aside."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return found or picture


def _plain(picture: Image.Image) -> Image.Image:
    """8 bits in red, green and blue; what shines through gets a white ground."""
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        picture = ground
    return picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Sixteen bits of grey, scaled and not cut off."""
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def save_sizes(
    picture: Image.Image, folder: Path, widths: tuple[int, ...], report: Callable[[float], None]
) -> dict[str, Any]:
    """Write the picture in all `widths` that it fills, and never larger than it is."""
    fitting = [width for width in widths if width < picture.width]
    fitting.append(min(picture.width, widths[-1]))
    made: list[int] = []
    for width in dict.fromkeys(fitting):
        height = max(1, round(picture.height * width / picture.width))
        smaller = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        smaller.info.clear()
        smaller.save(folder / f"{width}.webp", "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
        made.append(width)
        report(40 + 55 * len(made) / len(fitting))
    return {"widths": made, "width": smaller.width, "height": smaller.height}
