"""How long a page's rerun takes in the browser, against a page with nothing on it.

The store is of the sample's size; what is asked is remembered after the first time, as for a user who
presses a button. Needs Chromium; without it nothing is measured.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks import importer
from benchmarks.account import ROOT, served
from benchmarks.report import Budget, table, verdict

TICKETS, DAYS = 12_000, 400  # as the sample account
PAGES = {
    "Overview": "/",
    "Queues": "/queues-and-pairs",
    "Contacts vs tickets": "/contacts-vs-tickets",
    "Integrations": "/account-integrations",
    "How it works": "/how-it-works",
}
RERUNS = 15
MOST_RATIO = 2.0
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
STARTING_SECONDS = 60

# Resolves with the milliseconds from now to the end of the next run of the script.
RERUN = """() => { window.rerun = new Promise(done => {
    const app = document.querySelector("[data-test-script-state]");
    const began = performance.now();
    let ran = false;
    new MutationObserver((_changes, observer) => {
        ran = ran || app.dataset.testScriptState !== "notRunning";
        if (ran && app.dataset.testScriptState === "notRunning") {
            observer.disconnect();
            done(performance.now() - began);
        }
    }).observe(app, {attributes: true, attributeFilter: ["data-test-script-state"]});
}); }"""


def main() -> bool:
    """Measure and print; True when every budget is kept, or nothing could be measured."""
    if CHROMIUM is None:
        print("No Chromium on this machine: the pages were not measured.\n")
        return True
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    start = f"{(now - timedelta(days=DAYS)).date()}"
    with (
        tempfile.TemporaryDirectory() as home,
        served(tickets=TICKETS, days=DAYS, start=start, until=now.isoformat()) as server,
    ):
        importer.run(server, Path(home), threads=4)
        with _streamlit("app.py", home) as app, _streamlit("benchmarks/empty_page.py", home) as empty:
            found = _measure(app, empty)
    base = statistics.median(found["empty page"])
    rows = [
        (name, statistics.median(took), max(took), statistics.median(took) / base)
        for name, took in found.items()
    ]
    print(f"Reruns of a page in the browser, {RERUNS} each; {TICKETS:,} tickets in the store\n")
    table(("page", "median, ms", "longest, ms", "× empty page"), rows)
    worst = max(rows, key=lambda row: row[3])
    return verdict([Budget(f"rerun ÷ empty page, at worst ({worst[0]})", worst[3], MOST_RATIO)])


def _measure(app: str, empty: str) -> dict[str, list[float]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        found = {"empty page": _reruns(page, empty)}
        for name, path in PAGES.items():
            found[name] = _reruns(page, app + path)
        browser.close()
    return found


def _reruns(page: Page, url: str) -> list[float]:
    page.goto(url)
    page.wait_for_selector("h1")
    took: list[float] = []
    for _ in range(RERUNS + 2):
        page.wait_for_selector("[data-test-script-state=notRunning]")
        page.wait_for_timeout(300)  # let the browser finish drawing
        page.evaluate(RERUN)
        page.keyboard.press("r")
        took.append(page.evaluate("() => window.rerun"))
    return took[2:]


@contextmanager
def _streamlit(script: str, home: str) -> Iterator[str]:
    """Serve a script as a user would; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, "--server.port", address.rpartition(":")[2]],
        cwd=ROOT,
        env=os.environ | {"INFLOW_HOME": home, "INFLOW_ALLOW_LOOPBACK": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
