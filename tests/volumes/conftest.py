"""A real store on each database, for the questions of the read side."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from tests.databases import environment


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    opened = Store.open(Settings.from_environment(environment(tmp_path)))
    yield opened
    opened.close()
