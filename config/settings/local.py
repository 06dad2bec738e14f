"""Embedded mode: one machine, loopback only, demo clinic, mail kept on this machine."""

from config.lib.logs import logging_config
from config.lib.secrets import local_secret
from config.settings.base import *  # noqa: F403
from config.settings.base import RACHIS_DATA, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret(RACHIS_DATA)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
# Our own database, our own machine: only then demo accounts and the mail page exist.
RACHIS_EMBEDDED = env.bool("RACHIS_EMBEDDED", default=not env.str("DATABASE_URL", default=""))
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}")
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None  # served from their sources; nothing is collected here
WHITENOISE_AUTOREFRESH = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
MAIL_FOLDER = RACHIS_DATA / "mail"
LOGGING = logging_config(json=False, level=env.str("LOG_LEVEL", default="WARNING"))
