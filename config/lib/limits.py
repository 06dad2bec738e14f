"""How often one visitor may ask for something that costs us work. Counted in the cache; without it nobody is held."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def is_too_often(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """True from the `most`+1st time in a stretch of `seconds` from the same address."""
    key = f"limit:{what}:{get_adapter(request).get_client_ip(request)}"
    cache.add(key, 0, seconds)
    return _raised(key) > most


def _raised(key: str) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two steps
        return 1
