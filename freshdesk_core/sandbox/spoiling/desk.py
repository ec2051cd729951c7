"""What changes at the desk itself: edits, limits, rights, clocks, the wall at the last page."""

from base64 import b64decode, b64encode
from binascii import Error

from freshdesk_core.sandbox import people
from freshdesk_core.sandbox.limits import PLANS
from freshdesk_core.sandbox.records import ACCOUNT_ADMINISTRATOR, ADMINISTRATOR, AGENT, SUPERVISOR
from freshdesk_core.sandbox.spoiling.call import Call, Effect, Rate
from freshdesk_core.sandbox.spoiling.kinds import Kind, Stage, none, one, one_of, seconds, whole

ROLES = {
    "owner": ACCOUNT_ADMINISTRATOR.id,
    "admin": ADMINISTRATOR.id,
    "supervisor": SUPERVISOR.id,
    "agent": AGENT.id,
}
SCOPES = {"global": 1, "group": 2, "restricted": 3}
NEW_TICKETS_SHARE = 10


def kinds() -> list[Kind]:
    """All switches of this module."""
    before = Stage.BEFORE
    return [
        Kind(
            "edits",
            before,
            _edits,
            "600/h|3/100",
            "the desk works while it is read: so many edits per hour of its own time (needs --live or pace), "
            "and a tenth as many new tickets; or so many edits per so many calls",
            is_lasting=True,
        ),
        Kind(
            "bulk", before, _bulk, "N", "N tickets (250) are changed in one second, before the call",
            first_only=True,
        ),
        Kind(
            "pace", before, _pace, "3s", "each call takes this much of the sandbox's time, without waiting",
            is_lasting=True,
        ),
        Kind("plan", before, _plan, "|".join(PLANS), "the plan changes, and its limit", is_lasting=True),
        Kind("calls", before, _calls, "N", "N calls per minute are allowed", is_lasting=True),
        Kind("lists", before, _lists, "N", "N ticket lists per minute are allowed", is_lasting=True),
        Kind(
            "revoke", before, _revoke, "",
            "the administrator's key is refused; sandboxNewKey000004 takes its place", is_lasting=True,
        ),
        Kind("scope", before, _scope, "|".join(SCOPES), "the key sees less (restricted)", is_lasting=True),
        Kind("role", before, _role, "|".join(ROLES), "the key's role is lowered (agent)", is_lasting=True),
        Kind("last-page", before, _last_page, "N", "lists end at page N (3), not 300", is_lasting=True),
        Kind("lag", before, _lag, "30s", "lists show changes only after this time", is_lasting=True),
        Kind(
            "skew", before, _skew, "10m|-10m|missing", "the Date header is ahead (or behind), or missing",
            is_lasting=True,
        ),
    ]  # fmt: skip


def _edits(options: tuple[str, ...]) -> Effect:
    number, _, per = one(options, "600/h").partition("/")
    edits = whole(number)
    if per == "h":
        rate = Rate(edits, edits // NEW_TICKETS_SHARE)

        def by_time(call: Call) -> None:
            call.setting.rate = rate

        return by_time
    calls = whole(per or "1")

    def by_call(call: Call) -> None:
        call.setting.edits += (call.turn + 1) * edits // calls - call.turn * edits // calls

    return by_call


def _bulk(options: tuple[str, ...]) -> Effect:
    number = whole(one(options, "250"))

    def effect(call: Call) -> None:
        call.setting.bulk += number

    return effect


def _pace(options: tuple[str, ...]) -> Effect:
    step = seconds(one(options, "3s"))

    def effect(call: Call) -> None:
        call.setting.pace += step

    return effect


def _plan(options: tuple[str, ...]) -> Effect:
    plan = PLANS[one_of(options, tuple(PLANS)) or "growth"]

    def effect(call: Call) -> None:
        call.setting.plan = plan

    return effect


def _calls(options: tuple[str, ...]) -> Effect:
    number = whole(one(options, "50"), 0)

    def effect(call: Call) -> None:
        call.setting.calls = number

    return effect


def _lists(options: tuple[str, ...]) -> Effect:
    number = whole(one(options, "20"), 0)

    def effect(call: Call) -> None:
        call.setting.lists = number

    return effect


def _revoke(options: tuple[str, ...]) -> Effect:
    none(options)
    known = b"Basic " + b64encode(f"{people.API_KEY}:X".encode())

    def effect(call: Call) -> None:
        user = _user(call.headers.get(b"authorization", b""))
        if user == people.API_KEY:
            call.headers[b"authorization"] = b""
        elif user == people.NEW_KEY:
            call.headers[b"authorization"] = known

    return effect


def _user(authorization: bytes) -> str:
    try:
        return b64decode(authorization.partition(b" ")[2], validate=True).decode("latin-1").partition(":")[0]
    except Error:
        return ""


def _scope(options: tuple[str, ...]) -> Effect:
    scope = SCOPES[one_of(options, tuple(SCOPES)) or "restricted"]

    def effect(call: Call) -> None:
        call.setting.ticket_scope = scope

    return effect


def _role(options: tuple[str, ...]) -> Effect:
    role_id = ROLES[one_of(options, tuple(ROLES)) or "agent"]

    def effect(call: Call) -> None:
        call.setting.role_id = role_id

    return effect


def _last_page(options: tuple[str, ...]) -> Effect:
    page = whole(one(options, "3"))

    def effect(call: Call) -> None:
        call.setting.last_page = page

    return effect


def _lag(options: tuple[str, ...]) -> Effect:
    lag = int(seconds(one(options, "30s")))

    def effect(call: Call) -> None:
        call.setting.lag = lag

    return effect


def _skew(options: tuple[str, ...]) -> Effect:
    option = one(options, "10m")
    if option == "missing":
        skew = None
    else:
        sign = -1 if option.startswith("-") else 1
        skew = sign * int(seconds(option.removeprefix("-")))

    def effect(call: Call) -> None:
        call.setting.skew = skew

    return effect
