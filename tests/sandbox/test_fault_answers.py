"""Other answers in place of Freshdesk's, and the right ones spoilt."""

import gzip
import json
import zlib

import pytest

from freshdesk_core.sandbox import Faults, Sandbox, Script
from freshdesk_core.sandbox.spoiling.bodies import BOMB, bomb
from tests.sandbox.wire import ask


def desk(faults: str, tickets: int = 12, **options: object) -> Sandbox:
    script = Script(now="2026-03-10T12:00:00Z")
    for _ in range(tickets):
        script.reply(script.ticket(at="2026-03-09"), at="2026-03-09T10:00:00Z")
    return Sandbox(script, plan="unlimited", faults=Faults(faults), **options)  # type: ignore[arg-type]


def test_errors_of_a_gateway_come_in_html_in_json_and_without_a_body() -> None:
    with desk("5xx") as sandbox:
        said = [ask(sandbox, "tickets") for _ in range(60)]

    assert {one.status for one in said} == {500, 502, 503, 504}
    kinds = {one.body[:1] for one in said}
    assert kinds == {b"<", b"{", b""}
    assert {one.headers["Content-Type"] for one in said} == {
        "text/html; charset=utf-8",
        "application/json",
        None,
    }
    assert not any(one.headers["X-RateLimit-Total"] for one in said)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(("body", "begins"), [("html", b"<html>"), ("json", b'{"code"'), ("empty", b"")])
def test_one_error_in_one_form(status: int, body: str, begins: bytes) -> None:
    with desk(f"{status}={body}") as sandbox:
        said = ask(sandbox, "tickets")
    assert said.status == status
    assert said.body[: len(begins) or None] == begins


@pytest.mark.parametrize(
    ("switch", "status", "code"),
    [
        ("401", 401, "invalid_credentials"),
        ("403", 403, "access_denied"),
        ("403=require_feature", 403, "require_feature"),
        ("403=account_suspended", 403, "account_suspended"),
        ("403=password_lockout", 403, "password_lockout"),
        ("409", 409, "inconsistent_state"),
    ],
)
def test_refusals_as_freshdesk_utters_them(switch: str, status: int, code: str) -> None:
    with desk(switch) as sandbox:
        said = ask(sandbox, "tickets/3/conversations")
    assert (said.status, said.json["code"]) == (status, code)
    assert said.headers["X-RateLimit-Total"]


def test_a_400_names_the_field() -> None:
    with desk("400") as sandbox:
        assert ask(sandbox, "tickets").json["errors"][0]["code"] == "invalid_value"


def test_404_for_one_ticket_has_no_body() -> None:
    with desk("404~tickets/3$") as sandbox:
        assert [ask(sandbox, f"tickets/{number}").status for number in (2, 30)] == [200, 404]
    with desk(r"404~tickets/3\?") as sandbox:
        said = ask(sandbox, "tickets/3")
        assert (said.status, said.body) == (404, b"")


@pytest.mark.parametrize(
    ("switch", "retry_after", "begins"),
    [
        ("429", "30", b'{"code":"too_many_requests"'),
        ("429=7s", "7", b"{"),
        ("429=bare", None, b"{"),
        ("429=bare+html", None, b"<html>"),
        ("429=text", "30", b"Too many"),
        ("429=empty+5s", "5", b""),
        ("429=garbage", "soon", b"{"),
        ("429=date", "Tue, 10 Mar 2026 12:00:30 GMT", b"{"),
    ],
)
def test_429_with_and_without_retry_after_and_body(
    switch: str, retry_after: str | None, begins: bytes
) -> None:
    with desk(switch) as sandbox:
        said = ask(sandbox, "tickets")
    assert (said.status, said.headers["Retry-After"]) == (429, retry_after)
    assert said.body[: len(begins) or None] == begins


def test_429_for_a_block_of_time_says_what_is_left_of_it() -> None:
    now = [0.0]
    with desk("429@2+10m", wall=lambda: now[0]) as sandbox:
        assert ask(sandbox, "tickets").status == 200
        assert ask(sandbox, "tickets").headers["Retry-After"] == "600"
        now[0] += 590.5
        assert ask(sandbox, "tickets").headers["Retry-After"] == "10"
        now[0] += 9.5
        assert ask(sandbox, "tickets").status == 200


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_lead_elsewhere_with_path_and_query(status: int) -> None:
    with desk(f"redirect={status}+http://127.0.0.1:1") as sandbox:
        said = ask(sandbox, "tickets?page=1")
    assert said.status == status
    assert said.headers["Location"] == "http://127.0.0.1:1/api/v2/tickets?page=1"


def test_redirects_to_another_host_scheme_and_port() -> None:
    with desk("redirect=host@1,redirect=scheme@2,redirect=port@3") as sandbox:
        host, scheme, port = (ask(sandbox, "tickets").headers["Location"] for _ in range(3))
        name, _, number = sandbox.domain.partition(":")
    assert host.startswith("https://elsewhere.example.com/api/v2/tickets")
    assert scheme.startswith(f"https://{sandbox.domain}/")
    assert port.startswith(f"http://{name}:{int(number) + 1}/")


def test_a_login_page_and_nothing_at_all_with_status_200() -> None:
    with desk("login@1,empty@2") as sandbox:
        page, nothing = ask(sandbox, "tickets"), ask(sandbox, "tickets")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"password" in page.body
    assert (nothing.status, nothing.body) == (200, b"")


def test_json_that_ends_too_early_at_every_offset() -> None:
    with desk("", tickets=1) as sandbox:
        whole = ask(sandbox, "tickets").body
        for offset in (0, 1, 100, len(whole) - 1, len(whole) + 5):
            sandbox.faults.off()
            sandbox.faults.on(f"truncated={offset}")
            said = ask(sandbox, "tickets")
            assert said.body == whole[: min(offset, len(whole) - 1)]
            with pytest.raises(json.JSONDecodeError):
                json.loads(said.body)


@pytest.mark.parametrize("path", ["tickets", "tickets/3", "tickets?updated_since=2026-03-10T00:00:00Z"])
def test_garbled_json_cannot_be_read_however_lenient(path: str) -> None:
    with desk("garbled") as sandbox:
        body = ask(sandbox, path).body
    with pytest.raises(json.JSONDecodeError):
        json.loads(body.decode("utf-8", "replace"))


def test_an_object_for_an_array_and_the_reverse() -> None:
    with desk("swapped") as sandbox:
        assert list(ask(sandbox, "tickets").json) == ["results"]
        assert ask(sandbox, "tickets/3").json[0]["id"] == 3


def test_packed_rightly_and_wrongly() -> None:
    with desk("gzip=right@1,gzip=broken@2,gzip=cut@3,gzip=plain@4") as sandbox:
        right, broken, cut, plain = (ask(sandbox, "tickets") for _ in range(4))
    assert {one.headers["Content-Encoding"] for one in (right, broken, cut, plain)} == {"gzip"}
    assert len(json.loads(gzip.decompress(right.body))) == 12
    for one, error in ((broken, (zlib.error, gzip.BadGzipFile)), (cut, EOFError), (plain, gzip.BadGzipFile)):
        with pytest.raises(error):
            gzip.decompress(one.body)


def test_a_bomb_is_small_packed_and_valid_json() -> None:
    with desk("gzip=bomb") as sandbox:
        assert 100_000 < len(ask(sandbox, "tickets").body) < BOMB / 900
    unpacked = gzip.decompress(bomb(3_000_000))
    assert (len(unpacked), unpacked.strip(b"["), json.loads(unpacked)) == (
        3_000_002,
        b" " * 3_000_000 + b"]",
        [],
    )


def test_links_to_a_foreign_host() -> None:
    with desk("link,link=http://127.0.0.1:1@2") as sandbox:
        foreign = ask(sandbox, "tickets?per_page=5")
        last = ask(sandbox, "tickets?per_page=100")
    assert "https://elsewhere.example.com/api/v2/tickets?per_page=5&page=2" in foreign.headers["Link"]
    assert last.headers["Link"] is None


def test_rows_come_twice_within_a_page() -> None:
    with desk("repeat-rows=5") as sandbox:
        ids = [row["id"] for row in ask(sandbox, "tickets?per_page=100").json]
    assert sorted(set(ids)) == list(range(1, 13))
    assert len(ids) == 12 + 2 + 1


def test_a_page_comes_again_in_place_of_the_next_one() -> None:
    with desk("repeat-page@3") as sandbox:
        pages = [
            [row["id"] for row in ask(sandbox, f"tickets?per_page=5&page={page}").json]
            for page in (1, 2, 3, 3)
        ]
        trash = ask(sandbox, "tickets?filter=deleted").json
    assert pages[2] == pages[1] != pages[3]
    assert trash == []


def test_the_real_limit_is_never_hidden_behind_a_switch() -> None:
    script = Script()
    with Sandbox(script, plan="trial", faults="503@51-") as sandbox:
        assert [ask(sandbox, "tickets").status for _ in range(51)][-1] == 429
