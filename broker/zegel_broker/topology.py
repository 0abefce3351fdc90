"""RabbitMQ's exchanges, queues, users and permissions, generated from who is in the directory; nobody else declares.

Per instantie: fanout exchange `in.<id>` bound only to quorum queue `in.<id>` (it writes there, so the inbox's name is
who sent it), and quorum queue `out.<id>`, which the direct exchange `out` reaches by routing key `<id>`. Whatever gives
up on a message sends it to `quarantine`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zegel_schemas.declaration import BROKER

VHOST = "zegel"
OUT = "out"  # the one exchange the broker delivers through
QUARANTINE = "quarantine"  # exchange and queue: unreadable originals, and what was returned too often

QUARANTINE_TTL = 30 * 24 * 3600 * 1000  # milliseconds; longer nobody may keep what nobody signed for
# Explicit and large: RabbitMQ counts every disconnect, also for messages nobody looked at; -1 drops at the first
# requeue on 3.10. At the broker's pause of 5 s it is over an hour of our own faults before a message is set aside.
DELIVERY_LIMIT = 1000
GIB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one party may occupy; above a length a publisher hears `no` (nack), nothing already accepted is dropped."""

    inbox_messages: int = 5_000
    inbox_bytes: int = 2 * GIB
    outbox_messages: int = 20_000  # 1,000 uncollected per sender and recipient, for a town of twenty
    outbox_bytes: int = 4 * GIB
    quarantine_messages: int = 10_000
    quarantine_bytes: int = 4 * GIB
    connections: int = 4  # per instantie: one adapter, one doctor, and a restart that overlaps both
    channels: int = 16


def inbox(instantie: str) -> str:
    """Return the name of the exchange and queue this instantie writes to."""
    return f"in.{instantie}"


def outbox(instantie: str) -> str:
    """Return the name of the queue this instantie reads; the routing key on exchange `out` is its bare id."""
    return f"out.{instantie}"


def make_definitions(
    instanties: Iterable[str], *, password_hashes: Mapping[str, str], limits: Limits | None = None
) -> dict[str, object]:
    """Return the definitions RabbitMQ loads (`load_definitions`, or `rabbitmqctl import_definitions`).

    A user without a hash in `password_hashes` can only log in with a certificate (SASL EXTERNAL).
    """
    names = sorted(set(instanties) - {BROKER})
    bounds = limits or Limits()
    parts = [make_part(name, password_hash=password_hashes.get(name, ""), limits=bounds) for name in names]
    shared: dict[str, list[object]] = {
        "users": [_user(BROKER, password_hashes.get(BROKER, ""), bounds)],
        "permissions": [_permission(BROKER, write=f"^({OUT}|{QUARANTINE})$", read=r"^in\.")],
        "exchanges": [_exchange(OUT, "direct"), _exchange(QUARANTINE, "fanout")],
        "queues": [_quarantine(bounds)],
        "bindings": [_binding(QUARANTINE, QUARANTINE, "")],
    }
    whole = {key: [*own, *(each for part in parts for each in part[key])] for key, own in shared.items()}
    return {"vhosts": [{"name": VHOST}], **whole}


def make_part(instantie: str, *, password_hash: str, limits: Limits | None = None) -> dict[str, list[object]]:
    """Return the definitions of one instantie alone: what is added to a town that runs, and nothing it has already."""
    bounds = limits or Limits()
    return {
        "users": [_user(instantie, password_hash, bounds)],
        "permissions": [_own(instantie)],
        "exchanges": [_exchange(inbox(instantie), "fanout")],
        "queues": [
            _queue(inbox(instantie), bounds.inbox_messages, bounds.inbox_bytes),
            _queue(outbox(instantie), bounds.outbox_messages, bounds.outbox_bytes),
        ],
        "bindings": [_binding(inbox(instantie), inbox(instantie), ""), _binding(OUT, outbox(instantie), instantie)],
    }


def print_definitions(definitions: Mapping[str, object]) -> str:
    """Return the JSON text of `definitions`, indented, with a newline at the end."""
    return json.dumps(definitions, indent=2) + "\n"


def _user(name: str, password_hash: str, limits: Limits) -> dict[str, object]:
    bounds = {} if name == BROKER else {"max-connections": limits.connections, "max-channels": limits.channels}
    return {
        "name": name,
        "password_hash": password_hash,  # empty: no password fits
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
        "limits": bounds,
    }


def _own(name: str) -> dict[str, object]:
    # Dots are escaped: `in.a.b` must not open `in.aXb`. No write on amq.default: it reaches every queue there is.
    return _permission(name, write=f"^{re.escape(inbox(name))}$", read=f"^{re.escape(outbox(name))}$")


def _permission(user: str, *, write: str, read: str) -> dict[str, object]:
    return {"user": user, "vhost": VHOST, "configure": "", "write": write, "read": read}


def _exchange(name: str, kind: str) -> dict[str, object]:
    return {
        "name": name,
        "vhost": VHOST,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(name: str, messages: int, size: int) -> dict[str, object]:
    dead_letters = {
        "x-dead-letter-exchange": QUARANTINE,
        "x-dead-letter-strategy": "at-least-once",  # works only with reject-publish
    }
    return _quorum_queue(name, messages, size, dead_letters)


def _quarantine(limits: Limits) -> dict[str, object]:
    # No dead-letter exchange: this is where letters end, and where they are forgotten after 30 days.
    ttl = {"x-message-ttl": QUARANTINE_TTL}
    return _quorum_queue(QUARANTINE, limits.quarantine_messages, limits.quarantine_bytes, ttl)


def _quorum_queue(name: str, messages: int, size: int, extra: Mapping[str, object]) -> dict[str, object]:
    arguments = {
        "x-queue-type": "quorum",
        "x-max-length": messages,
        "x-max-length-bytes": size,
        "x-overflow": "reject-publish",  # the default, drop-head, loses messages that were acknowledged
        "x-delivery-limit": DELIVERY_LIMIT,
        **extra,
    }
    return {"name": name, "vhost": VHOST, "durable": True, "auto_delete": False, "arguments": arguments}


def _binding(source: str, queue: str, routing_key: str) -> dict[str, object]:
    return {
        "source": source,
        "vhost": VHOST,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": routing_key,
        "arguments": {},
    }
