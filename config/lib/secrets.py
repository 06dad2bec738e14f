"""A secret for embedded mode, made once and kept readable by its owner alone."""

import os
import secrets
from pathlib import Path


def local_secret(data: Path) -> str:
    """The key in `data/secret`, made on first use (file mode 600). Two processes at once agree on one key."""
    path = data / "secret"
    data.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key
