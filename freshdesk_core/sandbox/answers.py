"""What the server says: a body with its status, and Freshdesk's ways to say no."""

import json
from typing import Any, NamedTuple

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Answer(NamedTuple):
    """One answer, before the headers that every answer has.

    ``headers`` are extra ones. An empty body is sent as such.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Refusal(Exception):
    """Ends a request with an answer that is no success."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def encoded(value: Any) -> bytes:
    """JSON as Freshdesk writes it: compact, text as it is."""
    return _ENCODER.encode(value).encode()


def success(value: Any) -> Answer:
    """200 with a JSON body."""
    return Answer(200, encoded(value))


def refusal(status: int, code: str, message: str) -> Refusal:
    """401, 403, 404, 405, 406, 415, 429: a code and a sentence."""
    return Refusal(Answer(status, encoded({"code": code, "message": message})))


def invalid(field: str, message: str, code: str = "invalid_value") -> Refusal:
    """400 on one field."""
    error = {"field": field, "message": message, "code": code}
    return Refusal(Answer(400, encoded({"description": "Validation failed", "errors": [error]})))


def access_denied() -> Refusal:
    """403: the key's role does not reach this."""
    return refusal(403, "access_denied", "You are not authorized to perform this action.")


NOT_FOUND = Refusal(Answer(404))
