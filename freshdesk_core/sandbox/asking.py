"""A request with its parameters, checked as Freshdesk checks them."""

from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from freshdesk_core.sandbox.answers import invalid
from freshdesk_core.sandbox.records import Agent

PER_PAGE = 30
MOST_PER_PAGE = 100
MOST_DIGITS = 19


class Request(NamedTuple):
    """One GET. ``host`` is what the caller typed."""

    path: str
    parameters: dict[str, str]
    agent: Agent
    host: str

    def link_to(self, page: int) -> tuple[bytes, bytes]:
        """The header that names the next page, with the blank that Freshdesk's sample has."""
        query = urlencode({**self.parameters, "page": page})
        return b"link", f'< https://{self.host}{self.path}?{query}>; rel="next"'.encode()

    def page(self, most: int | None = None, message: str = "") -> int:
        """The page asked for, from 1.

        Raises:
            Refusal: 400, where it is no number or beyond ``most``.
        """
        page = self._positive("page", 1)
        if most is not None and page > most:
            raise invalid("page", message)
        return page

    def per_page(self) -> int:
        """Rows per page: 30 unless asked for, at most 100."""
        per_page = self._positive("per_page", PER_PAGE)
        if per_page > MOST_PER_PAGE:
            raise invalid(
                "per_page", f"It should be a Positive Integer less than or equal to {MOST_PER_PAGE}"
            )
        return per_page

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """A parameter with a fixed list of values."""
        value = self.parameters.get(name, default)
        if value not in choices:
            raise invalid(name, f"It should be one of these values: '{','.join(choices)}'")
        return value

    def includes(self, allowed: frozenset[str]) -> frozenset[str]:
        """What ``include`` asks for."""
        wanted = frozenset(filter(None, self.parameters.get("include", "").split(",")))
        if not wanted <= allowed:
            raise invalid("include", f"It should be one of these values: '{','.join(sorted(allowed))}'")
        return wanted

    def time(self, name: str) -> int | None:
        """A date or a time as epoch seconds; without an offset it is UTC."""
        text = self.parameters.get(name)
        if text is None:
            return None
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            message = "It should be a/an valid date and time in the format YYYY-MM-DDTHH:MM:SSZ"
            raise invalid(name, message, "invalid_date") from None
        return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())

    def allow(self, names: frozenset[str]) -> None:
        """Refuse parameters that the endpoint does not know."""
        for name in self.parameters:
            if name not in names:
                raise invalid(name, "Unexpected/invalid field in request", "invalid_field")

    def _positive(self, name: str, default: int) -> int:
        text = self.parameters.get(name)
        if text is None:
            return default
        number = whole(name, text)
        if number < 1:
            raise invalid(name, "It should be a Positive Integer", "datatype_mismatch")
        return number


def whole(name: str, text: str) -> int:
    """A whole number, as Freshdesk's ids and pages are.

    Raises:
        Refusal: 400 on ``name``, where it is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise invalid(name, "It should be a Positive Integer", "datatype_mismatch")
    return int(text)


def parameters_of(query_string: bytes) -> dict[str, str]:
    """The query's parameters; of one that comes twice, the last."""
    return dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)) if query_string else {}
