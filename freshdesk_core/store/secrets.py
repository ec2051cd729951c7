"""Seals a Freshdesk key for the store, so that a copy of the store alone reveals nothing.

The sealing key is ``INFLOW_SECRET_KEY`` or a file beside the store that its owner alone may read. It
protects backups and copies, not against someone who works under the same account.
"""

import os
import stat
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from freshdesk_core.errors import ConfigError
from freshdesk_core.settings import Settings

KEY_FILE = "secret.key"


def seal(settings: Settings, text: str) -> str:
    """Encrypt a secret for the store."""
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


def _fernet(settings: Settings, *, make: bool) -> Fernet:
    key = settings.secret_key or _file_key(settings.home / KEY_FILE, make=make)
    try:
        return Fernet(key)
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
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(Fernet.generate_key())
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
