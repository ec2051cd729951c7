"""The notebooks run top to bottom on whatever store there is, and are kept without what they showed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from freshdesk_core import volumes
from freshdesk_core.sandbox import Sandbox, World
from tests.importing.inflow import DAY, Inflow, inflow

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
WORLD = World(3, start_day=date(2026, 1, 5), tickets=200, days=60)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inflow]:
    """A small account, imported and compared with Freshdesk's totals."""
    with (
        Sandbox(WORLD, until=WORLD.starts_at + 60 * DAY, plan="unlimited") as sandbox,
        inflow(tmp_path_factory.mktemp("desk"), sandbox) as one,
    ):
        one.complete()
        one.totals()
        yield one


class ThisPython(AsyncKernelManager):
    """Knows no kernels of the person's own: one named "python3" may be any Python."""

    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


def run(path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run a notebook with this very Python; returns what its cells showed, as plain text."""
    monkeypatch.setenv("INFLOW_HOME", str(home))
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(home / "jupyter"))
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_manager_class=ThisPython,
        kernel_name="python3",
        timeout=60,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    return [
        output["data"].get("text/markdown", output["data"].get("text/plain", ""))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_what_it_showed(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


def test_the_manager_gets_the_answer(desk: Inflow, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebook says what the core says, in one sentence and day by day."""
    shown = run(FOLDER / "contacts_vs_tickets.ipynb", desk.settings.home, monkeypatch)
    found = volumes.reconcile(desk.store, volumes.default_window(desk.store))
    assert found.total.offered
    assert found.total.freshdesk_tickets
    assert f"> {found.sentence()}" in shown


def test_before_the_first_import_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(FOLDER / "contacts_vs_tickets.ipynb", tmp_path, monkeypatch)
    assert shown[0] == "**No account**: nothing is proven yet: import first"
