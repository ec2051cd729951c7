"""A real store, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from tests.databases import environment, keep_bare


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    return Settings.from_environment(environment(tmp_path / "home"))


@pytest.fixture
def unmade(tmp_path: Path, database: str) -> Settings:
    """The settings of a store that nobody has opened yet."""
    keep_bare(tmp_path / "home")
    return Settings.from_environment(environment(tmp_path / "home"))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()
