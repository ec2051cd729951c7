"""The bare wire: the same questions over as many connections, answers read to the end, nothing parsed.

Whatever an import takes longer than this is its own work, and not the network's or the server's.
"""

import base64
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Protocol

from benchmarks.account import Server

PER_PAGE = 100
FILTERS = ("", "&filter=deleted", "&filter=spam")


class Connection(Protocol):
    """One connection that is kept open."""

    def get(self, target: str) -> bytes:
        """Ask for a path with its query; give the body as it came."""

    def close(self) -> None:
        """Close it."""


class PlainConnection:
    """``http.client`` as it is."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(server.domain)
        self._headers = {"Authorization": _login(server), "Accept": "application/json"}

    def get(self, target: str) -> bytes:
        """Ask, and give the body as it came."""
        self._connection.request("GET", target, headers=self._headers)
        return self._connection.getresponse().read()

    def close(self) -> None:
        """Close it."""
        self._connection.close()


class RawConnection:
    """A socket and no more understanding of HTTP than it takes to find the end of a body."""

    def __init__(self, server: Server) -> None:
        host, _, port = server.domain.partition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = (
            f" HTTP/1.1\r\nHost: {server.domain}\r\nAuthorization: {_login(server)}\r\n"
            "Accept: application/json\r\n\r\n"
        ).encode()

    def get(self, target: str) -> bytes:
        """Ask, and give the body as it came."""
        self._socket.sendall(b"GET " + target.encode() + self._rest)
        data = self._socket.recv(2**18)
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._socket.recv(2**18)
        length = int(data[:end].lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        while len(data) < end + 4 + length:
            data += self._socket.recv(2**18)
        return data[end + 4 :]

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def _login(server: Server) -> str:
    return "Basic " + base64.b64encode(f"{server.api_key}:X".encode()).decode()


def questions(server: Server) -> list[str]:
    """Everything that an import of the whole account has to ask: the pages of three lists, every thread."""
    with closing(PlainConnection(server)) as connection:
        pages, ids = [], {}
        for its_filter in FILTERS:
            for target, rows in _pages(connection, its_filter):
                pages.append(target)
                ids.update(dict.fromkeys(row["id"] for row in rows))
    return pages + [f"/api/v2/tickets/{id_}/conversations?per_page={PER_PAGE}" for id_ in ids]


def _pages(connection: Connection, its_filter: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """From one page's last row to the next page; deeper only while one second fills more than a page.

    Such a second is asked for twice, because rows that slide over the border of two pages are met only
    by a second look.
    """
    since, page = "2000-01-01T00:00:00Z", 1
    swept: list[tuple[str, list[dict[str, str]]]] = []
    while True:
        target = (
            f"/api/v2/tickets?updated_since={since}&order_by=updated_at&order_type=asc"
            f"&per_page={PER_PAGE}&page={page}&include=stats{its_filter}"
        )
        rows = json.loads(connection.get(target))
        yield target, rows
        swept.append((target, rows))
        last = rows[-1]["updated_at"] if rows else since
        if len(rows) == PER_PAGE and last == since:
            page += 1
            continue
        if page > 1:
            yield from swept
        if len(rows) < PER_PAGE:
            return
        since, page, swept = last, 1, []


def seconds(
    server: Server,
    targets: Sequence[str],
    connections: int,
    kind: Callable[[Server], Connection] = PlainConnection,
) -> float:
    """How long it takes to ask all these questions over so many connections, each from its own thread."""
    left = iter(targets)

    def work(connection: Connection) -> None:
        for target in left:  # one list iterator for all threads: its steps are atomic
            connection.get(target)

    opened = [kind(server) for _ in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        began = time.perf_counter()
        for done in [pool.submit(work, connection) for connection in opened]:
            done.result()
        took = time.perf_counter() - began
    for connection in opened:
        connection.close()
    return took
