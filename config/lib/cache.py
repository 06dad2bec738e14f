"""A cache that may be away. Without Redis pages are slower and limits are open, but nobody gets an error.

No package does this for Django's own Redis backend; django-redis, which does, brings a second backend to keep.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisAwayError
from redis.exceptions import TimeoutError as RedisSlowError

logger = structlog.get_logger(__name__)


def _tolerant(name: str, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    real = getattr(RedisCache, name)

    @wraps(real)
    def call(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return real(self, *args, **kwargs)
        except (RedisAwayError, RedisSlowError) as error:
            logger.warning("cache_away", operation=name, error=type(error).__name__)
            return otherwise(*args, **kwargs)

    return call


def _default(key: Any, default: Any = None, version: Any = None) -> Any:
    return default


class TolerantRedisCache(RedisCache):
    get = _tolerant("get", _default)
    get_many = _tolerant("get_many", lambda *args, **kwargs: {})
    has_key = _tolerant("has_key", lambda *args, **kwargs: False)
    # "Added" when nobody can know: a limit that cannot count lets people in.
    add = _tolerant("add", lambda *args, **kwargs: True)
    set = _tolerant("set", lambda *args, **kwargs: None)
    set_many = _tolerant("set_many", lambda *args, **kwargs: [])
    touch = _tolerant("touch", lambda *args, **kwargs: False)
    delete = _tolerant("delete", lambda *args, **kwargs: False)
    delete_many = _tolerant("delete_many", lambda *args, **kwargs: None)
    incr = _tolerant("incr", lambda *args, **kwargs: 1)
