"""Primary keys that sort by time and can be made on any machine."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new time-ordered UUID (RFC 9562, version 7). A named function, so that migrations can refer to it."""
    return _uuid7()
