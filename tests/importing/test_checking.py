"""What a key can see: every finding its own sentence, good, doubtful or bad, against a real look-alike."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.api import Freshdesk, MinuteLimiter
from freshdesk_core.errors import ConfigError, RateLimited
from freshdesk_core.importing import life
from freshdesk_core.importing.checking import Impatience, check
from freshdesk_core.importing.findings import Check
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from tests.importing.inflow import environment

pytestmark = pytest.mark.sqlite  # nothing is stored but in the last tests

GOOD = [
    *("host-reachable", "key-valid", "role-admin", "scope-global", "plan-pro", "limits", "zone-known"),
    *("groups", "sources", "tickets", "estimate"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment(environment(tmp_path / "home"))


@pytest.fixture
def script() -> Script:
    script = Script(now="2026-03-10T12:00:00Z")
    for day in range(1, 6):
        script.ticket(at=f"2026-03-0{day}T09:00:00Z", group="Billing")
    return script


@pytest.fixture
def sandbox(script: Script) -> Iterator[Sandbox]:
    with Sandbox(script, plan="pro") as running:
        yield running


def _check(settings: Settings, sandbox: Sandbox, key: str | None = None) -> Check:
    return _check_key(settings, sandbox.domain, key or sandbox.api_key)


def _check_key(settings: Settings, domain: str, key: str) -> Check:
    with closing(Store.open(settings)) as store:
        return life.check_key(COMMAND_LINE, store, settings, domain, key)


def _levels(found: Check) -> dict[str, list[str]]:
    levels: dict[str, list[str]] = {}
    for one in found.findings:
        levels.setdefault(one.level, []).append(one.code)
    return levels


def test_a_right_key_is_good_in_every_respect(settings: Settings, sandbox: Sandbox) -> None:
    found = _check(settings, sandbox)

    assert _levels(found) == {"ok": GOOD}
    assert (found.level, found.has_problem, found.shortcomings, found.error) == ("ok", False, (), None)
    assert (found.time_zone, found.plan_total, found.tickets) == ("Europe/Berlin", 400, 5)
    assert found.groups and found.sources and found.estimate_seconds is not None
    told = [one.text for one in found.findings]
    assert "There are about 5 tickets to import." in told
    assert "The account allows 400 calls a minute; Inflow uses at most 80 % of them." in told
    assert len(set(told)) == len(told)
    assert all(text.endswith(".") and "{" not in text for text in told)


@pytest.mark.parametrize(
    ("plan", "calls", "expected"),
    [
        ("trial", 50, "plan-trial"),
        ("growth", 200, "plan-below-pro"),
        ("hourly", 3_000, "plan-below-pro"),
        ("pro", 400, "plan-pro"),
        ("enterprise", 700, "plan-pro"),
    ],
)
def test_plans_are_told_apart_and_a_lower_one_is_no_wall(
    settings: Settings, script: Script, plan: str, calls: int, expected: str
) -> None:
    """A lower plan that bought calls is known by the account's own word for its plan."""
    with Sandbox(script, plan=plan) as sandbox:
        found = _check(settings, sandbox)
    assert found.plan_total == calls
    assert [one.code for one in found.findings if one.code.startswith("plan-")] == [expected]
    assert not found.has_problem
    assert (expected in found.shortcomings) == (expected != "plan-pro")


def test_the_free_plan_is_a_problem_and_known_at_once(settings: Settings, script: Script) -> None:
    """It allows no call at all: the one answer says so, and nobody waits for a second one."""
    with Sandbox(script, plan="free") as sandbox:
        found = _check(settings, sandbox)
        assert len(sandbox.requests) == 1
    assert _levels(found) == {"ok": ["host-reachable"], "problem": ["plan-free"]}
    assert "allows no API calls" in found.findings[-1].text


def test_an_agent_s_key_is_no_administrator_s(settings: Settings, sandbox: Sandbox) -> None:
    found = _check(settings, sandbox, sandbox.agent_key)
    assert _levels(found)["warning"] == ["not-account-administrator"]
    assert not found.has_problem
    assert found.groups, "the ticket form names them"


def test_a_narrow_scope_is_told_apart_from_the_role(settings: Settings, sandbox: Sandbox) -> None:
    found = _check(settings, sandbox, sandbox.restricted_key)
    assert _levels(found)["warning"] == ["not-account-administrator", "scope-not-global"]
    assert "too low, without any error" in next(
        one.text for one in found.findings if one.code == "scope-not-global"
    )


@pytest.mark.parametrize(
    ("faults", "code", "part"),
    [
        ("401", "key-rejected", "rejected the API key"),
        ("403=account_suspended", "account-suspended", "suspended"),
        ("403=password_lockout", "agent-locked", "locked"),
        ("404", "host-unknown", "has no account at"),
        ("302=host", "foreign-host", "redirect"),
        ("login", "bad-answer", "not Freshdesk's API"),
        ("503", "unreachable", "cannot be reached (server error 503)"),
    ],
)
def test_an_account_that_cannot_be_read_is_one_problem(
    settings: Settings, sandbox: Sandbox, faults: str, code: str, part: str
) -> None:
    sandbox.faults.on("redirect=302+host" if faults == "302=host" else faults)
    found = _check(settings, sandbox)
    assert _levels(found) == {"problem": [code]}
    assert found.error is not None
    assert part in found.findings[0].text
    assert sandbox.api_key not in found.findings[0].text


def test_nobody_listens(settings: Settings, sandbox: Sandbox, script: Script) -> None:
    with Sandbox(script) as gone:
        pass
    found = _check_key(settings, gone.domain, "abcdefgh1234")
    assert _levels(found) == {"problem": ["unreachable"]}


@pytest.mark.parametrize(
    ("faults", "warnings"),
    [
        # Without its own word the plan is known by its calls.
        ("403~account", ["zone-unknown"]),
        ("404~account", ["zone-unknown"]),
        ("403=require_feature~groups", ["groups-unknown"]),
        ("403~ticket_fields", ["sources-unknown"]),
        ("403~/tickets|^tickets", ["tickets-unknown"]),
        ("403~roles", ["not-account-administrator"]),
        ("403", None),
    ],
)
def test_what_may_not_be_asked_is_said_as_not_known(
    settings: Settings, sandbox: Sandbox, faults: str, warnings: list[str] | None
) -> None:
    sandbox.faults.on(faults)
    found = _check(settings, sandbox)
    if warnings is None:  # not even who it is
        assert _levels(found) == {"problem": ["access-denied"]}
        return
    assert _levels(found)["warning"] == warnings
    assert not found.has_problem


def test_a_time_zone_that_nobody_knows_is_named(
    settings: Settings, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("freshdesk_core.sandbox.configuration.TIME_ZONE", "Middle Earth")
    found = _check(settings, sandbox)
    assert found.shortcomings == ("zone-unnamed",)
    assert "'Middle Earth'" in next(one.text for one in found.findings if one.code == "zone-unnamed")
    assert found.time_zone == "UTC"


def test_an_account_without_tickets(settings: Settings) -> None:
    """Nothing to estimate then."""
    with Sandbox(Script(now="2026-03-10T12:00:00Z")) as sandbox:
        found = _check(settings, sandbox)
    assert [one.code for one in found.findings][-1] == "tickets-none"
    assert (found.tickets, found.estimate_seconds, found.level) == (None, None, "ok")


@pytest.mark.parametrize(
    ("domain", "key", "code"),
    [
        ("acme", "abcdefgh1234", "bare-subdomain"),
        ("acme.example.com", "abcdefgh1234", "foreign-domain"),
        ("acme.freshdesk.com", "with blank", "bad-key"),
        ("acme.freshdesk.com", " ", "no-key"),
    ],
)
def test_what_is_no_domain_or_key_is_refused_before_any_call(
    settings: Settings, domain: str, key: str, code: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        _check_key(settings, domain, key)
    assert refused.value.error_code == code
    assert key == " " or key not in str(refused.value)


def test_a_check_loses_patience(sandbox: Sandbox) -> None:
    """Somebody waits for the answer: an account that puts it off for longer is a finding, too."""
    naps: list[float] = []
    sleep = Impatience(naps.append, patience=45)
    sandbox.faults.on("429=30s")
    limiter = MinuteLimiter()
    with Freshdesk(
        sandbox.domain, sandbox.api_key, limiter=limiter, sleep=sleep, allow_loopback=True
    ) as freshdesk:
        sleep.freshdesk = freshdesk
        found = check(freshdesk)
    assert isinstance(found.error, RateLimited)
    assert _levels(found) == {"problem": ["rate-limited"]}
    assert sum(naps) <= 45


def test_nothing_is_saved_where_there_is_a_problem(settings: Settings, sandbox: Sandbox) -> None:
    store = Store.open(settings)

    def connect(name: str, key: str) -> life.Connected:
        return life.connect(
            COMMAND_LINE, store, settings, name=name, domain=sandbox.domain, api_key=key, since=None
        )

    wrong = connect("Desk", "wrong0key")
    assert wrong.integration is None
    assert _levels(wrong.check) == {"problem": ["key-rejected"]}
    narrow = connect("Desk", sandbox.restricted_key)
    assert narrow.integration is not None
    right = connect("Other", f" {sandbox.api_key}\n")
    assert right.integration is not None
    assert (right.twin and right.twin.name, right.integration.account_id) == ("Desk", 4_300_001)
    with store.read() as connection:
        kept = {
            one.name: integrations.shortcomings(connection, one.integration_id)
            for one in integrations.real_ones(connection)
        }
    store.close()
    assert kept == {"Desk": ["not-account-administrator", "scope-not-global"], "Other": []}


def test_a_name_or_start_that_cannot_be_is_refused_before_any_call(
    settings: Settings, sandbox: Sandbox
) -> None:
    store = Store.open(settings)
    codes = []
    for name, since in (("Desk", None), (" desk ", None), ("  ", None), ("New", date(2999, 1, 1))):
        asked = len(sandbox.requests)
        try:
            life.connect(
                COMMAND_LINE,
                store,
                settings,
                name=name,
                domain=sandbox.domain,
                api_key=sandbox.api_key,
                since=since,
            )
        except ConfigError as refused:
            codes.append(refused.error_code)
            assert len(sandbox.requests) == asked
    store.close()
    assert codes == ["name-taken", "no-name", "start-in-future"]
