"""Live channels: lines within seconds, from both sides, and sometimes a mail afterwards."""

from freshdesk_core.sandbox import codes, shapes, texts
from freshdesk_core.sandbox.seasons import draw
from freshdesk_core.sandbox.story import Story

LINE_LAG = ((0, 4), (0.5, 35), (0.9, 150), (0.985, 700), (1, 3_600))
AGENT_LINE_LAG = ((0, 5), (0.5, 50), (0.85, 240), (1, 1_500))
LATER = ((0, 2_400), (0.5, 9_000), (0.85, 60_000), (1, 400_000))
MAIL_LAG = ((0, 3_600), (0.6, 60_000), (1, 900_000))
ROUNDS = (0.92, 0.45, 0.4, 0.35, 0.3, 0.2)

# The conversation's own code of each channel; those without one come as plain replies.
CHANNEL_CODES = {
    codes.WEB_CHAT: codes.CHAT_MESSAGE,
    codes.WHATSAPP: codes.FROM_WHATSAPP,
    codes.FACEBOOK_MESSAGE: codes.FROM_FACEBOOK,
}


def live_story(story: Story) -> None:
    """A chat, at times taken up again hours later, at times continued by mail."""
    if story.source == codes.WEB_CHAT:
        _greet(story)
    _chat(story)
    if story.chance(0.22):
        story.wait(LATER)
        _line(story, incoming=True)
        _chat(story)
    if story.chance(0.6):
        story.do("assign", story.agent_id)
    if story.chance(0.35):
        story.say(shapes.private_note(story.next_id(), story.ticket_id, story.at, story.agent_id))
    story.set_status(codes.RESOLVED)
    if story.chance(0.09):
        story.wait(MAIL_LAG)
        story.say(shapes.customer_mail(story.next_id(), story.ticket_id, story.at, story.requester_id))
        story.wait_for_agent(MAIL_LAG)
        story.say(
            shapes.agent_mail(story.next_id(), story.ticket_id, story.at, story.agent_id, story.requester_id)
        )
        story.set_status(codes.RESOLVED)


def _greet(story: Story) -> None:
    """The bot greets, then the opening message comes once more, as a conversation."""
    story.say(shapes.bot_greeting(story.next_id(), story.ticket_id, story.at))
    story.wait_until(story.at + 1)
    row = shapes.line(
        story.next_id(), story.ticket_id, story.at, story.requester_id, True, codes.CHAT_MESSAGE
    )
    story.say(row._replace(body=texts.description(story.ticket_id, story.requester_id)))


def _chat(story: Story) -> None:
    """The agent answers, the customer answers, until one of them has had enough."""
    for share in ROUNDS:
        if not story.chance(share):
            break
        story.wait_until(story.at + 1 + draw(story.rng, AGENT_LINE_LAG))
        _line(story, incoming=False)
        if story.chance(0.75):
            story.wait_until(story.at + 1 + draw(story.rng, LINE_LAG))
            _line(story, incoming=True)


def _line(story: Story, *, incoming: bool) -> None:
    person = story.requester_id if incoming else story.agent_id
    code = CHANNEL_CODES.get(story.source, codes.REPLY)
    story.say(shapes.line(story.next_id(), story.ticket_id, story.at, person, incoming, code))
