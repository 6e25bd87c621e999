"""The repository itself: what its documents point to is there, and migrations go both ways."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

ROOT = Path(__file__).resolve().parents[1]
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    if name and (ROOT / name).is_file()
]
# what libraries leave, and put back themselves
NOT_OURS = ("auth_", "django_", "pghistory_", "pgtrigger_", "_pgtrigger_", "_pgh_")
DOCUMENTS = [path for path in TRACKED if path.suffix == ".md"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_documents_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text())
    broken = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert broken == []


def test_contributing_names_files_that_exist():
    table = [line for line in (ROOT / "CONTRIBUTING.md").read_text().splitlines() if line.startswith("|")]
    named = [name for line in table for name in re.findall(r"`([\w/]+\.py)`", line) if "/" in name]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_nothing_names_a_machine_or_a_registry():
    """Paths and addresses of somebody's machine have no place in the code; nor has where packages come from."""
    told = re.compile(rb"/root/|/work/|--index-url|extra-index|files\.pythonhosted|registry\.npmjs")
    found = [
        str(path.relative_to(ROOT))
        for path in TRACKED
        if path != Path(__file__) and path.stat().st_size < 2**20 and told.search(path.read_bytes())
    ]
    assert found == []


def test_nothing_of_ours_reads_the_texts_beside_the_checkout():
    """Tests may compare with them through TONUS_SHARED; the product never needs them."""
    code = [
        path
        for path in TRACKED
        if path.suffix in (".py", ".html", ".yml", ".sh") and "tests" not in path.parts
    ]
    assert [str(path) for path in code if "../shared" in path.read_text(errors="replace")] == []


@pytest.mark.slow
def test_every_migration_has_a_way_back():
    """Up and down to nothing, on a database of its own: nothing of ours is left that could stand in the way of going up again."""
    owner = os.environ["TONUS_OWNER_DATABASE_URL"]
    name = f"tonus_there_and_back_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    parts = urlsplit(owner)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if pair)
    connection = psycopg2.connect(dbname="tonus", user=query["user"], host=query["host"])
    connection.autocommit = True
    env = os.environ | {
        "TONUS_OWNER_DATABASE_URL": owner.replace("/tonus?", f"/{name}?"),
        "TONUS_ENV": "embedded",
        "TONUS_AS_OWNER": "1",
    }

    def migrate(*to: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0", *to],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]

    def left() -> list[str]:
        scratch = psycopg2.connect(dbname=name, user=query["user"], host=query["host"])
        with scratch.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')"
                " UNION ALL SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS"
                " (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1"
            )
            names = [row[0] for row in cursor.fetchall()]
        scratch.close()
        return names

    cursor = connection.cursor()
    cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {name}")
    try:
        for step in (
            "0007",
            "0009",
        ):  # an upgrade begins where the last one ended, in a session that has loaded nothing
            migrate("patients", step)
        migrate()
        assert "patients_patient" in left()
        migrate("clinic", "zero")  # and with it all that stands on it
        assert [name for name in left() if not name.startswith(NOT_OURS)] == []
    finally:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.close()
