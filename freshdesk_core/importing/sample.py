"""The built-in sample account: a sandbox of its own process, connected while no real account is.

Its start day and port are kept, so that the same ids mean the same tickets tomorrow. It steps aside
when the first real integration is saved.
"""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from freshdesk_core.api import Freshdesk, MinuteLimiter
from freshdesk_core.errors import Busy, ConfigError, CoreError
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, leases
from freshdesk_core.store.integrations import Integration

TICKETS = 16_000
DAYS = 400
SEED = 7
STARTING_SECONDS = 60
FILE = "sample.json"


@dataclass(frozen=True)
class Address:
    """Where the sample's server listens, and the key it takes."""

    domain: str
    api_key: str


class Sample:
    """The sample's server, started when it is needed and ended with this process."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.home / FILE
        self._process: subprocess.Popen[str] | None = None
        self._address: Address | None = None

    def connect(self, store: Store, settings: Settings) -> Integration:
        """Make sure that the sample's server runs and that its integration points to it.

        Raises:
            Busy: Another process imports it, from a server of its own.
            ConfigError: The server did not start.
        """
        address = self._running()
        with store.write() as connection:
            present = integrations.sample(connection)
            if present is None:
                present = integrations.add(
                    connection,
                    settings,
                    name=integrations.SAMPLE_NAME,
                    domain=address.domain,
                    api_key=address.api_key,
                    time_zone="Europe/Berlin",
                    since=None,
                    is_sample=True,
                )
        if present.domain != address.domain or present.key_hint != address.api_key[-4:]:
            present = self._moved(store, settings, present, address)
        self._keep({**self._kept(), "domain": address.domain, "api_key": address.api_key})
        return present

    def _moved(self, store: Store, settings: Settings, present: Integration, address: Address) -> Integration:
        """Point the integration to another server, unless somebody imports it from the one it has."""
        try:
            with leases.held(store, present), store.write() as connection:
                integrations.replace_domain(
                    connection, settings, present.integration_id, address.domain, address.api_key
                )
                return integrations.get(connection, present.integration_id)
        except Busy:
            self.stop()  # of two that began at once the other's serves both
            raise

    def stop(self) -> None:
        """End the sample's server."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process, self._address = None, None

    def _running(self) -> Address:
        kept = self._kept()
        own = self._address if self._process is not None and self._process.poll() is None else None
        if own is not None and own.domain == kept.get("domain"):
            return own
        if (other := _answering(kept)) is not None:
            self.stop()
            return other  # another Inflow of this home serves it
        if own is not None:
            return own
        self.stop()
        self._keep(kept)
        for port in dict.fromkeys((_port(kept), 0)):
            address = self._start(str(kept["start"]), port)
            if address is not None:
                self._address = address
                return address
        raise ConfigError("sample-not-started")

    def _start(self, start: str, port: int) -> Address | None:
        """Start the server; None when it does not say that it is ready (its port is taken, say)."""
        command = [sys.executable, "-m", "freshdesk_core", "sandbox", "--until-stdin-closes", "--live"]
        options = {
            "port": port,
            "tickets": TICKETS,
            "days": DAYS,
            "seed": SEED,
            "start": start,
            "plan": "unlimited",
        }
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, with arguments of our own
                [*command, *(part for name, value in options.items() for part in (f"--{name}", str(value)))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).resolve().parents[2],
                text=True,
            )
        except OSError:
            return None
        line = _first_line(self._process)
        try:
            ready: dict[str, Any] = json.loads(line)
            return Address(ready["domain"], ready["api_key"])
        except (ValueError, KeyError):
            self.stop()
            return None

    def _kept(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
            datetime.fromisoformat(kept["start"])
            return kept
        except (OSError, ValueError, KeyError, TypeError):
            start = datetime.fromtimestamp(time.time(), UTC).date() - timedelta(days=DAYS)
            return {"start": start.isoformat()}

    def _keep(self, kept: dict[str, Any]) -> None:
        draft = self._file.with_name(f".{FILE}.{os.getpid()}")
        with suppress(OSError):  # a full disk: then the sample begins anew next time
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_text(json.dumps(kept), encoding="utf-8")
            draft.replace(self._file)


def _first_line(process: subprocess.Popen[str]) -> str:
    """What a server says when it is ready; "" when it ends, or says nothing for too long."""
    giving_up = threading.Timer(STARTING_SECONDS, process.kill)
    giving_up.daemon = True
    giving_up.start()
    try:
        return process.stdout.readline() if process.stdout else ""
    finally:
        giving_up.cancel()


def _port(kept: dict[str, Any]) -> int:
    port = str(kept.get("domain", "")).rpartition(":")[2]
    return int(port) if port.isdecimal() else 0


def _answering(kept: dict[str, Any]) -> Address | None:
    """The sample's server at its kept address, when it answers there."""
    if not _port(kept):
        return None
    address = Address(str(kept["domain"]), str(kept.get("api_key")))
    try:
        with Freshdesk(
            address.domain,
            address.api_key,
            limiter=MinuteLimiter(),  # it is our own server, if any: one call spends nobody's budget
            tries=1,
            deadline=2,
            allow_loopback=True,
        ) as freshdesk:
            freshdesk.me()
    except CoreError:
        return None
    return address
