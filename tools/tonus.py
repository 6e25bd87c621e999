#!/usr/bin/env python3
"""Tonus's commands: `run`, `test` and their helpers (tools/README.md). Nothing but Python 3.11 or newer is needed.

This file keeps to words that older Pythons can read, so that it can tell them what is missing.
"""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(
            "tonus: Python 3.11 or newer is needed; where one is installed: python3.11 tools/tonus.py run"
        )
    from launcher.commands import main

    sys.exit(main())
