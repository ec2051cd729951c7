"""What a key was found to be short of stays on the page of its integration."""

import pytest

from freshdesk_core.store import integrations
from tests.ui.test_integrations import words

pytestmark = pytest.mark.sqlite


def test_a_kept_warning_says_its_figures(open_app, account):
    """As the test of the key said it; a page that is opened later knows nothing but the store."""
    kept = {"plan-trial": {"calls": 50}, "zone-unnamed": {"name": "Middle Earth"}, "scope-not-global": {}}
    with account.store.write() as connection:
        integrations.note_shortcomings(connection, account.integration_id, list(kept), kept)
    app = open_app("pages/integrations.py")
    app.query_params["account"] = str(account.integration_id)
    said = words(app.run())
    assert "on trial: 50 calls a minute" in said
    assert "Middle Earth" in said
    assert "does not see all tickets" in said
    assert "(calls)" not in said
    assert "(name)" not in said
