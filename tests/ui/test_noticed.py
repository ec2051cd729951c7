"""What was noticed of an integration stands on its page, in words: nobody has to ask for it."""

import json
import time

from sqlalchemy import insert

from freshdesk_core.store import schema
from tests.test_health import lease, run
from tests.ui.test_integrations import words
from tests.volumes.account import Account

FIRST_MISS = 1_795_260_300  # 2026-11-21 12:25 in Amsterdam


def test_what_was_noticed_stands_on_the_integration_s_page(open_app, store):
    """Answers of another shape, a source whose conversations are all read; what is waited for, once."""
    account = Account(store)
    noticed = {"notices": {"unknown": ["ticket.mood"], "missing": ["conversation.incoming"]}}
    run(store, account.integration_id, outcome="complete", phase="ended", error_figures=json.dumps(noticed))
    waits = {"domain": "acme.freshdesk.com", "until": "11:25 UTC", "until_at": FIRST_MISS}
    run(store, account.integration_id, error_code="limit-reached", error_figures=json.dumps(waits))
    lease(store, account.integration_id, int(time.time()) + 600)
    off = {"source": 2, "sampled": 40, "missed": 3, "is_off": True, "off_at": FIRST_MISS}
    with store.write() as connection:
        connection.execute(insert(schema.shortcuts).values(integration_id=account.integration_id, **off))

    app = open_app("pages/integrations.py", account=str(account.integration_id))

    text = words(app)
    assert "3 of 40 conversations of source portal" in text
    assert "2026-11-21 12:25" in text
    assert "ticket.mood" in text
    assert "conversation.incoming" in text
    assert text.count("limit of calls") == 1
    assert not app.error
    assert not app.exception
