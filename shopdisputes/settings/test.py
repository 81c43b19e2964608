"""Tests: real PostgreSQL, Valkey and files; only the password hash is made cheap."""

from shopdisputes.settings.base import *  # noqa: F403
from shopdisputes.settings.base import STORAGES

DEBUG = False
SECRET_KEY = "test-only-" + "0123456789" * 5
SEAL_PASSPHRASE = "test-only-" + "passphrase"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The manifest needs collectstatic; tests read the files where they lie.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
