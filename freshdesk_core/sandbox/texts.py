"""Made-up persons and sentences: the personal data that real answers carry in their free text.

Everything is a pure function of an id, so that a world of any size costs nothing to write. All addresses
end in ``example.com`` or another reserved name, all phone numbers are in ranges kept for fiction.
"""

from functools import lru_cache


def _words(text: str, separator: str = " ") -> tuple[str, ...]:
    return tuple(text.split(separator))


FIRST_NAMES = _words(
    "Ann Ben Carla Dirk Elena Femke Gustav Hanna Igor Jana Karim Lena Marta Nils Olga Pilar Quentin Rosa "
    "Stefan Tereza Ute Víctor Wiebke Xenia Yusuf Zoë Aylin Björn Chloé Daan Emre Fatima Georg Hugo Inés Jo"
)
LAST_NAMES = _words(
    "Abel Bakker Castillo Dijkstra Engel Fischer García Hoekstra Ibáñez Jansen Köhler Lindqvist Müller Novak "
    "Ortega Petrov Quist Romero Schäfer Tanaka Ullmann Visser Weber Yılmaz Ziegler Aydın Brandt Costa Demir"
)
THINGS = _words(
    "invoice, parcel, coffee grinder, subscription, login, refund, order, router, voucher, delivery date, "
    "contract, warranty, kettle, exchange, meter reading, app, spare part, appointment, discount, bike lock",
    ", ",
)
TROUBLES = _words(
    "has not arrived, is wrong, does not work any more, was charged twice, is missing a part, shows a fault, "
    "needs to be changed, came damaged, cannot be found, is too late, stops at 82 °C, was cancelled – why?",
    ", ",
)
ASKS = (
    "Could you please check this?",
    "Please call me back, mornings are best.",
    "What can we do about it?",
    "I would like my money back.",
    "Thank you for your help! 🙂",
    "This is the second time I am writing.",
)
ANSWERS = (
    "I have looked into it and sent a replacement today.",
    "Could you tell us the order number, please?",
    "The refund will be on your account within five days.",
    "A colleague of mine will call you this afternoon.",
    "We are sorry for the trouble. It is solved now.",
    "Please restart it once and tell us what it shows.",
)


@lru_cache(maxsize=65_536)
def name(person_id: int) -> str:
    """The person's full name."""
    first = FIRST_NAMES[person_id * 7 % len(FIRST_NAMES)]
    return f"{first} {LAST_NAMES[person_id * 11 % len(LAST_NAMES)]}"


@lru_cache(maxsize=65_536)
def email(person_id: int) -> str:
    """The person's address."""
    plain = name(person_id).lower().encode("ascii", "ignore").decode().replace(" ", ".")
    return f"{plain}.{person_id % 100_000}@example.com"


@lru_cache(maxsize=65_536)
def sender(person_id: int) -> str:
    """Name and address, as in a mail's From."""
    return f"{name(person_id)} <{email(person_id)}>"


def phone(person_id: int) -> str:
    """The person's phone number."""
    return f"+49 30 23125 {person_id % 1000:03d}"


def subject(ticket_id: int) -> str:
    """What the ticket is about."""
    return f"My {_pick(THINGS, ticket_id)} {_pick(TROUBLES, ticket_id // 3)}"


def description(ticket_id: int, requester_id: int) -> str:
    """The opening message."""
    trouble, ask = subject(ticket_id).replace("My", "my", 1), _pick(ASKS, ticket_id // 5)
    order, caller = ticket_id * 37 % 899_999, phone(requester_id)
    return f"Hello, {trouble} (order {order}). {ask} My number is {caller}. {name(requester_id)}"


def message(conversation_id: int, person_id: int | None, incoming: bool) -> str:
    """The text of a conversation, by a customer or by the desk."""
    if person_id is None:
        return "Hello! How can we help you today?"
    if incoming:
        trouble = f"The {_pick(THINGS, conversation_id)} {_pick(TROUBLES, conversation_id // 7)}"
        return f"{trouble}. {_pick(ASKS, conversation_id // 3)} {name(person_id)}, {phone(person_id)}"
    return f"{_pick(ANSWERS, conversation_id)} Best regards, {name(person_id)}"


def _pick(words: tuple[str, ...] | list[str], number: int) -> str:
    return words[number * 2_654_435_761 % 4_294_967_296 % len(words)]
