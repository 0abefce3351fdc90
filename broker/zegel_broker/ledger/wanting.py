"""What a transaction has to read, worked out before it begins, so that the lock is held as short as can be."""

from collections.abc import Iterable, Mapping, Sequence

from zegel_broker.ledger.drafts import is_dryrun
from zegel_broker.ledger.memory import Memory
from zegel_broker.ledger.names import aside_name
from zegel_broker.ledger.settlement import Outcome, Undeliverable
from zegel_broker.ledger.store import Wanted
from zegel_broker.verify import Arrival, Arrived, Refused
from zegel_schemas.declaration import BROKER, RECEIPT, Declaration
from zegel_schemas.seal.primitives import unb64u
from zegel_schemas.shapes import NIL_CASUS

REJECTED = "rejected"
SWEEP = 500  # messages ended per sweep; the next one takes the rest


def want_batch(arrivals: Sequence[Arrival], outcomes: Sequence[Outcome], memory: Memory) -> Wanted:
    """Return what settling these needs."""
    signed = [each for each in arrivals if isinstance(each, Refused)]
    arrived = [each for each in arrivals if isinstance(each, Arrived)]
    said = [each.verified.declaration for each in arrived]
    receipts = [each for each in said if each.kind == RECEIPT and each.re]
    judged = [each for each in said if each.kind != RECEIPT]
    tried = [each for each in arrived if is_dryrun(each)]
    return Wanted(
        keys=[(each.inbox, name := aside_name(each.signed.message_hash), name) for each in signed]
        + [(each.inbox, each.verified.declaration.id, aside_name(each.verified.message_hash)) for each in arrived],
        hashes=[unb64u(each.re) for each in receipts],
        indices=[each.index for each in outcomes],
        voided=frozenset(_voided(receipts, outcomes)),
        casussen={name: memory.version(name) for name in {NIL_CASUS, *(each.casus for each in judged)}},
        pairs=list({(each.sender.instantie, to) for each in judged if (to := each.recipient.instantie) != BROKER}),
        edge=memory.note,
        held=memory.tiles,
        dryruns=[(each.inbox, name := aside_name(each.signed.message_hash), name) for each in signed if is_dryrun(each)]
        + [(each.inbox, each.verified.declaration.id, aside_name(each.verified.message_hash)) for each in tried],
        dryrun_counts=list(
            {(each.inbox, casus) for each in tried for casus in (each.verified.declaration.casus, NIL_CASUS)}
        ),
    )


def want_overdue(before: int, memory: Memory, *, gone: Sequence[str] = ()) -> Wanted:
    """Return what ending messages that expired before `before` needs, and those whose end was not told yet.

    `gone` are instanties that left: what they never acknowledged ends whatever its `expires`.
    """
    return Wanted(overdue=before, gone=gone, limit=SWEEP, untold=True, edge=memory.note, held=memory.tiles)


def want_duties(overdue: Mapping[str, Sequence[str]], memory: Memory) -> Wanted:
    """Return what entering overdue duties needs: their names by casus, and what was not told of yet."""
    return Wanted(
        duties=[(casus, name) for casus, names in overdue.items() for name in names],
        untold_duties=True,
        casussen={casus: memory.version(casus) for casus in overdue},
        edge=memory.note,
        held=memory.tiles,
    )


def want_nothing(memory: Memory) -> Wanted:
    """Return what entering an event of the log itself needs."""
    return Wanted(edge=memory.note, held=memory.tiles)


def _voided(receipts: Iterable[Declaration], outcomes: Iterable[Outcome]) -> Iterable[bytes | int]:
    yield from (unb64u(each.re) for each in receipts if each.claims.result == REJECTED)
    yield from (each.index for each in outcomes if isinstance(each, Undeliverable))
