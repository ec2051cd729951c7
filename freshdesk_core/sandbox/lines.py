"""What comes in where: each group's ways in, with their share and their weekly and daily shape."""

from typing import Final, NamedTuple

from freshdesk_core.sandbox import codes

GROUP_BASE: Final = 43_000_000_000
CUSTOMER_SERVICE, BILLING, TECHNICAL, RETURNS, SALES, VIP, LOGISTICS, FIELD, COMMUNITY, CAMPAIGN_DESK = (
    GROUP_BASE + number for number in range(1, 11)
)
GROUP_NAMES: Final[dict[int, str]] = {
    CUSTOMER_SERVICE: "CustomerService",
    BILLING: "Billing",
    TECHNICAL: "Second Line",
    RETURNS: "Returns",
    SALES: "Sales",
    VIP: "VIP",
    LOGISTICS: "Logistics",
    FIELD: "Field Service",
    COMMUNITY: "Social Media & Community",
    CAMPAIGN_DESK: "Launch Desk",
}
# Where a ticket that came to the wrong desk usually goes.
MOVES: Final[dict[int | None, tuple[int, ...]]] = {
    None: (CUSTOMER_SERVICE, CUSTOMER_SERVICE, BILLING, TECHNICAL),
    CUSTOMER_SERVICE: (BILLING, TECHNICAL, RETURNS, LOGISTICS, VIP),
    BILLING: (CUSTOMER_SERVICE, RETURNS),
    TECHNICAL: (FIELD, CUSTOMER_SERVICE),
    RETURNS: (LOGISTICS, CUSTOMER_SERVICE),
    SALES: (CUSTOMER_SERVICE, VIP),
}
RENAMED_GROUP: Final = (TECHNICAL, "Technical Support")
DELETED_GROUP: Final = CAMPAIGN_DESK


class Line(NamedTuple):
    """One way in: ``weight`` contacts per ordinary Tuesday, relative to the other lines.

    ``week`` and ``hours`` name the shapes below; ``campaign`` is the factor in a campaign week.
    ``until`` (a share of the world's days) is when the line falls silent.
    """

    group_id: int | None
    source: int
    weight: float
    week: str
    hours: str
    campaign: float = 1.0
    until: float = 0.0


# Monday to Sunday.
WEEKS: Final[dict[str, tuple[float, ...]]] = {
    "office": (1.3, 1.0, 0.97, 0.93, 0.8, 0.08, 0.0),
    "mail": (1.3, 1.0, 0.98, 0.95, 0.85, 0.45, 0.4),
    "shop": (1.1, 1.0, 0.95, 0.95, 0.95, 0.8, 0.75),
    "social": (0.95, 0.95, 1.0, 1.0, 1.1, 1.2, 1.15),
}
# Local hours 0 to 23.
HOURS: Final[dict[str, tuple[float, ...]]] = {
    "office": (0, 0, 0, 0, 0, 0, 0, 1, 6, 10, 11, 9, 5, 8, 9, 8, 5, 2, 0, 0, 0, 0, 0, 0),
    "mail": (1, 0.5, 0.4, 0.3, 0.4, 0.8, 2, 4, 8, 10, 9.5, 8, 7, 7.5, 7, 6.5, 6, 5, 4.5, 4, 4, 3.5, 2.5, 1.5),
    "evening": (0.5, 0.2, 0, 0, 0, 0, 0.5, 1, 2.5, 4, 5, 6, 6.5, 5, 4.5, 5, 6, 8, 10, 11.5, 11, 8, 4, 1.5),
    "social": (2, 1, 0.5, 0.3, 0.2, 0.3, 1, 2, 3, 4, 4.5, 5, 6.5, 5.5, 5, 5.5, 6, 7.5, 9, 10, 10, 9, 6.5, 4),
}

LINES: Final[tuple[Line, ...]] = (
    Line(CUSTOMER_SERVICE, codes.EMAIL, 17, "mail", "mail", 1.8),
    Line(CUSTOMER_SERVICE, codes.PHONE, 9, "office", "office", 1.6),
    Line(CUSTOMER_SERVICE, codes.WEB_CHAT, 6, "shop", "evening", 2.2),
    Line(CUSTOMER_SERVICE, codes.CHAT, 2.5, "shop", "evening", 2.0),
    Line(CUSTOMER_SERVICE, codes.WHATSAPP, 3, "social", "evening", 1.8),
    Line(CUSTOMER_SERVICE, codes.WEB_FORM, 3, "mail", "mail", 1.5),
    Line(BILLING, codes.EMAIL, 7, "mail", "mail"),
    Line(BILLING, codes.PORTAL, 3, "mail", "mail"),
    Line(BILLING, codes.PHONE, 3.5, "office", "office"),
    Line(BILLING, codes.OUTBOUND_EMAIL, 1.2, "office", "office"),
    Line(TECHNICAL, codes.PORTAL, 4, "office", "office"),
    Line(TECHNICAL, codes.EMAIL, 5, "mail", "mail"),
    Line(TECHNICAL, codes.WEB_CHAT, 2, "shop", "evening"),
    Line(TECHNICAL, codes.INTERNAL_TASK, 0.9, "office", "office"),
    Line(RETURNS, codes.WEB_FORM, 4, "shop", "mail", 1.6),
    Line(RETURNS, codes.EMAIL, 4, "mail", "mail", 1.4),
    Line(RETURNS, codes.ECOMMERCE, 1.2, "shop", "evening", 2.0),
    Line(SALES, codes.PHONE, 2.5, "office", "office", 2.6),
    Line(SALES, codes.FEEDBACK_WIDGET, 2, "shop", "evening", 2.4),
    Line(SALES, codes.INSTAGRAM, 1.6, "social", "social", 3.0),
    Line(SALES, codes.OUTBOUND_EMAIL, 1.2, "office", "office", 2.0),
    Line(SALES, codes.WEB_CHAT, 1.5, "shop", "evening", 3.0),
    Line(VIP, codes.PHONE, 1.6, "office", "office"),
    Line(VIP, codes.EMAIL, 1.6, "mail", "mail"),
    Line(LOGISTICS, codes.PARTNER_DESK, 2.4, "office", "office", 1.5),
    Line(LOGISTICS, codes.SMS, 1.2, "shop", "mail", 1.5),
    Line(LOGISTICS, codes.EMAIL, 2, "mail", "mail", 1.4),
    Line(FIELD, codes.PHONE, 2.2, "office", "office"),
    Line(FIELD, codes.MOBILE_CHAT, 1, "office", "mail"),
    Line(FIELD, codes.FORGOTTEN_SOURCE, 0.35, "office", "office"),
    Line(COMMUNITY, codes.FACEBOOK_MESSAGE, 1.6, "social", "social", 1.8),
    Line(COMMUNITY, codes.FACEBOOK_COMMENT, 0.9, "social", "social", 1.8),
    Line(COMMUNITY, codes.INSTAGRAM_COMMENT, 0.9, "social", "social", 2.4),
    Line(COMMUNITY, codes.FACEBOOK, 0.5, "social", "social"),
    Line(COMMUNITY, codes.TWITTER, 0.6, "social", "social"),
    Line(CAMPAIGN_DESK, codes.EMAIL, 2.2, "mail", "mail", until=0.45),
    Line(CAMPAIGN_DESK, codes.PHONE, 1.4, "office", "office", until=0.45),
    Line(None, codes.EMAIL, 3, "mail", "mail"),
    Line(None, codes.PORTAL, 1, "mail", "mail"),
)
LIVE_SOURCES: Final = frozenset(
    {
        codes.CHAT,
        codes.WHATSAPP,
        codes.WEB_CHAT,
        codes.INSTAGRAM,
        codes.INSTAGRAM_COMMENT,
        codes.FACEBOOK_MESSAGE,
        codes.FACEBOOK_COMMENT,
        codes.MOBILE_CHAT,
        codes.SMS,
    }
)
