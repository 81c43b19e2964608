"""The demo shop: as in development, and quick to start."""

from shopdisputes.settings.dev import *  # noqa: F403
from shopdisputes.settings.dev import STORAGES

# Its pages come over loopback.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "shopdisputes.ops.static_files.QuicklyCompressed"}
}
