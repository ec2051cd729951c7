"""What becomes of tickets and conversations between imports, in any order: the end is always the truth."""

from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from tests.importing.inflow import Inflow, inflow

pytestmark = pytest.mark.sqlite  # long; single steps run on every database in test_fates.py

NOW = "2026-03-10T12:00:00Z"
TICKETS, REPLIES = "CustomerService email Tickets", "CustomerService email Replies"
NO_TICKETS, NO_REPLIES = "Unknown group/source Tickets", "Unknown group/source Replies"
HOUR = 3_600

STATES: dict[str, Callable[[Script, int], None]] = {
    "trash": Script.trash,
    "restore": Script.restore,
    "spam": Script.spam,
    "unspam": Script.unspam,
    "purge": Script.purge,
}


class Life:
    """A ticket with one reply, and by the words of the rules where its two contacts belong.

    A contact is Unknown while its ticket is spam, and while it is in the trash if nobody saw it outside.
    What is purged stays where it was counted.
    """

    def __init__(self, script: Script, path: tuple[str, ...], born: str) -> None:
        self.script, self.path = script, path
        self.ticket = script.ticket()
        script.reply(self.ticket)
        self.is_spam, self.is_trashed, self.is_purged = born == "spam", born == "trashed", False
        if born != "alive":
            STATES["spam" if self.is_spam else "trash"](script, self.ticket)
        self.is_ticket_unseen = self.is_reply_unseen = True
        self.is_thread_known = False
        self.look()

    def take(self, step: int) -> None:
        """One change in Freshdesk; to a ticket that is gone nothing happens any more."""
        if self.is_purged:
            return
        deed = self.path[step]
        STATES[deed](self.script, self.ticket)
        self.is_spam = {"spam": True, "unspam": False}.get(deed, self.is_spam)
        self.is_trashed = {"trash": True, "restore": False}.get(deed, self.is_trashed)
        self.is_purged = deed == "purge"
        if not self.is_purged:
            self.look()

    def look(self) -> None:
        """An import; every third thread in the trash is closed to it."""
        self.is_ticket_unseen &= self.is_trashed
        self.is_thread_known |= not (self.is_trashed and self.ticket % 3 == 0)
        self.is_reply_unseen &= self.is_trashed or not self.is_thread_known

    def queues(self) -> list[str]:
        """Where its contacts stand."""
        is_away = self.is_spam or (self.is_trashed and self.is_ticket_unseen)
        found = [NO_TICKETS if is_away else TICKETS]
        if self.is_thread_known:
            is_away = self.is_spam or (self.is_trashed and self.is_reply_unseen)
            found.append(NO_REPLIES if is_away else REPLIES)
        return found


def _counted(here: Inflow) -> dict[str, int]:
    return {queue: count for queue, count in here.by_queue().items() if count}


def test_every_path_of_four_changes_ends_where_the_rules_say(tmp_path: Path) -> None:
    """Trash, restore, spam, not spam, purge: all paths, for tickets first seen alive and in the trash."""
    script = Script(now=NOW)
    lives = [Life(script, path, born) for path in _paths() for born in ("alive", "trashed")]
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        for step in range(4):
            script.now += HOUR
            for life in lives:
                life.take(step)
            here.complete()
            assert _counted(here) == Counter(queue for life in lives for queue in life.queues())
        script.now += HOUR
        here.complete()
        here.totals()
        here.audit()
        assert _counted(here) == Counter(queue for life in lives for queue in life.queues())
        _check_state(lives, script, {row["ticket_id"]: row for row in here.rows(schema.tickets)})


def _paths() -> list[tuple[str, ...]]:
    """All 625, but those that differ only after the purge once."""
    every = product(STATES, repeat=4)
    return list(dict.fromkeys(path[: [*path, "purge"].index("purge") + 1] for path in every))


def _check_state(lives: list[Life], script: Script, rows: dict[int, dict[str, Any]]) -> None:
    """What is there is known as it is; what is gone is kept, and known to be no more among the living."""
    truth = script.at(script.now).tickets
    assert rows.keys() == {life.ticket for life in lives}
    for life in lives:
        row = rows[life.ticket]
        if life.is_purged:
            assert life.ticket not in truth
            assert row["deleted"] or row["spam"]
        else:
            present = truth[life.ticket]
            assert (row["spam"], row["deleted"]) == (present.spam, present.deleted)


CHANGES: dict[str, Callable[["Pair"], object]] = {
    "edit": lambda pair: pair.script.edit(pair.reply),
    "delete": lambda pair: pair.remove(),
    "merge": lambda pair: pair.merge(),
    "reply": lambda pair: pair.script.reply(pair.holder),
    "nothing": lambda pair: None,
}


class Pair:
    """Two tickets of two groups, a reply in each; the first may be merged into the second."""

    def __init__(self, script: Script, path: tuple[str, ...]) -> None:
        self.script, self.path = script, path
        self.first, self.second = script.ticket(group="First"), script.ticket(group="Second")
        self.reply = script.reply(self.first)
        script.reply(self.second)
        self.holder, self.is_removed = self.first, False

    def remove(self) -> None:
        if not self.is_removed:
            self.script.remove(self.reply)
            self.is_removed = True

    def merge(self) -> None:
        if self.holder == self.first:
            self.script.merge(self.first, into=self.second)
            self.holder = self.second


def test_conversations_edited_deleted_and_moved_between_imports_count_once(tmp_path: Path) -> None:
    """All 125 paths of three changes. The oracle: who ever showed a reply, and who showed it last."""
    script = Script(now=NOW)
    pairs = [Pair(script, path) for path in product(CHANGES, repeat=3)]
    groups = {pair.first: "First" for pair in pairs} | {pair.second: "Second" for pair in pairs}
    shown: dict[int, int] = {}
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        for step in range(4):
            if step:
                script.now += HOUR
                for pair in pairs:
                    CHANGES[pair.path[step - 1]](pair)
            here.complete()
            for ticket_id, thread in script.at(script.now).conversations.items():
                shown |= {row.id: ticket_id for row in thread if row.incoming}
            stored = {
                row["conversation_id"]: row["ticket_id"]
                for row in here.rows(schema.conversations)
                if row["result"] == "counted"
            }
            assert stored == shown
            assert _counted(here) == Counter(f"{group} email Tickets" for group in groups.values()) + Counter(
                f"{groups[ticket_id]} email Replies" for ticket_id in shown.values()
            )
    assert len(shown) > 2 * len(pairs)
