"""The Freshdesk keys in the store: sealed by a key that lies beside it, for its owner alone."""

import dataclasses
import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from freshdesk_core.errors import ConfigError
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, secrets
from tests.store.programs import ended, said, start

pytestmark = pytest.mark.sqlite  # the key lies in a file, whatever the database
KEY = "canary0FreshdeskKey9x"


def _file(settings: Settings) -> Path:
    return settings.home / secrets.KEY_FILE


def _code(settings: Settings, sealed: str) -> str:
    with pytest.raises(ConfigError) as refused:
        secrets.unseal(settings, sealed)
    assert KEY not in str(refused.value)
    assert "\n" not in str(refused.value)
    return refused.value.error_code


def test_what_was_sealed_is_opened_again_and_shows_nothing(settings: Settings) -> None:
    sealed = secrets.seal(settings, KEY)
    assert KEY not in sealed
    assert sealed != secrets.seal(settings, KEY)
    assert secrets.unseal(settings, sealed) == KEY


def test_the_key_file_is_its_owner_s_alone_whatever_the_umask(unmade: Settings) -> None:
    old = os.umask(0)
    try:
        secrets.seal(unmade, KEY)
    finally:
        os.umask(old)
    assert stat.S_IMODE(_file(unmade).stat().st_mode) == 0o600
    assert stat.S_IMODE(unmade.home.stat().st_mode) == 0o700
    assert [file.name for file in unmade.home.iterdir()] == [secrets.KEY_FILE]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o622])
def test_a_key_file_that_others_can_read_is_refused_with_the_cure(settings: Settings, mode: int) -> None:
    sealed = secrets.seal(settings, KEY)
    _file(settings).chmod(mode)

    with pytest.raises(ConfigError) as refused:
        secrets.unseal(settings, sealed)

    assert refused.value.error_code == "secret-key-open"
    assert f"chmod 600 {_file(settings)}" in str(refused.value)
    with pytest.raises(ConfigError):
        secrets.seal(settings, KEY)


@pytest.mark.parametrize(
    "content",
    [b"", b"short", b"\xff" * 44, Fernet.generate_key(), Fernet.generate_key()[:-3], b"-" * 10_000],
    ids=["empty", "short", "bytes", "foreign", "cut", "long"],
)
def test_a_damaged_or_foreign_key_file_is_a_typed_error(settings: Settings, content: bytes) -> None:
    sealed = secrets.seal(settings, KEY)
    _file(settings).write_bytes(content)
    assert _code(settings, sealed) == "secret-key-wrong"


def test_a_key_file_that_is_gone_is_not_made_anew_for_reading(settings: Settings) -> None:
    sealed = secrets.seal(settings, KEY)
    _file(settings).unlink()
    assert _code(settings, sealed) == "secret-key-wrong"
    assert not _file(settings).exists()


def test_a_folder_in_place_of_the_key_file(settings: Settings) -> None:
    sealed = secrets.seal(settings, KEY)
    _file(settings).unlink()
    _file(settings).mkdir(mode=0o700)
    assert _code(settings, sealed) == "secret-key-wrong"


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[:-1],
        lambda s: s[:20] + ("B" if s[20] == "A" else "A") + s[21:],
        lambda s: "",
        lambda s: KEY,
    ],
)
def test_a_sealed_key_that_was_changed_is_a_typed_error(settings: Settings, change: object) -> None:
    sealed = secrets.seal(settings, KEY)
    assert _code(settings, change(sealed)) == "secret-key-wrong"  # type: ignore[operator]


def test_the_environment_s_key_goes_before_the_file(tmp_path: Path) -> None:
    environ = {"INFLOW_HOME": str(tmp_path), "INFLOW_SECRET_KEY": Fernet.generate_key().decode()}
    settings = Settings.from_environment(environ)
    sealed = secrets.seal(settings, KEY)

    assert secrets.unseal(settings, sealed) == KEY
    assert list(tmp_path.iterdir()) == []
    other = Settings.from_environment(environ | {"INFLOW_SECRET_KEY": Fernet.generate_key().decode()})
    with pytest.raises(ConfigError) as refused:
        secrets.unseal(other, sealed)
    assert "INFLOW_SECRET_KEY" in str(refused.value)


@pytest.mark.parametrize("key", ["secret", "é" * 44, "a" * 43 + "="])
def test_an_unusable_key_of_the_environment_is_refused(tmp_path: Path, key: str) -> None:
    settings = Settings.from_environment({"INFLOW_HOME": str(tmp_path), "INFLOW_SECRET_KEY": key})
    try:
        sealed = secrets.seal(settings, KEY)
    except ConfigError as refused:
        assert refused.error_code == "secret-key-wrong"
        assert key not in str(refused)
    else:
        assert secrets.unseal(settings, sealed) == KEY


SEAL = f"""
from freshdesk_core.store import Store, integrations, secrets
print("ready", flush=True)
sys.stdin.readline()
print(secrets.seal(settings, {KEY!r}), flush=True)
"""


def test_processes_that_seal_at_once_use_one_key(unmade: Settings) -> None:
    programs = [start(unmade.home, SEAL) for _ in range(4)]
    for program in programs:
        assert said(program) == "ready"
    for program in programs:
        program.stdin.write("go\n")  # type: ignore[union-attr]
        program.stdin.flush()  # type: ignore[union-attr]
    sealed = [said(program) for program in programs]
    assert [ended(program) for program in programs] == [(0, "")] * 4

    assert [secrets.unseal(unmade, one) for one in sealed] == [KEY] * 4
    assert [file.name for file in unmade.home.iterdir()] == [secrets.KEY_FILE]


def test_a_file_system_without_hard_links_has_a_key_file_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    sealed = secrets.seal(settings, KEY)
    assert secrets.unseal(settings, sealed) == KEY
    assert stat.S_IMODE(_file(settings).stat().st_mode) == 0o600


def test_a_home_that_cannot_be_written_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings.from_environment({"INFLOW_HOME": str(tmp_path / "file" / "home")})
    with pytest.raises(ConfigError) as refused:
        secrets.seal(settings, KEY)
    assert refused.value.error_code == "secret-key-unwritable"


def _with_keys(home: Path, *keys: str) -> Settings:
    return Settings.from_environment({"INFLOW_HOME": str(home), "INFLOW_SECRET_KEY": ", ".join(keys)})


def test_while_the_sealing_key_is_changed_old_and_new_one_open(tmp_path: Path) -> None:
    """The first key seals, all of them open; once everything is sealed anew, the old one can go."""
    old, new, foreign = (Fernet.generate_key().decode() for _ in range(3))
    before = secrets.seal(_with_keys(tmp_path, old), KEY)

    during = _with_keys(tmp_path, new, old)
    sealed = secrets.seal(during, KEY)
    assert secrets.unseal(during, before) == secrets.unseal(during, sealed) == KEY

    assert secrets.unseal(_with_keys(tmp_path, new), sealed) == KEY
    assert _code(_with_keys(tmp_path, new), before) == "secret-key-wrong"
    assert _code(_with_keys(tmp_path, foreign), sealed) == "secret-key-wrong"


def test_one_key_of_several_that_is_none_is_a_typed_error(tmp_path: Path) -> None:
    sealed = secrets.seal(_with_keys(tmp_path, Fernet.generate_key().decode()), KEY)
    assert _code(_with_keys(tmp_path, Fernet.generate_key().decode(), "short"), sealed) == "secret-key-wrong"
    assert _code(_with_keys(tmp_path, ",", " "), sealed) == "secret-key-wrong"


def test_a_key_file_may_hold_the_old_key_below_the_new_one(settings: Settings) -> None:
    sealed = secrets.seal(settings, KEY)
    old = _file(settings).read_text()
    _file(settings).write_text(f"{Fernet.generate_key().decode()}\n{old}\n")
    assert secrets.unseal(settings, sealed) == KEY


def test_sealing_anew_lets_the_old_key_go(settings: Settings) -> None:
    """Every stored key is sealed with the first sealing key; what cannot be opened changes nothing."""
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    here = dataclasses.replace(settings, secret_key=old)
    store = Store.open(here)
    with store.write() as connection:
        for name in ("One", "Other"):
            integrations.add(
                connection,
                here,
                name=name,
                domain="desk.freshdesk.com",
                api_key=KEY + name,
                time_zone="UTC",
                since=None,
            )
    with pytest.raises(ConfigError), store.write() as connection:
        integrations.reseal(connection, dataclasses.replace(settings, secret_key=new))
    with store.write() as connection:
        assert integrations.reseal(connection, dataclasses.replace(settings, secret_key=f"{new},{old}")) == 2

    after = dataclasses.replace(settings, secret_key=new)
    with store.read() as connection:
        opened = [secrets.unseal(after, one.key_sealed) for one in integrations.all_of(connection)]
    store.close()
    assert opened == [KEY + "One", KEY + "Other"]
