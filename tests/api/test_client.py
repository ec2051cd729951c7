"""Each call ends in records or in one typed error; the key goes to one host only."""

import base64
import json
import logging
import threading
from collections import Counter
from random import Random

import pytest

from freshdesk_core.api import MinuteLimiter
from freshdesk_core.api.outage import Outage
from freshdesk_core.errors import (
    AccessDenied,
    ApiError,
    BadAnswer,
    ForeignHost,
    NotAuthorized,
    NotFound,
    RateLimited,
    Unreachable,
)
from tests.api.fakes import KEY, FakeFreshdesk, answer
from tests.api.rows import CANARY, conversation, ticket


def test_the_key_goes_as_the_user_of_a_basic_login(server, freshdesk):
    server.answers(ticket(1))

    freshdesk.ticket(1)

    sent = server.asked[0].headers
    assert sent["Authorization"] == "Basic " + base64.b64encode(f"{KEY}:X".encode()).decode()
    assert sent["Accept"] == "application/json"
    assert sent["Accept-Encoding"] == "gzip"


def test_what_each_question_asks(server, freshdesk):
    row = {"id": 1, "created_at": "2026-03-01T10:00:00Z"}
    server.answers({"ticket_scope": 1, "role_ids": [1]})
    server.answers({"timezone": "Berlin", "tier_type": "Estate"})
    server.answers([{"id": 1, "name": "Account Administrator", "default": True}])
    server.answers([{"id": 5, "name": "Billing"}])
    server.answers([{"type": "default_source", "choices": {"Email": 1}}])
    server.answers(ticket(7))
    server.answers({"total": 1312, "results": [row]}, Date="Sun, 01 Mar 2026 10:00:00 GMT")

    assert freshdesk.me().role_ids == (1,)
    assert freshdesk.account().time_zone_name == "Berlin"
    assert freshdesk.roles()[0].is_default
    assert freshdesk.groups() == [(5, "Billing")]
    assert freshdesk.sources() == {1: "Email"}
    assert freshdesk.ticket(7).id == 7
    assert freshdesk.search_created_on(20513, page=2) == (1312, [(1, 1772359200, None, 0)], 1772359200)
    assert [(question.path, question.query) for question in server.asked] == [
        ("/api/v2/agents/me", {}),
        ("/api/v2/account", {}),
        ("/api/v2/roles", {"per_page": "100"}),
        ("/api/v2/groups", {"per_page": "100"}),
        ("/api/v2/ticket_fields", {"type": "default_source"}),
        ("/api/v2/tickets/7", {"include": "stats"}),
        ("/api/v2/search/tickets", {"query": "\"created_at:'2026-03-01'\"", "page": "2"}),
    ]


def test_conversations_come_sorted_once_and_from_all_pages(server, freshdesk):
    rows = [conversation(200 - number) for number in range(150)]
    for _ in range(2):
        server.answers(rows[:100])  # full, though without a link
        server.answers([*rows[90:150]])

    found = freshdesk.conversations(1)

    assert [row.id for row in found] == list(range(51, 201))
    assert [question.query for question in server.asked] == 2 * [
        {"per_page": "100"},
        {"per_page": "100", "page": "2"},
    ]


def test_conversations_go_on_while_the_link_says_so(server, freshdesk):
    for _ in range(2):
        server.answers([conversation(1)], Link='< https://evil.example/page>; rel="next"')
        server.answers([conversation(2)])

    assert [row.id for row in freshdesk.conversations(1)] == [1, 2]
    assert server.asked[1].path == "/api/v2/tickets/1/conversations"


def test_a_server_that_repeats_a_page_for_ever_does_not_keep_us(server, freshdesk):
    server.rule = lambda _: answer([conversation(1)], Link='<x>; rel="next"')

    with pytest.raises(BadAnswer, match="came before"):
        freshdesk.conversations(1)
    assert len(server.asked) == 6


def test_a_ticket_out_of_the_archive(server, freshdesk):
    server.answers(ticket(9))
    record = freshdesk.archived_ticket(9)
    assert (record.id, record.archived) == (9, True)
    assert server.asked[0].path.startswith("/api/v2/tickets/archived/9")


def test_conversations_of_an_archived_ticket(server, freshdesk):
    server.answers([])

    assert freshdesk.conversations(9, archived=True) == []
    assert server.asked[0].path == "/api/v2/tickets/archived/9/conversations"


def test_groups_without_admin_right_come_from_the_ticket_form(server, freshdesk):
    server.answers({"code": "access_denied", "message": CANARY}, status=403)
    server.answers([{"type": "default_group", "choices": {"Billing": 5, "Sales": 6}}])

    assert freshdesk.groups() == [(5, "Billing"), (6, "Sales")]


def test_groups_of_a_suspended_account_do_not(server, freshdesk):
    server.answers({"code": "account_suspended"}, status=403)

    with pytest.raises(NotAuthorized, match="suspended"):
        freshdesk.groups()


@pytest.mark.parametrize(
    ("code", "word"),
    [("account_suspended", "suspended"), ("password_lockout", "locked"), ("password_expired", "locked")],
)
def test_a_refusal_of_the_whole_account_ends_all_calls(server, freshdesk, code, word):
    server.answers({"code": code, "message": CANARY}, status=403)

    for _ in range(3):
        with pytest.raises(NotAuthorized, match=f"{word}.* {server.domain}|{server.domain}.*{word}"):
            freshdesk.ticket(1)
    assert len(server.asked) == 1


def test_what_the_plan_lacks_is_told_as_such(server, freshdesk):
    server.answers({"code": "require_feature"}, status=403)

    with pytest.raises(AccessDenied, match=r"plan .*Pro or Enterprise"):
        freshdesk.archived_ticket(5)


# Failures that pass


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_errors_are_asked_again_with_growing_spread_pauses(server, freshdesk, clock, status):
    for _ in range(4):
        server.answers(body=b"<html>" + CANARY.encode(), status=status)
    server.answers(ticket(1))

    assert freshdesk.ticket(1).id == 1
    assert clock.naps == [1, 2, 4, 8]  # half of 2, 4, 8, 16: the random share is fixed at 0.5
    assert len({question.target for question in server.asked}) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_after_the_last_try_the_server_error_is_named(server, connect, status):
    server.rule = lambda _: answer(body=b"<html>", status=status)

    with pytest.raises(Unreachable, match=f"server error {status}"):
        connect(tries=3).ticket(1)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html>log in</html>",
        b"[{",
        b"\xff\xfe\x00",
        b"null",
        b"{}",
        b"5",
        b"[" * 100_000,
        b'"x"',
    ],
    ids=lambda body: repr(body[:12]),
)
def test_an_answer_that_is_no_list_is_asked_again_and_never_taken_for_an_empty_one(server, connect, body):
    server.rule = lambda _: answer(body=body)

    with pytest.raises(BadAnswer):
        connect(tries=3).conversations(1)
    assert len(server.asked) == 3


def test_a_broken_answer_between_good_ones_costs_nothing(server, freshdesk):
    server.answers({"an": "object"})
    server.answers([conversation(1), conversation(None)])
    server.answers([conversation(1)])

    assert len(freshdesk.conversations(1)) == 1


def test_json_cut_anywhere_gives_no_row(server, connect):
    whole = json.dumps([conversation(1), conversation(2)]).encode()
    client = connect(tries=1)
    for end in range(0, len(whole), 7):
        server.answers(body=whole[:end])
        with pytest.raises(BadAnswer):
            client.conversations(1)


# Outages


def test_an_account_that_answered_before_is_waited_for_until_it_answers_again(server, connect, clock):
    """Three minutes of nothing cost few calls, and no error."""
    down_until = clock.now + 181
    server.answers(ticket(1))
    server.rule = lambda _: answer(ticket(2)) if clock.now >= down_until else answer(status=503)
    client = connect(clock=clock)
    told = []
    client.on_outage(told.append)

    client.ticket(1)

    assert client.ticket(2).id == 2
    assert 5 < len(server.asked) <= 20
    assert told == [True, False]


def test_an_account_that_stays_away_is_named_after_five_minutes(server, connect, clock):
    server.answers(ticket(1))
    server.rule = lambda _: answer(status=503)
    client = connect(clock=clock)
    client.ticket(1)
    began = clock.now

    with pytest.raises(Unreachable, match="server error 503"):
        client.ticket(2)
    assert 300 <= clock.now - began <= 400


def test_an_account_that_never_answered_is_not_waited_for(server, connect, clock):
    """Somebody typed the wrong domain, say, and waits for the word."""
    server.rule = lambda _: answer(status=503)

    with pytest.raises(Unreachable):
        connect(clock=clock).ticket(1)
    assert len(server.asked) == 5
    assert sum(clock.naps) <= 60


def test_nobody_who_waits_for_the_answer_is_kept_by_an_outage(server, connect, clock):
    server.answers(ticket(1))
    server.rule = lambda _: answer(status=503)
    client = connect(clock=clock, waits_out_outages=False, tries=3)
    client.ticket(1)

    with pytest.raises(Unreachable):
        client.ticket(2)
    assert len(server.asked) == 1 + 3


@pytest.mark.parametrize("body", [b"", b"<html>", b"[{"])
def test_a_broken_answer_is_no_outage(server, connect, clock, body):
    server.answers(ticket(1))
    server.rule = lambda _: answer(body=body)
    client = connect(clock=clock)
    client.ticket(1)

    with pytest.raises(BadAnswer):
        client.ticket(2)
    assert len(server.asked) == 6


def test_a_thread_cut_anywhere_is_no_thread(server, connect):
    """At 200 places all over its JSON, of a length that fits: never fewer conversations, one error."""
    body = json.dumps([conversation(number) for number in range(11, 15)]).encode()
    places = range(0, len(body), len(body) // 200)
    client = connect(tries=1)
    for place in places:
        server.answers(body=body[:place])
        with pytest.raises(BadAnswer):
            client.conversations(1)
    server.answers(body=body)

    assert len(places) >= 200
    assert len(client.conversations(1)) == 4


def test_one_question_that_fails_for_ever_among_good_ones_ends_too(server, connect, clock):
    """The others keep the account from seeming to be down; its own five minutes end it."""
    server.answers(ticket(1))
    server.rule = lambda question: answer(
        ticket(2) if question.path.endswith("2") else None, status=200 if question.path.endswith("2") else 500
    )

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        other.ticket(2)

    limiter = MinuteLimiter(clock=clock, wall_clock=clock)
    other = connect(limiter=limiter)
    client = connect(clock=clock, sleep=sleep, limiter=limiter)
    client.ticket(1)

    with pytest.raises(Unreachable):
        client.ticket(3)
    assert len([question for question in server.asked if question.path.endswith("3")]) <= 25


def test_during_an_outage_one_thread_tries_for_all(server, connect, clock):
    """Ten threads that meet it together cost hardly more calls than one, and set out again spread."""
    server.answers(ticket(1))
    server.rule = lambda _: answer(status=502)
    lock = threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            clock.sleep(seconds / 10)  # ten threads sleep at the same time

    client = connect(clock=clock, sleep=sleep, random=Random(1).random)
    client.ticket(1)

    def ask() -> None:
        with pytest.raises(Unreachable):
            client.ticket(2)

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(server.asked) <= 75  # ten threads on their own: 130


def test_what_is_told_last_of_an_outage_is_true():
    """An answer that comes while somebody is being told of the outage is told afterwards."""
    outage = Outage(lambda: 0.0, lambda: 0.5)
    told = []
    answering = threading.Thread(target=outage.answered)

    def tell(is_down: bool) -> None:
        if is_down:
            answering.start()
            answering.join(0.2)  # it waits for its turn to tell
        told.append(is_down)

    outage.on_change = tell
    outage.answered()
    for _ in range(5):
        outage.failed()
    answering.join(20)

    assert told == [True, False]


def test_threads_that_failed_together_try_again_apart(server, connect, clock):
    """The pauses of many are spread evenly: no tenth of a second holds more than chance puts there."""
    client = connect(random=Random(1).random)
    for _ in range(300):
        server.answers(status=500, X_RateLimit_Total="1000000")
        server.answers(ticket(1))
        client.ticket(1)
    tenths = Counter(int(seconds * 10) for seconds in clock.naps)

    assert len(clock.naps) == 300
    assert len(tenths) == 20  # from 0 to 2 s
    assert max(tenths.values()) <= 30  # 15 each on average


# Refusals


def test_after_401_nothing_calls_any_more(server, freshdesk):
    """Failed log-ins can lock the agent."""
    server.answers({"code": "invalid_credentials", "message": CANARY}, status=401)

    for _ in range(3):
        with pytest.raises(NotAuthorized, match=server.domain):
            freshdesk.ticket(1)
    assert len(server.asked) == 1


def test_a_call_that_waited_while_the_key_was_rejected_does_not_go(server, connect, clock):
    limiter = MinuteLimiter(clock=clock, wall_clock=clock)
    limiter.pause(5)

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        with pytest.raises(NotAuthorized):
            client.ticket(2)  # another thread's call, which was first

    client = connect(limiter=limiter, sleep=sleep)
    server.answers(status=401)

    with pytest.raises(NotAuthorized):
        client.ticket(1)

    assert [question.path for question in server.asked] == ["/api/v2/tickets/2"]


def test_of_many_threads_only_those_in_flight_meet_the_rejection(server, connect):
    server.rule = lambda _: answer(status=401)
    client = connect()

    def ask() -> None:
        for _ in range(20):
            with pytest.raises(NotAuthorized):
                client.ticket(1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(server.asked) <= 4


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"code": "access_denied", "message": CANARY}, "access_denied"),
        ({"code": "require_feature"}, "require_feature"),
        ({"code": CANARY}, ""),
        ({"code": 5}, ""),
        ([CANARY], ""),
        (None, ""),
    ],
)
def test_403_is_told_by_its_code(server, freshdesk, body, reason):
    server.answers(body, status=403)

    with pytest.raises(AccessDenied) as caught:
        freshdesk.conversations(5)
    assert caught.value.reason == reason
    assert "anary" not in str(caught.value) + repr(caught.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [404, 405])
def test_404_names_the_domain_and_is_not_asked_again(server, freshdesk, status):
    server.answers(body=b"", status=status)

    with pytest.raises(NotFound, match=server.domain):
        freshdesk.ticket(5)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 406, 409, 415, 422])
def test_other_refusals_are_not_asked_again(server, freshdesk, status):
    server.answers({"description": CANARY, "errors": [{"field": CANARY, "message": CANARY}]}, status=status)

    with pytest.raises(BadAnswer, match=f"status {status}") as caught:
        freshdesk.ticket(5)
    assert "anary" not in str(caught.value) + repr(caught.value)
    assert len(server.asked) == 1


# Limits


def test_waits_as_long_as_freshdesk_asks(server, freshdesk, clock):
    """After a 429 the same question is asked again, once Retry-After has passed."""
    server.answers(body=b"<html>slow down", status=429, Retry_After="34")
    server.answers(ticket(1))

    assert freshdesk.ticket(1).id == 1
    assert clock.naps == [34]
    assert server.asked[0].target == server.asked[1].target


@pytest.mark.parametrize("header", [{}, {"Retry_After": "soon"}, {"Retry_After": "-1"}])
def test_waits_a_minute_when_freshdesk_does_not_say(server, freshdesk, clock, header):
    server.answers(body=b"", status=429, **header)
    server.answers(ticket(1))

    freshdesk.ticket(1)

    assert clock.naps == [60]


def test_a_429_holds_the_other_threads_clients_too(server, connect, clock):
    limiter = MinuteLimiter(clock=clock, wall_clock=clock)
    server.answers(status=429, Retry_After="20")
    server.answers(ticket(1))
    server.answers(ticket(2))
    stopped = connect(limiter=limiter, sleep=stop)

    with pytest.raises(KeyboardInterrupt):
        stopped.ticket(1)
    connect(limiter=limiter).ticket(2)

    assert clock.naps == [20]


def stop(_: float) -> None:
    raise KeyboardInterrupt


def test_a_block_of_ten_minutes_is_waited_out(server, freshdesk, clock):
    for _ in range(10):
        server.answers(status=429)
    server.answers(ticket(1))

    assert freshdesk.ticket(1).id == 1
    assert sum(clock.naps) >= 600


def test_endless_429_ends_with_a_word(server, freshdesk, clock):
    server.rule = lambda _: answer(status=429, Retry_After="1")

    with pytest.raises(RateLimited, match="still limits"):
        freshdesk.ticket(1)
    assert 3000 < sum(clock.naps) <= 3600
    assert len(server.asked) < 100


def test_429_does_not_use_up_the_tries(server, connect):
    for status in (429, 500, 429, 429, 500, 429):
        server.answers(status=status)
    server.answers(ticket(1))

    assert connect(tries=3).ticket(1).id == 1


def test_what_was_called_is_counted(server, freshdesk):
    assert (freshdesk.calls, freshdesk.credits, freshdesk.plan_total) == (0, 0, None)
    headers = {"X_RateLimit_Total": "400.0", "X_RateLimit_Remaining": "390.0"}
    server.answers(status=500, **headers)
    server.answers(ticket(1), X_RateLimit_Used_CurrentRequest="2", **headers)

    freshdesk.ticket(1)

    # The first answer does not say: a ticket with its stats costs two.
    assert (freshdesk.calls, freshdesk.credits, freshdesk.plan_total) == (2, 4, 400)


def test_a_call_that_cost_nothing_is_a_call_all_the_same(server, freshdesk):
    server.answers(ticket(1), X_RateLimit_Used_CurrentRequest="0")

    freshdesk.ticket(1)

    assert (freshdesk.calls, freshdesk.credits) == (1, 0)


def test_the_limit_in_force_is_shown_while_it_holds(server, connect, clock):
    shown = []

    def sleep(seconds: float) -> None:
        shown.append(client.waiting_until)
        clock.sleep(seconds)

    client = connect(sleep=sleep)
    server.answers(status=429, Retry_After="34")
    server.answers(ticket(1))

    client.ticket(1)

    assert shown == [1034]
    assert client.waiting_until is None


# The key and other hosts


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target", ["{}", "http://other.example", "//other.example", "https://acme.freshdesk.com:8443"]
)
def test_a_redirect_is_never_followed(server, freshdesk, status, target):
    other = FakeFreshdesk()
    try:
        server.answers(status=status, Location=target.format(f"http://{other.domain}/api/v2/tickets/1"))

        with pytest.raises(ForeignHost, match=str(status)):
            freshdesk.ticket(1)
        assert other.asked == []
        assert len(server.asked) == 1
    finally:
        other.server_close()


def test_a_link_to_another_host_only_says_that_there_is_more(server, freshdesk):
    other = FakeFreshdesk()
    try:
        for _ in range(2):
            server.answers([conversation(1)], Link=f'<http://{other.domain}/api/v2/x?page=2>; rel="next"')
            server.answers([conversation(2)])

        assert len(freshdesk.conversations(1)) == 2
        assert other.asked == []
    finally:
        other.server_close()


def test_the_key_is_in_no_text_and_no_log(server, connect, caplog):
    caplog.set_level(logging.DEBUG)
    encoded = base64.b64encode(f"{KEY}:X".encode()).decode()
    client = connect(tries=1)
    texts = [repr(client), str(client)]
    for status in (200, 301, 400, 401, 403, 404, 500):
        client = connect(tries=1)
        server.answers({"message": CANARY}, status=status, Location="http://other.example")
        with pytest.raises(ApiError) as caught:
            client.conversations(1)
        texts += [repr(caught.value), str(caught.value), repr(caught.value.__context__)]
    texts += [record.getMessage() for record in caplog.records]

    found = [text for text in texts if KEY in text or encoded in text or "anary" in text.replace(KEY, "")]
    assert found == []
