"""Every single bit turned over, at every station of a message's way: never taken, never more than a refusal."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.on_the_way import (
    FIRST,
    ends_of,
    take_at_broker,
    take_container,
    take_delivery,
    take_hop,
    take_notice,
)
from zegel_schemas.refusals import Fault

STATIONS: dict[str, tuple[bytes, Callable[[bytes], object], set[str]]] = {
    "container": (
        FIRST.container,
        take_container,
        {
            Fault.FRAME_ONLEESBAAR,
            Fault.VERSIE_ONBEKEND,
            Fault.SLEUTEL_ONBEKEND,
            Fault.HANDTEKENING_ONGELDIG,
            Fault.DEEL_KLOPT_NIET,
        },
    ),
    "delivery": (
        FIRST.delivery,
        take_delivery,
        {
            Fault.HOP_ONLEESBAAR,
            Fault.FRAME_ONLEESBAAR,
            Fault.VERSIE_ONBEKEND,
            Fault.SLEUTEL_ONBEKEND,
            Fault.HANDTEKENING_ONGELDIG,
            Fault.DEEL_KLOPT_NIET,
            Fault.STEMPEL_KLOPT_NIET,
            Fault.STEMPEL_VREEMD_LOGBOEK,
        },
    ),
    "hop to the broker": (FIRST.to_broker, take_at_broker, {Fault.HOP_ONLEESBAAR, Fault.HOP_SLEUTEL_ONBEKEND}),
    "hop to the recipient": (FIRST.to_recipient, take_hop, {Fault.HOP_ONLEESBAAR, Fault.HOP_SLEUTEL_ONBEKEND}),
    "notice": (FIRST.notice, take_notice, {Fault.STEMPEL_KLOPT_NIET, Fault.STEMPEL_VREEMD_LOGBOEK}),
}


def flips(data: bytes) -> Iterator[bytes]:
    """Yield the bytes with each single bit turned over in turn."""
    for bit in range(8 * len(data)):
        at = bit // 8
        yield b"".join((data[:at], bytes([data[at] ^ 1 << bit % 8]), data[at + 1 :]))


@pytest.mark.parametrize("station", STATIONS)
def test_every_flipped_bit_is_refused_with_a_code(station: str) -> None:
    sound, door, expected = STATIONS[station]
    ends = Counter(ends_of(door, each) for each in flips(sound))

    assert ends_of(door, sound) == "opened"
    assert sum(ends.values()) == 8 * len(sound)
    assert set(ends) == expected


@pytest.mark.parametrize("station", STATIONS)
def test_every_truncation_is_refused_with_a_code(station: str) -> None:
    sound, door, expected = STATIONS[station]
    ends = {ends_of(door, sound[:size]) for size in range(len(sound))}

    assert ends <= expected | {Fault.STEMPEL_ONTBREEKT}
