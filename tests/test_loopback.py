"""Which domains are a sandbox's."""

import pytest

from freshdesk_core.api.domains import base_url
from freshdesk_core.loopback import is_loopback
from freshdesk_core.volumes import ticket_url


@pytest.mark.parametrize("domain", ["127.0.0.1:8900", "[::1]:1"])
def test_a_literal_address_with_its_port_is_a_sandboxs(domain):
    assert is_loopback(domain)
    assert base_url(domain) == f"http://{domain}"
    assert ticket_url(domain, 7) == f"http://{domain}/a/tickets/7"


@pytest.mark.parametrize(
    "domain",
    ["example.freshdesk.com", "127.0.0.1", "127.0.0.1.freshdesk.com", "[::1].freshdesk.com", "localhost:80"],
)
def test_nothing_else_is_or_goes_without_tls(domain):
    assert not is_loopback(domain)
    assert base_url(domain).startswith("https://")
    assert ticket_url(domain, 7).startswith("https://")
