"""Taking one large file in: straight to the disk it will stay on, never more than was allowed, whole or not at all.

Django would keep reading whatever is sent, and take a body that was cut for a complete one. A view that wants a file
sets the handler before anything touches `request.POST`, and ends its form with `END_FIELD`.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

# The last field of the form. When it has come, so has everything before it.
END_FIELD = "all_sent"
REST_OF_FORM = 64 * 1024  # bytes that the other fields and the boundaries may take
SUFFIX = ".part"


class IncomingFile(UploadedFile):
    """A file under a random name in `folder`; gone when it is closed, unless `move` has put it elsewhere."""

    def __init__(self, folder: Path, name: str, content_type: str | None) -> None:
        file = tempfile.NamedTemporaryFile(dir=folder, suffix=SUFFIX)  # noqa: SIM115  closed with the request
        super().__init__(file, name, content_type or "", size=0)

    @property
    def path(self) -> str:
        """Where it lies while it is only coming in."""
        assert self.file is not None  # noqa: S101  set above
        return str(self.file.name)

    def move(self, target: Path) -> None:
        """Put it on the disk for good: it appears there whole, or, when we are killed, not at all."""
        assert self.file is not None  # noqa: S101  set above
        self.file.flush()
        os.fsync(self.file.fileno())
        os.rename(self.path, target)
        sync_folder(target.parent)

    def close(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            super().close()


class OneFile(FileUploadHandler):
    """Takes one file of at most `limit` bytes; stops reading at once when there is more (`is_too_large`)."""

    file: IncomingFile  # set once a file has begun; Django closes what it finds under this name

    def __init__(self, request: HttpRequest, *, limit: int, folder: Path) -> None:
        super().__init__(request)
        self.limit, self.folder = limit, folder
        self.is_too_large = False
        self._announced = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803
        self._announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if hasattr(self, "file"):
            raise StopUpload(connection_reset=True)  # a second file: the form ends without its last field
        if self._announced > self.limit + REST_OF_FORM:
            self._stop()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file = IncomingFile(self.folder, self.file_name or "", self.content_type)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.limit:
            self._stop()
        try:
            self.file.write(raw_data)
        except OSError:
            self.upload_interrupted()
            raise

    def file_complete(self, file_size: int) -> UploadedFile | None:
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()

    def _stop(self) -> None:
        self.is_too_large = True
        raise StopUpload(connection_reset=True)


class NoFiles(FileUploadHandler):
    """For every view that asks for no file: stop reading at the first one, so that nobody fills our disk with it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
