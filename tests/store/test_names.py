"""Names as hostile as they come: nothing is executed, nothing refused, every byte comes back."""

import random

from sqlalchemy import select

from freshdesk_core.importing.names import save_groups
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, schema

PIECES = (
    *(
        "'",
        '"',
        "''",
        "`",
        ";--",
        "'; DROP TABLE tickets;--",
        "\\",
        "\\'",
        "%",
        "_",
        "%s",
        ":name",
        "?",
        "{x}",
    ),
    *("\x00", "\x01", "\x1b", "\x1b0", "\x7f", "\u0080", "\ufeff", "\ufffe", "\u200b", "\u202e", "\u2066"),
    *(
        "é",
        "e\u0301",
        "ß",
        "İ",
        "ǆ",
        "Ω",
        "Ω",
        "漢字",
        "🇳🇱",
        "👩‍👩‍👧",
        "\U0010ffff",
        "<script>",
        "=1+1",
        "@x",
    ),
    *("NULL", "true", "0", "-1", "1e999", "\u00adsoft", "名前", "عربى", "A" * 300),
)


def _hostile_names(count: int) -> list[str]:
    """The same names each time: pieces alone, then mixed, one in fifty of them 10 kB long."""
    dice = random.Random(78)
    names = [f"{n}{piece}" for n, piece in enumerate(PIECES)]
    while len(names) < count:
        name = f"{len(names)}" + "".join(dice.choices(PIECES, k=dice.randint(2, 6)))
        names.append((name * 10_000)[:10_000] if len(names) % 50 == 0 else name)
    return names


def test_a_thousand_names_of_groups_come_back_to_the_byte(store: Store, settings: Settings) -> None:
    names = dict(enumerate(_hostile_names(1_000), 1))
    with store.write() as connection:
        one = integrations.add(
            connection,
            settings,
            name="Desk",
            domain="desk.freshdesk.com",
            api_key="k",
            time_zone="UTC",
            since=None,
        )
        save_groups(connection, one.integration_id, names)
    with store.read() as connection:
        rows = connection.execute(select(schema.groups.c.group_id, schema.groups.c.name)).all()
        assert connection.execute(select(schema.tickets)).all() == []  # the table is still there
    back = {group_id: name.encode("utf-8") for group_id, name in rows}
    assert back == {group_id: name.encode("utf-8") for group_id, name in names.items()}


def test_so_do_names_of_integrations_and_are_found_by_them(store: Store, settings: Settings) -> None:
    """A name's blanks are made single, so that two that look alike are one; everything else stays."""
    names = [name for name in _hostile_names(150) if name == " ".join(name.split()) and len(name) <= 100]
    assert len(names) > 100
    for name in names:
        with store.write() as connection:
            integrations.add(
                connection,
                settings,
                name=name,
                domain="desk.freshdesk.com",
                api_key="k",
                time_zone="UTC",
                since=None,
            )
    with store.read() as connection:
        kept = [one.name.encode("utf-8") for one in integrations.all_of(connection)]
        found = [integrations.named(connection, f"  {name}\t").name for name in names]
    assert kept == [name.encode("utf-8") for name in names]
    assert found == names
