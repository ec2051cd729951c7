"""What the server does beside drawing pages: it takes events, and keeps the scheduled import running.

A rerun of a page takes half as long again beside an import thread, and a hung thread cannot be restarted.
The child is the same command as elsewhere; it ends by itself when this process does.
"""

import asyncio
import contextlib
import logging
import sys
import time
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from freshdesk_core import logs
from freshdesk_core.events.endpoint import Events, Opening
from freshdesk_core.events.healthz import Healthz
from freshdesk_core.settings import Settings
from ui import language, login
from ui.doors import Doors
from ui.headers import Headers
from ui.links import Links

ROOT = Path(__file__).resolve().parent.parent
ENDING_SECONDS = 5.0
STEADY_SECONDS = 60.0  # a worker that lived this long did not fail at its start
LONGEST_PAUSE_SECONDS = 60.0

logger = logging.getLogger(__name__)

_opening = Opening()


def routes() -> list[BaseRoute]:
    """The event endpoint and the health answer, for all methods: Streamlit would answer the others itself.

    And the choice of a language, which has to be kept before a page is drawn.
    """
    return [
        Route("/events", Events(_opening)),
        Route("/healthz", Healthz(_opening)),
        Route(f"/{language.PATH}", language.choose),
    ]


def middleware() -> list[Middleware]:
    """What stands in front of every page, file and route, in this order."""
    return [Middleware(Headers, has_tls=login.has_tls()), Middleware(Doors), Middleware(Links)]


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Keep a worker running as long as the server does, unless one runs elsewhere."""
    logs.to_stderr()
    has_worker = Settings.from_environment().has_app_worker
    watching = asyncio.create_task(_keep_working() if has_worker else asyncio.sleep(0))
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await _opening.close()


async def _keep_working() -> None:
    """Start the worker, and start it again whenever it ends; more slowly when it fails at once."""
    pause = 1.0
    while True:
        began = time.monotonic()
        worker = await _start()
        try:
            code = await worker.wait()
        except asyncio.CancelledError:
            await _end(worker)
            raise
        pause = 1.0 if time.monotonic() - began > STEADY_SECONDS else min(2 * pause, LONGEST_PAUSE_SECONDS)
        logger.warning("The import process ended with code %s; it is started again in %.0f s", code, pause)
        await asyncio.sleep(pause)


async def _start() -> Process:
    command = [sys.executable, "-m", "freshdesk_core", "worker", "--until-stdin-closes"]
    return await create_subprocess_exec(*command, stdin=PIPE, cwd=ROOT)


async def _end(worker: Process) -> None:
    """Closing its input asks the worker to end between two steps."""
    if worker.stdin is not None:
        worker.stdin.close()
    try:
        await asyncio.wait_for(worker.wait(), ENDING_SECONDS)
    except TimeoutError:
        worker.kill()
        await worker.wait()
