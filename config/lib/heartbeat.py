"""When worker and beat were last heard. Kept in Redis: a heartbeat that outlives its server would be a lie."""

import time

from django.core.cache import cache

KEEP = 60 * 60


def beat(who: str) -> None:
    """Note that `who` is alive now."""
    cache.set(f"heartbeat:{who}", time.time(), KEEP)


def age(who: str) -> float | None:
    """Seconds since `who` was heard, or None when it never was."""
    heard = cache.get(f"heartbeat:{who}")
    return None if heard is None else max(0.0, time.time() - heard)
