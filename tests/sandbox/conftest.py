"""Fixtures: one seeded world and a sandbox on it."""

from collections.abc import Iterator
from datetime import date

import pytest

from freshdesk_core.sandbox import Sandbox, World


@pytest.fixture(scope="session")
def world() -> World:
    """400 days of a desk, enough for every state to occur."""
    return World(7, start_day=date(2025, 3, 3), tickets=4_000, days=400)


@pytest.fixture(scope="session")
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, until=world.ends_at, plan="unlimited") as running:
        yield running
