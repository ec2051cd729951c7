"""Points of an import at which a forked importer kills itself, found from outside of the product.

The libraries below it tell where it is: each call passes urllib3, each body the JSON parser, each
statement and commit SQLAlchemy. The product holds nothing for it.
"""

import json
import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from urllib3.connectionpool import HTTPConnectionPool


def install(*, point: str = "", like: str = "", number: int = 1, **more: Any) -> None:
    """Have this process kill itself with SIGKILL at a point.

    Args:
        point: "call" (before it is made), "body" (its answer is read), "parse" (a part of it is parsed),
            "statement" (done, in its transaction), "commit" (about to be), "committed", "checkpoint";
            "pages" limits SQLite's file instead.
        like: A regular expression in the target of the call, or in the SQL of the statement.
        number: The how-manieth of these, from 1 on; for "pages" the limit.
        more: "file": the database, for "checkpoint".
    """
    due = _Countdown(re.compile(like), number)
    _INSTALL[point](due, **more)


class _Countdown:
    def __init__(self, like: re.Pattern[str], number: int) -> None:
        self._like, self.number, self._seen = like, number, 0
        self._lock = threading.Lock()

    def fits(self, text: str) -> bool:
        """This is the one."""
        with self._lock:
            self._seen += bool(self._like.search(text))
            return self._seen == self.number and bool(self._like.search(text))

    def look(self, text: str) -> None:
        if self.fits(text):
            die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _at_call(due: _Countdown) -> None:
    made = HTTPConnectionPool.urlopen

    def urlopen(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        due.look(url)
        return made(self, method, url, *args, **kwargs)

    HTTPConnectionPool.urlopen = urlopen  # type: ignore[method-assign]


def _with_bodies(due: _Countdown, load: Callable[[bytes], Any]) -> None:
    """Do something else with the body that is meant; a thread's last call says whose it is."""
    asked = threading.local()
    made, loads = HTTPConnectionPool.urlopen, json.loads

    def urlopen(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        asked.url = url
        return made(self, method, url, *args, **kwargs)

    def heard(body: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(body, bytes) and due.fits(getattr(asked, "url", "")):
            return load(body)
        return loads(body, *args, **kwargs)

    HTTPConnectionPool.urlopen = urlopen  # type: ignore[method-assign]
    json.loads = heard


def _at_body(due: _Countdown) -> None:
    _with_bodies(due, lambda _body: die())


def _at_parse(due: _Countdown) -> None:
    """After its first record; an empty answer right after it."""

    def begin(body: bytes) -> None:
        json.JSONDecoder(object_hook=lambda _record: die()).decode(body.decode())
        die()

    _with_bodies(due, begin)


def _at_statement(due: _Countdown) -> None:
    def done(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        due.look(statement)

    event.listen(Engine, "after_cursor_execute", done)


def _at_commit(due: _Countdown, *, is_done: bool = False) -> None:
    """The commit of the transaction in which the statement was."""
    meant = threading.local()
    commit = DefaultDialect.do_commit

    def done(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        meant.is_it = getattr(meant, "is_it", False) or due.fits(statement)

    def do_commit(self: DefaultDialect, connection: Any) -> None:
        if getattr(meant, "is_it", False) and not is_done:
            die()
        commit(self, connection)
        if getattr(meant, "is_it", False):
            die()

    event.listen(Engine, "after_cursor_execute", done)
    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]


def _at_committed(due: _Countdown) -> None:
    _at_commit(due, is_done=True)


def _at_checkpoint(due: _Countdown, *, file: str) -> None:
    """In WAL mode nothing but a checkpoint writes the database's own file: as soon as one does."""
    path = Path(file)

    def watch() -> None:
        before, changes = path.stat().st_mtime_ns, 0
        while changes < due.number:
            now = path.stat().st_mtime_ns
            changes += now != before
            before = now
        die()

    threading.Thread(target=watch, daemon=True).start()


def _limit_pages(due: _Countdown) -> None:
    """A disk that is full: SQLite's file may have so many pages, and no more."""

    def on_connect(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={due.number}")

    event.listen(Engine, "connect", on_connect)


_INSTALL: dict[str, Callable[..., None]] = {
    "call": _at_call,
    "body": _at_body,
    "parse": _at_parse,
    "statement": _at_statement,
    "commit": _at_commit,
    "committed": _at_committed,
    "checkpoint": _at_checkpoint,
    "pages": _limit_pages,
}
