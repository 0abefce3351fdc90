"""Draws the ids a message needs; time and randomness come in as arguments."""

from uuid import UUID

from zegel_schemas.seal.primitives import Random, draw


def draw_message_id(random: Random, *, now: float) -> str:
    """Return a UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds since 1970, then 74 random bits."""
    head = int(now * 1000).to_bytes(6, "big")
    value = int.from_bytes(head + draw(random, 10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    return str(UUID(int=value & ~(0x3 << 62) | 0x2 << 62))  # variant


def draw_casus_id(random: Random) -> str:
    """Return a UUIDv4: never derived from anybody's number or name."""
    return str(UUID(bytes=draw(random, 16), version=4))
