"""Sixty thousand random edits of sound messages, at every station and by the sender itself: each refused.

The seed of a failing edit is in the test's name: `edits(seed, …)` gives the same bytes again.
"""

import random
from collections.abc import Callable

import pytest

from tests.edits import EDITS, edits
from tests.forgery import FAULTS, forge
from tests.on_the_way import (
    FIRST,
    SECOND,
    SENT,
    ends_of,
    take_at_broker,
    take_container,
    take_delivery,
    take_hop,
    take_notice,
)
from tests.one_directory import REGIE, SIGNING
from zegel_schemas.seal import Use
from zegel_schemas.seal.frame import Frame
from zegel_schemas.seal.hop import encode_delivery

PER_SEED = 4000
SEEDS = (1, 2, 3)
STATIONS: dict[str, Callable[[bytes], object]] = {
    "container": take_container,
    "delivery": take_delivery,
    "to_broker": take_at_broker,
    "to_recipient": take_hop,
    "notice": take_notice,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("station", STATIONS)
def test_no_random_edit_is_taken_and_each_is_refused_with_a_code(station: str, seed: int) -> None:
    sound = [getattr(each, station) for each in SENT]
    ends = {ends_of(STATIONS[station], each) for each in edits(seed, sound, PER_SEED)}

    assert ends <= FAULTS
    assert len(ends) > 1


def test_together_they_are_more_than_twenty_thousand_and_the_same_in_every_run() -> None:
    sound = [FIRST.container, SECOND.container]

    assert len(STATIONS) * len(SEEDS) * PER_SEED >= 20_000
    assert list(edits(1, sound, 50)) == list(edits(1, sound, 50)) != list(edits(2, sound, 50))


def test_a_stamp_moved_from_one_message_to_the_other_is_refused() -> None:
    """What no random edit will hit: all of one message with all of the stamp of the other."""
    delivery = FIRST.delivery[: -len(FIRST.stamp)] + SECOND.stamp

    assert ends_of(take_delivery, delivery) == "STEMPEL_ANDER_BERICHT"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_sender_itself_edits_and_signs_anew_never_passes(seed: int) -> None:
    """Its signature holds, so the doors behind it are reached: parts and wrap are bound to what was declared before."""
    drawn, sound = random.Random(seed), [each.container for each in SENT]
    frames = [Frame.from_bytes(each) for each in sound]
    ends = set()
    for _ in range(PER_SEED):
        container = sign_anew(drawn, drawn.choice(frames), drawn.choice(frames))
        if container not in sound:
            ends.add(ends_of(take_container, container))
            ends.add(ends_of(take_delivery, encode_delivery(container, drawn.choice(SENT).stamp)))

    assert ends <= FAULTS
    assert {"NIET_CANONIEK", "ONGELDIGE_VERKLARING", "TABEL_KLOPT_NIET", "DEEL_KLOPT_NIET", "OMSLAG_ONLEESBAAR"} <= ends


def sign_anew(drawn: random.Random, frame: Frame, other: Frame) -> bytes:
    """Return a container of which one thing was edited, signed again by its sender."""
    pieces = {"declaration": frame.declaration, "table": frame.table, "sealed": frame.sealed}
    name = drawn.choice(list(pieces))
    pieces[name] = drawn.choice(EDITS)(drawn, pieces[name], getattr(other, name)) or b"\0"
    use: Use = drawn.choice(("message",) * 9 + ("dryrun",))
    return forge(pieces["declaration"], pieces["sealed"], pieces["table"], signing=SIGNING[REGIE], use=use)
