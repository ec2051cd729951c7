"""Every name that Freshdesk may give for a zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from freshdesk_core.api.zones import RAILS_ZONES, iana_zone


@pytest.mark.parametrize("name", sorted(RAILS_ZONES))
def test_every_name_leads_to_a_zone_with_data(name):
    assert ZoneInfo(iana_zone(name)).utcoffset(datetime(2026, 1, 1, tzinfo=UTC)) is not None


def test_all_151_names_of_rails_are_known_and_two_former_ones():
    assert len(RAILS_ZONES) == 153


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        ("Kathmandu", "Asia/Kathmandu"),
        ("La Paz", "America/La_Paz"),
        ("Nuku'alofa", "Pacific/Tongatapu"),
        ("UTC", "UTC"),
        ("Australia/Lord_Howe", "Australia/Lord_Howe"),
        ("Atlantis", None),
        ("../etc/passwd", None),
        ("", None),
        (None, None),
        ("Europe", None),
    ],
)
def test_names(name, zone):
    assert iana_zone(name) == zone
