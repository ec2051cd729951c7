"""A real store in a temporary folder, for the questions of the read side."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(Settings.from_environment({"INFLOW_HOME": str(tmp_path)}))
    yield opened
    opened.close()
