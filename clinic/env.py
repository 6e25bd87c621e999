"""Read the environment once, loudly: a wrong value stops the start with one sentence that names it."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

reader = environ.Env()

EMBEDDED, TEST, PRODUCTION = "embedded", "test", "production"


def mode() -> str:
    """Return TONUS_ENV: production unless something else is asked for by name."""
    value = reader.str("TONUS_ENV", PRODUCTION)
    if value not in (EMBEDDED, TEST, PRODUCTION):
        raise ImproperlyConfigured(f"TONUS_ENV is {value!r}; it is one of {EMBEDDED}, {TEST}, {PRODUCTION}.")
    return value


def need(name: str) -> str:
    """Return a variable that has no safe default. Raises ImproperlyConfigured when it is missing or empty."""
    value = reader.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. docs/configuration.md lists what production needs.")
    return value


def database(url: str) -> dict:
    """Return Django's settings for a PostgreSQL `url`; a socket folder goes into `?host=/folder`."""
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgres://; Tonus runs on PostgreSQL alone."
        )
    config = environ.Env.db_url_config(url)
    options = config.setdefault("OPTIONS", {})
    for key, name in (("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD")):
        if key in options:
            config[name] = options.pop(key)
    config["ENGINE"] = (
        "django_prometheus.db.backends.postgresql"
        if reader.bool("TONUS_METRICS", False)
        else config["ENGINE"]
    )
    return config


def redis_urls(url: str) -> tuple[str, str]:
    """Return (broker url for Celery, cache url for Django): two databases of one Redis, by TCP or Unix socket."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host=0", f"unix://{parts.path}?db=1"
    if parts.scheme not in ("redis", "rediss"):
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    base = f"{parts.scheme}://{parts.netloc}"
    return f"{base}/0", f"{base}/1"


def folder(name: str, default: Path) -> Path:
    return Path(reader.str(name, str(default))).resolve()
