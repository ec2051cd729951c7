"""Names of any characters come back byte by byte, and are found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from freshdesk_core.errors import ConfigError
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, schema
from freshdesk_core.store.texts import Name

HOSTILE = [
    *("'; DROP TABLE tickets;--", '"quoted"', "a\0b", "\0", "\x1b0", "\x1b", "\x1b\x1b0\0\x1b", "\u202eabc"),
    *("👩‍🚀" * 20, "ﷺ" * 100, "x" * 100, "%(name)s %s :name $1 {0}", "back\\slash\\0", "\r\n\t\x01\x7f"),
]
DESK = {"domain": "desk.freshdesk.com", "api_key": "abcdefGHIJ", "time_zone": "UTC", "since": None}


@given(st.text(alphabet=st.sampled_from("\0\x1b0a\\") | st.characters(exclude_categories=["Cs"])))
def test_what_is_written_is_read(text: str) -> None:
    for dialect in (postgresql.dialect(), sqlite.dialect()):
        written = Name().process_bind_param(text, dialect)
        assert Name().process_result_value(written, dialect) == text
        assert dialect.name == "sqlite" or "\0" not in written


def test_names_of_groups_and_sources(store: Store, settings: Settings) -> None:
    with store.write() as connection:
        one = integrations.add(connection, settings, name="Desk", **DESK).integration_id
        for n, name in enumerate(HOSTILE):
            of = {"integration_id": one}
            connection.execute(insert(schema.groups).values(group_id=n, name=name, **of))
            connection.execute(insert(schema.sources).values(source=n, label=name, **of))
    with store.read() as connection:
        for column in (schema.groups.c.name, schema.sources.c.label):
            assert set(connection.execute(select(column)).scalars()) == set(HOSTILE)


def test_names_of_integrations_are_unique_and_found(store: Store, settings: Settings) -> None:
    with store.write() as connection:
        for name in HOSTILE:
            integrations.add(connection, settings, name=name, **DESK)
    with store.read() as connection:
        for name in HOSTILE:
            assert integrations.named(connection, name).name == " ".join(name.split())
    for name in HOSTILE:
        with pytest.raises(ConfigError), store.write() as connection:
            integrations.add(connection, settings, name=name.swapcase(), **DESK)


def test_very_long_names_that_differ_at_their_ends_are_two() -> None:
    long = "x" * integrations.KEY_BYTES
    assert integrations.name_key(long) == long
    assert len({integrations.name_key(long + end) for end in ("", "a", "b")}) == 3
    assert integrations.name_key(long + "a") == integrations.name_key(f"  {long}A ")
