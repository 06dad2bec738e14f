"""Real bytes of pictures, good and bad, made when a test asks for them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms

SIZE = (640, 480)


def painted(size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right, so that one sees how a picture was turned."""
    picture = Image.new("RGB", size, "blue")
    picture.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    return picture.convert(mode)


def noisy() -> Image.Image:
    """A picture that does not compress, so that every byte of its file counts."""
    return Image.effect_noise(SIZE, 90).convert("RGB")


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def jpeg(**options: Any) -> bytes:
    return saved(painted(), "JPEG", **options)


def png() -> bytes:
    return saved(painted(), "PNG")


def webp() -> bytes:
    return saved(painted(), "WEBP")


# --- Shape and size ------------------------------------------------------------------------------------------


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(width: int, height: int) -> bytes:
    """One pixel, and a header that claims more."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def webp_claiming(width: int, height: int) -> bytes:
    """A small WebP whose outer header claims a huge canvas."""
    inner = webp()[12:]
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


# --- Colours and marks ---------------------------------------------------------------------------------------


def cmyk() -> bytes:
    return saved(painted(mode="CMYK"), "JPEG")


def grey_16() -> bytes:
    """Two thirds of white, in sixteen bits."""
    return saved(Image.new("I;16", SIZE, 0xAAAA), "PNG")


def rgb_16() -> bytes:
    row = b"\0" + b"\xff\xff\x00\x00\x00\x00" * SIZE[0]
    header = struct.pack(">IIBBBBB", *SIZE, 16, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(row * SIZE[1]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def turned_with_place() -> bytes:
    """A phone's portrait: stored lying, marked to be turned, with the place, the owner and a note."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to the right
    exif[0x010E] = "kitchen of the patient"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return jpeg(exif=exif, comment=b"made by hand")


def with_profile() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    return saved(painted(), "JPEG", icc_profile=profile.tobytes())


def swapped_profile() -> bytes:
    """A valid display profile; what matters is that it is gone afterwards."""
    return saved(painted(), "PNG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def see_through() -> bytes:
    return saved(Image.new("RGBA", SIZE, (0, 0, 0, 0)), "PNG")


# --- More than one picture -----------------------------------------------------------------------------------


def animated_webp() -> bytes:
    return saved(painted(), "WEBP", save_all=True, append_images=[painted().rotate(180)], duration=100)


def animated_png() -> bytes:
    return saved(painted(), "PNG", save_all=True, append_images=[painted().rotate(180)])


def gif(frames: int) -> bytes:
    """`frames` pictures of one pixel, written by hand: Pillow would take a while."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = (
        b"\x21\xf9\x04\x00\x01\x00\x00\x00" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    )
    return head + frame * frames + b"\x3b"


def phone_jpeg() -> bytes:
    """What many phones write: a JPEG with a second picture behind the first."""
    return saved(painted(), "MPO", save_all=True, append_images=[painted().rotate(180)])


# --- Something else ------------------------------------------------------------------------------------------

HTML = b"<html><script>alert(document.domain)</script></html>"


def polyglot() -> bytes:
    """A good JPEG that is a page too: in a comment, and behind its end."""
    data = jpeg()
    comment = b"\xff\xfe" + struct.pack(">H", len(HTML) + 2) + HTML
    return data[:2] + comment + data[2:] + HTML


def heic() -> bytes:
    brands = b"heic" + bytes(4) + b"mif1heic"
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + bytes(2000)


def avif() -> bytes:
    return saved(painted(), "AVIF")


_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="400" height="300">'
_BOMB = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {name} "{"&" + before + ";" * 1}{("&" + before + ";") * 9}">'.encode()
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
SVGS = {
    "script": _SVG + b"<script>alert(1)</script></svg>",
    "foreignObject": _SVG + b'<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg>',
    "entity bomb": _BOMB + b"]>" + _SVG + b"<text>&i;</text></svg>",
    "external href": _SVG + b'<image xlink:href="https://tracker.example/p.png"/></svg>',
    "external entity": b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _SVG + b"<text>&x;</text></svg>",
    "event": _SVG.replace(b">", b' onload="alert(1)">') + b"</svg>",
}
