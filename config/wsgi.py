"""The web application. Outside embedded mode it refuses to serve a database that holds demo accounts."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
application = get_wsgi_application()

from config.checks import refuse_demo  # noqa: E402  needs the settings above

refuse_demo()
