"""Archives that want to do harm, small ones."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile

LAYER = 16 * 1024 * 1024


def zipped(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def nested_bomb() -> bytes:
    """In the manner of 42.zip: each layer holds the one below several times."""
    layer = zipped(("0.dll", bytes(LAYER)))
    for depth in range(3):
        layer = zipped(*((f"{depth}-{number}.zip", layer) for number in range(8)))
    return layer


def symlink() -> bytes:
    link = zipfile.ZipInfo("photo.jpg")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return zipped((link, b"/etc/passwd"))


def device() -> bytes:
    node = zipfile.ZipInfo("photo.jpg")
    node.create_system, node.external_attr = 3, (stat.S_IFCHR | 0o666) << 16
    return zipped((node, b""))


def encrypted() -> bytes:
    """The flag of encryption set in both headers of an ordinary archive."""
    data = bytearray(zipped(("photo.jpg", b"secret")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def overlapping() -> bytes:
    """Two entries of the directory that point at the same bytes."""
    data = zipped(("a", bytes(1000)), ("b", bytes(1000)))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    return data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]


ARCHIVES = {
    "nested bomb": nested_bomb,
    "zip slip": lambda: zipped(("../../etc/cron.d/evil", b"* * * * * root true")),
    "absolute path": lambda: zipped(("/etc/passwd", b"root")),
    "symlink": symlink,
    "device": device,
    "encrypted": encrypted,
    "overlapping": overlapping,
    "many entries": lambda: zipped(*((str(number), b"") for number in range(3000))),
    "empty": zipped,
    "gzip": lambda: gzip.compress(bytes(1000)),
}
