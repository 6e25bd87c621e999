"""What cannot work is said in one sentence, with exit code 1 and no traceback, before anything is made."""

import os
import subprocess
import sys

import pytest

from tests.launcher.runner import ROOT, free_port, tonus


def refused(done):
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    sentences = [line for line in done.stderr.splitlines() if line.startswith("tonus: ")]
    assert len(sentences) == 1, done.stderr
    return sentences[0]


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8000x", "８０００"])
def test_a_port_that_is_none(port, tmp_path):
    assert f"PORT={port}" in refused(tonus("run", TONUS_DATA=str(tmp_path / "s"), PORT=port))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgres://nobody:wrong@127.0.0.1:1/tonus", "DATABASE_URL cannot be used"),
        ("sqlite:///tonus.db", "DATABASE_URL"),
        ("postgres://127.0.0.1:notaport/x", "DATABASE_URL"),
    ],
)
def test_a_database_that_does_not_answer(url, told, tmp_path):
    done = tonus("run", TONUS_DATA=str(tmp_path / "s"), PORT=str(free_port()), DATABASE_URL=url)
    assert told in refused(done)
    assert "wrong" not in done.stderr.replace("wrong@", "")


def test_a_broker_that_does_not_answer(tmp_path):
    env = {"TONUS_DATA": str(tmp_path / "s"), "PORT": str(free_port()), "REDIS_URL": "redis://127.0.0.1:1"}
    assert "REDIS_URL cannot be used" in refused(tonus("run", **env))


def test_a_state_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    assert "state folder" in refused(tonus("run", TONUS_DATA=str(tmp_path / "file"), PORT=str(free_port())))


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root, to mount a tiny disk")
def test_a_disk_that_is_full(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("may not mount here")
    try:
        assert "make room" in refused(tonus("run", TONUS_DATA=str(disk / "s"), PORT=str(free_port())))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_launcher_is_not_for_production(tmp_path):
    assert "TONUS_ENV=production" in refused(
        tonus("run", TONUS_DATA=str(tmp_path / "s"), TONUS_ENV="production")
    )


def test_a_backup_that_is_not_there(tmp_path):
    done = tonus("restore", str(tmp_path / "no.dump"), TONUS_DATA=str(tmp_path / "s"))
    assert "There is no file" in refused(done)


def test_an_old_python_is_told_which_is_needed():
    """The first file is read by any Python 3, so that it can say so."""
    code = "import sys; sys.version_info = (3, 9, 0); sys.argv = ['tonus.py', 'run']; exec(open('tools/tonus.py').read())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr


def test_make_only_calls_the_launcher():
    makefile = (ROOT / "Makefile").read_text()
    recipes = [line.strip().lstrip("@") for line in makefile.splitlines() if line.startswith("\t")]
    assert recipes
    assert all(recipe.startswith("$(TONUS) ") for recipe in recipes)
