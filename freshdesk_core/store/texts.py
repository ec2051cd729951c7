"""Names as other people chose them, whatever the characters: no database may refuse one."""

import re
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

# PostgreSQL's texts cannot hold NUL. It is written as ESC and "0", an ESC itself twice.
_WRITTEN = {"\x00": "\x1b0", "\x1b": "\x1b\x1b"}
_READ = {written: character for character, written in _WRITTEN.items()}


class Name(TypeDecorator[str]):
    """A text that comes back as it went in, NUL and all."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Write a name."""
        if value is None or dialect.name != "postgresql":
            return value
        return re.sub("[\x00\x1b]", lambda found: _WRITTEN[found[0]], value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read a name."""
        if value is None or dialect.name != "postgresql" or "\x1b" not in value:
            return value
        return re.sub("\x1b[0\x1b]", lambda found: _READ[found[0]], value)
