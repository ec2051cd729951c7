"""Seals a Freshdesk key for the store, so that a copy of the store alone reveals nothing.

The sealing key is ``INFLOW_SECRET_KEY`` or a file beside the store that its owner alone may read. It
protects backups and copies, not against someone who works under the same account. Several keys, with
commas or blanks between them, all open what they sealed; the first one seals (``integrations reseal`` has
it seal everything, so that the others can go).
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from freshdesk_core.errors import ConfigError
from freshdesk_core.settings import Settings

KEY_FILE = "secret.key"


def seal(settings: Settings, text: str) -> str:
    """Encrypt a secret for the store; the sealing key is made when there is none yet.

    Raises:
        ConfigError: The sealing key cannot be made, is no key, or readable by others.
    """
    return _fernet(settings, make=True).encrypt(text.encode()).decode()


def unseal(settings: Settings, sealed: str) -> str:
    """Decrypt a secret of the store.

    Raises:
        ConfigError: The sealing key is missing, readable by others, or another one.
    """
    try:
        return _fernet(settings, make=False).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ConfigError("secret-key-wrong", where=_place(settings)) from error


def _fernet(settings: Settings, *, make: bool) -> MultiFernet:
    keys = settings.secret_key or _file_key(settings.home / KEY_FILE, make=make)
    try:
        return MultiFernet([Fernet(key) for key in keys.replace(",", " ").split()])
    except ValueError as error:
        raise ConfigError("secret-key-wrong", where=_place(settings)) from error


def _place(settings: Settings) -> str:
    return "INFLOW_SECRET_KEY" if settings.secret_key else str(settings.home / KEY_FILE)


def _file_key(file: Path, *, make: bool) -> str:
    if make:
        _make_key_file(file)
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("secret-key-wrong", where=str(file)) from error
    if os.name == "posix" and mode & 0o077:
        raise ConfigError("secret-key-open", where=str(file))
    return key


def _make_key_file(file: Path) -> None:
    """Write a new key whole or not at all; of two that try at once, one wins and both use its key."""
    if file.exists():
        return
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        _write(draft, Fernet.generate_key(), os.O_TRUNC)
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        except OSError:
            # No hard links here. Who reads in the moment between making and writing is told to try again.
            with suppress(FileExistsError):
                _write(file, draft.read_bytes(), os.O_EXCL)
        finally:
            draft.unlink()
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise ConfigError("secret-key-unwritable", where=str(file), cause=cause) from error


def _write(file: Path, content: bytes, how: int) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
