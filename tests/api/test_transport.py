"""One call: bounded in time and size, whatever the other side does, and private on its way."""

import gzip
import socket
import struct
import threading
import zlib

import pytest

from freshdesk_core.api import transport
from freshdesk_core.errors import BadAnswer, ConfigError, Unreachable
from tests.api.fakes import Handler, answer, gzipped
from tests.api.rows import conversation, ticket

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def says(*pieces: bytes, reset: bool = False):
    """Send these bytes and hang up."""

    def steps(handler: Handler) -> None:
        for piece in pieces:
            handler.wfile.write(piece)
        if reset:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.rfile.close()
            handler.wfile.close()
            handler.connection.close()

    return steps


def test_packed_answers_are_unpacked(server, freshdesk):
    server.answers(body=gzipped([conversation(1)]), Content_Encoding="gzip")

    assert len(freshdesk.conversations(1)) == 1


def test_answers_in_chunks_are_joined(server, freshdesk):
    body = gzipped([conversation(number) for number in range(1, 51)])
    chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:10], body[10:200], body[200:])]
    server.answers_on_socket(
        says(HEAD, b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", *chunks, b"0\r\n\r\n")
    )

    assert len(freshdesk.conversations(1)) == 50


def test_answers_that_end_with_the_connection(server, freshdesk):
    server.answers_on_socket(says(HEAD, b"Connection: close\r\n\r\n", b"[]"))
    server.answers([])

    assert freshdesk.conversations(1) == freshdesk.conversations(2) == []


BROKEN = {
    "closed before the head": says(),
    "reset before the head": says(reset=True),
    "head cut": says(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "no HTTP": says(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "body shorter than said": says(HEAD, b"Content-Length: 100\r\n\r\n", b"[]"),
    "reset in the body": says(HEAD, b"Content-Length: 100\r\n\r\n", b"[", reset=True),
    "chunk cut": says(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"ff\r\n[]"),
    "no chunk": says(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n[]\r\n0\r\n\r\n"),
    "packing cut": says(
        HEAD, b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n", gzip.compress(b"[]")[:-9]
    ),
    "packing damaged": says(HEAD, b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n", b"not gzip at all"),
    "unknown packing": says(HEAD, b"Content-Encoding: br\r\nConnection: close\r\n\r\n", b"[]"),
}


@pytest.mark.parametrize("steps", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_asked_again(server, freshdesk, steps):
    server.answers_on_socket(steps)
    server.answers([conversation(1)])

    assert len(freshdesk.conversations(1)) == 1


@pytest.mark.parametrize("steps", BROKEN.values(), ids=BROKEN)
def test_broken_answers_to_the_end_are_an_error_never_an_empty_list(server, connect, steps):
    for _ in range(3):
        server.answers_on_socket(steps)

    with pytest.raises((Unreachable, BadAnswer)):
        connect(tries=3).conversations(1)
    assert len(server.asked) == 3


def test_a_bomb_stops_at_the_limit(server, connect, monkeypatch):
    monkeypatch.setattr(transport, "BODY_LIMIT", 100_000)
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(b" " * 10_000_000) + packer.flush()
    server.answers(body=bomb, Content_Encoding="gzip")

    with pytest.raises(Unreachable, match="too large"):
        connect(tries=1).conversations(1)


@pytest.mark.parametrize("head", [b"Content-Length: 900000\r\n\r\n", b"Connection: close\r\n\r\n"])
def test_a_huge_answer_stops_at_the_limit(server, connect, monkeypatch, head):
    monkeypatch.setattr(transport, "BODY_LIMIT", 100_000)
    server.answers_on_socket(says(HEAD, head, b" " * 900_000))

    with pytest.raises(Unreachable, match="too large"):
        connect(tries=1).conversations(1)


@pytest.mark.parametrize(
    "pieces",
    [b"H", HEAD + b"Content-Length: 50\r\n\r\n[", HEAD + b"X-Slow: "],
    ids=["head", "body", "header"],
)
def test_a_server_that_drips_is_left_at_the_deadline(server, connect, pieces):
    """Every byte comes well within the read timeout; the call as a whole does not."""
    gone = threading.Event()

    def drip(handler: Handler) -> None:
        handler.wfile.write(pieces)
        try:
            while not gone.wait(0.01):
                handler.wfile.write(b" ")
        except OSError:
            gone.set()

    server.answers_on_socket(drip)

    with pytest.raises(Unreachable, match="timed out"):
        connect(tries=1, deadline=0.1).conversations(1)
    assert gone.wait(10)


def test_a_server_that_says_nothing_is_left(server, connect):
    done = threading.Event()
    server.answers_on_socket(lambda _: done.wait(10))

    with pytest.raises(Unreachable, match="timed out"):
        connect(tries=1, deadline=0.05).conversations(1)
    done.set()


def test_a_refused_connection_is_named(connect):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        domain = f"127.0.0.1:{closed.getsockname()[1]}"

        with pytest.raises(Unreachable, match="connection refused"):
            connect(domain=domain, tries=2).conversations(1)


def test_an_unknown_name_is_named(connect, monkeypatch):
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)

    with pytest.raises(Unreachable, match="name not found"):
        connect(domain="acme.freshdesk.com", tries=2).conversations(1)


def test_a_connection_is_used_again_also_after_errors(server, connect):
    client = connect(tries=1)
    ports = []
    server.rule = lambda question: answer(ticket(1))
    original = server.process_request

    def count(request, address):
        ports.append(address[1])
        original(request, address)

    server.process_request = count
    for _ in range(5):
        client.ticket(1)

    assert len(ports) == 1


def test_a_connection_that_went_stale_is_replaced(server, freshdesk):
    server.answers_on_socket(says(HEAD, b"Content-Length: 2\r\n\r\n", b"[]"))  # and then hangs up
    server.answers([conversation(1)])

    assert freshdesk.conversations(1) == []
    assert len(freshdesk.conversations(1)) == 1


def test_a_proxy_is_read_from_the_environment_but_never_for_loopback(server, connect, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server.answers([])

    assert connect().conversations(1) == []
    with pytest.raises(Unreachable, match="proxy not reached"):
        connect(domain="acme.freshdesk.com", tries=1).conversations(1)


@pytest.mark.parametrize("proxy", ["http://", "gopher://127.0.0.1:1"])
def test_a_proxy_of_no_use_is_said(connect, monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("https_proxy", proxy)

    with pytest.raises(ConfigError, match="proxy"):
        connect(domain="acme.freshdesk.com")


def test_a_missing_certificate_bundle_is_said(connect, monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))

    with pytest.raises(ConfigError, match="bundle"):
        connect(domain="acme.freshdesk.com")


def test_credentials_in_a_netrc_are_not_used(server, connect, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.answers([])

    connect(key="mine").conversations(1)

    assert server.asked[0].headers["Authorization"] == "Basic bWluZTpY"
