"""Exit with 0 when the web process of this container is ready. Asks as the proxy would, by a host name that it knows."""

import os
import sys
import urllib.request

HOST = os.environ["TONUS_ALLOWED_HOSTS"].split(",")[0]
PORT = os.environ.get("PORT", "8000")

request = urllib.request.Request(f"http://127.0.0.1:{PORT}/readyz", headers={"Host": HOST})
try:
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310
        sys.exit(answer.status != 200)
except OSError as error:
    sys.exit(str(error))
