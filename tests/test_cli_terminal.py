"""At a terminal: what is typed there, and what must not be shown there."""

import contextlib
import os
import pty
import subprocess
import sys
from pathlib import Path

from freshdesk_core.sandbox import Sandbox, Script

ROOT = Path(__file__).resolve().parents[1]


def test_a_key_typed_at_a_terminal_is_not_shown(tmp_path: Path) -> None:
    """A real terminal (a pseudo one): the key goes in, and does not come back on the screen."""
    script = Script(now="2026-03-10T12:00:00Z")
    script.ticket(at="2026-03-02T09:00:00Z")
    home = {"INFLOW_HOME": str(tmp_path), "INFLOW_ALLOW_LOOPBACK": "1"}
    with Sandbox(script, plan="unlimited") as sandbox:
        command = ["integrations", "add", "Typed", "--domain", sandbox.domain]
        code, shown = _typed(command, os.environ | home, sandbox.api_key)
    assert code == 0, shown
    assert "is connected" in shown
    assert sandbox.api_key not in shown


def _typed(command: list[str], environ: dict[str, str], key: str) -> tuple[int, str]:
    screen, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "freshdesk_core", *command],
        cwd=ROOT,
        env=environ,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    ) as process:
        os.close(terminal)
        shown = b""
        while b"not shown" not in shown:
            shown += os.read(screen, 1024)
        os.write(screen, key.encode() + b"\n")
        with contextlib.suppress(OSError):  # the terminal is gone when the process is
            while part := os.read(screen, 1024):
                shown += part
    os.close(screen)
    return process.returncode, shown.decode()
