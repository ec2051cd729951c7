"""Holidays and remarks: set and taken back by admins, for one integration or all, by page or command."""

import json
from datetime import date
from pathlib import Path

import pytest

from freshdesk_core import cli
from freshdesk_core.access import COMMAND_LINE, Actor, Role
from freshdesk_core.errors import ConfigError, NotAllowed
from freshdesk_core.store import Store, special_days
from tests.databases import environment
from tests.volumes.account import Account

KINGS_DAY = date(2026, 4, 27)


def test_days_of_one_integration_and_of_all_are_listed_by_date(store: Store) -> None:
    first, second = Account(store).integration_id, Account(store, name="globex").integration_id
    own = special_days.add(COMMAND_LINE, store, date(2026, 3, 2), " Move  of\noffice ", "remark", first)
    shared = special_days.add(COMMAND_LINE, store, KINGS_DAY, "Koningsdag")
    old = special_days.add(COMMAND_LINE, store, date(1971, 1, 1), "Nieuwjaar", "holiday", second)

    assert [one.special_day_id for one in special_days.listed(store, [first])] == [own, shared]
    assert [one.special_day_id for one in special_days.listed(store, [second])] == [old, shared]
    [one] = special_days.listed(store, [first], date(2026, 3, 1), date(2026, 3, 31))
    assert (one.day, one.name, one.kind, one.set_by) == (
        date(2026, 3, 2),
        "Move of office",
        "remark",
        COMMAND_LINE.name,
    )
    # The same once more is the same day.
    assert special_days.add(COMMAND_LINE, store, KINGS_DAY, "Koningsdag ") == shared
    special_days.remove(COMMAND_LINE, store, shared)
    assert [one.special_day_id for one in special_days.listed(store, [first, second])] == [old, own]


@pytest.mark.parametrize(
    ("day", "name", "kind"),
    [
        (KINGS_DAY, " ", "holiday"),
        (KINGS_DAY, "x" * 121, "holiday"),
        (KINGS_DAY, "x", "feast"),
        (date(1969, 12, 31), "x", "holiday"),
        (date(2201, 1, 1), "x", "remark"),
    ],
)
def test_what_is_no_special_day_is_refused(store: Store, day: date, name: str, kind: str) -> None:
    with pytest.raises(ConfigError) as refused:
        special_days.add(COMMAND_LINE, store, day, name, kind)
    assert refused.value.error_code == "bad-special-day"
    assert special_days.listed(store, []) == []


def test_a_viewer_sets_none_and_takes_none_back(store: Store) -> None:
    vera = Actor(Role.VIEWER, "vera@example.com")
    kept = special_days.add(COMMAND_LINE, store, KINGS_DAY, "Koningsdag")
    with pytest.raises(NotAllowed):
        special_days.add(vera, store, KINGS_DAY, "Feest")
    with pytest.raises(NotAllowed):
        special_days.remove(vera, store, kept)
    with pytest.raises(ConfigError) as refused:
        special_days.remove(COMMAND_LINE, store, kept + 1)
    assert refused.value.error_code == "no-such-special-day"
    assert [one.name for one in special_days.listed(store, [])] == ["Koningsdag"]


@pytest.mark.sqlite
def test_the_command_line_sets_lists_and_removes(
    tmp_path: Path,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    Account(store)
    assert cli.main(["special-days", "list"]) == 0
    assert "There is no special day yet" in capsys.readouterr().err
    assert cli.main(["special-days", "add", "2026-04-27", "Koningsdag", "--integration", "acme"]) == 0
    id_ = capsys.readouterr().out.strip()
    assert cli.main(["special-days", "add", "27-4-2026", "Koningsdag"]) == 1
    assert "'27-4-2026' is not a date" in capsys.readouterr().err
    assert cli.main(["special-days", "list"]) == 0
    assert "2026-04-27" in capsys.readouterr().out
    assert cli.main(["special-days", "list", "--integration", "acme", "--json"]) == 0
    [one] = json.loads(capsys.readouterr().out)
    assert (one["day"], one["name"], one["integration"], one["kind"]) == (
        *("2026-04-27", "Koningsdag", "acme", "holiday"),
    )
    assert cli.main(["special-days", "remove", id_]) == 0
    assert special_days.listed(store, [1]) == []
