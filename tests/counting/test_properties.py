"""What must hold for every thread, tried on threads that nobody would write down."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from freshdesk_core.counting.threads import CONVERSATION_REASONS, Known, judge_start, judge_thread
from tests.counting import plain_rules
from tests.counting.builders import (
    LIVE_TICKET_SOURCES,
    OTHER_TICKET_SOURCES,
    Row,
    Ticket,
    contacts_by_queue,
    known_from,
    results,
)

many = settings(max_examples=200, deadline=None, database=None, print_blob=True)

# Mostly half hours, give or take a second, so that rule 9 is tried at its edge; negative: older than the
# ticket.
times = st.one_of(
    st.builds(lambda halves, seconds: halves * 1800 + seconds, st.integers(-2, 5), st.integers(-1, 1)),
    st.integers(-7_200, 14_400),
)
conversation_sources = st.sampled_from(
    [0, 0, 0, 0, 20, 20, 20, 20, None, 2, 2, 5, 6, 7, 8, 9, 10, 11, 15, 37]
)
categories = st.sampled_from([None, None, None, 1, 1, 1, 3, 3, 3, 2, 4, 5, 6, 7])
seldom = st.sampled_from([False, False, False, False, True])
tickets = st.builds(
    Ticket,
    source=st.sampled_from(LIVE_TICKET_SOURCES + OTHER_TICKET_SOURCES),
    created_at=st.sampled_from([0, 0, 0, 900]),
    association_type=st.sampled_from([None, None, 1, 2, 3, 4]),
)
starts = st.one_of(st.none(), st.none(), times)


@st.composite
def threads(draw, max_size: int = 12) -> list[Row]:
    """Rows of one thread, ids unique, in no order."""
    ids = draw(st.lists(st.integers(1, 40), unique=True, max_size=max_size))
    return [
        Row(
            id_,
            draw(times),
            incoming=draw(st.booleans()),
            private=draw(seldom),
            source=draw(conversation_sources),
            category=draw(categories),
            is_automatic=draw(seldom),
            has_email_traits=draw(st.booleans()),
        )
        for id_ in ids
    ]


known_rows = st.dictionaries(
    st.integers(1, 60), st.builds(Known, created_at=times, is_live=st.booleans()), max_size=6
)


def in_time_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.created_at, row.id))


@many
@given(tickets, threads(), starts)
def test_every_row_is_counted_or_excluded_with_one_reason(ticket, rows, start):
    """fetched = counted + excluded."""
    decided = judge_thread(ticket, rows, {}, start)

    by_result = Counter(one.result for one in decided)
    excluded = sum(by_result[reason] for reason in CONVERSATION_REASONS)
    assert [one.conversation_id for one in decided] == [row.id for row in in_time_order(rows)]
    assert len(rows) == by_result["counted"] + excluded


@many
@given(tickets, threads(), starts, st.data())
def test_the_order_in_which_rows_arrive_does_not_matter(ticket, rows, start, data):
    shuffled = data.draw(st.permutations(rows))

    assert judge_thread(ticket, shuffled, {}, start) == judge_thread(ticket, rows, {}, start)


@many
@given(tickets, threads(), starts)
def test_judging_again_with_everything_known_brings_nothing_new(ticket, rows, start):
    known = known_from(rows, judge_thread(ticket, rows, {}, start))

    assert judge_thread(ticket, rows, known, start) == []


@many
@given(tickets, threads(), starts, st.data())
def test_two_portions_in_time_order_equal_one_even_when_the_first_is_deleted_meanwhile(
    ticket, rows, start, data
):
    """What an import sees today and tomorrow is what one import would have seen, deletions or not."""
    ordered = in_time_order(rows)
    cut = data.draw(st.integers(0, len(ordered)))
    still_there = [row for row in ordered[:cut] if data.draw(st.booleans())]

    first = judge_thread(ticket, ordered[:cut], {}, start)
    known = known_from(ordered[:cut], first)
    second = judge_thread(ticket, still_there + ordered[cut:], known, start)

    assert first + second == judge_thread(ticket, rows, {}, start)


@many
@given(tickets, threads(), starts, st.data())
def test_a_row_given_twice_changes_nothing(ticket, rows, start, data):
    repeated = rows + [row for row in rows if data.draw(st.booleans())]

    assert judge_thread(ticket, repeated, {}, start) == judge_thread(ticket, rows, {}, start)


@many
@given(tickets, threads(), known_rows, starts)
def test_only_lines_of_a_chat_are_dropped_as_its_lines(ticket, rows, known, start):
    for decision in judge_thread(ticket, rows, known, start):
        assert decision.is_live or decision.result != "same_chat"


@settings(many, max_examples=500)
@given(tickets, threads(), known_rows, starts)
def test_the_rules_agree_with_the_table_written_plainly(ticket, rows, known, start):
    decided = {
        one.conversation_id: (one.result, one.reply_source, one.is_live)
        for one in judge_thread(ticket, rows, known, start)
    }

    assert decided == plain_rules.judge(ticket, rows, known, start)


@many
@given(tickets, threads(), known_rows, starts)
def test_known_rows_are_never_decided_again(ticket, rows, known, start):
    decided = {one.conversation_id for one in judge_thread(ticket, rows, known, start)}

    assert decided == {row.id for row in rows} - known.keys()


@many
@given(tickets, threads(), times)
def test_a_start_only_takes_away_what_lies_before_it(ticket, rows, start):
    """After the start every chat is what it would be without one: earlier lines still carry it on."""
    whole, bounded = results(ticket, *rows), results(ticket, *rows, start=start)

    for row in rows:
        if row.created_at < start and whole[row.id] in ("counted", "same_chat"):
            assert bounded[row.id] == "before_start"
        else:
            assert bounded[row.id] == whole[row.id]


@many
@given(tickets, threads(), starts, starts)
def test_another_start_decides_as_if_it_had_been_the_first(ticket, rows, start, other):
    """Of the rows that are customers' messages; the others keep their reasons."""
    first = judge_thread(ticket, rows, {}, start)
    ids = [one.conversation_id for one in first if one.result in ("counted", "same_chat", "before_start")]
    again = judge_start(ticket, known_from(rows, first), ids, other)

    assert again == {id_: results(ticket, *rows, start=other)[id_] for id_ in ids}


@many
@given(tickets, threads(), threads(max_size=6), starts)
def test_what_arrives_late_takes_no_decision_back(ticket, rows, late, start):
    """An import that meets more rows only adds decisions; the sum of both is every row once."""
    late = [row for row in late if row.id not in {one.id for one in rows}]
    first = judge_thread(ticket, rows, {}, start)
    second = judge_thread(ticket, rows + late, known_from(rows, first), start)

    assert Counter(one.conversation_id for one in first + second) == Counter(row.id for row in rows + late)


@many
@given(tickets, threads(), starts)
def test_the_sum_over_all_queues_is_the_number_of_contacts(ticket, rows, start):
    replies = Counter(results(ticket, *rows, start=start).values())["counted"]
    by_queue = contacts_by_queue(ticket, *rows, start=start)

    tickets_queues = sum(count for name, count in by_queue.items() if name.endswith(" Tickets"))
    assert sum(by_queue.values()) == tickets_queues + replies
    assert tickets_queues <= 1
