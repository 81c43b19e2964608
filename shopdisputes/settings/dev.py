"""Development, of which the demo shop is made: works with nothing set but ``DEBUG=1``."""

from shopdisputes.settings import env
from shopdisputes.settings.base import *  # noqa: F403
from shopdisputes.settings.base import DEBUG, SEAL_PASSPHRASE

SECRET_KEY = env.text("SECRET_KEY", "development-only-" + "0123456789" * 5 if DEBUG else None)
SEAL_PASSPHRASE = SEAL_PASSPHRASE or SECRET_KEY
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
