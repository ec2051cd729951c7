"""Spam, trash, merges, moves, purges, late rows: where a contact stands after each of them."""

from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path

import pytest

from freshdesk_core import volumes
from freshdesk_core.sandbox import Sandbox, Script, codes
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, inflow

NOW = "2026-03-10T12:00:00Z"
TICKETS, REPLIES = "CustomerService email Tickets", "CustomerService email Replies"
NO_TICKETS, NO_REPLIES = "Unknown group/source Tickets", "Unknown group/source Replies"


class Desk:
    """A hand-written account that is imported again and again."""

    def __init__(self, script: Script, here: Inflow) -> None:
        self.script, self.here = script, here

    def later(self, *deeds: Callable[[], object], seconds: int = 3_600) -> dict[str, int]:
        """Let time pass, do something, import; gives the contacts by queue."""
        self.script.now += seconds
        for deed in deeds:
            deed()
        self.here.complete()
        return dict(self.here.by_queue())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    script = Script(now=NOW)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        yield Desk(script, here)


def test_counted_before_its_deletion_it_stays_where_it_was(desk: Desk) -> None:
    ticket = desk.script.ticket()
    desk.script.reply(ticket)
    assert desk.later() == {TICKETS: 1, REPLIES: 1}

    assert desk.later(lambda: desk.script.trash(ticket)) == {TICKETS: 1, REPLIES: 1}
    assert desk.later(lambda: desk.script.purge(ticket)) == {TICKETS: 1, REPLIES: 1}
    assert [row["deleted"] for row in desk.here.rows(schema.tickets)] == [True]


def test_first_seen_deleted_it_is_unknown_until_it_is_restored(desk: Desk) -> None:
    """And a second deletion leaves it where it is: by then it was seen alive."""
    ticket = desk.script.ticket()
    desk.script.reply(ticket)
    desk.script.trash(ticket)
    assert desk.later() == {NO_TICKETS: 1, NO_REPLIES: 1}

    assert desk.later(lambda: desk.script.restore(ticket)) == {TICKETS: 1, REPLIES: 1}
    assert desk.later(lambda: desk.script.trash(ticket)) == {TICKETS: 1, REPLIES: 1}


def test_a_reply_first_seen_in_the_trash_is_unknown_and_its_ticket_is_not(desk: Desk) -> None:
    ticket = desk.script.ticket()
    assert desk.later() == {TICKETS: 1}

    deeds = (lambda: desk.script.reply(ticket), lambda: desk.script.trash(ticket))
    assert desk.later(*deeds) == {TICKETS: 1, NO_REPLIES: 1}
    assert desk.later(lambda: desk.script.restore(ticket)) == {TICKETS: 1, REPLIES: 1}


def test_spam_is_unknown_as_long_as_it_lasts(desk: Desk) -> None:
    ticket = desk.script.ticket()
    desk.script.reply(ticket)
    assert desk.later() == {TICKETS: 1, REPLIES: 1}

    assert desk.later(lambda: desk.script.spam(ticket)) == {NO_TICKETS: 1, NO_REPLIES: 1}
    assert desk.later(lambda: desk.script.trash(ticket)) == {NO_TICKETS: 1, NO_REPLIES: 1}
    assert desk.later(lambda: desk.script.unspam(ticket)) == {TICKETS: 1, REPLIES: 1}
    assert desk.later(lambda: desk.script.restore(ticket)) == {TICKETS: 1, REPLIES: 1}


def test_unknown_contacts_keep_group_and_source_for_the_day_they_come_back(desk: Desk) -> None:
    ticket = desk.script.ticket(spam=True)
    assert desk.later() == {NO_TICKETS: 1}
    assert desk.later(lambda: desk.script.move(ticket, "Billing")) == {NO_TICKETS: 1}

    assert desk.later(lambda: desk.script.unspam(ticket)) == {"Billing email Tickets": 1}


def test_a_move_takes_the_contacts_along(desk: Desk) -> None:
    ticket = desk.script.ticket()
    desk.script.reply(ticket)
    desk.later()

    moved = {"Billing email Tickets": 1, "Billing email Replies": 1}
    assert desk.later(lambda: desk.script.move(ticket, "Billing")) == moved
    assert desk.later(lambda: desk.script.move(ticket, None)) == {
        "No group email Tickets": 1,
        "No group email Replies": 1,
    }
    assert [row["arrival_group_id"] for row in desk.here.rows(schema.tickets)] == [None]


def test_the_group_at_first_sight_is_kept_when_the_contact_was_young(desk: Desk) -> None:
    ticket = desk.script.ticket()
    desk.later(seconds=899)
    desk.later(lambda: desk.script.move(ticket, "Billing"))

    (row,) = desk.here.rows(schema.tickets)
    assert row["arrival_group_id"] == desk.script.group("CustomerService") != row["group_id"]


def test_a_corrected_source_takes_along_what_has_no_source_of_its_own(desk: Desk) -> None:
    """The portal reply takes its ticket's present source; the e-mail tells its own."""
    ticket = desk.script.ticket(source=codes.PORTAL)
    desk.script.portal_reply(ticket)
    desk.script.reply(ticket)
    assert desk.later() == {
        "CustomerService portal Tickets": 1,
        "CustomerService portal Replies": 1,
        REPLIES: 1,
    }

    assert desk.later(lambda: desk.script.change_source(ticket, codes.PHONE)) == {
        "CustomerService phone Tickets": 1,
        "CustomerService phone Replies": 1,
        REPLIES: 1,
    }


def test_a_ticket_turned_outbound_is_no_contact_any_more_and_back_again(desk: Desk) -> None:
    ticket = desk.script.ticket()
    desk.script.reply(ticket)
    assert desk.later() == {TICKETS: 1, REPLIES: 1}

    outbound = desk.later(lambda: desk.script.change_source(ticket, codes.OUTBOUND_EMAIL))
    assert outbound == {REPLIES: 1}
    assert desk.later(lambda: desk.script.change_source(ticket, codes.EMAIL)) == {TICKETS: 1, REPLIES: 1}


def test_a_ticket_made_a_child_is_no_contact_any_more(desk: Desk) -> None:
    ticket = desk.script.ticket()
    desk.later()
    desk.script._write(None, ticket, "associate", codes.CHILD)

    assert desk.later() == {}
    assert desk.here.run().accounts.excluded == {"child_ticket": 1}


def test_a_merge_moves_contacts_and_counts_none_twice(desk: Desk) -> None:
    primary = desk.script.ticket(group="Billing")
    secondary = desk.script.ticket()
    desk.script.reply(secondary)
    assert desk.later() == {"Billing email Tickets": 1, TICKETS: 1, REPLIES: 1}

    merged = desk.later(lambda: desk.script.merge(secondary, into=primary))
    assert merged == {"Billing email Tickets": 1, TICKETS: 1, "Billing email Replies": 1}
    later = desk.later(lambda: desk.script.move(primary, "Sales"))
    assert later == {"Sales email Tickets": 1, TICKETS: 1, "Sales email Replies": 1}
    assert desk.later(lambda: desk.script.purge(secondary)) == later


def test_a_merge_of_merged_tickets_in_one_import(desk: Desk) -> None:
    first, second, third = (desk.script.ticket() for _ in range(3))
    for ticket in (first, second, third):
        desk.script.reply(ticket)
    desk.later()

    deeds = (
        lambda: desk.script.merge(third, into=second),
        lambda: desk.script.merge(second, into=first),
        lambda: desk.script.move(first, "Billing"),
    )
    assert desk.later(*deeds) == {TICKETS: 2, "Billing email Tickets": 1, "Billing email Replies": 3}


def test_a_reply_that_was_unknown_is_known_once_it_is_merged_into_a_living_ticket(desk: Desk) -> None:
    """Out of the trash by a merge: as after a restoration, a later deletion leaves it in its queue."""
    secondary, primary = desk.script.ticket(), desk.script.ticket()
    desk.script.reply(secondary)
    desk.script.trash(secondary)
    assert desk.later() == {NO_TICKETS: 1, TICKETS: 1, NO_REPLIES: 1}

    merged = desk.later(lambda: desk.script.merge(secondary, into=primary))
    assert merged == {NO_TICKETS: 1, TICKETS: 1, REPLIES: 1}
    assert desk.later(lambda: desk.script.trash(primary)) == merged


def test_edited_and_deleted_rows_change_no_count(desk: Desk) -> None:
    ticket = desk.script.ticket()
    first, second = desk.script.reply(ticket), desk.script.reply(ticket)
    desk.later()

    assert desk.later(lambda: desk.script.edit(first), lambda: desk.script.remove(second)) == {
        TICKETS: 1,
        REPLIES: 2,
    }


def test_a_reply_years_later_counts_when_it_came(desk: Desk) -> None:
    ticket = desk.script.ticket()
    desk.script.close(ticket)
    desk.later()
    desk.later(lambda: desk.script.reply(ticket), seconds=100 * DAY)

    replies = [row["created_at"] for row in desk.here.rows(schema.conversations)]
    assert replies == [desk.script.now]
    assert desk.here.by_queue()[REPLIES] == 1


def test_two_changes_within_one_second_are_both_seen(desk: Desk) -> None:
    """The second leaves ``updated_at`` as it was, and may leave the stats too."""
    ticket = desk.script.ticket()
    desk.script.reply(ticket)
    assert desk.later(seconds=0) == {TICKETS: 1, REPLIES: 1}

    assert desk.later(lambda: desk.script.reply(ticket), seconds=0) == {TICKETS: 1, REPLIES: 2}
    desk.later(seconds=0)
    assert desk.later(lambda: desk.script.reply(ticket), seconds=0) == {TICKETS: 1, REPLIES: 3}
    assert desk.later(lambda: desk.script.agent_reply(ticket)) == {TICKETS: 1, REPLIES: 3}


def test_a_renamed_group_renames_its_queues_and_a_deleted_one_keeps_its_name(desk: Desk) -> None:
    script = desk.script
    script.ticket(group="Returns")
    script.ticket(group="Sales")
    desk.later()
    renamed = desk.later(
        lambda: script.rename_group("Returns", "Refunds"), lambda: script.delete_group("Sales")
    )

    assert renamed == {"Refunds email Tickets": 1, "Sales email Tickets": 1}
    desk.later(lambda: script.rename_group("Refunds", "Returns"))
    desk.later(lambda: script.rename_group("Returns", "Money back"))
    frame = volumes.queues(desk.here.store, volumes.Window(0, DAY, "UTC"))
    assert dict(zip(frame["queue"], frame["former_names"], strict=True)) == {
        "Money back email Tickets": ["Refunds email Tickets", "Returns email Tickets"],
        "Sales email Tickets": [],
    }


def test_a_renamed_source_renames_its_queues(desk: Desk) -> None:
    desk.script.label_source("Partner desk", 140)
    desk.script.ticket(source=140)
    desk.later()
    del desk.script._sources["Partner desk"]
    desk.script.label_source("Retail partners", 140)

    assert desk.later() == {"CustomerService retail partners Tickets": 1}
    (former,) = volumes.queues(desk.here.store, volumes.Window(0, DAY, "UTC"))["former_names"]
    assert former == ["CustomerService partner desk Tickets"]


def test_two_queues_of_one_name_stay_two(desk: Desk) -> None:
    first, second = desk.script.ticket(group="Care"), desk.script.ticket(group="care ")
    desk.later()
    frame = volumes.queues(desk.here.store, volumes.Window(0, DAY, "UTC"))
    assert sorted(frame["queue"]) == ["Care email Tickets", "care  email Tickets"]
    desk.later(lambda: desk.script.rename_group("care ", "Care"))
    frame = volumes.queues(desk.here.store, volumes.Window(0, DAY, "UTC"))
    assert list(frame["queue"]) == ["Care email Tickets"] * 2
    assert frame["queue_id"].nunique() == 2
    assert first != second


@pytest.mark.sqlite  # the same statements as in the other tests, many times
@pytest.mark.parametrize("order", list(permutations(["move", "spam", "reply"])))
def test_the_order_of_deeds_within_one_import_makes_no_difference(desk: Desk, order: tuple[str, ...]) -> None:
    ticket = desk.script.ticket()
    desk.later()
    deeds: dict[str, Callable[[], object]] = {
        "move": lambda: desk.script.move(ticket, "Billing"),
        "spam": lambda: desk.script.spam(ticket),
        "reply": lambda: desk.script.reply(ticket),
    }
    assert desk.later(*(deeds[name] for name in order)) == {NO_TICKETS: 1, NO_REPLIES: 1}
    assert desk.later(lambda: desk.script.unspam(ticket)) == {
        "Billing email Tickets": 1,
        "Billing email Replies": 1,
    }
