"""Queues: offered contacts per Tickets and Replies queue; down to the single contacts."""

from ui import address, queue_detail, queue_list

opened = address.queue()
if opened:
    queue_detail.draw(opened)
else:
    queue_list.draw()
