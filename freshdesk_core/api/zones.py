"""Freshdesk's time-zone names, which are Rails's, as IANA names."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Most of Rails's names are the city of the IANA zone; "_" stands for a blank in both.
_CITIES = {
    "Africa": "Cairo Casablanca Harare Monrovia Nairobi",
    "America": "Bogota Caracas Chihuahua La_Paz Lima Mazatlan Mexico_City Montevideo Monterrey Puerto_Rico "
    "Santiago Tijuana",
    "Asia": "Almaty Baghdad Baku Bangkok Dhaka Hong_Kong Irkutsk Jakarta Jerusalem Kabul Kamchatka "
    "Karachi Kathmandu Kolkata Krasnoyarsk Kuala_Lumpur Kuwait Magadan Muscat Novosibirsk Riyadh Seoul "
    "Singapore Srednekolymsk Taipei Tashkent Tbilisi Tehran Tokyo Ulaanbaatar Urumqi Vladivostok "
    "Yakutsk Yerevan",
    "Atlantic": "Azores",
    "Australia": "Adelaide Brisbane Darwin Hobart Melbourne Perth Sydney",
    "Europe": "Amsterdam Athens Belgrade Berlin Bratislava Brussels Bucharest Budapest Copenhagen Dublin "
    "Helsinki Istanbul Kaliningrad Lisbon Ljubljana London Madrid Minsk Moscow Paris Prague Riga Rome Samara "
    "Sarajevo Skopje Sofia Stockholm Tallinn Vienna Vilnius Volgograd Warsaw Zagreb Zurich",
    "Pacific": "Auckland Fiji Guam Port_Moresby",
}

_OTHERS = {
    "Abu Dhabi": "Asia/Muscat",
    "Alaska": "America/Juneau",
    "American Samoa": "Pacific/Pago_Pago",
    "Arizona": "America/Phoenix",
    "Astana": "Asia/Dhaka",  # Rails's choice, an hour off since 2024; Freshdesk's days follow Rails
    "Atlantic Time (Canada)": "America/Halifax",
    "Beijing": "Asia/Shanghai",
    "Bern": "Europe/Zurich",
    "Brasilia": "America/Sao_Paulo",
    "Buenos Aires": "America/Argentina/Buenos_Aires",
    "Canberra": "Australia/Melbourne",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Central America": "America/Guatemala",
    "Central Time (US & Canada)": "America/Chicago",
    "Chatham Is.": "Pacific/Chatham",
    "Chennai": "Asia/Kolkata",
    "Chongqing": "Asia/Shanghai",
    "Eastern Time (US & Canada)": "America/New_York",
    "Edinburgh": "Europe/London",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Georgetown": "America/Guyana",
    "Greenland": "America/Nuuk",
    "Guadalajara": "America/Mexico_City",
    "Hanoi": "Asia/Bangkok",
    "Hawaii": "Pacific/Honolulu",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "International Date Line West": "Pacific/Pago_Pago",
    "Islamabad": "Asia/Karachi",
    "Kyiv": "Europe/Kyiv",
    "Marshall Is.": "Pacific/Majuro",
    "Mid-Atlantic": "Atlantic/South_Georgia",
    "Midway Island": "Pacific/Pago_Pago",
    "Mountain Time (US & Canada)": "America/Denver",
    "Mumbai": "Asia/Kolkata",
    "New Caledonia": "Pacific/Noumea",
    "New Delhi": "Asia/Kolkata",
    "Newfoundland": "America/St_Johns",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Osaka": "Asia/Tokyo",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Pretoria": "Africa/Johannesburg",
    "Quito": "America/Lima",
    "Rangoon": "Asia/Yangon",
    "Samoa": "Pacific/Apia",
    "Sapporo": "Asia/Tokyo",
    "Saskatchewan": "America/Regina",
    "Solomon Is.": "Pacific/Guadalcanal",
    "Sri Jayawardenepura": "Asia/Colombo",
    "St. Petersburg": "Europe/Moscow",
    "Tokelau Is.": "Pacific/Fakaofo",
    "UTC": "UTC",
    "Wellington": "Pacific/Auckland",
    "West Central Africa": "Africa/Algiers",
    # Names of earlier Rails versions, which old accounts may still carry.
    "Kiev": "Europe/Kyiv",
    "Ulaan Bataar": "Asia/Ulaanbaatar",
}

RAILS_ZONES: dict[str, str] = _OTHERS | {
    city.replace("_", " "): f"{region}/{city}"
    for region, cities in _CITIES.items()
    for city in cities.split()
}


def iana_zone(name: str | None) -> str | None:
    """Name the IANA zone of an account's time zone; None for a name that nobody knows.

    >>> iana_zone("Eastern Time (US & Canada)"), iana_zone("Europe/Madrid"), iana_zone("Atlantis")
    ('America/New_York', 'Europe/Madrid', None)
    """
    if not name:
        return None
    zone = RAILS_ZONES.get(name.strip(), name.strip())
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
