"""The checks that read the code instead of running it. Their settings live in pyproject.toml."""

import subprocess
import time

from .servers import Servers

CHECKS = {
    "ruff check": ["ruff", "check", "--quiet", "."],
    "ruff format": ["ruff", "format", "--check", "--quiet", "."],
    "layers": ["lint-imports", "--no-cache"],
    "types": ["mypy"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
}


def check(servers: Servers) -> list[str]:
    """Run every check, show what the failing ones say, and return their names."""
    failed = []
    for name, (program, *arguments) in CHECKS.items():
        began = time.monotonic()
        command = [str(servers.python.with_name(program)), *arguments]
        done = subprocess.run(
            command,
            cwd=servers.checkout,
            env=servers.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(
            f"{'ok    ' if done.returncode == 0 else 'FAILED'}  {name}  {time.monotonic() - began:.1f} s",
            flush=True,
        )
        if done.returncode != 0:
            failed.append(name)
            print(done.stdout, flush=True)
    return failed
