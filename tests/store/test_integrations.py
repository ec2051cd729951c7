"""Names that are unique, keys that are sealed, removing that keeps and purging that does not."""

import time
from typing import Any

import pytest
from sqlalchemy import String, func, insert, select, update

from freshdesk_core.errors import ConfigError
from freshdesk_core.importing import purging
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, budgets, integrations, schema, secrets
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.texts import Name
from freshdesk_core.volumes import revision

DESK = {"name": "Desk", "domain": "desk.freshdesk.com", "api_key": "abcdefGHIJ", "time_zone": "UTC"}


def _add(store: Store, settings: Settings, **changed: Any) -> Integration:
    with store.write() as connection:
        return integrations.add(connection, settings, **{"since": None} | DESK | changed)


def _refusal(store: Store, settings: Settings, **changed: Any) -> str:
    with pytest.raises(ConfigError) as refused:
        _add(store, settings, **changed)
    return str(refused.value)


def test_an_integration_is_kept_with_its_key_sealed(store: Store, settings: Settings) -> None:
    saved = _add(store, settings)
    assert (saved.name, saved.domain, saved.key_hint, saved.time_zone) == (
        *("Desk", "desk.freshdesk.com", "GHIJ", "UTC"),
    )
    assert "abcdef" not in saved.key_sealed
    assert secrets.unseal(settings, saved.key_sealed) == "abcdefGHIJ"


@pytest.mark.parametrize("name", ["Desk", " Desk ", "DESK", "desk", "Desk\t", "\u00a0Desk"])
def test_a_taken_name_is_refused_and_its_holder_named(store: Store, settings: Settings, name: str) -> None:
    _add(store, settings)
    assert _refusal(store, settings, name=name, domain="other.freshdesk.com") == (
        "The name Desk is taken by the integration of desk.freshdesk.com. Nothing was saved. "
        "Choose another name."
    )
    with store.read() as connection:
        assert len(integrations.all_of(connection)) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Straße", "STRASSE"), ("ＤＥＳＫ　１", "ｄｅｓｋ １"), ("a  b", "A B")]
)
def test_names_are_compared_case_folded(store: Store, settings: Settings, one: str, other: str) -> None:
    _add(store, settings, name=one)
    assert "is taken" in _refusal(store, settings, name=other)


@pytest.mark.parametrize("name", ["", " ", "\t\n"])
def test_a_name_is_needed(store: Store, settings: Settings, name: str) -> None:
    assert "needs a name" in _refusal(store, settings, name=name)


def test_blanks_in_a_name_are_single(store: Store, settings: Settings) -> None:
    assert _add(store, settings, name="  Desk   North ").name == "Desk North"


def test_a_name_of_more_than_a_hundred_characters_is_refused_and_the_longest_is_kept(
    store: Store, settings: Settings
) -> None:
    assert "has 101 characters; at most 100" in _refusal(store, settings, name="x" * 101)
    assert _add(store, settings, name="é" * 100).name == "é" * 100


def test_a_start_before_all_time_that_was_saved_once_is_everything(store: Store, settings: Settings) -> None:
    """Midnight of the first day of the year 1 in Berlin lies in the year 0: no date can say it."""
    one = _add(store, settings)
    with store.write() as connection:
        connection.execute(update(schema.integrations).values(since=-62_135_600_008))
    with store.read() as connection:
        assert integrations.get(connection, one.integration_id) == one
        assert [found.since for found in integrations.all_of(connection)] == [None]


def test_a_name_that_is_not_there_is_answered_with_those_that_are(store: Store, settings: Settings) -> None:
    with store.read() as connection, pytest.raises(ConfigError) as refused:
        integrations.named(connection, "Dsek")
    assert "there are: none yet" in str(refused.value)
    _add(store, settings)
    with store.read() as connection, pytest.raises(ConfigError) as refused:
        integrations.named(connection, "Dsek")
    assert "there are: Desk" in str(refused.value)
    with store.read() as connection:
        assert integrations.named(connection, " dESK ").name == "Desk"


def _rows(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
            # Of an account; of nobody; of the store; what is still to be purged; of everybody.
            if not table.name.startswith(("budget", "event_refusals", "last_ids", "purges", "saved_views"))
        }


def test_a_purge_takes_everything_of_one_integration_and_nothing_of_another(
    store: Store, settings: Settings
) -> None:
    first, second = _add(store, settings), _add(store, settings, name="Other")
    for one in (first, second):
        _fill(store, one.integration_id)
    before = _rows(store)

    with store.write() as connection:
        budgets.book(connection, first.domain, 1.0, credits_=5, lists=0)
        budgets.keep(connection, first.domain, budgets.Budget(320, 80, 2.0))
    receipt = purging.purge(store, first, "integration").rows

    with store.write() as connection:
        # The other one is of the same account, and goes on with its budget.
        assert budgets.drawn(connection, first.domain, 0.0).credits == 5

    assert set(receipt) == set(before) - {"leases"}  # that was taken away first
    assert all(count == 1 for count in receipt.values()), receipt
    assert _rows(store) == {name: count - 1 for name, count in before.items()}
    with store.read() as connection:
        assert [one.name for one in integrations.all_of(connection)] == ["Other"]


def _fill(store: Store, integration_id: int) -> None:
    """A row in every table that can hold one of an integration."""
    with store.write() as connection:
        for table in schema.metadata.sorted_tables:
            if "integration_id" not in table.c or table.name in ("integrations", "purges"):
                continue
            values: dict[str, object] = {"integration_id": integration_id}
            for column in table.c:
                if column.name in values or column.autoincrement is True or column.nullable:
                    continue
                if column.default is None:
                    values[column.name] = "x" if isinstance(column.type, String | Name) else 1
            connection.execute(insert(table).values(**values))
        series = connection.execute(
            select(schema.series.c.series_id).where(schema.series.c.integration_id == integration_id)
        ).scalar_one()
        connection.execute(insert(schema.volumes).values(series_id=series, day=1, counts=b"\0" * 384))


def test_removing_keeps_the_data_and_forgets_the_key(store: Store, settings: Settings) -> None:
    saved = _add(store, settings)
    _fill(store, saved.integration_id)
    before = _rows(store)
    with store.write() as connection:
        integrations.remove(connection, saved.integration_id)

    assert _rows(store) == before
    with store.read() as connection:
        removed = integrations.get(connection, saved.integration_id)
    assert (removed.key_sealed, removed.key_hint) == ("", "")
    assert removed.removed_at is not None


def test_adding_it_again_goes_on_with_what_there_is(store: Store, settings: Settings) -> None:
    saved = _add(store, settings)
    with store.write() as connection:
        integrations.remove(connection, saved.integration_id)
    again = _add(store, settings, name="DESK", api_key="newkey1234")

    assert again.integration_id == saved.integration_id
    assert (again.name, again.removed_at, again.key_hint) == ("DESK", None, "1234")
    assert secrets.unseal(settings, again.key_sealed) == "newkey1234"


@pytest.mark.parametrize("changed", [{"domain": "other.freshdesk.com"}, {"since": 5}])
def test_another_account_does_not_go_on_with_the_data_of_a_removed_one(
    store: Store, settings: Settings, changed: dict[str, Any]
) -> None:
    saved = _add(store, settings)
    with store.write() as connection:
        integrations.remove(connection, saved.integration_id)
    assert "is taken by the integration of desk.freshdesk.com" in _refusal(store, settings, **changed)


def test_the_sample_is_none_of_the_real_ones(store: Store, settings: Settings) -> None:
    with store.read() as connection:
        assert integrations.sample(connection) is None
    sample = _add(store, settings, name=integrations.SAMPLE_NAME, is_sample=True)
    desk = _add(store, settings)
    with store.read() as connection:
        assert integrations.sample(connection) == sample
        assert integrations.real_ones(connection) == [desk]
        assert integrations.all_of(connection) == [sample, desk]


def test_every_change_of_an_integration_tells_the_pages(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key of what pages keep rises with each step, and no later account repeats an earlier one's."""
    told = [revision(store)]

    def changed() -> None:
        assert revision(store) not in told
        told.append(revision(store))

    one = _add(store, settings)
    changed()
    with store.write() as connection:
        integrations.remove(connection, one.integration_id)
    changed()
    purging.purge(store, one, "integration")
    monkeypatch.setattr("time.time", lambda: time.monotonic() + 4e9)  # later, whatever the clock says now
    _add(store, settings)
    changed()
