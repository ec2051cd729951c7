"""The one place that decides which hosts may get a key: one label before .freshdesk.com, nothing else."""

import re

from freshdesk_core.errors import ConfigError
from freshdesk_core.loopback import ADDRESS, is_loopback

ZONE = ".freshdesk.com"

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
# Each of these makes two readers of one address see two hosts.
_FORBIDDEN = set("@#\\%")


def clean_domain(text: str, allow_loopback: bool = False) -> str:
    """Make a host of what a person typed or pasted: ``acme.freshdesk.com``.

    Scheme, path, blanks around it and capitals are cleaned. Names with other letters than ASCII are refused,
    never converted. A literal loopback address with its port is for the sandbox, where it is allowed.

    Raises:
        ConfigError: ``bare-subdomain`` (figure: what to enter instead), ``foreign-domain``, ``bad-domain``,
            ``loopback-not-allowed``.

    >>> clean_domain(" https://Acme.freshdesk.com/a/tickets ")
    'acme.freshdesk.com'
    """
    text = text.strip(" \t")
    host = _host(text)
    if host is None or not host:
        raise ConfigError("bad-domain", text=_shown(text))
    if loopback := ADDRESS.fullmatch(host):
        if text.lower().startswith("https:") or int(loopback[1]) > 65535:
            raise ConfigError("bad-domain", text=_shown(text))
        if not allow_loopback:
            raise ConfigError("loopback-not-allowed", text=host)
        return host
    if _LABEL.fullmatch(host):
        raise ConfigError("bare-subdomain", text=_shown(host), suggestion=_shown(host) + ZONE)
    if not host.endswith(ZONE):
        raise ConfigError("foreign-domain", text=_shown(host))
    label = host.removesuffix(ZONE)
    if not _LABEL.fullmatch(label) or label.startswith("xn--"):
        raise ConfigError("bad-domain", text=_shown(host))
    return host


def base_url(domain: str) -> str:
    """Build the address of a cleaned domain. Only a loopback address goes without TLS."""
    return f"http://{domain}" if is_loopback(domain) else f"https://{domain}"


def _host(text: str) -> str | None:
    """Cut scheme and path off; None for text in which a host cannot be told for certain."""
    if not text.isascii() or not text.isprintable() or len(text) > 2000 or _FORBIDDEN & set(text):
        return None
    return _SCHEME.sub("", text, count=1).partition("/")[0].lower()


def _shown(text: str) -> str:
    """Show back only the letters of a host name, without a user part: people paste keys into any field."""
    host = re.sub(r"[^A-Za-z0-9.:\[\]-]", "?", text.rpartition("@")[2])
    return host if len(host) <= 60 else host[:60] + "…"
