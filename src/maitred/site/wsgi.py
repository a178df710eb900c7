"""The entry of the production server; it refuses to start where the settings are unsafe."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maitred.site.settings")
application = get_wsgi_application()

from maitred.site.starting import refuse_unsafe  # noqa: E402  (needs the apps)

refuse_unsafe()
