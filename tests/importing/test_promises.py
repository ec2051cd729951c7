"""The promised examples, through HTTP: an account written line by line, imported, read by queue."""

from pathlib import Path

from freshdesk_core.sandbox import Sandbox, Script, codes
from tests.importing.inflow import inflow

NOW = "2026-03-10T12:00:00Z"


def test_every_conversation_counts_by_itself(tmp_path: Path) -> None:
    """An e-mail, answered and closed; two days later an e-mail opens it again: 2 contacts."""
    script = Script(now=NOW)
    ticket = script.ticket(group="CustomerService", source=codes.EMAIL, at="2026-03-02T09:00:00Z")
    script.agent_reply(ticket, at="2026-03-02T10:00:00Z")
    script.close(ticket, at="2026-03-02T10:00:01Z")
    script.reply(ticket, at="2026-03-04T10:00:00Z")  # opens the ticket again
    script.agent_reply(ticket, at="2026-03-04T11:00:00Z")
    script.close(ticket, at="2026-03-04T11:00:01Z")

    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        outcome = here.complete()

        assert here.by_queue() == {"CustomerService email Tickets": 1, "CustomerService email Replies": 1}
    assert outcome.new_contacts == 2
    assert outcome.accounts.excluded == {"agent_reply": 2}
    assert (outcome.accounts.tickets, outcome.accounts.conversations) == (1, 3)


def test_the_same_example_arriving_bit_by_bit(tmp_path: Path) -> None:
    """Imported after each deed, it comes to the same two contacts under the same names."""
    script = Script(now="2026-03-02T09:00:30Z")
    ticket = script.ticket(group="CustomerService", source=codes.EMAIL, at="2026-03-02T09:00:00Z")
    new = []
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        new.append(here.complete().new_contacts)
        script.now += 3_600
        script.agent_reply(ticket)
        script.close(ticket)
        new.append(here.complete().new_contacts)
        script.now += 2 * 86_400
        script.reply(ticket)
        new.append(here.complete().new_contacts)
        script.now += 3_600
        script.agent_reply(ticket)
        script.close(ticket)
        new.append(here.complete().new_contacts)

        assert here.by_queue() == {"CustomerService email Tickets": 1, "CustomerService email Replies": 1}
    assert new == [1, 0, 1, 0]


def test_a_mail_and_a_chat_on_one_ticket_are_two_queues(tmp_path: Path) -> None:
    """Never both in both, and the sum over all queues is the number of contacts."""
    script = Script(now=NOW)
    ticket = script.ticket(group="CustomerService", source=codes.WEB_CHAT, at="2026-03-02T09:00:00Z")
    script.greeting(ticket, at="2026-03-02T09:00:01Z")
    script.chat(ticket, at="2026-03-02T09:00:05Z")  # the opening message, which Freshdesk gives twice
    script.chat(ticket, at="2026-03-02T09:01:00Z", incoming=False)
    script.chat(ticket, at="2026-03-02T09:02:00Z")
    script.reply(ticket, at="2026-03-03T08:00:00Z")  # by e-mail
    script.chat(ticket, at="2026-03-03T15:00:00Z")  # a new chat, hours later
    script.chat(ticket, at="2026-03-03T15:01:00Z", incoming=False)

    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        outcome = here.complete()

        assert here.by_queue() == {
            "CustomerService web chat Tickets": 1,
            "CustomerService email Replies": 1,
            "CustomerService web chat Replies": 1,
        }
    assert outcome.accounts.excluded == {"agent_reply": 2, "automation": 1, "same_chat": 2}


def test_a_mail_on_a_chat_of_the_old_kind(tmp_path: Path) -> None:
    """A chat with source 7: "CustomerService chat Tickets", and replies told apart by e-mail traits."""
    script = Script(now=NOW)
    ticket = script.ticket(group="CustomerService", source=codes.CHAT, at="2026-03-02T09:00:00Z")
    script.portal_reply(ticket, at="2026-03-02T09:10:00Z")  # a line of the chat: code 0, no traits
    script.reply(ticket, at="2026-03-02T09:20:00Z")
    script.portal_reply(ticket, at="2026-03-04T09:20:00Z")

    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()

        assert here.by_queue() == {
            "CustomerService chat Tickets": 1,
            "CustomerService chat Replies": 1,
            "CustomerService email Replies": 1,
        }


def test_every_reason_to_leave_a_row_out(tmp_path: Path) -> None:
    """Each row of the table of rules once; everything fetched is counted or has one reason."""
    script = Script(now=NOW)
    ticket = script.ticket(at="2026-03-02T09:00:00Z")
    for deed in (script.survey, script.acknowledgement, script.rule_mail, script.third_party):
        deed(ticket, "2026-03-02T10:00:00Z")
    for other in (script.forward, script.note, script.agent_reply):
        other(ticket, "2026-03-02T11:00:00Z")
    script.note(ticket, "2026-03-02T11:00:00Z", private=False)
    script.ticket(source=codes.OUTBOUND_EMAIL, at="2026-03-02T09:00:00Z")
    script.ticket(source=codes.INTERNAL_TASK, at="2026-03-02T09:00:00Z")
    for association in (codes.PARENT, codes.CHILD, codes.TRACKER, codes.RELATED):
        script.ticket(association_type=association, at="2026-03-02T09:00:00Z")
    early = script.ticket(at="2026-02-28T22:59:59Z")
    script.reply(early, at="2026-02-28T22:59:59Z")
    script.reply(early, at="2026-02-28T23:00:00Z")  # midnight in Berlin
    since = int(Script(now="2026-02-28T23:00:00Z").now)

    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox, since=since) as here:
        closed = here.complete().accounts

    assert closed.excluded == {
        **{"agent_reply": 1, "automation": 2, "before_start": 2, "child_ticket": 1, "forward": 1},
        **{"internal_task": 1, "outbound_email": 1, "private_note": 1, "public_note": 1},
        **{"survey_feedback": 1, "third_party": 1, "tracker_ticket": 1},
    }
    assert (closed.counted_tickets, closed.counted_replies) == (3, 1)
    assert closed.tickets + closed.conversations == 4 + sum(closed.excluded.values())


def test_odd_names_codes_and_ids(tmp_path: Path) -> None:
    """No group, a group that is gone, a source without a label, a label in capitals, an id of 53 bits."""
    script = Script(now=NOW)
    script.label_source("Partner DESK", 140)
    script.ticket(group=None, source=codes.PORTAL, at="2026-03-02")
    script.ticket(group="Gone", source=140, at="2026-03-02")
    script.ticket(group="CustomerService", source=138, at="2026-03-02", ticket_id=2**53 + 1)
    script.delete_group("Gone", at="2026-03-03")
    gone_id = script.group("Gone again") - 2

    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()

        assert here.by_queue() == {
            "No group portal Tickets": 1,
            f"group {gone_id} partner desk Tickets": 1,
            "CustomerService source 138 Tickets": 1,
        }
