"""docs/configuration.md names every variable that the product and its launcher read, and no other."""

import re

from tests.production.compose import ROOT

READ = re.compile(
    r"(?:reader\.\w+|env\.need|env\.folder|environ\.get|environ\[|getenv)\(?\s*[\"']([A-Z][A-Z0-9_]+)[\"']"
)
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "LANG", "CI", "TMPDIR"}


def read_by_code() -> set[str]:
    files = [
        *(ROOT / "clinic").glob("*.py"),
        *(ROOT / "tools").rglob("*.py"),
        *(ROOT / "tests").rglob("conftest.py"),
    ]
    files += [*(ROOT / "tests").rglob("*shared*.py"), *(ROOT / "tests/e2e").rglob("*.py")]
    return {name for file in files for name in READ.findall(file.read_text())}


def test_every_variable_is_documented_and_no_other():
    table = (ROOT / "docs/configuration.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.M))
    read = read_by_code() - NOT_OURS
    own = {name for name in read if name.startswith("TONUS_") or name in documented}
    assert documented - read - {"TONUS_SHARED", "TONUS_TEST_DB_SUFFIX", "TONUS_NEED_BROWSER"} == set()
    assert own - documented == set()


def test_what_the_compose_file_sets_is_documented():
    compose = (ROOT / "docker-compose.yml").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/configuration.md").read_text(), re.M))
    set_there = set(re.findall(r"^ {4,6}([A-Z_]+):", compose, re.M))
    theirs = {
        "POSTGRES_PASSWORD",
        "POSTGRES_INITDB_ARGS",
        "TONUS_HOST",
        "TONUS_OWNER_PASSWORD",
        "TONUS_APP_PASSWORD",
    }
    assert set_there - documented - theirs == set()
