"""Everything freshdesk_core raises on purpose: one class per reaction of the caller.

A *terminal* error (marked !) stays until somebody does something: the schedule stops all work that met it and
says so, and tries again when the account's settings change or after a long while. Any other passes by
itself: the schedule tries again at its next turn.

    CoreError
    ├── ConfigError           ! a setting or an argument is missing or wrong; retrying never helps
    ├── ApiError                Freshdesk did not give us the records
    │   ├── NotAuthorized     ! the key is rejected: stop all work on the account
    │   ├── AccessDenied      ! the key is good, this is not open to it (``reason`` is Freshdesk's code)
    │   ├── NotFound          ! no such record, or a wrong domain
    │   ├── RateLimited         429, after the last retry
    │   ├── Unreachable         no answer, or only server errors, after the last retry
    │   ├── BadAnswer           an answer that is not what the API promises, after the last retry
    │   ├── ForeignHost       ! a redirect away from the account's own host; not followed
    │   └── ListingTruncated    the listing ends before the data does
    ├── StoreError              the database cannot be used
    │   ├── StoreTooNew       ! it was written by a newer Inflow
    │   ├── StoreFull         ! no space left on the device
    │   └── StoreUnavailable    missing, unreachable, locked, damaged, or where it cannot be locked
    ├── BadEvent                an event cannot be taken; its sender is told
    ├── Busy                    another process is importing this integration
    │   └── Paused              somebody paused it meanwhile: the work ends, to be resumed
    ├── NotAllowed            ! the actor's role does not permit it; somebody else has to do it
    └── DataError             ! records break a rule the counts rely on

An error carries a code and the figures of its message (ids, counts, times, hosts), never a customer's
text, an address or a key. ``messages.py`` turns it into a sentence at the edge.
"""

from typing import ClassVar


class CoreError(Exception):
    """What went wrong, as a code and the figures that its message needs."""

    code: ClassVar[str] = "unexpected"
    is_terminal: ClassVar[bool] = False  # it stays until somebody does something

    def __init__(self, code: str | None = None, /, **figures: object) -> None:
        super().__init__(code or self.code, figures)
        self.figures = figures
        self._code = code or self.code

    @property
    def error_code(self) -> str:
        """The code under which ``messages.py`` keeps the sentence."""
        return self._code

    def __str__(self) -> str:
        from freshdesk_core.messages import sentence

        return sentence(self)


class ConfigError(CoreError):
    """A setting or an argument is missing or wrong. The code says which."""

    code = "bad-setting"
    is_terminal = True


class ApiError(CoreError):
    """Freshdesk did not give us the records."""

    code = "api-error"


class NotAuthorized(ApiError):
    """Freshdesk rejected the key, or closed the account. Figures: ``domain``."""

    code = "key-rejected"
    is_terminal = True


class AccessDenied(ApiError):
    """Freshdesk answered 403. Figures: ``path``, ``reason`` (Freshdesk's own code, or "")."""

    code = "access-denied"
    is_terminal = True

    @property
    def reason(self) -> str:
        """Freshdesk's code, such as ``require_feature`` or ``account_suspended``."""
        return str(self.figures.get("reason", ""))


class NotFound(ApiError):
    """Freshdesk answered 404 or 405. Figures: ``domain``, ``path``."""

    code = "not-found"
    is_terminal = True


class RateLimited(ApiError):
    """Freshdesk kept answering 429. Figures: ``domain``, ``seconds`` waited in all."""

    code = "rate-limited"


class Unreachable(ApiError):
    """No answer, or only server errors, after the last retry. Figures: ``domain``, ``cause``."""

    code = "unreachable"


class BadAnswer(ApiError):
    """An answer that is not what the API promises. Figures: ``domain``, ``path``, ``cause``."""

    code = "bad-answer"


class ForeignHost(ApiError):
    """Freshdesk sent us to another host; the key stays here. Figures: ``domain``, ``status``."""

    code = "foreign-host"
    is_terminal = True


class ListingTruncated(ApiError):
    """One second holds more tickets than Freshdesk lists; all others were listed.

    The audit finds the missing ones by their ids. Figures: ``path``, ``pages``, ``moment``, ``second``.
    """

    code = "listing-truncated"

    @property
    def second(self) -> int:
        """That second (epoch)."""
        return int(str(self.figures["second"]))


class StoreError(CoreError):
    """The database cannot be used. Figures: ``where``."""

    code = "store-error"


class StoreTooNew(StoreError):
    """The store was written by a newer Inflow. Figures: ``where``, ``found``."""

    code = "store-too-new"
    is_terminal = True


class StoreFull(StoreError):
    """No space is left on the device that holds the store. Figures: ``where``."""

    code = "store-full"
    is_terminal = True


class StoreUnavailable(StoreError):
    """The store cannot be opened or written. Figures: ``where``, ``cause``."""

    code = "store-unavailable"


class BadEvent(CoreError):
    """A sender's event cannot be taken. Figures: ``seconds`` to wait, where that would help."""

    code = "event-not-an-object"


class Busy(CoreError):
    """Another process imports this integration. Figures: ``name``, ``holder``, ``since``."""

    code = "busy"


class NotAllowed(CoreError):
    """The actor may not do that. Figures: ``name`` of the actor, where there is one."""

    code = "admins-only"
    is_terminal = True


class Paused(Busy):
    """The integration was paused while it was worked on. Figures: ``name``."""

    code = "paused-meanwhile"


class DataError(CoreError):
    """Records break a rule the counts rely on."""

    code = "data-error"
    is_terminal = True
