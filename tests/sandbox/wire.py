"""One request to a sandbox over the wire."""

import http.client
import json
from base64 import b64encode
from typing import Any, NamedTuple

from freshdesk_core.sandbox import Sandbox


class Said(NamedTuple):
    """One answer as it came over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(sandbox: Sandbox, path: str, key: str | None = None, method: str = "GET", **headers: str) -> Said:
    """Ask once, on a connection of its own."""
    connection = http.client.HTTPConnection(sandbox.domain, timeout=10)
    authorization = b64encode(f"{key or sandbox.api_key}:X".encode()).decode()
    sent = {"Authorization": f"Basic {authorization}"}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    connection.request(method, f"/api/v2/{path}", headers=sent)
    response = connection.getresponse()
    said = Said(response.status, response.headers, response.read())
    connection.close()
    return said
