"""Whatever a body says, the endpoint answers as its description promises (docs/events.openapi.json)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.events import keys
from freshdesk_core.store import Store
from tests.events.conftest import add, unlimited
from tests.events.endpoint import Endpoint

pytestmark = pytest.mark.sqlite

DESCRIPTION = json.loads(
    (Path(__file__).parents[2] / "docs" / "events.openapi.json").read_text(encoding="utf-8")
)
SAID = {"code", "message", "next_step"}
NAMES = [
    *("onTicketCreate", "onTicketUpdate", "onTicketDelete"),
    *("onConversationCreate", "onConversationUpdate", "onConversationDelete"),
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
fields = st.sampled_from(
    ["event", "data", "ticket", "conversation", "ticket_id", "id", "model_id", "updated_at", "created_at"]
)
nearly = st.recursive(
    scalars | st.sampled_from([*NAMES, "test", "heartbeat"]),
    lambda inner: st.dictionaries(fields, inner, max_size=4) | st.lists(inner, max_size=2),
)
ids = st.integers(1, 2**63 - 1)
either = ids | scalars
whole = st.fixed_dictionaries(
    {"event": st.sampled_from(NAMES)},
    optional={
        "data": st.fixed_dictionaries(
            {},
            optional={
                "ticket": st.fixed_dictionaries({}, optional={"id": either, "model_id": either}),
                "conversation": st.fixed_dictionaries({}, optional={"id": either, "ticket_id": ids}),
            },
        )
    },
)
hints = st.fixed_dictionaries(
    {"ticket_id": ids | scalars | ids.map(str)}, optional={"updated_at": st.text() | st.datetimes().map(str)}
)
bodies = st.one_of(values, nearly, whole, hints)


@pytest.fixture(scope="module")
def sending(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[tuple[Endpoint, str]]:
    settings = unlimited(tmp_path_factory.mktemp("endpoint"))
    store = Store.open(settings)
    key = keys.generate(COMMAND_LINE, store, add(store, settings, "Desk")).text
    with Endpoint(settings) as endpoint:
        yield endpoint, key
    store.close()


def _may_be_taken(value: Any) -> bool:
    """The description, written once more by hand."""

    def is_id(found: Any) -> bool:
        if isinstance(found, str):
            return found.isascii() and found.isdigit() and len(found) <= 18 and found[0] != "0"
        if isinstance(found, float):
            return found.is_integer() and 0 < int(found) < 2**63
        return type(found) is int and 0 < found < 2**63

    if not isinstance(value, dict):
        return False
    name = value.get("event")
    if name in ("test", "heartbeat"):
        return True
    if name in NAMES:
        data = value.get("data")
        part = "ticket" if "Ticket" in name else "conversation"
        said = data.get(part) if isinstance(data, dict) else None
        wanted = ("id", "model_id") if part == "ticket" else ("id",)
        return isinstance(said, dict) and any(is_id(said.get(one)) for one in wanted)
    return is_id(value.get("ticket_id"))


def _check(endpoint: Endpoint, key: str, value: Any) -> None:
    answer = endpoint.send(json.dumps(value).encode(), key)
    if _may_be_taken(value):
        assert (answer.status, answer.told) == (202, {"status": "accepted"})
    else:
        assert answer.status == 422
        assert set(answer.told) == SAID
        assert all(answer.told.values())


some = trying(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


@trying(some, max_examples=100)
@given(value=bodies)
def test_every_event_is_taken_or_refused_as_described(sending: tuple[Endpoint, str], value: Any) -> None:
    _check(*sending, value)


@pytest.mark.nightly
@trying(some, max_examples=3_000)
@given(value=bodies)
def test_many_events_are_taken_or_refused_as_described(sending: tuple[Endpoint, str], value: Any) -> None:
    _check(*sending, value)


@trying(some, max_examples=40)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_answered(sending: tuple[Endpoint, str], body: bytes) -> None:
    endpoint, key = sending
    answer = endpoint.send(body, key)
    assert answer.status in (202, 400, 422)
    assert answer.status == 202 or set(answer.told) == SAID


def test_the_description_names_every_status() -> None:
    from freshdesk_core.events.http import STATUS

    described = DESCRIPTION["paths"]["/events"]["post"]["responses"]
    assert set(described) == {"202", *map(str, STATUS.values())}


@pytest.mark.nightly
def test_schemathesis_finds_nothing(sending: tuple[Endpoint, str]) -> None:
    """At least 1,000 requests made from the description, and against it."""
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    endpoint, key = sending
    operation = schemathesis.openapi.from_dict(DESCRIPTION)["/events"]["post"]
    seen: list[int] = []

    @trying(some, max_examples=600)
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
    def good(case: Any) -> None:
        assert endpoint.send(json.dumps(case.body).encode(), key).status == 202
        seen.append(202)

    @trying(some, max_examples=600)
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    def bad(case: Any) -> None:
        """It may as well have spoilt the head, which is not sent."""
        try:
            body = json.dumps(case.body, allow_nan=False).encode()
        except (TypeError, ValueError):
            answer = endpoint.send(b"no JSON", key)
            assert answer.status == 400
        else:
            _check(endpoint, key, json.loads(body))
        seen.append(400)

    good()
    bad()
    assert len(seen) >= 1_000
