"""What all tests share: a home of their own, and a word where the tools are missing."""

import importlib.util

import pytest

TOOLS = ("hypothesis", "nbclient", "playwright")

if missing := [tool for tool in TOOLS if importlib.util.find_spec(tool) is None]:
    pytest.exit(f"The tests need {', '.join(missing)}: pip install -r requirements-dev.txt", returncode=4)


@pytest.fixture(autouse=True)
def _home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the data of the person who runs it, or heeds their settings."""
    for name in ("INFLOW_DATABASE_URL", "INFLOW_SECRET_KEY", "INFLOW_FRESHDESK_KEY", "INFLOW_ALLOW_LOOPBACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INFLOW_HOME", str(tmp_path_factory.getbasetemp() / "home"))
