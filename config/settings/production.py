"""Production: everything that matters comes from the environment, and a missing value stops the start."""

from django.core.exceptions import ImproperlyConfigured

from config.lib.logs import logging_config
from config.settings.base import *  # noqa: F403
from config.settings.base import env

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_URL = env.str("SITE_URL")
for _name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
    if not env.str(_name, default=""):
        raise ImproperlyConfigured(f"Set {_name}: production never uses the embedded servers.")
if env.bool("RACHIS_DEMO", default=False):
    raise ImproperlyConfigured("RACHIS_DEMO is for the embedded mode on loopback, never for production.")

RACHIS_EMBEDDED = False
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LOGGING = logging_config(json=True, level=env.str("LOG_LEVEL", default="INFO"))
