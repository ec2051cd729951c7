"""Importers that start at once: a process that has everything loaded, and is forked for each of them.

An interpreter takes most of a second until the command line runs; a fork takes none, so that a test can
kill many importers. What runs is the command line itself, as a process of its own. Where a kill has to
hit a certain point, ``points`` finds it from outside of the product.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.importing.inflow import environment

ROOT = Path(__file__).parents[2]
PRELOADED = (
    *("alembic.command", "psycopg", "freshdesk_core.cli", "freshdesk_core.volumes"),
    *("freshdesk_core.importing.session", "tests.importing.points"),
)


@dataclass
class Importer:
    """A forked ``python -m freshdesk_core``; ``began_at`` is on the clock of ``time.monotonic``."""

    nursery: "Nursery"
    pid: int
    began_at: float
    out: Path

    def kill(self, number: int = 9) -> None:
        os.kill(self.pid, number)

    def is_gone(self) -> bool:
        """It ended, and may be asked how."""
        with Path(f"/proc/{self.pid}/stat").open() as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"

    def ended(self) -> int:
        """Wait for its end; the exit code, or minus the signal that killed it."""
        return int(self.nursery.ask(wait=self.pid))

    def said(self) -> str:
        return self.out.with_suffix(".out").read_text()

    def complained(self) -> str:
        return self.out.with_suffix(".err").read_text()

    def result(self) -> dict[str, Any]:
        """The one integration of ``import --json``."""
        (found,) = json.loads(self.said())["integrations"]
        assert isinstance(found, dict)
        return found


class Nursery:
    """The process that is forked. What it starts is dead when it closes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.importing.nursery"],
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # who forks has no other threads
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self,
        home: Path,
        *arguments: str,
        at: dict[str, Any] | None = None,
        terminal: str | None = None,
        **more: str,
    ) -> Importer:
        """Start a command on the store of a home.

        Args:
            home: Whose store.
            arguments: The command and its options.
            at: What ``points.install`` takes: where the process kills itself, or how large the store may get.
            terminal: The terminal it runs in; else what it says goes into files.
            more: Further settings.
        """
        self._started += 1
        out = self._folder / str(self._started)
        began_at = time.monotonic()
        pid = self.ask(
            arguments=arguments, environ=environment(home, **more), at=at, terminal=terminal, out=str(out)
        )
        return Importer(self, int(pid), began_at, out)

    def ask(self, **question: object) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def close(self) -> None:
        self._process.communicate(timeout=60)


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    one = Nursery(folder)
    try:
        yield one
    finally:
        one.close()


def main() -> None:
    """Fork on request, until nobody asks any more."""
    for name in PRELOADED:
        import_module(name)
    children: set[int] = set()
    for line in sys.stdin:
        question = json.loads(line)
        if "wait" in question:
            _pid, status = os.waitpid(question["wait"], 0)
            children.discard(question["wait"])
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _become(question)
            children.add(answer)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for pid in children:
        os.kill(pid, 9)


def _become(question: dict[str, Any]) -> None:
    """The child: the command line, with its own standard streams and settings."""
    code = 70
    try:
        _speak(question["out"], question["terminal"])
        os.environ.update(question["environ"])
        if question["at"]:
            from tests.importing import points

            points.install(**question["at"])
        from freshdesk_core import cli

        code = cli.main(question["arguments"])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    os._exit(code)


def _speak(out: str, terminal: str | None) -> None:
    """Into files, or in a terminal, as the leader of its session."""
    names = [os.devnull, out + ".out", out + ".err"]
    if terminal is not None:
        os.setsid()
        names = [terminal] * 3
    for number, name in enumerate(names):
        file = os.open(name, os.O_RDWR | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)


if __name__ == "__main__":
    main()
