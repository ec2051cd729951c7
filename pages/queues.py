"""Queues: offered contacts per Tickets and Replies queue; down to the single contacts."""

from ui import queue_detail, queue_list

queue_detail.draw_opened()
queue_list.draw()
