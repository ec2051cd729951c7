"""Who may do what: viewers look and export, admins also change keys, integrations and data.

A sign-in (OIDC) proves who somebody is; which role that gives is said here, by ``INFLOW_ADMINS`` and
``INFLOW_VIEWERS``. Every function that changes something takes an ``Actor`` first and is marked
``@admin_only`` (``@member_only`` where viewers change what is their own): the check is in the core, so that
no page, link or forged session can go around it.
"""

import functools
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Concatenate, ParamSpec, TypeVar

from freshdesk_core.errors import ConfigError, NotAllowed

logger = logging.getLogger(__name__)

LONGEST_NAME = 254  # of an e-mail address
_SEPARATORS = re.compile(r"[\s,;]+")
_ADDRESS = re.compile(r"[^@\s]*@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")

P = ParamSpec("P")
R = TypeVar("R")


class Role(Enum):
    """What somebody may do."""

    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True)
class Actor:
    """Who does something. ``name`` is for the log: an e-mail address, or what else acts."""

    role: Role
    name: str

    @property
    def is_admin(self) -> bool:
        """Whether the actor may change something."""
        return self.role is Role.ADMIN


COMMAND_LINE = Actor(Role.ADMIN, "the command line")
"""Whoever runs commands on this machine can read the store and its key anyway."""
THIS_COMPUTER = Actor(Role.ADMIN, "this computer")
"""A browser on the machine itself, while no login is configured: then Inflow listens to nobody else."""
INFLOW = Actor(Role.ADMIN, "Inflow itself")
"""The worker and the start of the sample account."""

ADMIN_ACTIONS: dict[str, Callable[..., object]] = {}
"""Every function that only admins may call, by its name in the log."""
MEMBER_ACTIONS: dict[str, Callable[..., object]] = {}
"""Every function that changes what is its caller's own, and that viewers may call, too."""


def admin_only(function: Callable[Concatenate[Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
    """Mark a function that changes something: it takes the actor first, and nobody but an admin may call it.

    Every call is logged with the actor's name, allowed or not.

    Raises:
        NotAllowed: (the marked function) The actor is no admin. Nothing was done.
    """
    action = f"{function.__module__.removeprefix('freshdesk_core.')}.{function.__qualname__}"

    @functools.wraps(function)
    def checked(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        require_admin(actor, action)
        return function(actor, *args, **kwargs)

    ADMIN_ACTIONS[action] = checked
    return checked


def member_only(function: Callable[Concatenate[Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
    """Mark a function that changes no figure and nothing of anybody else's: viewers may call it, too.

    It takes the actor first, and sees itself to what is theirs. Every call is logged with the actor's name.

    Raises:
        NotAllowed: (the marked function) There is no actor. Nothing was done.
    """
    action = f"{function.__module__.removeprefix('freshdesk_core.')}.{function.__qualname__}"

    @functools.wraps(function)
    def checked(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if not isinstance(actor, Actor):
            logger.warning("Refused: nobody may not do %s", action)
            raise NotAllowed("not-signed-in")
        logger.info("Allowed: %s does %s", actor.name, action)
        return function(actor, *args, **kwargs)

    MEMBER_ACTIONS[action] = checked
    return checked


def require_admin(actor: Actor, action: str) -> None:
    """Let admins pass, and log who does what.

    Raises:
        NotAllowed: The actor is no admin, or no actor at all.
    """
    if not isinstance(actor, Actor) or not actor.is_admin:
        name = actor.name if isinstance(actor, Actor) else "nobody"
        logger.warning("Refused: %s may not do %s", name, action)
        raise NotAllowed("admins-only", name=name)
    logger.info("Allowed: %s does %s", actor.name, action)


@dataclass(frozen=True)
class Access:
    """The two lists: addresses (``ann@example.com``) and whole domains (``@example.com``), in lower case."""

    admins: frozenset[str]
    viewers: frozenset[str]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Access":
        """Read ``INFLOW_ADMINS`` and ``INFLOW_VIEWERS``: entries apart by commas or blanks.

        Raises:
            ConfigError: An entry is neither an address nor ``@`` and a domain.
        """
        return cls(*(_entries(environ, name) for name in ("INFLOW_ADMINS", "INFLOW_VIEWERS")))

    @property
    def names_somebody(self) -> bool:
        """Whether anybody could get in by signing in."""
        return bool(self.admins or self.viewers)

    def actor(self, claims: Mapping[str, object]) -> Actor:
        """Who has signed in, by the claims of the identity provider (``email``, ``email_verified``).

        An address that the provider itself does not vouch for counts for nothing: anybody can type one.

        Raises:
            NotAllowed: There is no such address on either list, or it is not verified.
        """
        address = str(claims.get("email") or "").strip().lower()
        if not _is_one(address) or claims.get("email_verified", True) not in (True, "true"):
            logger.warning("Refused: somebody signed in without a verified e-mail address")
            raise NotAllowed("no-verified-address")
        names = {address, address[address.rindex("@") :]}
        if names & self.admins:
            return Actor(Role.ADMIN, address)
        if names & self.viewers:
            return Actor(Role.VIEWER, address)
        logger.warning("Refused: %s is on no list", address)
        raise NotAllowed("not-on-a-list", name=address)


def _entries(environ: Mapping[str, str], name: str) -> frozenset[str]:
    entries = [entry.lower() for entry in _SEPARATORS.split(environ.get(name, "")) if entry]
    if wrong := [entry for entry in entries if not _ADDRESS.fullmatch(entry)]:
        raise ConfigError("bad-access-list", name=name, text=wrong[0])
    return frozenset(entries)


def _is_one(address: str) -> bool:
    """One plain address: it is compared with the lists, and written into the log."""
    return (
        len(address) <= LONGEST_NAME
        and not address.startswith("@")
        and not _UNPRINTABLE.search(address)
        and _ADDRESS.fullmatch(address) is not None
    )
