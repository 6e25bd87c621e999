"""Settings, read from the environment (docs/configuration.md). Safe unless told otherwise; unsafe production refuses to start."""

from pathlib import Path

import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from clinic import env

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.mode()
PRODUCTION = MODE == env.PRODUCTION
EMBEDDED = MODE == env.EMBEDDED
TESTING = MODE == env.TEST

DEBUG = env.reader.bool("TONUS_DEBUG", False)
DATA = env.folder("TONUS_DATA", BASE_DIR / "var")
BASE_URL = env.reader.str("TONUS_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = BASE_URL.startswith("https://")

if PRODUCTION:
    SECRET_KEY = env.need("TONUS_SECRET_KEY")
    ALLOWED_HOSTS = env.reader.list("TONUS_ALLOWED_HOSTS", default=[])
    if DEBUG:
        raise ImproperlyConfigured("TONUS_DEBUG is on. Production never runs with it.")
    if len(SECRET_KEY) < 50 or "change-me" in SECRET_KEY or SECRET_KEY.startswith("only-for-"):
        raise ImproperlyConfigured(
            "TONUS_SECRET_KEY is a default or shorter than 50 characters. Make a new random one."
        )
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured(
            "TONUS_ALLOWED_HOSTS must name the hosts this clinic is reached at, without *."
        )
    if not HTTPS:
        raise ImproperlyConfigured("TONUS_BASE_URL must be the https:// address that people use.")
    for name in ("DATABASE_URL", "REDIS_URL"):
        if "change-me" in env.need(name):
            raise ImproperlyConfigured(
                f"{name} still has the password of the example. Make a new random one."
            )
else:
    SECRET_KEY = env.reader.str(
        "TONUS_SECRET_KEY", "only-for-development-and-tests-not-a-secret-not-a-secret"
    )
    ALLOWED_HOSTS = env.reader.list(
        "TONUS_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"]
    )
SECRET_KEY_FALLBACKS = env.reader.list("TONUS_SECRET_KEY_FALLBACKS", default=[])

INSTALLED_APPS = [
    "clinic",
    "catalogue",
    "patients",
    "careplans",
    "scheduling",
    "reminders",
    "workspace",
    "portal",
    "fhir",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "pgtrigger",
    "pghistory",
    "django_structlog",
]
if TESTING:
    INSTALLED_APPS.append("zeal")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.metrics.count_requests",
    "csp.middleware.CSPMiddleware",
    "clinic.middleware.refuse_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinic.middleware.bearer",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.middleware.ClinicMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context.shell",
            ],
        },
    },
]

# --- database: the app role, or the owner for what must see and change everything -----------------------------------
AS_OWNER = env.reader.bool("TONUS_AS_OWNER", False)
_app_url = env.reader.str("DATABASE_URL", "postgres:///tonus")
DATABASES = {
    "default": {
        **env.database(
            env.reader.str("TONUS_OWNER_DATABASE_URL", _app_url) if AS_OWNER or TESTING else _app_url
        ),
        "CONN_MAX_AGE": env.reader.int("TONUS_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # transaction pooling in front of PostgreSQL needs it
    }
}
APP_ROLE = "tonus_app"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()  # who and when stay in the row, behind its wall
PGHISTORY_APPEND_ONLY = True

# --- broker and cache -----------------------------------------------------------------------------------------------
BROKER_URL, CACHE_URL = env.redis_urls(env.reader.str("REDIS_URL", "redis://127.0.0.1:6379"))
CACHES = {
    "default": {
        "BACKEND": "clinic.caching.Cache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "tonus",
    }
}
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_keepalive": True}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "due-reminders": {
        "task": "reminders.tasks.send_due_reminders",
        "schedule": 5,  # seconds
        "options": {"expires": 4},  # after an outage one scan catches up; the missed ones would only queue
    },
    "keep-promises": {"task": "reminders.tasks.reconcile", "schedule": 3600, "options": {"expires": 3500}},
    "recheck-plans": {
        "task": "careplans.tasks.recheck_running_plans",
        "schedule": 300,  # a query a clinic, but after a new edition and at the start of a day
        "options": {"expires": 290},
    },
    "forget": {"task": "clinic.tasks.forget", "schedule": 3600, "options": {"expires": 3500}},
    "forget-codes": {"task": "patients.tasks.forget_codes", "schedule": 3600, "options": {"expires": 3500}},
}

# --- people and sessions --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["clinic.accounts.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_NAME = "tonus_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
STAFF_IDLE_SECONDS = 20 * 60
CSRF_COOKIE_NAME = "tonus_csrf"
CSRF_FAILURE_VIEW = "clinic.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []

ACCOUNT_ADAPTER = "clinic.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # a clinic's admin enters and knows its staff
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
}
if TESTING and not env.reader.bool("TONUS_TEST_LIMITS", False):
    ACCOUNT_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Tonus"
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

# --- language, clock, files -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")]
LANGUAGE_COOKIE_NAME = "tonus_language"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # rows; what people read is the clinic's own zone, which the middleware activates
FORMAT_MODULE_PATH = ["clinic.formats"]

STATIC_URL = "static/"
STATIC_ROOT = env.folder("TONUS_STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "clinic.staticfiles.HashedStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = TESTING or DEBUG  # each client of a test would else look through all files first
MEDIA_ROOT = DATA / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- messages that leave the clinic ---------------------------------------------------------------------------------
OUTBOX = DATA / "outbox" if EMBEDDED else None  # one file a message, read by the admin at /outbox/
EMAIL_URL = env.reader.str("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(env.reader.email_url_config(EMAIL_URL))
elif EMBEDDED:
    EMAIL_BACKEND = "clinic.outbox.EmailBackend"
elif TESTING:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
else:
    raise ImproperlyConfigured(
        "EMAIL_URL is not set: smtp://user:password@host:587 (or smtp+tls://, smtp+ssl://)."
    )
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.reader.str("TONUS_FROM_EMAIL", "Tonus <tonus@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SMS_URL = env.reader.str(
    "TONUS_SMS_URL", ""
)  # a webhook; without one SMS is written to the outbox (embedded) or off

# --- the browser's side ---------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
TRUSTED_PROXIES = env.reader.int("TONUS_TRUSTED_PROXIES", 1 if PRODUCTION else 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
METRICS_TOKEN = env.reader.str("TONUS_METRICS_TOKEN", "")
if _folder := env.reader.str("PROMETHEUS_MULTIPROC_DIR", ""):
    Path(_folder).mkdir(parents=True, exist_ok=True)  # where several web processes add up their figures

# --- API ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["clinic.api_access.MemberAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["clinic.api_access.NoPermissionDeclared"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["clinic.api_access.Parser"],
    "DEFAULT_PAGINATION_CLASS": "clinic.api.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "clinic.api.answer_refusal",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tonus",
    "DESCRIPTION": "Care plans, bookings and home exercise of a physiotherapy clinic.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["clinic.api_access.SignedIn"],
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {  # fields of one name with other choices, by what they are choices of
        "LanguageEnum": "clinic.models.LANGUAGES",
        "ReminderKindEnum": "reminders.models.Kind",
        "ResourceKindEnum": "scheduling.models.Kind",
        "AppointmentStatusEnum": "scheduling.models.Status",
        "PlanStatusEnum": "careplans.models.PlanStatus",
        "ItemStatusEnum": "careplans.models.ItemStatus",
        "DiagnosisStatusEnum": "patients.models.DiagnosisStatus",
        "SideEnum": "patients.models.Side",
        "BodySideEnum": "careplans.models.BodySide",
    },
}

# --- logs: ids only, never a name, a diagnosis or an exercise -------------------------------------------------------
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # clinic.logs names the address that the limits of sign-in go by
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # a proxy, or a program, names its request; else we do
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "clinic.logs.Formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["console"],
        "level": env.reader.str("TONUS_LOG_LEVEL", "WARNING" if TESTING else "INFO"),
    },
    "loggers": {
        "django": {"level": "WARNING" if TESTING else "INFO"},
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR" if TESTING else "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique whatever its case, by an index on lower(email)
