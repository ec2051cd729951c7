"""Roles: only admins change anything, whoever asks and however; every attempt is in the log."""

import importlib
import logging
import pkgutil

import pytest

import freshdesk_core
from freshdesk_core.access import (
    ADMIN_ACTIONS,
    COMMAND_LINE,
    INFLOW,
    THIS_COMPUTER,
    Access,
    Actor,
    Role,
    admin_only,
)
from freshdesk_core.errors import ConfigError, NotAllowed

for module in pkgutil.walk_packages(freshdesk_core.__path__, "freshdesk_core."):
    if not module.name.endswith("__main__") and ".migrations." not in module.name:
        importlib.import_module(module.name)

ACTIONS = sorted(ADMIN_ACTIONS)
VIEWER = Actor(Role.VIEWER, "vera@example.com")
LISTS = Access(frozenset({"ann@example.com", "@admins.example"}), frozenset({"@example.com"}))


class Forged:
    """What a page might find in a session that somebody tampered with."""

    role = Role.ADMIN
    name = "forged"
    is_admin = True

    def __repr__(self) -> str:
        """The same in every process that runs tests: cases are named by it."""
        return "Forged()"


def test_the_core_names_what_only_admins_may_do():
    """The list is made by the code itself; were it empty, the tests below would prove nothing."""
    life = ("change_start", "check_again", "check_key", "connect", "pause", "remove", "rename")
    data = ("purge", "purge_before", "purge_ticket", "reimport", "reseal")
    assert {
        *(f"importing.life.{name}" for name in (*life, "replace_key", "resume")),
        *(f"importing.keeping.{name}" for name in data),
        *(f"importing.comparing.{name}" for name in ("start", "type_in")),
        *(
            f"events.{name}"
            for name in ("activity.retry", "keys.generate", "keys.revoke", "sending.send_test")
        ),
        *(f"store.special_days.{name}" for name in ("add", "remove")),
    } <= set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "actor",
    [VIEWER, Forged(), None, "admin", {"role": "admin"}],
    ids=["viewer", "forged", "nobody", "text", "dict"],
)
def test_nobody_but_an_admin_gets_through(action, actor, caplog):
    """Refused before anything is looked at, and said in the log by name."""
    with caplog.at_level(logging.INFO, "freshdesk_core.access"), pytest.raises(NotAllowed) as refused:
        ADMIN_ACTIONS[action](actor)

    assert refused.value.error_code == "admins-only"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert action in caplog.text
    assert (VIEWER.name if actor is VIEWER else "nobody") in caplog.text


@pytest.mark.parametrize("actor", [COMMAND_LINE, THIS_COMPUTER, INFLOW, Actor(Role.ADMIN, "ann@example.com")])
def test_an_admin_gets_through_and_is_named_in_the_log(actor, caplog):
    done = []

    @admin_only
    def rename(actor: Actor, *, to: str) -> str:
        done.append(actor)
        return to

    try:
        with caplog.at_level(logging.INFO, "freshdesk_core.access"):
            assert rename(actor, to="Desk") == "Desk"
    finally:
        ADMIN_ACTIONS.pop(next(name for name in ADMIN_ACTIONS if name.endswith("rename")))

    assert done == [actor]
    assert actor.name in caplog.text


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("ann@example.com", Role.ADMIN),
        ("ANN@Example.COM ", Role.ADMIN),
        ("zoe@admins.example", Role.ADMIN),
        ("vera@example.com", Role.VIEWER),
    ],
)
def test_the_lists_say_the_role(address, role):
    assert LISTS.actor({"email": address, "email_verified": True}).role is role


@pytest.mark.parametrize(
    "address",
    [
        "eve@example.org",
        "ann@example.com.evil.example",
        "ann@sub.example.com",
        "ann@example.com@evil.example",
        "evil.example",
    ],
)
def test_who_is_on_no_list_sees_nothing(address):
    with pytest.raises(NotAllowed):
        LISTS.actor({"email": address, "email_verified": True})


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": ""},
        {"email": None},
        {"email": "@example.com", "email_verified": True},
        {"email": "ann@example.com", "email_verified": False},
        {"email": "ann@example.com", "email_verified": "false"},
        {"email": "ann@example.com", "email_verified": None},
        {"email": "eve\n@example.com", "email_verified": True},
        {"email": "eve\u202e@example.com", "email_verified": True},
        {"email": "a" * 300 + "@example.com", "email_verified": True},
        {"preferred_username": "ann@example.com"},
    ],
    ids=repr,
)
def test_an_address_that_nobody_vouches_for_counts_for_nothing(claims):
    with pytest.raises(NotAllowed) as refused:
        LISTS.actor(claims)

    assert refused.value.error_code == "no-verified-address"


def test_a_provider_that_says_nothing_about_verifying_is_believed():
    """Microsoft Entra sends no such claim; docs/security.md says to use the organisation's own tenant."""
    assert LISTS.actor({"email": "ann@example.com"}).is_admin


def test_the_lists_come_from_the_environment():
    access = Access.from_environment({"INFLOW_ADMINS": "Ann@example.com, @admins.example;bob@example.com"})

    assert access == Access(frozenset({"ann@example.com", "@admins.example", "bob@example.com"}), frozenset())
    assert access.names_somebody
    assert not Access.from_environment({}).names_somebody


@pytest.mark.parametrize("entry", ["example.com", "*", "ann", "ann@", "@", "@*", "a@b@c"])
def test_an_entry_that_could_mean_anybody_is_refused(entry):
    with pytest.raises(ConfigError) as refused:
        Access.from_environment({"INFLOW_VIEWERS": f"ann@example.com {entry}"})

    assert refused.value.figures == {"name": "INFLOW_VIEWERS", "text": entry}
