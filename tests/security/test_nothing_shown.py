"""What customers wrote, and who they are, is on no page, in no export and in no store."""

import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st

from freshdesk_core.cli import main
from freshdesk_core.export import csv_text, xlsx_bytes
from freshdesk_core.sandbox import Sandbox, Script, codes
from freshdesk_core.volumes import Window, contacts, offered
from tests.importing.inflow import epoch, inflow
from tests.security.conftest import contents, shown_pages

pytestmark = pytest.mark.sqlite  # looks at the bytes of its files
CANARY = re.compile("k.?anari|4711", re.IGNORECASE)
NOW = "2026-03-10T12:00:00Z"


@pytest.fixture
def script() -> Script:
    """One ticket and one reply with something personal in every field that takes text."""
    script = Script(now=NOW)
    ticket = script.ticket(
        at="2026-03-01T10:00:00Z", subject="Kanari-Betreff 4711", description="<p>Kanari-Beschreibung</p>"
    )
    script.conversation(
        ticket,
        "2026-03-02T10:00:00Z",
        incoming=True,
        source=codes.REPLY,
        category=1,
        from_email="Kanari Vogel <kanari@example.org>",
        to_emails=("kanari-help@example.org",),
        support_email="kanari-support@example.org",
        body="<div>Kanari-Text</div>",
    )
    return script


def test_no_page_and_no_export_holds_anything_of_a_customer(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("INFLOW_ALLOW_LOOPBACK", "1")
    st.cache_data.clear()
    st.cache_resource.clear()
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        assert here.complete().new_contacts == 2
        here.totals()
        window = Window(epoch("2026-02-20"), epoch("2026-03-10"), "UTC")
        by_queue = offered(here.store, window, by=("queue",))
        listed = pd.concat(
            [by_queue, *(contacts(here.store, window, one) for one in set(by_queue["queue_id"]))]
        )
        exported = csv_text(listed).encode() + unpacked(xlsx_bytes(listed, {"Range": "all"}))
    shown = shown_pages()
    st.cache_resource.clear()
    for command in (
        "volumes --by queue,group,source",
        "reconcile --json",
        "status --json",
        "integrations list",
    ):
        assert main(command.split()) in (0, 1)
    said = "".join(capsys.readouterr())

    assert len(listed) == 4
    assert "email Replies" in said
    assert len(shown) > 10_000
    told = {
        "pages": shown,
        "exports": exported.decode("latin-1"),
        "commands": said,
        "store": contents(tmp_path).decode("latin-1"),
    }
    assert {where: CANARY.findall(text) for where, text in told.items() if CANARY.search(text)} == {}


def unpacked(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return b"".join(book.read(name) for name in book.namelist())
