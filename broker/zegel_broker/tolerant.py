"""Keeps one message with broken AMQP properties from taking the connection, and its neighbours, down with it.

pamqp 4.0.1 raises while it unmarshals such properties (invalid UTF-8 in `message_id`, timestamp 2^63-1, headers nested
2000 deep); aiormq then closes the connection, RabbitMQ hands the same message out again, and so on for ever. Here a
content header that does not decode becomes one with `UNREADABLE` headers: its body still arrives, and is quarantined.
"""

import struct
from importlib.metadata import version
from typing import Final

from pamqp.commands import Basic
from pamqp.common import FieldValue
from pamqp.header import ContentHeader

PINNED: Final = "4.0.1"
FIXED = struct.Struct(">HHQ")  # class id, weight, body size (AMQP 0-9-1, section 4.2.6.1)


class UnreadableHeaders(dict[str, FieldValue]):
    """Stands in for headers that could not be decoded; a type of its own, so no sender can make or hide one."""


UNREADABLE: Final = UnreadableHeaders(unreadable=True)  # not empty: aio-pika replaces an empty table with a new one


def install() -> None:
    """Put the tolerant decode in pamqp's place; raise RuntimeError for another pamqp than it was made for."""
    found = version("pamqp")
    if found != PINNED:
        raise RuntimeError(f"this decode was made for pamqp {PINNED}, and here is {found}: install the locked versions")
    ContentHeader.unmarshal = _unmarshal  # type: ignore[method-assign]  # this is the whole purpose of the file


def is_unreadable(headers: object) -> bool:
    """Return whether these are the headers of a message whose properties did not decode."""
    return isinstance(headers, UnreadableHeaders)


def _unmarshal(self: ContentHeader, data: bytes) -> None:
    """Decode one content header; `body_size` is always right, for the frames that follow depend on it."""
    class_id, self.weight, self.body_size = FIXED.unpack(data[: FIXED.size])
    self.class_id = class_id
    try:
        offset, flags = self._get_flags(data[FIXED.size :])
        self.properties.unmarshal(flags, data[FIXED.size + offset :])
    except Exception:  # noqa: BLE001 - whatever a stranger's bytes raise: ValueError, OverflowError, RecursionError, ...
        self.properties = Basic.Properties(headers=UNREADABLE)
