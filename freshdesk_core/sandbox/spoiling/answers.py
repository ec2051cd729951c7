"""Other answers in place of Freshdesk's: errors, refusals, redirects, pages of something in between."""

from http import HTTPStatus
from wsgiref.handlers import format_date_time

from freshdesk_core.sandbox.answers import Answer, encoded
from freshdesk_core.sandbox.spoiling.call import Call, Effect
from freshdesk_core.sandbox.spoiling.kinds import Kind, Maker, Stage, none, one_of, seconds

GATEWAY_STATUSES = (500, 502, 503, 504)
BODIES = ("html", "json", "empty")
REDIRECTS = ("301", "302", "307", "308")
ELSEWHERE = "https://elsewhere.example.com"
RETRY_AFTER = 30
LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action='/login' method='post'>"
    "<input name='user[email]'><input name='user[password]' type='password'></form></body></html>"
)
# The refusals that Freshdesk itself utters, by status: the usual code first.
CODES: dict[int, dict[str, str]] = {
    400: {"invalid_value": "Validation failed"},
    401: {"invalid_credentials": "You have to be logged in to perform this action."},
    403: {
        "access_denied": "You are not authorized to perform this action.",
        "require_feature": "The feature is not available in your plan. Upgrade to use it.",
        "account_suspended": "Your account has been suspended.",
        "password_lockout": "Your account is locked after too many failed logins.",
        "password_expired": "Your password has expired.",
    },
    404: {},
    405: {"method_not_allowed": "GET method is not allowed."},
    409: {"inconsistent_state": "The record is being changed."},
}


def kinds() -> list[Kind]:
    """All switches of this module."""
    bodies = "|".join(BODIES)
    refusals = [
        Kind(
            str(status),
            Stage.ANSWER,
            _refusing(status),
            "|".join((*codes, *BODIES)),
            f"answers {status}" + (f" {next(iter(codes))} or another code" if codes else " without a body"),
        )
        for status, codes in CODES.items()
    ]
    gateways = [
        Kind(str(status), Stage.ANSWER, _failing((status,)), bodies, f"answers {status}, by default in HTML")
        for status in GATEWAY_STATUSES
    ]
    return [
        Kind(
            "5xx",
            Stage.ANSWER,
            _failing(GATEWAY_STATUSES),
            bodies,
            "answers 500, 502, 503 or 504, with an HTML, a JSON or no body",
        ),
        *gateways,
        Kind(
            "outage",
            Stage.ANSWER,
            _failing((502, 503, 504)),
            bodies,
            "everything is down: 502, 503 and 504; usually with a time: outage@5+3m",
        ),
        *refusals,
        Kind(
            "429",
            Stage.ANSWER,
            _slowing_down,
            "bare|date|garbage|30s + html|text|empty",
            "refuses for the rate limit: with Retry-After in seconds (what is left of its time, else 30), as "
            "a date, as garbage, or without (bare); in JSON or another body",
        ),
        Kind(
            "redirect",
            Stage.ANSWER,
            _redirecting,
            "301|302|307|308 + host|scheme|port|URL",
            "redirects to another host (default), scheme, port, or to a URL, with path and query",
        ),
        Kind("login", Stage.ANSWER, _logging_in, "", "an HTML login page with status 200"),
        Kind("empty", Stage.ANSWER, _saying_nothing, "", "status 200 without a body"),
    ]


def error_page(status: int, body: str) -> Answer:
    """An error as a gateway words it: in HTML, in JSON, or not at all."""
    reason = HTTPStatus(status).phrase
    if body == "empty":
        return Answer(status)
    if body == "json":
        text = encoded({"code": reason.lower().replace(" ", "_"), "message": f"{reason}. Try again later."})
        return Answer(status, text, ((b"Content-Type", b"application/json"),))
    page = f"<html><head><title>{status} {reason}</title></head><body><h1>{reason}</h1></body></html>"
    return _page(status, page)


def _failing(statuses: tuple[int, ...]) -> Maker:
    def make(options: tuple[str, ...]) -> Effect:
        body = one_of(options, BODIES)

        def effect(call: Call) -> None:
            status = statuses[int(call.random.random() * len(statuses))]
            usual = BODIES[int(call.random.random() * 3)] if len(statuses) > 1 else "html"
            call.replace(error_page(status, body or usual), is_foreign=True)

        return effect

    return make


def _refusing(status: int) -> Maker:
    codes = CODES[status]

    def make(options: tuple[str, ...]) -> Effect:
        option = one_of(options, (*codes, *BODIES)) or next(iter(codes), "empty")
        if option in BODIES:
            answer = error_page(status, option)
            return lambda call: call.replace(answer, is_foreign=True)
        answer = _refusal(status, option, codes[option])
        return lambda call: call.replace(answer)

    return make


def _refusal(status: int, code: str, message: str) -> Answer:
    if status == 400:
        error = {"field": "page", "message": "It should be a Positive Integer", "code": code}
        return Answer(status, encoded({"description": message, "errors": [error]}))
    return Answer(status, encoded({"code": code, "message": message}))


def _slowing_down(options: tuple[str, ...]) -> Effect:
    body = next((option for option in options if option in ("html", "text", "empty")), None)
    waits = [option for option in options if option != body]
    wait = waits[0] if waits else ""
    if len(waits) > 1:
        raise ValueError(f"one Retry-After is enough: {'+'.join(waits)}")
    fixed = seconds(wait) if wait not in ("", "bare", "date", "garbage") else None

    def effect(call: Call) -> None:
        left = fixed if fixed is not None else call.seconds_left
        whole_seconds = RETRY_AFTER if left is None else max(1, -int(-left // 1))
        headers = ((b"Retry-After", _retry_after(wait, call, whole_seconds)),) if wait != "bare" else ()
        if body is None:
            message = "You have exceeded the limit of requests per minute"
            call.replace(Answer(429, encoded({"code": "too_many_requests", "message": message}), headers))
        else:
            call.replace(_wordless(body, headers), is_foreign=True)

    return effect


def _retry_after(wait: str, call: Call, whole_seconds: int) -> bytes:
    if wait == "date":
        return format_date_time(call.now + whole_seconds).encode()
    return b"soon" if wait == "garbage" else b"%d" % whole_seconds


def _wordless(body: str, headers: tuple[tuple[bytes, bytes], ...]) -> Answer:
    if body == "text":
        return Answer(429, b"Too many requests.", ((b"Content-Type", b"text/plain"), *headers))
    answer = error_page(429, body)
    return answer._replace(headers=(*answer.headers, *headers))


def _redirecting(options: tuple[str, ...]) -> Effect:
    status = next((option for option in options if option in REDIRECTS), "302")
    targets = [option for option in options if option not in REDIRECTS]
    target = targets[0] if targets else "host"
    if len(targets) > 1 or not (target in ("host", "scheme", "port") or target.startswith("http")):
        raise ValueError(f"{'+'.join(targets)!r} is none of host, scheme, port or one URL")

    def effect(call: Call) -> None:
        here = call.headers.get(b"host", b"127.0.0.1").decode("latin-1")
        location = f"{_base(target, here)}{call.path}?{call.query.decode('latin-1')}"
        page = _page(int(status), f"<html><body><a href='{location}'>moved</a></body></html>")
        headers = (*page.headers, (b"Location", location.encode("latin-1")))
        call.replace(page._replace(headers=headers), is_foreign=True)

    return effect


def _base(target: str, here: str) -> str:
    """Where a redirect leads: scheme and host."""
    name, _, port = here.partition(":")
    if target == "scheme":
        # The sandbox speaks http: the other scheme is https.
        return f"https://{here}"
    if target == "port":
        return f"http://{name}:{int(port or 80) + 1}"
    return ELSEWHERE if target == "host" else target.rstrip("/")


def _logging_in(options: tuple[str, ...]) -> Effect:
    none(options)
    return lambda call: call.replace(_page(200, LOGIN_PAGE), is_foreign=True)


def _saying_nothing(options: tuple[str, ...]) -> Effect:
    none(options)
    return lambda call: call.replace(Answer(200))


def _page(status: int, html: str) -> Answer:
    return Answer(status, html.encode(), ((b"Content-Type", b"text/html; charset=utf-8"),))
