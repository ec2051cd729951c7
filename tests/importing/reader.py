"""``python -m tests.importing.reader SECONDS END``: reads as pages do; prints how long it took."""

import json
import os
import random
import sys
import time

from freshdesk_core import volumes
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store

PAUSE_SECONDS = 0.5  # on average: somebody who clicks without rest
DAYS = 28 * 86_400


def main() -> None:
    """Read for so long; an error ends it with a traceback."""
    store = Store.open(Settings.from_environment())
    chance, took = random.Random(os.getpid()), []
    end = int(sys.argv[2])
    window = volumes.Window(end - DAYS, end, "Europe/Madrid")
    until = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < until:
        began = time.monotonic()
        volumes.offered(store, window, "1h", ("queue",), volumes.Filters(), False)
        volumes.queues(store, window)
        took.append(time.monotonic() - began)
        time.sleep(chance.random() * 2 * PAUSE_SECONDS)
    json.dump(took, sys.stdout)


if __name__ == "__main__":
    main()
