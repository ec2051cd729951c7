"""One HTTP call to the account's own host: bounded in time and size, never redirected, never unverified.

``requests`` chooses the connection (certificates, CA bundle, proxy); the call then goes straight to the
connection pool it hands out. A ``requests.Session`` would do the same work anew for every call; see
``docs/decisions/0006-calls-on-the-connection-pool.md``.
"""

import base64
import http.client
import io
import os
import socket
import threading
import time
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3 import exceptions

from freshdesk_core.api.causes import Trouble, cause_of
from freshdesk_core.api.domains import base_url
from freshdesk_core.errors import ConfigError
from freshdesk_core.loopback import is_loopback

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
BODY_LIMIT = 64 * 2**20
PIECE = 2**16
CONNECTIONS = 32
AGENT = "Inflow"

_NO_RETRIES = urllib3.Retry(False, redirect=False)
_call = threading.local()


class Answer(NamedTuple):
    """What came back. ``headers`` are read without regard to case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Connections to one host, as many as threads call at the same time. Thread-safe.

    Args:
        domain: A cleaned domain.
        api_key: The user name of the Basic login; the password is a dummy.
        deadline: Seconds that one call may take in all.
    """

    def __init__(self, domain: str, api_key: str, deadline: float) -> None:
        self._deadline = deadline
        login = base64.b64encode(f"{api_key}:X".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {login}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": AGENT,
        }
        self._timeout = urllib3.Timeout(
            connect=min(CONNECT_SECONDS, deadline), read=min(READ_SECONDS, deadline)
        )
        self._adapter = HTTPAdapter(pool_connections=1, pool_maxsize=CONNECTIONS)
        self._pool = _connect(self._adapter, domain)

    def get(self, target: str) -> Answer:
        """Ask for a path with its query; the answer may have any status.

        Raises:
            Trouble: No whole answer came.
        """
        _call.ends_at = time.monotonic() + self._deadline
        try:
            response = self._pool.urlopen(
                "GET",
                target,
                headers=self._headers,
                retries=_NO_RETRIES,
                redirect=False,
                assert_same_host=False,
                timeout=self._timeout,
                preload_content=False,
                decode_content=False,
            )
            try:
                body = _read(response)
            except BaseException:
                response.close()
                raise
            response.release_conn()
            return Answer(response.status, response.headers, body)
        except (exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            trouble = cause_of(error)
        raise trouble

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
        self._adapter.close()


def _connect(adapter: HTTPAdapter, domain: str) -> urllib3.HTTPConnectionPool:
    """Let requests set the connection up; proxy and CA bundle are read from the environment once."""
    url = base_url(domain)
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    proxies = {} if is_loopback(domain) else get_environ_proxies(url, no_proxy=None)
    request = requests.Request("GET", url).prepare()
    pool = None
    try:
        pool = adapter.get_connection_with_tls_context(request, bundle, proxies=proxies)
        adapter.cert_verify(pool, url, bundle, None)  # type: ignore[no-untyped-call]  # requests' own stub
    except (requests.exceptions.RequestException, exceptions.HTTPError):
        pass
    except OSError:
        raise ConfigError("no-ca-bundle") from None
    if not isinstance(pool, urllib3.HTTPConnectionPool):
        raise ConfigError("bad-proxy")
    pool.ConnectionCls = _timed(pool.ConnectionCls)
    return pool


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """Read the whole body and unpack it, both up to the limit."""
    length = getattr(response, "length_remaining", None)
    if length is None:
        body = _read_to_end(response)
    elif length > BODY_LIMIT:
        raise Trouble("answer too large")
    else:
        body = response.read(decode_content=False)
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding == "gzip":
        return _unpack(body)
    if encoding != "identity":
        raise Trouble("answer in an unknown packing")
    return body


def _read_to_end(response: urllib3.BaseHTTPResponse) -> bytes:
    pieces, size = [], 0
    while piece := response.read(PIECE, decode_content=False):
        pieces.append(piece)
        size += len(piece)
        if size > BODY_LIMIT:
            raise Trouble("answer too large")
    return b"".join(pieces)


def _unpack(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = unpacker.decompress(body, BODY_LIMIT)
    except zlib.error:
        plain = None
    if plain is None:
        raise Trouble("answer damaged on the way")
    if unpacker.unconsumed_tail:
        raise Trouble("answer too large")
    if not unpacker.eof:
        raise Trouble("answer cut short")
    return plain


class _TimedReader(io.RawIOBase):
    """Reads from a socket until the call's deadline, however many small pieces come."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw: Any = sock.makefile("rb", buffering=0)
        self._ends_at: float = _call.ends_at

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what has come, or wait for it as long as the call may still take."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if left < READ_SECONDS:
            self._sock.settimeout(left)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _TimedSocket:
    """The part of a socket that http.client's response uses."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock))


class _TimedResponse(http.client.HTTPResponse):
    """A response whose head and body are read under the call's deadline."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(_TimedSocket(sock), *args, **kwargs)  # type: ignore[arg-type]  # all it asks of a socket


def _timed(connection_class: Any) -> Any:
    return type(f"Timed{connection_class.__name__}", (connection_class,), {"response_class": _TimedResponse})
