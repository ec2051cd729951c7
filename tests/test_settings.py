"""What the environment may say, and the sentence for what it may not."""

import pytest

from freshdesk_core.errors import ConfigError
from freshdesk_core.settings import Settings


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("", None),
        ("  ", None),
        ("https://inflow.example.com", "https://inflow.example.com"),
        (" https://inflow.example.com:8443/inflow/ ", "https://inflow.example.com:8443/inflow"),
        ("HTTPS://Inflow.example.com", "HTTPS://Inflow.example.com"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
        ("http://127.0.0.1:8501", "http://127.0.0.1:8501"),
        ("http://localhost:8501", "http://localhost:8501"),
        ("http://[::1]:8501", "http://[::1]:8501"),
    ],
)
def test_an_address_to_which_keys_may_be_sent(said, url):
    assert Settings.from_environment({"INFLOW_PUBLIC_URL": said}).public_url == url


@pytest.mark.parametrize(
    "said",
    [
        *("inflow.example.com", "http://inflow.example.com", "http://10.0.0.1", "ftp://127.0.0.1"),
        *("https://", "https:///events", "https://:443", "https://[::1", "https://inflow.example.com:x"),
        *("https://ann:secret@inflow.example.com", "http://127.0.0.1@evil.example"),
        *("https://inflow.example.com?key=1", "https://inflow.example.com/#here", "https://a b.example"),
        *("https://inflow.example.com\\@evil.example", "https://inflow\n.example.com", "https://a.example`"),
    ],
)
def test_any_other_is_refused_and_not_repeated(said):
    """It might hold a password."""
    with pytest.raises(ConfigError) as refused:
        Settings.from_environment({"INFLOW_PUBLIC_URL": said})

    assert refused.value.error_code == "bad-public-url"
    assert refused.value.figures == {}
    assert "INFLOW_PUBLIC_URL" in str(refused.value)
