"""docker-compose.yml as Compose reads it: anchors merged, ${VARIABLES} filled in."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}")
FILLED_IN = {
    "TONUS_HOST": "clinic.example.org",
    "TONUS_SECRET_KEY": "9fQx_2LrVb7-Tz0aKmW4cE8uHs5JdYpN1gRiX6oB3vMqAtZlUeGkSyCwPhDj",
    "POSTGRES_PASSWORD": "superuser",
    "TONUS_OWNER_PASSWORD": "owner",
    "TONUS_APP_PASSWORD": "app",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "TONUS_FROM_EMAIL": "Clinic <clinic@clinic.example.org>",
}


class Missing(LookupError):
    """A variable that the file insists on is not set."""


def read(filled_in: dict[str, str] = FILLED_IN) -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text()

    def value(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        if filled_in.get(name):
            return filled_in[name]
        if kind == ":?":
            raise Missing(name)
        return default or ""

    lines = (
        line if line.lstrip().startswith("#") else VARIABLE.sub(value, line) for line in text.splitlines()
    )
    return yaml.safe_load("\n".join(lines))


def services() -> dict[str, Any]:
    return read()["services"]
