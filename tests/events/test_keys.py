"""Keys are made by chance, seen once, exchanged without a gap, and ended at once."""

import asyncio
import io
import json
import logging
import string
from contextlib import redirect_stdout

import pytest

from freshdesk_core.access import COMMAND_LINE, Actor, Role
from freshdesk_core.cli import main
from freshdesk_core.errors import ConfigError, NotAllowed
from freshdesk_core.events import key_text, keys
from freshdesk_core.events.ring import KeyRing, address_class
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from tests.events.conftest import add

NOW = 1_790_000_000
DAY = 86_400


def _make(store: Store, desk: int, now: int = NOW, **more: object) -> keys.NewKey:
    return keys.generate(COMMAND_LINE, store, desk, now=now, **more)  # type: ignore[arg-type]


def _live(store: Store, desk: int, now: int) -> list[int]:
    return [key.key_id for key in keys.of(store, desk) if key.is_live(now)]


def test_a_key_is_a_prefix_chance_and_a_checksum() -> None:
    made = [key_text.make() for _ in range(200)]
    alphabet = set(string.ascii_letters + string.digits)
    for key in made:
        assert key.startswith("inflow_e_")
        assert len(key) == len("inflow_e_") + 43 + 6
        assert set(key.removeprefix("inflow_e_")) <= alphabet
        assert key_text.is_well_formed(key)
    assert len({key_text.prefix(key) for key in made}) == 200


@pytest.mark.parametrize("place", [0, 7, 9, 30, 51, 52, 57])
def test_one_wrong_character_is_noticed_without_a_look_up(place: int) -> None:
    """Whatever it is replaced by."""
    key = key_text.make()
    others = [other for other in string.ascii_letters + string.digits + "_-é " if other != key[place]]
    assert not any(key_text.is_well_formed(key[:place] + other + key[place + 1 :]) for other in others)


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda key: key[:-1], lambda key: key + "0"])
def test_a_mangled_key_is_noticed(change: object) -> None:
    key = "inflow_e_" + "aB" * 21 + "c"
    key += key_text._checksum(key)
    assert key_text.is_well_formed(key)
    assert not key_text.is_well_formed(change(key))  # type: ignore[operator]


@pytest.mark.sqlite
def test_what_is_kept_of_a_key(store: Store, desk: int) -> None:
    made = _make(store, desk, label="  the  app ")
    (kept,) = keys.of(store, desk)
    assert (kept.key_id, kept.label, kept.created_at) == (made.key_id, "the app", NOW)
    assert kept.prefix == made.text[9:17]
    assert kept.shown == f"inflow_e_{made.text[9:17]}…"
    assert (kept.last_used_at, kept.expires_at, kept.superseded_by, kept.revoked_at) == (None,) * 4
    assert made.text not in repr(made)


def test_two_keys_are_good_while_one_replaces_the_other(store: Store, desk: int) -> None:
    first, second = _make(store, desk), _make(store, desk, NOW + 10)
    assert _live(store, desk, NOW + 11) == [second.key_id, first.key_id]
    assert _live(store, desk, NOW + 10 + DAY - 1) == [second.key_id, first.key_id]
    assert _live(store, desk, NOW + 10 + DAY) == [second.key_id]
    replaced = keys.of(store, desk)[1]
    assert (replaced.superseded_by, replaced.expires_at) == (second.key_id, NOW + 10 + DAY)


@pytest.mark.sqlite
def test_a_rotation_is_ended_by_hand(store: Store, desk: int) -> None:
    first, second = _make(store, desk), _make(store, desk, NOW + 10)
    ended = keys.revoke(COMMAND_LINE, store, desk, first.key_id, now=NOW + 20)
    assert (ended.key_id, ended.revoked_at) == (first.key_id, NOW + 20)
    assert _live(store, desk, NOW + 20) == [second.key_id]
    again = keys.revoke(COMMAND_LINE, store, desk, first.key_id, now=NOW + 30)
    assert again.revoked_at == NOW + 20


@pytest.mark.sqlite
def test_a_key_that_was_lost_does_not_cut_off_the_one_in_use(store: Store, desk: int) -> None:
    """Three are never live: the one that nobody used ends."""
    used, lost = _make(store, desk), _make(store, desk, NOW + 10)
    with store.write() as connection:
        from sqlalchemy import update

        from freshdesk_core.store.event_schema import event_keys

        connection.execute(
            update(event_keys).where(event_keys.c.key_id == used.key_id).values(last_used_at=NOW + 15)
        )
    third = _make(store, desk, NOW + 20)
    assert _live(store, desk, NOW + 20) == [third.key_id, used.key_id]
    assert [key.key_id for key in keys.of(store, desk) if key.revoked_at] == [lost.key_id]


@pytest.mark.sqlite
def test_a_rotated_key_keeps_what_it_is_for(store: Store, desk: int) -> None:
    """Unless it is given another label."""
    _make(store, desk, NOW, label="Freshdesk rules")
    _make(store, desk, NOW + 1)
    _make(store, desk, NOW + 2, label="App")
    assert [key.label for key in keys.of(store, desk)] == ["App", "Freshdesk rules", "Freshdesk rules"]


def test_a_key_belongs_to_its_integration(store: Store, settings: Settings, desk: int) -> None:
    other = add(store, settings, "Other")
    made = _make(store, desk)
    with pytest.raises(ConfigError) as refused:
        keys.revoke(COMMAND_LINE, store, other, made.key_id)
    assert refused.value.error_code == "no-such-event-key"
    assert keys.of(store, other) == []


def test_a_removed_integration_has_no_good_keys(store: Store, desk: int) -> None:
    made = _make(store, desk)
    with store.write() as connection:
        integrations.remove(connection, desk)
    assert _live(store, desk, NOW) == []
    assert asyncio.run(KeyRing(store).find(made.text)) is None
    with pytest.raises(ConfigError) as refused:
        _make(store, desk)
    assert refused.value.error_code == "integration-removed"


@pytest.mark.sqlite
def test_viewers_make_and_end_no_keys(store: Store, desk: int) -> None:
    viewer = Actor(Role.VIEWER, "vi@example.org")
    made = _make(store, desk)
    with pytest.raises(NotAllowed):
        keys.generate(viewer, store, desk)
    with pytest.raises(NotAllowed):
        keys.revoke(viewer, store, desk, made.key_id)
    assert _live(store, desk, NOW) == [made.key_id]


@pytest.mark.sqlite
def test_the_copy_of_the_keys_is_never_older_than_half_a_second(store: Store, desk: int) -> None:
    """A new key works at once; one that ended works no more within a second."""
    time = [0.0]
    ring = KeyRing(store, clock=lambda: NOW, timer=lambda: time[0])
    first = _make(store, desk)

    async def use() -> None:
        assert (await ring.find(first.text)).key_id == first.key_id  # type: ignore[union-attr]
        time[0] = 0.1
        second = _make(store, desk)
        found = await asyncio.gather(*[ring.find(second.text) for _ in range(20)])
        assert {one.key_id for one in found if one} == {second.key_id}
        keys.revoke(COMMAND_LINE, store, desk, first.key_id, now=NOW)
        time[0] = 0.7
        assert await ring.find(first.text) is None
        assert await ring.find(second.text) is not None

    asyncio.run(use())


@pytest.mark.sqlite
def test_a_replaced_key_ends_by_the_clock(store: Store, desk: int) -> None:
    clock = [float(NOW)]
    ring = KeyRing(store, clock=lambda: clock[0], timer=lambda: 0.0)
    first = _make(store, desk)
    _make(store, desk)

    async def use() -> None:
        assert await ring.find(first.text) is not None
        clock[0] += DAY
        assert await ring.find(first.text) is None

    asyncio.run(use())


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("10.1.2.3", "private"),
        ("fd00::1", "private"),
        ("93.184.216.34", "public"),
        ("2606:2800:220:1::1", "public"),
        (None, "loopback"),
    ],
)
def test_an_address_is_kept_as_a_class(host: str | None, kind: str) -> None:
    assert address_class(host) == kind


@pytest.mark.sqlite
def test_the_text_of_a_key_is_nowhere_once_it_was_shown(
    store: Store,
    settings: Settings,
    desk: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not in the store's files, its journal, the log, or what commands print later."""
    monkeypatch.setenv("INFLOW_HOME", str(settings.home))
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    try:
        made = _make(store, desk, label="app")
        asyncio.run(KeyRing(store).find(made.text))
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    files = b"".join(file.read_bytes() for file in settings.home.iterdir())
    assert key_text.digest(made.text).encode() in files
    told = io.StringIO()
    with redirect_stdout(told):
        assert main(["keys", "list", "Desk", "--json"]) == 0
        assert main(["keys", "list", "Desk"]) == 0
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "event_keys" in logged
    secret = made.text[len("inflow_e_") + 8 :]
    assert secret not in files.decode("latin-1") + logged + told.getvalue()


@pytest.mark.sqlite
def test_keys_from_the_command_line(
    store: Store,
    settings: Settings,
    desk: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INFLOW_HOME", str(settings.home))
    monkeypatch.setenv("INFLOW_DATABASE_URL", settings.database_url)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["keys", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    assert run("list", "Desk") == (
        0,
        "",
        "There is no key yet. Make one with: python -m freshdesk_core keys generate NAME\n",
    )
    code, out, err = run("generate", "Desk", "--json")
    first = json.loads(out)
    assert (code, err, set(first)) == (0, "", {"id", "key"})
    assert key_text.is_well_formed(first["key"])

    code, out, err = run("generate", "Desk", "--label", "Rules")
    assert code == 0
    assert key_text.is_well_formed(out.strip())
    assert "only time" in err
    assert f"The key {first['id']} stays good until" in err

    code, out, _err = run("list", "Desk", "--json")
    listed = json.loads(out)
    assert [one["is_live"] for one in listed] == [True, True]
    assert listed[1]["id"] == first["id"]
    assert listed[1]["expires_at"] is not None

    assert run("revoke", "Desk", str(first["id"]))[0] == 0
    code, out, _err = run("list", "Desk")
    assert "ended" in out
    assert "Rules" in out
    assert run("revoke", "Desk", "999")[0] == 1
    assert run("generate", "Nowhere")[0] == 1
