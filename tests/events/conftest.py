"""A store with one integration and its key, and the endpoint on a real port."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.events import keys
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from tests.databases import environment
from tests.events.endpoint import Endpoint


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    """Without rate limits; a test that is about them sets its own."""
    return unlimited(tmp_path / "home")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def desk(store: Store, settings: Settings) -> int:
    """The id of an integration."""
    return add(store, settings, "Desk")


@pytest.fixture
def key(store: Store, desk: int) -> str:
    """A key of the integration."""
    return keys.generate(COMMAND_LINE, store, desk).text


@pytest.fixture
def endpoint(settings: Settings, desk: int) -> Iterator[Endpoint]:
    with Endpoint(settings) as running:
        yield running


def unlimited(home: Path) -> Settings:
    found = Settings.from_environment(environment(home))
    return replace(found, events_per_minute=0, wrong_keys_per_minute=0)


def add(store: Store, settings: Settings, name: str) -> int:
    with store.write() as connection:
        return integrations.add(
            connection,
            settings,
            name=name,
            domain=f"{name.lower()}.freshdesk.com",
            api_key="abcdefGHIJ1234",
            time_zone="UTC",
            since=None,
        ).integration_id
