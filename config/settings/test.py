"""Tests: real PostgreSQL, Redis and SMTP from `tests/servers.py`, fast hashing, readable failures."""

from config.lib.logs import logging_config
from config.lib.stores import database
from config.settings.base import *  # noqa: F403
from config.settings.base import RACHIS_DATA, env

SECRET_KEY = "tests-only-" + "x" * 40
ALLOWED_HOSTS = ["*"]
RACHIS_EMBEDDED = True
DATABASES = {"default": database(env.str("DATABASE_URL"), pool=False)}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAIL_FOLDER = RACHIS_DATA / "mail"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
SITE_URL = env.str("SITE_URL", default="http://testserver")
LOGGING = logging_config(json=False, level="ERROR")
