"""What happens under a ticket, by the way it came in."""

from freshdesk_core.sandbox import codes, shapes
from freshdesk_core.sandbox.chats import live_story
from freshdesk_core.sandbox.lines import LIVE_SOURCES, MOVES
from freshdesk_core.sandbox.records import Conversation
from freshdesk_core.sandbox.seasons import HOUR
from freshdesk_core.sandbox.story import Story

# Lags in seconds as quantiles.
FIRST_ANSWER = ((0, 90), (0.25, 1_500), (0.5, 8_000), (0.8, 28_000), (0.95, 100_000), (1, 500_000))
NEXT_ANSWER = ((0, 60), (0.5, 5_000), (0.85, 36_000), (1, 350_000))
CUSTOMER_LAG = (
    (0, 80), (0.3, 2_400), (0.6, 18_000), (0.8, 94_000), (0.93, 350_000), (0.98, 1_200_000), (1, 4_300_000),
)  # fmt: skip
SOON = ((0, 4), (0.8, 40), (1, 600))
HOURS_LATER = ((0, 600), (0.7, 14_000), (1, 190_000))
DAYS_LATER = ((0, 3_600), (0.6, 90_000), (1, 900_000))
WEEK_LATER = ((0, 500_000), (1, 800_000))
ROUNDS = (0.47, 0.4, 0.36, 0.33, 0.3, 0.25, 0.2)
TAGS = ("vip", "repeat", "invoice", "damaged", "urgent")


def tell(story: Story) -> None:
    """Write the story from its opening to its closing."""
    if story.source in LIVE_SOURCES:
        live_story(story)
    elif story.source == codes.PHONE:
        _call(story)
    elif story.source == codes.INTERNAL_TASK:
        _task(story)
    elif story.source == codes.OUTBOUND_EMAIL:
        _outbound(story)
    else:
        _correspondence(story)
    _afterwards(story)
    story.finish()


def _correspondence(story: Story) -> None:
    """E-mail, portal, forms, posts: question, answer, and perhaps again."""
    story.wait(SOON)
    if story.chance(0.16):
        story.say(shapes.acknowledgement(*_row(story), story.requester_id))
    _triage(story)
    _escalate_if_late(story, story.wait_for_agent(FIRST_ANSWER))
    if story.chance(0.035):
        return
    _consult(story)
    _answer(story)
    for share in ROUNDS:
        if not story.chance(share):
            break
        story.wait(CUSTOMER_LAG)
        _customer_answers(story)
        if story.chance(0.88):
            story.wait_for_agent(NEXT_ANSWER)
            _answer(story)


def _call(story: Story) -> None:
    """The agent logs the call, often solves it at once, sometimes writes afterwards."""
    story.wait(SOON)
    if story.chance(0.75):
        story.say(shapes.private_note(*_row(story), story.agent_id))
    _triage(story)
    if story.chance(0.62):
        story.set_status(codes.RESOLVED)
    if story.chance(0.07):
        story.wait(HOURS_LATER)
        story.say(shapes.line(*_row(story), story.requester_id, True, codes.FROM_PHONE))
    if story.chance(0.08):
        story.wait_for_agent(HOURS_LATER)
        story.say(shapes.public_note(*_row(story), story.agent_id))
    if story.chance(0.4):
        story.wait_for_agent(NEXT_ANSWER)
        _answer(story)
        if story.chance(0.35):
            story.wait(CUSTOMER_LAG)
            _customer_answers(story)
            story.wait_for_agent(NEXT_ANSWER)
            _answer(story)
    if story.status == codes.OPEN and story.chance(0.95):
        story.wait_for_agent(HOURS_LATER)
        story.set_status(codes.RESOLVED)


def _task(story: Story) -> None:
    """An internal task: notes, then done."""
    for _ in range(story.pick((1, 1, 2, 3))):
        story.wait_for_agent(HOURS_LATER)
        story.say(shapes.private_note(*_row(story), story.agent_id))
    story.set_status(codes.RESOLVED)


def _outbound(story: Story) -> None:
    """An agent writes first; some customers answer."""
    story.wait(SOON)
    story.set_status(codes.PENDING)
    if story.chance(0.45):
        story.wait(CUSTOMER_LAG)
        _customer_answers(story)
        story.wait_for_agent(NEXT_ANSWER)
    if story.chance(0.5):
        story.say(shapes.agent_mail(*_row(story), story.agent_id, story.requester_id))
    story.wait_for_agent(HOURS_LATER)
    story.set_status(codes.RESOLVED)


def _triage(story: Story) -> None:
    """Tags, the right group, the right source."""
    if story.chance(0.35):
        story.wait(SOON)
        story.do("bump", story.pick(TAGS))
    if story.group_id in MOVES and story.chance(0.1):
        story.wait(HOURS_LATER)
        story.do("move", story.pick(MOVES[story.group_id]))
    if story.source == codes.EMAIL and story.chance(0.008):
        story.do("change_source", codes.PHONE)


def _consult(story: Story) -> None:
    """Notes among colleagues, and questions to third parties."""
    if story.chance(0.3):
        story.say(shapes.private_note(*_row(story), story.agent_id))
    if story.chance(0.04):
        story.say(shapes.inbound_note(*_row(story), story.agent_id))
    if story.chance(0.07):
        story.wait(SOON)
        story.say(shapes.forward(*_row(story), story.agent_id))
        if story.chance(0.7):
            story.wait_for_agent(NEXT_ANSWER)
            story.say(shapes.third_party_answer(*_row(story)))
            story.wait_for_agent(HOURS_LATER)


def _answer(story: Story) -> None:
    """The agent answers, and resolves the ticket or waits for the customer."""
    if story.chance(0.5):
        story.do("assign", story.agent_id)
        story.wait(SOON)
    if story.chance(0.04):
        story.say(shapes.rule_mail(*_row(story), story.agent_id, story.requester_id))
    else:
        story.say(_agents_words(story))
    if story.chance(0.1):
        story.wait(SOON)
        story.say(shapes.public_note(*_row(story), story.agent_id))
    if story.chance(0.04):
        story.say(shapes.out_of_office(*_row(story), story.requester_id))
    story.set_status(codes.RESOLVED if story.chance(0.72) else codes.PENDING)


def _agents_words(story: Story) -> Conversation:
    code = _channel_code(story)
    if code is not None and story.chance(0.8):
        return shapes.line(*_row(story), story.agent_id, False, code)
    return shapes.agent_mail(*_row(story), story.agent_id, story.requester_id)


def _customer_answers(story: Story) -> None:
    """Mostly by mail; by the portal, the post's channel, a chat window, or through someone in CC."""
    person, code = story.requester_id, _channel_code(story)
    if code is not None and story.chance(0.7):
        story.say(shapes.line(*_row(story), person, True, code))
    elif story.chance(0.6 if story.source == codes.PORTAL else 0.04):
        story.say(shapes.portal_reply(*_row(story), person))
    elif story.chance(0.03):
        for lag in range(story.pick((1, 2, 3))):
            story.wait_until(story.at + 45 * lag)
            story.say(shapes.line(*_row(story), person, True, codes.CHAT_MESSAGE))
    else:
        writer = person + 7 if story.chance(0.06) else person
        story.say(shapes.customer_mail(*_row(story), writer))


def _channel_code(story: Story) -> int | None:
    return {
        codes.TWITTER: codes.FROM_TWEET,
        codes.FACEBOOK: codes.FROM_FACEBOOK,
        codes.ECOMMERCE: codes.FROM_SHOP,
    }.get(story.source)


def _escalate_if_late(story: Story, answered_at: int) -> None:
    """The SLA job marks a ticket that waits for more than eight hours, at the next ten minutes."""
    late_at = -(-(story.opened_at + 8 * HOUR) // 600) * 600
    if late_at < answered_at:
        story.do("bump", None, at=late_at)


def _afterwards(story: Story) -> None:
    """Forgotten ones resolved, surveys, edited and deleted rows, late tags."""
    if story.status == codes.PENDING and story.chance(0.85):
        story.wait(WEEK_LATER)
        story.set_status(codes.RESOLVED)
    if story.status == codes.RESOLVED and story.chance(0.07):
        story.wait(HOURS_LATER)
        story.say(shapes.survey_feedback(*_row(story), story.requester_id))
    rows = [event.detail.id for event in story.events if event.act == "converse"]
    if rows and story.chance(0.03):
        story.wait(HOURS_LATER)
        story.do(story.pick(("edit", "edit", "remove")), rows[-1])
    for _ in range(int(story.rng.random() * 3.3)):
        story.wait(DAYS_LATER)
        story.do("bump")


def _row(story: Story) -> tuple[int, int, int]:
    return story.next_id(), story.ticket_id, story.at
