"""Turns the drafts of a committed transaction into results with their proofs."""

from collections.abc import Sequence
from typing import TypeAlias

from zegel_broker.ledger.drafts import Draft, EndDraft, finish, finish_end, make_prover
from zegel_broker.ledger.settlement import OutcomeFault, SettleFault, Settlement
from zegel_broker.ledger.writer import Written

Drafts: TypeAlias = tuple[list[Draft | SettleFault], list[EndDraft | OutcomeFault]]


def finish_all(
    written: Written[Drafts], drafts: Sequence[Draft | SettleFault], ends: Sequence[EndDraft | OutcomeFault]
) -> Settlement:
    """Return what became of each, in the order they were given in."""
    prove = make_prover(written.batch, written.paths)
    return Settlement(
        note=written.note,
        settled=tuple(finish(draft, written.batch, prove) for draft in drafts),
        outcomes=tuple(end if isinstance(end, OutcomeFault) else finish_end(end, written.batch, prove) for end in ends),
    )
