"""Small errors put into the counting and cursor modules, one at a time: how many does no test notice?

``python -m benchmarks mutants`` runs the tests beside those modules once for each error, on all cores. That
takes long and is for a release; ``INFLOW_MUTANTS=50`` takes only so many, chosen evenly.

Also a plugin of pytest: it loads one module with one error, as ``INFLOW_MUTANT`` (module:number) says.
Nothing on the disk is changed.
"""

import ast
import copy
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

from benchmarks.report import Budget, table, verdict

ROOT = Path(__file__).parents[1]
COUNTING, CURSOR = "counting", "cursor"
MODULES = {
    "freshdesk_core.counting.queues": COUNTING,
    "freshdesk_core.counting.threads": COUNTING,
    "freshdesk_core.counting.tickets": COUNTING,
    "freshdesk_core.importing.place": CURSOR,
    "freshdesk_core.importing.listing": CURSOR,
    "freshdesk_core.api.pages": CURSOR,
}
TESTS = {
    COUNTING: ("tests/counting", "tests/importing/test_promises.py"),
    CURSOR: (
        *("tests/api/test_pages.py", "tests/importing/test_place.py", "tests/importing/test_listings.py"),
        *(
            "tests/importing/test_paging.py",
            "tests/importing/test_windows.py",
            "tests/importing/test_meanwhile.py",
        ),
        *("tests/importing/test_faults_account.py", "tests/importing/test_restored.py"),
    ),
}
LEAST_SHARE = 0.85
SECONDS = 300  # a loop without end is noticed, too

Error = Callable[[ast.AST], ast.AST | None]

_COMPARED = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq},
    **{ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
}
_CALCULATED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult}
_JOINED = {ast.And: ast.Or, ast.Or: ast.And}


@dataclass(frozen=True)
class Mutant:
    """One error: the how-manieth place of a module."""

    module: str
    number: int

    @property
    def name(self) -> str:
        """As ``INFLOW_MUTANT`` has it."""
        return f"{self.module}:{self.number}"


def _changed(node: ast.AST) -> ast.AST | None:
    """The node with an error in it; None where this makes none."""
    wrong = copy.copy(node)
    if isinstance(wrong, ast.Compare) and type(wrong.ops[0]) in _COMPARED:
        wrong.ops = [_COMPARED[type(wrong.ops[0])](), *wrong.ops[1:]]
    elif isinstance(wrong, ast.BoolOp):
        wrong.op = _JOINED[type(wrong.op)]()
    elif isinstance(wrong, ast.BinOp) and type(wrong.op) in _CALCULATED:
        wrong.op = _CALCULATED[type(wrong.op)]()
    elif isinstance(wrong, ast.UnaryOp) and isinstance(wrong.op, ast.Not):
        return wrong.operand
    elif isinstance(wrong, ast.Constant) and isinstance(wrong.value, bool):
        wrong.value = not wrong.value
    elif isinstance(wrong, ast.Constant) and isinstance(wrong.value, int):
        wrong.value += 1
    elif isinstance(wrong, ast.Constant) and isinstance(wrong.value, str):
        wrong.value += "x"
    elif isinstance(wrong, ast.Return) and wrong.value is not None and not _is_none(wrong.value):
        wrong.value = ast.copy_location(ast.Constant(None), wrong.value)
    else:
        return None
    return wrong


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class _Places(ast.NodeTransformer):
    """Counts the places at which there may be an error, and makes the one of *wanted*."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted, self.lines = wanted, list[int]()

    def visit(self, node: ast.AST) -> ast.AST:
        """Leave alone what does not run: docstrings, annotations; and the words of errors."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return node
        if isinstance(node, ast.Raise):
            return node
        if isinstance(node, ast.AnnAssign):
            node.value = node.value and self.visit(node.value)  # type: ignore[assignment]
            return node
        if isinstance(
            node, ast.FunctionDef | ast.ClassDef
        ):  # but not what decorates them, or their arguments
            node.body = [self.visit(line) for line in node.body]  # type: ignore[misc]
            return node
        node = self.generic_visit(node)
        wrong = _changed(node)
        if wrong is None:
            return node
        self.lines.append(getattr(node, "lineno", 0))
        return wrong if len(self.lines) - 1 == self.wanted else node


def _source(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


def places(module: str) -> list[int]:
    """The lines of a module's places, in their order."""
    found = _Places()
    found.visit(ast.parse(_source(module).read_text()))
    return found.lines


class _Wrong(MetaPathFinder, Loader):
    """Loads one module with its error."""

    def __init__(self, module: str, number: int) -> None:
        self._module, self._number = module, number

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Only that module is ours."""
        return spec_from_loader(name, self, origin=str(_source(name))) if name == self._module else None

    def exec_module(self, module: ModuleType) -> None:
        """Run it, the error in it."""
        tree = _Places(self._number).visit(ast.parse(_source(self._module).read_text()))
        code = compile(ast.fix_missing_locations(tree), str(_source(self._module)), "exec")
        exec(code, module.__dict__)


def _install() -> None:
    module, _colon, number = os.environ["INFLOW_MUTANT"].partition(":")
    assert module not in sys.modules
    sys.meta_path.insert(0, _Wrong(module, int(number)))


if "INFLOW_MUTANT" in os.environ:  # as a plugin: before any conftest is loaded
    _install()


def _is_noticed(mutant: Mutant) -> bool:
    command = [
        *(sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"),
        *("-p", "benchmarks.mutants", "-m", "not nightly and not postgresql", *TESTS[MODULES[mutant.module]]),
    ]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"INFLOW_MUTANT": mutant.name, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def _all() -> Iterator[Mutant]:
    for module in MODULES:
        for number in range(len(places(module))):
            yield Mutant(module, number)


def _chosen() -> list[Mutant]:
    every = list(_all())
    most = int(os.environ.get("INFLOW_MUTANTS", "0")) or len(every)
    return [every[number * len(every) // most] for number in range(min(most, len(every)))]


def main() -> bool:
    """Run the tests on every error and print; True when enough were noticed."""
    mutants = _chosen()
    sound = [Mutant(module, -1) for module in {group: module for module, group in MODULES.items()}.values()]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        if any(pool.map(_is_noticed, sound)):
            raise SystemExit("The tests fail without any error put in.")
        noticed = dict(zip(mutants, pool.map(_is_noticed, mutants), strict=True))
    rows = []
    for module in MODULES:
        mine = [is_noticed for one, is_noticed in noticed.items() if one.module == module]
        rows.append((module, len(mine), sum(mine), sum(mine) / max(1, len(mine))))
    table(("module", "errors", "noticed", "share"), rows)
    for one, is_noticed in noticed.items():
        if not is_noticed:
            print(f"not noticed: {_source(one.module).relative_to(ROOT)}:{places(one.module)[one.number]}")
    share = sum(noticed.values()) / len(noticed)
    return verdict([Budget("errors that no test noticed", 1 - share, 1 - LEAST_SHARE)])


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
