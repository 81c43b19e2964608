"""WSGI entry point; ``./run demo`` and the container start it with gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopdisputes.settings.production")
application = get_wsgi_application()
