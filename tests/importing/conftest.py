"""Imports on each database."""

import pytest


@pytest.fixture(autouse=True)
def _on_each_database(database: str) -> None:
    """What makes a store for a whole module has to ask for the database itself."""
