"""The shape of an event that was not understood: names of fields and types, never a value."""

import json
import re
from typing import Any

DEEPEST = 5
MOST_FIELDS = 40
LONGEST = 1_000  # characters

_FIELD = re.compile(r"[A-Za-z_][A-Za-z_0-9-]{0,39}")  # anything else may be a value in the wrong place
_TYPES = {str: "text", bool: "yes or no", int: "number", float: "number", type(None): "null"}


def shape_of(value: Any) -> str:
    """Describe a JSON value in at most 1,000 characters."""
    return json.dumps(_shape(value, DEEPEST))[:LONGEST]


def _shape(value: Any, deepest: int) -> Any:
    if isinstance(value, dict):
        if deepest == 0:
            return "object"
        fields = sorted(value.items())[:MOST_FIELDS]
        return {_field(name): _shape(inner, deepest - 1) for name, inner in fields}
    if isinstance(value, list):
        return [_shape(value[0], deepest - 1)] if value and deepest else "list"
    return _TYPES[type(value)]


def _field(name: str) -> str:
    return name if _FIELD.fullmatch(name) else "(other)"
