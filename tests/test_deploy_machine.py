"""The guide to one machine with systemd, command by command: into a folder of its own, without root.

What needs root or the network is a stand-in that writes down what it was asked (``systemctl``, ``useradd``,
``chown``, ``sudo``, ``pip``); files, modes, archives, Git and, at night, Inflow itself are real.
"""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from freshdesk_core.cli import parser
from freshdesk_core.sandbox import Sandbox, Script

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
SECTION = GUIDE[GUIDE.index("## One service") : GUIDE.index("## The processes")]
BLOCKS = [
    textwrap.dedent(one) for one in re.findall(r"^ *```sh\n(.*?)^ *```", SECTION, re.DOTALL | re.MULTILINE)
]
OURS = re.compile(r"^ *sudo -u inflow /usr/local/bin/inflow (.+)$", re.MULTILINE)
TOP = ("/opt/", "/etc/", "/var/lib/", "/usr/local/bin/", "/var/backups/")
STAND_INS = {
    "systemctl": "",
    "useradd": "",
    "chown": "",
    "sudo": '[ "$1 $2" = "-u inflow" ] && shift 2 && exec "$@"',
    "install": """for word do shift
        case $word in -g|-o) skip=1 ;; *) [ -n "${skip:-}" ] || set -- "$@" "$word"; skip= ;; esac
    done; exec /usr/bin/install "$@" """,
    "python3": """mkdir -p "$3/bin"; cp "$HERE/pip" "$3/bin/pip"
        printf '#!/bin/sh\\nexec "%s" "$@"\\n' "$INTERPRETER" >"$3/bin/python"; chmod +x "$3/bin/python" """,
    "pip": "",
}


class Machine:
    """A machine as far as the guide touches it: everything below one folder."""

    def __init__(self, top: Path, interpreter: str) -> None:
        self.top = top
        self.log = top / "asked"
        self._bin = top / "stand-ins"
        for folder in ("opt", "etc/systemd/system", "var/lib/inflow", "usr/local/bin", "var/backups"):
            (top / folder).mkdir(parents=True)
        self._bin.mkdir()
        for name, does in STAND_INS.items():
            script = self._bin / name
            script.write_text(f'#!/bin/sh\necho "{name} $*" >>"$ASKED"\n{does}\n', encoding="utf-8")
            script.chmod(0o755)
        self._environment = os.environ | {
            "PATH": f"{self._bin}:{os.environ['PATH']}",
            "ASKED": str(self.log),
            "HERE": str(self._bin),
            "INTERPRETER": interpreter,
        }

    def run(self, commands: str, *, typed: str = "", code: int = 0) -> str:
        """Run commands of the guide; their paths lie below the folder."""
        done = subprocess.run(
            ["sh", "-eu", "-c", self._here(commands)],
            cwd=self.top,
            env=self._environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == code, (commands, done.stdout, done.stderr)
        if (ours := self.top / "opt/inflow/deploy/systemd/inflow").exists():
            ours.write_text(self._here(ours.read_text(encoding="utf-8")), encoding="utf-8")
        return done.stdout

    def _here(self, text: str) -> str:
        for place in TOP:
            text = re.sub(rf"(?<![\w.]){re.escape(place)}", f"{self.top}{place}", text)
        return text.replace("REPOSITORY", str(ROOT))

    def mode(self, place: str) -> int:
        return stat.S_IMODE((self.top / place.lstrip("/")).stat().st_mode)


def _block(word: str) -> str:
    (found,) = [block for block in BLOCKS if word in block]
    return found


def _installed(top: Path, interpreter: str) -> Machine:
    machine = Machine(top, interpreter)
    machine.run(_block("useradd"))
    machine.run(_block("cat > /etc/inflow/inflow.env"))
    machine.run(_block("useradd").splitlines()[-2])  # the wrapper again: its paths are known only now
    return machine


@pytest.fixture
def recorder(tmp_path: Path) -> str:
    """In Python's place: writes down what it was asked, and with which settings."""
    script = tmp_path / "recorder"
    script.write_text('#!/bin/sh\necho "$INFLOW_HOME $INFLOW_ADMINS: $*" >>"$ASKED"\n', encoding="utf-8")
    script.chmod(0o755)
    return str(script)


def test_each_command_of_ours_in_the_guide_is_one() -> None:
    found = OURS.findall(SECTION)
    assert len(found) >= 4
    for words in map(shlex.split, found):
        assert parser().parse_args(words).command == words[0]


@pytest.mark.sqlite
@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_installed_backed_up_restored_and_updated_as_the_guide_says(tmp_path: Path, recorder: str) -> None:
    """Settings stand before the first start, secrets are closed, and what was kept comes back as it was."""
    machine = _installed(tmp_path / "machine", recorder)
    for secret in ("/etc/inflow/inflow.env", "/opt/inflow/.streamlit/secrets.toml"):
        assert machine.mode(secret) == 0o640
    assert machine.mode("/etc/inflow") == 0o750
    assert machine.mode("/usr/local/bin/inflow") == 0o755
    asked = machine.log.read_text(encoding="utf-8")
    assert "systemctl" not in asked
    machine.run(_block("systemctl enable --now"))
    machine.run(OURS.sub("", _block("systemctl enable --now")))
    machine.run("sudo -u inflow /usr/local/bin/inflow integrations list")
    asked = machine.log.read_text(encoding="utf-8")
    home = machine.top / "var/lib/inflow"
    assert f"{home} ann@example.com: -m freshdesk_core integrations list" in asked

    kept = home / "inflow.db"
    kept.write_text("kept", encoding="utf-8")
    machine.run(_block("tar -C /var/lib/inflow -czf"))
    assert machine.mode("/var/backups/inflow/store.tar.gz") == 0o600
    kept.write_text("spoilt", encoding="utf-8")
    (home / "inflow.db-wal").write_text("of the spoilt one", encoding="utf-8")
    machine.run(_block("-xzf"))
    assert kept.read_text(encoding="utf-8") == "kept"
    assert [one.name for one in home.iterdir()] == ["inflow.db"]

    machine.run(_block("pull --ff-only"))
    asked = machine.log.read_text(encoding="utf-8")
    turns = re.findall(r"^systemctl (stop|start|enable)", asked, re.MULTILINE)
    assert turns == ["enable", "enable", *["stop", "start"] * 3]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    script = Script()
    script.ticket()
    with Sandbox(script, plan="unlimited") as sandbox:
        yield sandbox


@pytest.mark.nightly
@pytest.mark.sqlite
@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_an_installed_inflow_is_itself_again_after_a_restore(tmp_path: Path, sandbox: Sandbox) -> None:
    """The account that was connected as the guide says is there again on another machine, with its key."""
    first, second = [_installed(tmp_path / name, sys.executable) for name in ("first", "second")]
    for machine in (first, second):
        with (machine.top / "etc/inflow/inflow.env").open("a", encoding="utf-8") as settings:
            settings.write("INFLOW_ALLOW_LOOPBACK=1\n")
    connect, status = _block("integrations add").strip().splitlines()
    first.run(connect.replace("example.freshdesk.com", sandbox.domain), typed=sandbox.api_key)
    first.run("sudo -u inflow /usr/local/bin/inflow import")
    before = first.run(status.replace("status", "volumes --by queue"))
    assert first.run(status, code=0)

    first.run(_block("tar -C /var/lib/inflow -czf"))
    shutil.copytree(first.top / "var/backups/inflow", second.top / "var/backups/inflow")
    second.run(_block("-xzf"))
    second.run(_block("pull --ff-only"))
    assert second.run(status.replace("status", "volumes --by queue")) == before
    assert second.run("sudo -u inflow /usr/local/bin/inflow integrations check 'My support'")
