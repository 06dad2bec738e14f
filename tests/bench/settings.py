"""As in production where it costs time: kept database connections, no look at files on each request."""

from config.lib.stores import database
from config.settings.test import *  # noqa: F403
from config.settings.test import env

DATABASES = {"default": database(env.str("DATABASE_URL"))}
WHITENOISE_AUTOREFRESH = False
