"""Says whether a server answers: ``python -m freshdesk_core.alive URL``, for the health checks of containers.

Exit code 0 for any answer below 500, 1 for none. Not for ``/healthz``, which speaks of the data: to start a
server again does not bring Freshdesk back.
"""

import http.client
import sys
from urllib.parse import urlsplit

SECONDS = 4.0


def is_alive(url: str) -> bool:
    """A server answers at an address of plain HTTP."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=SECONDS)
    try:
        connection.request("GET", where.path or "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if len(sys.argv) == 2 and is_alive(sys.argv[1]) else 1)
