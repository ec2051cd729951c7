"""What all tests share: a home and databases of their own, and a word where the tools are missing."""

import functools
import gc
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator

import pytest

from tests import databases, statements
from tests.databases import Databases

TOOLS = ("hypothesis", "nbclient", "playwright", "xdist")
DATABASES = ("sqlite", "postgresql")
NO_POSTGRES = "no PostgreSQL was found"

if missing := [tool for tool in TOOLS if importlib.util.find_spec(tool) is None]:
    pytest.exit(f"The tests need {', '.join(missing)}: pip install -r requirements-dev.txt", returncode=4)
if databases.NAMED == databases.OWN and not databases.has_postgres():
    pytest.exit(f"{databases.VARIABLE} asks for a PostgreSQL, and none is installed", returncode=4)


# Run by nohup, the tests ignore that their terminal is gone, and so would each program they start. A function
# in its place is not inherited: the tests outlive the terminal, and programs behave as they always do.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)


def pytest_configure() -> None:
    """Try the same examples for each commit, so that a failure is the commit's; every night others."""
    from hypothesis import settings

    statements.share()
    settings.register_profile("commit", derandomize=True)
    settings.register_profile("night", derandomize=False)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "commit"))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of garbage need not look through it again and again.

    Nor need Streamlit look through all installed packages for components whenever a test draws a page.
    """
    if "streamlit.testing.v1" in sys.modules:
        from streamlit.components.v2 import manifest_scanner as scanner

        scanner.scan_component_manifests = functools.cache(scanner.scan_component_manifests)
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str:
    """Say on which databases the store is tested."""
    return databases.told()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database on each there is, or on the one that the closest mark names."""
    if "database" not in metafunc.fixturenames:
        return
    found = ["sqlite", "postgresql"] if databases.has_postgres() else ["sqlite"]
    named = [mark.name for mark in metafunc.definition.iter_markers() if mark.name in DATABASES][:1]
    chosen = [
        pytest.param(name, marks=[] if name in found else [pytest.mark.skip(reason=NO_POSTGRES)])
        for name in named or found
    ]
    metafunc.parametrize("database", chosen, indirect=True, scope="module")


@pytest.fixture(autouse=True)
def _home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the data of the person who runs it, or heeds their settings."""
    for name in ("INFLOW_DATABASE_URL", "INFLOW_SECRET_KEY", "INFLOW_FRESHDESK_KEY", "INFLOW_ALLOW_LOOPBACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INFLOW_HOME", str(tmp_path_factory.getbasetemp() / "home"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A server for the whole run."""
    if not databases.has_postgres():
        pytest.skip(NO_POSTGRES)
    running = Databases()
    yield running
    running.close()


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where ``databases.environment`` puts stores: "sqlite", then "postgresql".

    A fixture that makes a store for longer than one test has to ask for it.
    """
    if request.param == "sqlite":
        yield "sqlite"
        return
    running: Databases = request.getfixturevalue("postgres")
    with databases.used(running):
        yield "postgresql"


@pytest.fixture(autouse=True)
def _stores_given_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test made is emptied for the next; what its module made stays."""
    if "database" not in request.fixturenames or request.getfixturevalue("database") == "sqlite":
        yield
        return
    running: Databases = request.getfixturevalue("postgres")
    before = running.taken()
    yield
    running.give_back(running.taken() - before)
