"""The INFLOW_* settings and their defaults, read once into one frozen object."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path

from freshdesk_core import text
from freshdesk_core.errors import ConfigError
from freshdesk_core.loopback import is_own_address

SYSTEM = "system"
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9._~:/%\[\]-]+", re.IGNORECASE)  # no user, query or fragment
_HOST = re.compile(r"[a-z0-9_-][a-z0-9._-]*|[0-9a-f:]+")
YES = {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Settings:
    """What the environment says. Times are in seconds."""

    home: Path
    database_url: str = field(repr=False)  # may hold a password
    secret_key: str | None = field(repr=False)
    allow_loopback: bool
    threads: int
    poll_seconds: float
    audit_seconds: float
    event_seconds: float = 10  # events do not start an import more often
    events_per_minute: int = 600  # of one key; 0: no limit
    wrong_keys_per_minute: int = 10  # from one address; 0: no limit
    public_url: str | None = None  # where Freshdesk's side reaches this Inflow, without a slash at the end
    has_app_worker: bool = True  # the app imports on schedule; false where a worker of its own does

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings.

        Raises:
            ConfigError: A number is not one, or out of range; a file of a secret cannot be read;
                ``INFLOW_PUBLIC_URL`` is no address that a key may be sent to.
        """
        home = Path(environ.get("INFLOW_HOME") or user_data_path("inflow")).expanduser().absolute()
        return cls(
            home=home,
            database_url=_secret(environ, "INFLOW_DATABASE_URL") or f"sqlite:///{home / 'inflow.db'}",
            secret_key=_secret(environ, "INFLOW_SECRET_KEY"),
            allow_loopback=environ.get("INFLOW_ALLOW_LOOPBACK", "").lower() in YES,
            threads=int(_number(environ, "INFLOW_THREADS", 4, low=1, high=32)),
            poll_seconds=_number(environ, "INFLOW_POLL_SECONDS", 300, low=0.1, high=86400),
            audit_seconds=_number(environ, "INFLOW_AUDIT_SECONDS", 86400, low=0.1, high=604800),
            event_seconds=_number(environ, "INFLOW_EVENT_SECONDS", 10, low=0.1, high=86400),
            events_per_minute=int(_number(environ, "INFLOW_EVENTS_PER_MINUTE", 600, low=0, high=1e6)),
            wrong_keys_per_minute=int(_number(environ, "INFLOW_WRONG_KEYS_PER_MINUTE", 10, low=0, high=1e6)),
            public_url=_public_url(environ.get("INFLOW_PUBLIC_URL") or ""),
            has_app_worker=environ.get("INFLOW_APP_WORKER", "1").lower() in YES,
        )


def language(environ: Mapping[str, str] = os.environ) -> str:
    """The language that is spoken where nobody chose one: English, unless ``INFLOW_LANGUAGE`` names another.

    Asked for as ``system`` it is the environment's own (LC_ALL, LC_MESSAGES, LANG). Scripts read what the
    command line writes: it may not change with the machine that they run on, so nobody gets that unasked.
    """
    said = environ.get("INFLOW_LANGUAGE", "")
    if said.lower() == SYSTEM:
        names = ("LC_ALL", "LC_MESSAGES", "LANG")
        said = next((environ[name] for name in names if environ.get(name)), "")
    return text.chosen([said]) or text.DEFAULT_LANGUAGE


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    """A setting that may stand in a file instead, which ``NAME_FILE`` names: for secrets of containers."""
    if said := environ.get(name):
        return said
    file = environ.get(f"{name}_FILE")
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("secret-file-unreadable", name=f"{name}_FILE", where=file) from error


def _public_url(said: str) -> str | None:
    """The address without a slash at the end; None where none is said. Keys go there, so it takes TLS."""
    url = said.strip().rstrip("/")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port  # a port that is none shows when it is asked for
    except ValueError as error:
        raise ConfigError("bad-public-url") from error
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_own_address(host))
    if not (is_safe and _PLAIN_URL.fullmatch(url) and _HOST.fullmatch(host)):
        raise ConfigError("bad-public-url")
    return url


def _number(environ: Mapping[str, str], name: str, default: float, *, low: float, high: float) -> float:
    said = environ.get(name) or str(default)
    try:
        number = float(said)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise ConfigError("bad-number", name=name, low=f"{low:g}", high=f"{high:g}")
    return number
