"""What the tests of secrets share: a store full of a sandbox's tickets, and the app's pages on it."""

import base64
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.testing.v1 import AppTest

from ui import login

APP = Path(__file__).resolve().parents[2] / "app.py"
PAGES = sorted(f"pages/{file.name}" for file in (APP.parent / "pages").glob("*.py"))


AUTH = """
[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "{secret}"
client_id = "inflow"
client_secret = "made up"
server_metadata_url = "http://127.0.0.1:1/.well-known/openid-configuration"
"""


def begin_anew(files: list[str]) -> None:
    """Have Streamlit read its secrets from these files, as a new process would."""
    config.set_option("secrets.files", files)
    secrets_singleton._reset()
    login.is_configured.cache_clear()


def spellings(secret: str) -> set[str]:
    """The ways in which a secret could be found: as it is, in base64 (also as a login), in hex, in a URL."""
    data = secret.encode()
    logins = [f"{secret}:X".encode(), f":{secret}".encode()]
    # Base64 of a text that begins elsewhere in a block of three bytes shares only its middle.
    shifted = [base64.b64encode(b"x" * shift + data)[4 + 4 * (shift > 0) : -4] for shift in range(3)]
    coded = [base64.b64encode(one) for one in (data, *logins)] + shifted
    return {secret, quote(secret, safe=""), data.hex(), *(one.decode() for one in coded)} - {""}


def on_screen(app: AppTest) -> str:
    """Everything that the server has sent to the browser for a page, and what its widgets hold."""
    parts: list[str] = []
    waiting = [app._tree]
    while waiting:
        node = waiting.pop()
        waiting += getattr(node, "children", {}).values()
        parts.append(str(getattr(node, "proto", "")))
    return "\n".join(parts) + str(app.query_params) + str(app.session_state._state.filtered_state)


def shown_pages(names: Iterable[str] = PAGES) -> str:
    """Everything that a viewer is sent who opens one page after the other."""
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    return "\n".join([on_screen(app), *(on_screen(app.switch_page(name).run()) for name in names)])


def contents(folder: Path) -> bytes:
    """The bytes of every file in a folder."""
    return b"\n".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def found(secrets: Iterable[str], *told: str | bytes) -> set[str]:
    """The spellings of secrets that stand somewhere."""
    texts = [text.decode("latin-1") if isinstance(text, bytes) else text for text in told]
    return {one for secret in secrets for one in spellings(secret) if any(one in text for text in texts)}
