"""Two messages on their way, sealed, permitted and boxed, and the doors they must pass; any bytes may take their place.

A door that lets something through gives what it read, else it raises a `Refusal`. `ends_of` walks and says the code;
whatever else is raised is not caught here, so that the test which walks fails on it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.one_directory import CORPORATION, DIRECTORY, REGIE, SIGNING, fixed_key
from tests.one_stamp import HELD, QUESTION, Log, permit
from tests.two_instanties import counted_bytes
from zegel_broker.registry import Registry
from zegel_broker.verify import Inbound, verify
from zegel_schemas.claims import Claims
from zegel_schemas.content import check_claims, example, fill_claims, read_content, write_content
from zegel_schemas.declaration import BROKER, MOTIVATION_PART, Declaration, PartName, Recipient
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal import HopBox, HopFrame, PlainPart, Sealed, b64u, seal
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.hop import decode_delivery, encode_delivery
from zegel_schemas.seal.opening import Opened, open_parts
from zegel_schemas.stamp import Behind, Held, Notice, Stamp, check_notice, check_stamp

SEALING = fixed_key("sealing", CORPORATION)
AT_BROKER = HopBox([fixed_key("hop", BROKER)])
AT_RECIPIENT = HopBox([fixed_key("hop", CORPORATION)])
AT_SENDER = HopBox([fixed_key("hop", REGIE)])
REGISTRY = Registry(directory=DIRECTORY, convenants=HELD, hop=AT_BROKER)
_CONTENTS = {MOTIVATION_PART: example(MOTIVATION_PART)}


def ask(number: int) -> Sealed:
    """Seal a question of the regieteam to the corporation, with its motivation; every number gives another."""
    values: dict[str, Any] = QUESTION | {
        "id": f"01930000-0000-7000-8000-{number:012}",
        "recipient": Recipient(instantie=CORPORATION, key=b64u(SEALING.id)),
        "parts": (PartName(category=MOTIVATION_PART, schema_version=1),),
        "claims": fill_claims(str(QUESTION["kind"]), _CONTENTS, Claims(period_months=12)),
    }
    parts = [PlainPart(MOTIVATION_PART, 1, write_content(_CONTENTS[MOTIVATION_PART]))]
    draws = counted_bytes(f"question {number}")
    return seal(Declaration(**values), parts, signing=SIGNING[REGIE], recipient=SEALING.public, random=draws)


@dataclass(frozen=True)
class Sent:
    """One message at every station of its way: bytes as they lie there."""

    container: bytes
    to_broker: bytes  # hop frame, adapter to broker
    stamp: bytes
    delivery: bytes  # container and stamp, inside the hop
    to_recipient: bytes  # hop frame, broker to adapter
    notice: bytes


def send(number: int) -> Sent:
    """Return a message with all that is made of it on its way."""
    container, log, draws = ask(number).container, Log(), counted_bytes(f"way {number}")
    stamp = log.write(permit(read(check_frame(container, DIRECTORY.key))))
    delivery = encode_delivery(container, stamp.encode())
    there = AT_SENDER.seal(fixed_key("hop", BROKER).public, HopFrame("message", log.sign(), container), random=draws)
    onward = AT_BROKER.seal(
        fixed_key("hop", CORPORATION).public, HopFrame("delivery", log.sign(), delivery), random=draws
    )
    notice = Notice((stamp.proof,), log.sign()).encode()
    return Sent(container, there, stamp.encode(), delivery, onward, notice)


FIRST, SECOND = send(1), send(2)
SENT = (FIRST, SECOND)


# The doors -----------------------------------------------------------------------------------------------------------


def take_at_broker(body: bytes) -> object:
    """Walk the broker's way: hop, frame, signature, form, tables and hashes, inbox."""
    found = verify(Inbound(body, REGIE, REGIE), REGISTRY)
    refusal = getattr(found, "refusal", None)
    if isinstance(refusal, Refusal):
        raise refusal
    return found


def take_hop(body: bytes) -> object:
    """Walk the recipient's way, from the AMQP body."""
    frame, peer = AT_RECIPIENT.open(body, DIRECTORY.key)
    assert peer.owner == BROKER
    return take_delivery(frame.body)


def take_delivery(delivery: bytes) -> Opened:
    """Walk the recipient's way, from container and stamp to contents whose claims hold."""
    container, stamp = decode_delivery(delivery)
    verified = read(check_frame(container, DIRECTORY.key))
    check_stamp(Stamp.decode(stamp), verified, directory=DIRECTORY, convenants=HELD.get, me=CORPORATION)
    return _open(container)


def take_container(container: bytes) -> Opened:
    """Walk the recipient's way without a stamp: what the seal by itself lets through."""
    return _open(container)


def take_notice(notice: bytes) -> object:
    """Walk the sender's way with a notice."""
    return check_notice(Notice.decode(notice), DIRECTORY)


def _open(container: bytes) -> Opened:
    opened = open_parts(read(check_frame(container, DIRECTORY.key)), SEALING)
    contents = {each.category: read_content(each.category, each.schema, each.content) for each in opened.contents}
    check_claims(opened.verified.declaration, contents)
    return opened


def ends_of(door: Callable[[bytes], object], data: bytes) -> str:
    """Return the code of the refusal these bytes end in, `opened` when they pass; `held` and `behind` as they are."""
    try:
        door(data)
    except Refusal as refusal:
        return refusal.code
    except Behind:
        return "behind"
    except Held:
        return "held"
    return "opened"
