"""Time zone names: one per place, old spellings led to the new one."""

from zoneinfo import available_timezones

import pytest

from config.lib import zones


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Europe/Amsterdam", "Europe/Amsterdam"),  # a place of its own, although the database links it to Brussels
        ("UTC", "UTC"),
    ],
)
def test_known_zones_get_todays_name(typed: str, stored: str):
    assert zones.canonical(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "Etc/../../passwd", "EST5EDT4", "GMT+25", "localtime", "Factory", "x" * 1000, "\x00", "Europe/"]
)
def test_what_is_no_zone_is_refused(typed: str):
    assert zones.canonical(typed) is None


def test_every_name_leads_to_one_that_can_be_stored():
    led = {zones.canonical(name) for name in available_timezones() - zones.NOT_A_PLACE}

    assert led - available_timezones() == set()


def test_the_nearest_city_is_a_hint():
    assert zones.nearest("Europe/Berlinn") == "Europe/Berlin"
    assert zones.nearest("qqqqqqqq") is None
