"""Settings that hold everywhere; development, tests and production add what differs."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue
from whitenoise.compress import Compressor

from shopdisputes.settings import env, schema

BASE_DIR = Path(__file__).resolve().parent.parent.parent
#: Everything the program writes by itself lies below this folder.
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))
#: Built third-party front-end files, laid there by the installation.
ASSETS_DIR = BASE_DIR / "var" / "assets"

DEBUG = env.flag("DEBUG", default=False)
PUBLIC_URL = env.text("PUBLIC_URL", "http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
    "shopdisputes.shops",
    "shopdisputes.accounts",
    "shopdisputes.customers",
    "shopdisputes.repairorders",
    "shopdisputes.audit",
    "shopdisputes.links",
    "shopdisputes.uploads",
    "shopdisputes.documents",
    "shopdisputes.outbox",
    "shopdisputes.signing",
    "shopdisputes.api",
    "shopdisputes.web",
    "shopdisputes.ops",
    "inspections",
    "estimates",
    "invoices",
    "dunning",
    "disputes",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "shopdisputes.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "shopdisputes.web.middleware.PreferencesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shopdisputes.web.middleware.PrivacyMiddleware",
    "axes.middleware.AxesMiddleware",
    "shopdisputes.web.middleware.LostLineMiddleware",
]

ROOT_URLCONF = "shopdisputes.urls"
WSGI_APPLICATION = "shopdisputes.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shopdisputes.web.context.shell",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "shopdisputes.web.templatetags.shopdisputes",
            ],
        },
    },
]

DATABASES = {"default": env.database("DATABASE_URL", default_file=DATA_DIR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Log-in by e-mail with an optional second factor; the admin goes through the same door.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Per address only: counted per account, anybody could lock the owner out. Guessing is axes'.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
ACCOUNT_ADAPTER = "shopdisputes.web.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# An address is what a shop lets somebody in by: who could take another would be let in with it.
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "ShopDisputes"
# The shop makes the accounts; nobody is asked to prove an address before protecting one.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Locking by person and address together: an outsider cannot lock the owner out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_USERNAME_CALLABLE = "shopdisputes.web.lockout.username_of"
AXES_CLIENT_IP_CALLABLE = "shopdisputes.web.requests.client_ip"
AXES_LOCKOUT_TEMPLATE = "errors/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ASSETS_DIR]
STORAGES: dict[str, Any] = {
    "default": env.storage("STORAGE_URL", default_folder=DATA_DIR / "media"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
#: Where pages load photos and videos from besides ourselves: the bucket, when there is one.
MEDIA_ORIGINS = env.storage_origins(STORAGES["default"])
# Packages bring megabytes of source maps; compressing them, and every file a second time under
# its plain name, would double the time of a first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
#: The one handler: on disk from the first byte, hashed on the way. Handlers must be known before
#: a form is read, which the CSRF check does ahead of every view; hence for all pages.
FILE_UPLOAD_HANDLERS = ["shopdisputes.uploads.handlers.HashingUploadHandler"]
FILE_UPLOAD_TEMP_DIR = env.landing_folder(STORAGES["default"], elsewhere=DATA_DIR / "tmp")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
#: A checklist of 200 items posts 20 fields an item; beyond this everything typed would be lost.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# No third party, nothing inline. htmx is told to add no style element of its own.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *MEDIA_ORIGINS],
        # Videos, which a bucket gives out itself; a file just chosen is shown before it is sent.
        "media-src": [SELF, "blob:", *MEDIA_ORIGINS],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
# The mail log shows a mail in a sandboxed frame of our own; nobody else may frame a page.
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "shopdisputes.web.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Rate limits and log-in counters must be shared by all processes, so they live in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Beyond the usual 300 a third of all counters would be forgotten in the midst of counting.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
#: How many reverse proxies of our own stand in front; their X-Forwarded-For entries count.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["shopdisputes.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["shopdisputes.api.permissions.StaffOfShop"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "shopdisputes.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["shopdisputes.api.throttling.TokenThrottle"],
    "EXCEPTION_HANDLER": "shopdisputes.api.errors.handle",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = schema.SPECTACULAR

# Celery only rings. What must not be lost is a row; a sweep picks up what a lost ring left.
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
#: Where a shop has much to do, each queue gets workers of its own (``-Q``), so that mail waits
#: behind no PDF; a worker that names none hears them all.
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name)
    for name in ("default", "mail", "documents", "clockwork")
]
CELERY_TASK_ROUTES = {
    "shopdisputes.outbox.tasks.*": {"queue": "mail"},
    "shopdisputes.documents.tasks.*": {"queue": "documents"},
    "shopdisputes.uploads.tasks.*": {"queue": "documents"},
    "inspections.tasks.make_reports": {"queue": "documents"},
    "disputes.tasks.*": {"queue": "clockwork"},
    "dunning.tasks.*": {"queue": "clockwork"},
    "estimates.tasks.*": {"queue": "clockwork"},
    "invoices.tasks.*": {"queue": "clockwork"},
    "inspections.tasks.lapse": {"queue": "clockwork"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
    "socket_connect_timeout": 1,
    "health_check_interval": 30,
    "max_retries": 0,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False


def _every(seconds: int, task: str) -> dict[str, Any]:
    """Ring for a job so often; a ring that nobody answered until the next one is forgotten."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


#: Every periodic job, also what ``manage.py tick`` runs once, in this order. Intervals only:
#: what is due is decided by rows and the shop's own clock, never by the scheduler's.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "expire estimates": _every(60, "estimates.tasks.expire"),
    "remind before expiry": _every(60, "estimates.tasks.remind_before_expiry"),
    "lapse inspections": _every(60, "inspections.tasks.lapse"),
    "settle promises": _every(60, "invoices.tasks.settle_promises"),
    "lapse payment plans": _every(60, "invoices.tasks.lapse_plans"),
    "plan reminders": _every(60, "dunning.tasks.plan"),
    # Once more at the same time: two workers share the shops, of which each has one planner.
    "plan reminders beside": _every(60, "dunning.tasks.plan"),
    "chase resolvers": _every(60, "disputes.tasks.chase_overdue"),
    "end offers that ran out": _every(60, "disputes.tasks.expire_offers"),
    "look after reworks": _every(60, "disputes.tasks.rework_clocks"),
    "count chargebacks down": _every(300, "disputes.tasks.count_down_chargebacks"),
    "prepare files": _every(15, "shopdisputes.uploads.tasks.drain"),
    # Between the two: the pictures of a report are ready, and it is typeset in the same round.
    "make inspection reports": _every(15, "inspections.tasks.make_reports"),
    "typeset documents": _every(15, "shopdisputes.documents.tasks.drain"),
    "deliver e-mails": _every(15, "shopdisputes.outbox.tasks.drain"),
    "remove files without a row": {
        "task": "shopdisputes.uploads.tasks.sweep_orphans",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
    "forget old idempotency keys": {
        "task": "shopdisputes.api.tasks.forget_keys",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

#: Kinds of e-mail that are worded when they leave, and who looks after them.
MAIL_WORDED_LATE = {"reminder": "dunning.services.sending.keeper"}
#: None: there is no server, mail stays readable in the mail log.
SMTP = env.smtp("EMAIL_URL")
SMTP_TIMEOUT_SECONDS = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "no-reply@localhost")

#: Where the shops' sealing keys lie, each encrypted with a key derived from the passphrase.
SEAL_DIR = Path(env.text("SEAL_DIR", str(DATA_DIR / "seals")))
SEAL_PASSPHRASE = env.text("SEAL_PASSPHRASE", "")
#: Address of an RFC 3161 time-stamp authority; empty: seals carry no time-stamp.
TIMESTAMP_URL = env.text("TIMESTAMP_URL", "")

#: The virus scanner; empty: there is none, and files are accepted without one.
CLAMD_URL = env.scanner("CLAMD_URL")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "shopdisputes.web.logs.ScrubTokens"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["scrub"],
            "formatter": "plain",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
