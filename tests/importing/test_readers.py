"""Ten people look at the figures while an import writes: none meets a lock, none waits for long."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from freshdesk_core.sandbox import Sandbox, w1
from tests.importing.inflow import Inflow, environment, inflow
from tests.importing.programs import ROOT

READERS = 10
SECONDS = int(os.environ.get("INFLOW_READING_SECONDS", "60"))


def reading(home: Path, end: int, seconds: int) -> list[subprocess.Popen[str]]:
    return [
        subprocess.Popen(
            [sys.executable, "-m", "tests.importing.reader", str(seconds), str(end)],
            cwd=ROOT,
            env=os.environ | environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(READERS)
    ]


def p95(readers: list[subprocess.Popen[str]]) -> float:
    took: list[float] = []
    for reader in readers:
        out, complaints = reader.communicate(timeout=SECONDS + 120)
        assert (reader.returncode, complaints) == (0, "")
        took += json.loads(out)
    return float(np.percentile(took, 95))


def import_while(readers: list[subprocess.Popen[str]], here: Inflow) -> int:
    """Import the whole desk over and over, as long as anybody reads."""
    times = 0
    while any(reader.poll() is None for reader in readers):
        with here.store.write() as connection:
            for stream in ("cursors", "gaps"):
                connection.exec_driver_sql(f"DELETE FROM {stream}")
            connection.exec_driver_sql("UPDATE tickets SET thread_read_at = NULL, is_thread_due = 1=1")
        here.complete()
        times += 1
    return times


@pytest.mark.nightly
def test_ten_readers_during_imports_meet_no_lock(tmp_path: Path, database: str) -> None:
    """``INFLOW_READING_SECONDS=600`` reads for ten minutes. Twice as slow as at rest is the aim."""
    desk = w1(size=0.3)
    with Sandbox(desk, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        idle = p95(reading(tmp_path, desk.ends_at, min(SECONDS, 20)))
        readers = reading(tmp_path, desk.ends_at, SECONDS)
        times = import_while(readers, here)
        busy = p95(readers)
    sys.stdout.write(f"{times} imports; p95 {idle:.3f} s at rest, {busy:.3f} s meanwhile\n")
    assert times >= 1
    assert busy < max(20 * idle, 10)  # on a machine that has other things to do, too
