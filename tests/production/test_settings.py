"""Production settings: safe as they come, loud when they are not."""

import os
import subprocess
import sys

import pytest

from tests.production.compose import ROOT, services

SAFE = {name: value for name, value in services()["web"]["environment"].items() if value}


def manage(*arguments: str, **changed: str | None) -> subprocess.CompletedProcess:
    """Run manage.py with the environment of docker-compose.yml's web service, changed; None takes a variable away."""
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("TONUS_", "DATABASE_", "REDIS_", "EMAIL_", "DJANGO_"))
    }
    env |= SAFE | {key: value for key, value in changed.items() if value is not None}
    for key in (key for key, value in changed.items() if value is None):
        env.pop(key, None)
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_deploy_check_is_clean():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"TONUS_DEBUG": "true"}, "TONUS_DEBUG is on"),
        ({"TONUS_SECRET_KEY": None}, "TONUS_SECRET_KEY is not set"),
        (
            {"TONUS_SECRET_KEY": "only-for-development-and-tests-not-a-secret-not-a-secret"},
            "TONUS_SECRET_KEY is a default",
        ),
        ({"TONUS_SECRET_KEY": "change-me" * 10}, "TONUS_SECRET_KEY is a default"),
        ({"TONUS_SECRET_KEY": "short"}, "TONUS_SECRET_KEY is a default"),
        ({"TONUS_ALLOWED_HOSTS": None}, "TONUS_ALLOWED_HOSTS must name"),
        ({"TONUS_ALLOWED_HOSTS": "*"}, "TONUS_ALLOWED_HOSTS must name"),
        ({"TONUS_BASE_URL": "http://clinic.example.org"}, "TONUS_BASE_URL must be the https://"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must begin with postgres://"),
        (
            {"DATABASE_URL": "postgres://tonus_app:change-me@db:5432/tonus"},
            "DATABASE_URL still has the password of the example",
        ),
        ({"REDIS_URL": None}, "REDIS_URL is not set"),
        ({"REDIS_URL": "memory://"}, "REDIS_URL must begin with"),
        ({"EMAIL_URL": None}, "EMAIL_URL is not set"),
        ({"TONUS_ENV": "prod"}, "TONUS_ENV is 'prod'"),
    ],
)
def test_unsafe_production_refuses_to_start(changed, told):
    done = manage("check", **changed)
    assert done.returncode != 0
    assert told in done.stderr


def test_without_a_mode_it_is_production():
    done = manage("check", TONUS_ENV=None, TONUS_SECRET_KEY=None)
    assert "TONUS_SECRET_KEY is not set" in done.stderr
