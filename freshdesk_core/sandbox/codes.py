"""Freshdesk's numbers: ticket sources, conversation sources and categories, statuses, associations."""

from typing import Final

# Ticket sources. 101 is the account's own ("Partner desk"), 137 was deleted from its choices.
EMAIL: Final = 1
PORTAL: Final = 2
PHONE: Final = 3
TWITTER: Final = 5
FACEBOOK: Final = 6
CHAT: Final = 7
FEEDBACK_WIDGET: Final = 9
OUTBOUND_EMAIL: Final = 10
ECOMMERCE: Final = 11
BOT: Final = 12
WHATSAPP: Final = 13
INTERNAL_TASK: Final = 14
WEB_CHAT: Final = 15
WEB_FORM: Final = 16
INSTAGRAM: Final = 17
INSTAGRAM_COMMENT: Final = 18
FACEBOOK_MESSAGE: Final = 19
FACEBOOK_COMMENT: Final = 20
MOBILE_CHAT: Final = 21
SMS: Final = 22
PARTNER_DESK: Final = 101
FORGOTTEN_SOURCE: Final = 137

SOURCE_CHOICES: Final[dict[str, int]] = {
    "Email": EMAIL,
    "Portal": PORTAL,
    "Phone": PHONE,
    "Forum": 4,
    "Twitter": TWITTER,
    "Facebook": FACEBOOK,
    "Chat": CHAT,
    "MobiHelp": 8,
    "Feedback Widget": FEEDBACK_WIDGET,
    "Outbound Email": OUTBOUND_EMAIL,
    "Ecommerce": ECOMMERCE,
    "Bot": BOT,
    "WhatsApp": WHATSAPP,
    "Chat - Internal Task": INTERNAL_TASK,
    "Web Chat": WEB_CHAT,
    "Web Form": WEB_FORM,
    "Instagram": INSTAGRAM,
    "Instagram Comment": INSTAGRAM_COMMENT,
    "Facebook Message": FACEBOOK_MESSAGE,
    "Facebook Comment": FACEBOOK_COMMENT,
    "Mobile Chat SDK": MOBILE_CHAT,
    "SMS": SMS,
    "Partner desk": PARTNER_DESK,
}

OPEN: Final = 2
PENDING: Final = 3
RESOLVED: Final = 4
CLOSED: Final = 5
WAITING_ON_CUSTOMER: Final = 6

STATUS_CHOICES: Final[dict[str, list[str]]] = {
    "2": ["Open", "Being Processed"],
    "3": ["Pending", "Awaiting your Reply"],
    "4": ["Resolved", "This ticket has been Resolved"],
    "5": ["Closed", "This ticket has been Closed"],
    "6": ["Waiting on Customer", "Awaiting your Reply"],
    "7": ["Waiting on Third Party", "Being Processed"],
}

PRIORITY_CHOICES: Final[dict[str, int]] = {"Low": 1, "Medium": 2, "High": 3, "Urgent": 4}
TYPE_CHOICES: Final[list[str]] = ["Question", "Incident", "Problem", "Feature Request", "Refund"]

# Conversation sources: a number space of their own.
REPLY: Final = 0
NOTE: Final = 2
FROM_TWEET: Final = 5
FROM_SURVEY: Final = 6
FROM_FACEBOOK: Final = 7
FORWARD: Final = 8
FROM_PHONE: Final = 9
FROM_SHOP: Final = 11
FROM_WHATSAPP: Final = 13
FROM_BOT: Final = 15
CHAT_MESSAGE: Final = 20

# Conversation categories.
BY_CUSTOMER: Final = 1
BY_AGENT_PRIVATELY: Final = 2
BY_AGENT: Final = 3
BY_AUTOMATION: Final = 5
BY_THIRD_PARTY: Final = 6
BY_SURVEY: Final = 7

# Association types.
PARENT: Final = 1
CHILD: Final = 2
TRACKER: Final = 3
RELATED: Final = 4
