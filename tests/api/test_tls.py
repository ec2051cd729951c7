"""The key travels only to who can prove to be the account's host. There is no switch to turn that off."""

import base64
import inspect
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from freshdesk_core.api import Freshdesk, MinuteLimiter, calls, client, transport
from freshdesk_core.errors import Unreachable
from freshdesk_core.importing.run import Import
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from freshdesk_core.store.integrations import replace_domain
from tests.api.fakes import KEY
from tests.importing.inflow import inflow

DOMAIN = "acme.freshdesk.com"
NOW = datetime.now(UTC)


class Authority:
    """Signs certificates; clients that are given its bundle believe it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        certificate = self._certificate(self.name, self.key, self.name, True, timedelta(days=1), None)
        self.bundle = folder / "authority.pem"
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def sign(self, host: str, *, lasts: timedelta = timedelta(days=1), self_signed: bool = False) -> Path:
        """Write a certificate with its key; give the file."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        issuer = subject if self_signed else self.name
        certificate = self._certificate(
            subject, key, issuer, False, lasts, host, key if self_signed else None
        )
        file = self.folder / f"{host}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        return file

    def _certificate(self, subject, key, issuer, is_authority, lasts, host, signer=None):
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=3))
            .not_valid_after(NOW + lasts)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key((signer or self.key).public_key()),
                critical=False,
            )
        )
        if is_authority:
            usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(signer or self.key, hashes.SHA256())


class Host:
    """A server behind a name; remembers every byte that came to it in clear."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.context, self.heard = context, b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self.answer(connection)
                except OSError:
                    continue

    def answer(self, connection: socket.socket) -> None:
        if self.context:
            connection = self.context.wrap_socket(connection, server_side=True)
        with connection:
            self.heard += connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def hosted(monkeypatch, authority) -> Iterator[Callable[[ssl.SSLContext | None], Host]]:
    """Put a server behind every name, and let the client believe the test's authority."""
    hosts: list[Host] = []

    def serve(context: ssl.SSLContext | None) -> Host:
        host = Host(context)
        hosts.append(host)
        found = [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", host.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        return host

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield serve
    for host in hosts:
        host.close()


def context_with(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_host_that_proves_its_name_is_read(hosted, authority, connect):
    host = hosted(context_with(authority.sign(DOMAIN)))

    assert connect(domain=DOMAIN).conversations(1) == []
    assert host.heard.startswith(
        b"GET /api/v2/tickets/1/conversations?per_page=100 HTTP/1.1\r\nHost: acme.freshdesk.com"
    )


@pytest.mark.parametrize(
    "given",
    [
        {"host": DOMAIN, "lasts": timedelta(days=-1)},
        {"host": DOMAIN, "self_signed": True},
        {"host": "other.freshdesk.com"},
    ],
    ids=["expired", "self-signed", "another name"],
)
def test_a_certificate_that_proves_nothing_is_refused_at_once(hosted, authority, connect, clock, given):
    host = hosted(context_with(authority.sign(**given)))

    with pytest.raises(Unreachable, match="certificate not accepted"):
        connect(domain=DOMAIN).conversations(1)
    assert host.heard == b""
    assert clock.naps == []


def test_a_certificate_of_nobodys_authority_is_refused(hosted, authority, connect, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    host = hosted(context_with(authority.sign(DOMAIN)))

    with pytest.raises(Unreachable, match="certificate not accepted"):
        connect(domain=DOMAIN).conversations(1)
    assert host.heard == b""


def test_an_old_protocol_is_refused(hosted, authority, connect):
    host = hosted(_old(authority))

    with pytest.raises(Unreachable):
        connect(domain=DOMAIN, tries=1).conversations(1)
    assert host.heard == b""


def test_plain_http_is_refused(hosted, connect):
    host = hosted(None)

    with pytest.raises(Unreachable, match="no secure connection"):
        connect(domain=DOMAIN, tries=1).conversations(1)
    assert b"GET" not in host.heard


def _old(authority: Authority) -> ssl.SSLContext:
    context = context_with(authority.sign(DOMAIN))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@pytest.mark.sqlite
def test_an_import_from_a_host_that_proves_nothing_fails_and_saves_nothing(
    hosted, authority, clock, tmp_path, database
):
    """Expired, self-signed, in another name, by an old protocol, in plain text: the key is never heard."""
    doubtful: list[Callable[[], ssl.SSLContext | None]] = [
        lambda: context_with(authority.sign(DOMAIN, lasts=timedelta(days=-1))),
        lambda: context_with(authority.sign(DOMAIN, self_signed=True)),
        lambda: context_with(authority.sign("other.freshdesk.com")),
        lambda: _old(authority),
        lambda: None,
    ]
    with Sandbox(Script()) as sandbox, inflow(tmp_path, sandbox) as here:
        with here.store.write() as connection:
            replace_domain(connection, here.settings, here.integration.integration_id, DOMAIN, KEY)
        for context in doubtful:
            host = hosted(context())
            limiter = MinuteLimiter(clock=clock, wall_clock=clock)
            with Freshdesk(DOMAIN, KEY, limiter=limiter, sleep=clock.sleep, clock=clock) as freshdesk:
                outcome = Import(here.store, here.integration, freshdesk).run()
            assert outcome.outcome == "failed"
            assert outcome.error is not None
            assert outcome.error.error_code == "unreachable"
            assert b"Authorization" not in host.heard
            assert base64.b64encode(f"{KEY}:X".encode()) not in host.heard
        assert here.rows(schema.tickets) == []
        assert [row["outcome"] for row in here.rows(schema.imports)] == ["failed"] * 5


def test_there_is_no_switch():
    """No argument and no line of the client turns the checks off."""
    assert not {"verify", "insecure", "ssl", "cert"} & set(inspect.signature(Freshdesk).parameters)
    for module in (client, calls, transport):
        source = inspect.getsource(module)
        assert "CERT_NONE" not in source
        assert "verify=False" not in source
        assert "check_hostname" not in source
