"""Which hosts may ever get a key."""

import socket

import pytest

from freshdesk_core.api import Freshdesk, MinuteLimiter, base_url, clean_domain
from freshdesk_core.errors import ConfigError


@pytest.mark.parametrize(
    "text",
    [
        "acme.freshdesk.com",
        " acme.freshdesk.com ",
        "Acme.Freshdesk.COM",
        "https://acme.freshdesk.com",
        "http://acme.freshdesk.com/",
        "HTTPS://ACME.freshdesk.com/a/tickets ",
        "https://acme.freshdesk.com/a/tickets/filters/all_tickets?orderBy=created_at",
        "\tacme.freshdesk.com/support/home",
    ],
)
def test_what_people_paste_is_cleaned(text):
    assert clean_domain(text) == "acme.freshdesk.com"


@pytest.mark.parametrize("domain", ["a.freshdesk.com", "acme-2.freshdesk.com", "1acme.freshdesk.com"])
def test_sound_domains_stay(domain):
    assert clean_domain(domain) == domain
    assert base_url(domain) == f"https://{domain}"


HOSTILE = [
    "",
    " ",
    "acme",
    "freshdesk.com",
    ".freshdesk.com",
    "acme.freshdesk.com.",
    "acme.freshdesk.com.evil.com",
    "acme.freshdesk.com.evil.com/acme.freshdesk.com",
    "evil.com/acme.freshdesk.com",
    "evil.com",
    "help.acme.example",
    "acmefreshdesk.com",
    "acme-freshdesk.com",
    "acme.freshdesk.org",
    "acme.freshdesk.co",
    "acme.freshdesk.comm",
    "acme.freshdesk",
    "deep.acme.freshdesk.com",
    "a..freshdesk.com",
    "-acme.freshdesk.com",
    "acme-.freshdesk.com",
    "ac_me.freshdesk.com",
    "ac me.freshdesk.com",
    "x" * 64 + ".freshdesk.com",
    "acme.freshdesk.com@evil.com",
    "evil.com@acme.freshdesk.com",
    "user:secret@acme.freshdesk.com",
    "https://acme.freshdesk.com@evil.com/",
    "https://acme.freshdesk.com:pw@evil.com",
    "acme.freshdesk.com#@evil.com",
    "evil.com#acme.freshdesk.com",
    "evil.com#.freshdesk.com",
    "evil.com?.freshdesk.com",
    "acme.freshdesk.com?x",
    "evil.com\\.freshdesk.com",
    "acme.freshdesk.com\\@evil.com",
    "https:\\\\acme.freshdesk.com",
    "evil.com%2f.freshdesk.com",
    "acme%2efreshdesk.com",
    "acme.freshdesk.com%00.evil.com",
    "acme.freshdesk.com:443",
    "acme.freshdesk.com:8443",
    "acme.freshdesk.com:",
    "acme.freshdesk.com:80@evil.com",
    "acme.freshdesk.com\r\nHost: evil.com",
    "acme.freshdesk.com\n",
    "acme\r.freshdesk.com",
    "acme\x00.freshdesk.com",
    "acme\t.freshdesk.com",
    "//acme.freshdesk.com",
    "///acme.freshdesk.com",
    "ftp://acme.freshdesk.com",
    "javascript://acme.freshdesk.com",
    "https://https://acme.freshdesk.com",
    "https:acme.freshdesk.com",
    "file:///etc/passwd",
    "localhost",
    "localhost:8900",
    "http://localhost/",
    "localhost.freshdesk.com.",
    "127.0.0.1",
    "127.1:80",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1:8900",
    "127.0.0.1.freshdesk.com",
    "[::1]",
    "[::ffff:127.0.0.1]:80",
    "[0:0:0:0:0:0:0:1]:80",
    "::1",
    "169.254.169.254",
    "10.0.0.1:80",
    "0.0.0.0:8900",
    "127.0.0.2:8900",
    "127.0.0.1:0",
    "127.0.0.1:08900",
    "127.0.0.1:99999",
    "127.0.0.1:8900.freshdesk.com",
    "https://127.0.0.1:8900",
    "127.0.0.1:8900@acme.freshdesk.com",
    "acmé.freshdesk.com",
    "аcme.freshdesk.com",  # a Cyrillic а
    "acme.freshdes\u212a.com",  # the Kelvin sign, which lower() makes a k
    "acme.freshdesk\u3002com",  # an ideographic full stop, which IDNA makes a dot
    "acme\u2024freshdesk.com",
    "acme\u200b.freshdesk.com",
    "acme\u202e.freshdesk.com",
    "\uff41cme.freshdesk.com",
    "xn--cme-5cd.freshdesk.com",
    "a" * 5000,
]


def test_the_list_is_long_enough():
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_hostile_domains_are_refused_before_any_socket(text, allow_loopback, monkeypatch):
    def no_socket(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_socket)
    monkeypatch.setattr(socket, "getaddrinfo", no_socket)

    with pytest.raises(ConfigError) as caught:
        Freshdesk(text, "key", limiter=MinuteLimiter(), allow_loopback=allow_loopback)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("acme", "bare-subdomain"),
        ("https://acme/", "bare-subdomain"),
        ("help.acme.example", "foreign-domain"),
        ("acme.freshdesk.com.evil.com", "foreign-domain"),
        ("deep.acme.freshdesk.com", "bad-domain"),
        ("", "bad-domain"),
        ("127.0.0.1:8900", "loopback-not-allowed"),
        ("[::1]:8900", "loopback-not-allowed"),
    ],
)
def test_the_refusal_says_what_is_wrong(text, code):
    with pytest.raises(ConfigError) as caught:
        clean_domain(text)

    assert caught.value.error_code == code


def test_a_bare_word_is_answered_with_the_cure():
    with pytest.raises(ConfigError, match=r"acme\.freshdesk\.com"):
        clean_domain("acme")


@pytest.mark.parametrize("text", ["127.0.0.1:8900", " http://127.0.0.1:8900/ ", "[::1]:8900"])
def test_the_sandbox_is_reached_only_where_it_is_allowed(text):
    domain = clean_domain(text, allow_loopback=True)

    assert base_url(domain) == f"http://{domain}"


@pytest.mark.parametrize(
    "key", ["", " ", "two words", "with:colon", "key\r\nX-Evil: 1", "schlüssel", "k" * 300]
)
def test_a_key_of_an_impossible_form_is_refused(key):
    with pytest.raises(ConfigError) as caught:
        Freshdesk("acme.freshdesk.com", key, limiter=MinuteLimiter())

    assert caught.value.error_code == "bad-key"
