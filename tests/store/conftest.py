"""A real store in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment({"INFLOW_HOME": str(tmp_path / "home")})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()
