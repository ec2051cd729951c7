"""Contacts against tickets on the page: the core's own sentence, with its figures standing out."""

import dataclasses

import pytest

from freshdesk_core.volumes import Line
from freshdesk_core.volumes.identity import sentence
from ui import identity

LINE = Line(
    name="",
    freshdesk_tickets=823,
    never_imported=0,
    spam=20,
    deleted=1,
    archived=0,
    unexplained=0,
    tickets_seen=844,
    outbound_email=34,
    internal_task=0,
    child_ticket=0,
    tracker_ticket=0,
    new_ticket_contacts=810,
    replies=430,
    offered=1240,
    unknown=18,
)


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        dataclasses.replace(LINE, freshdesk_tickets=None, never_imported=None, unexplained=None),
        dataclasses.replace(LINE, replies=None, offered=None, unknown=None),
        dataclasses.replace(LINE, new_ticket_contacts=None),
        dataclasses.replace(LINE, unknown=0, archived=7),
    ],
)
def test_the_page_says_the_sentence_of_the_core(line):
    said = identity.sentence(line)

    assert said.replace("**", "").replace("\\", "") == sentence(line)


def test_the_figures_that_count_stand_out():
    assert identity.sentence(LINE).replace("\\", "") == (
        "**823 Freshdesk tickets** + 21 spam or deleted − 34 outbound = **810 new tickets**; + 430 replies "
        "= **1,240 contacts** (1.53 per new ticket), 18 of them Unknown."
    )
