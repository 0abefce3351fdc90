"""Puts what was decided into queues, confirmed by RabbitMQ; read `courier.py` first. Nothing here decides."""

from zegel_broker.deliver.courier import Courier, NotDelivered
from zegel_broker.deliver.post import Letter, Post, Posted, is_cancelled

__all__ = ["Courier", "Letter", "NotDelivered", "Post", "Posted", "is_cancelled"]
