"""Asks senders to withdraw what a stolen key signed or received and nobody opened yet, and to seal it anew.

Each is an entry of the log, told to the sender with its proof until it is confirmed, as an overdue duty is. It is asked
once per message, and only while the message is open.
"""

from collections.abc import Sequence
from typing import Final

from zegel_broker.ledger.batch import Batch
from zegel_broker.ledger.key_sweep import Touched
from zegel_broker.ledger.ledger import Ledger
from zegel_broker.ledger.memory import Memory
from zegel_broker.ledger.rows import DutyRow, MessageRow
from zegel_broker.ledger.scene import Scene
from zegel_broker.ledger.store import Changes, Loaded, Wanted
from zegel_schemas import canonical
from zegel_schemas.declaration import BROKER
from zegel_schemas.explanations import notice
from zegel_schemas.record import Record, hash_explanation
from zegel_schemas.seal.primitives import b64u

STOLEN: Final = "SLEUTEL_GELEKT"
SEAL_ANEW: Final = "opnieuw_verzegelen"  # what is asked of the sender


async def ask_anew(ledger: Ledger, touched: Sequence[Touched]) -> list[Touched]:
    """Enter a request to the sender of each open message; return those asked now, not those asked before."""
    wanted = {each.index: each for each in touched if each.open and each.in_doubt}
    if not wanted:
        return []

    def want(memory: Memory) -> Wanted:
        return Wanted(
            indices=list(wanted),
            duties=[(each.casus, _name(each)) for each in wanted.values()],
            edge=memory.note,
            held=memory.tiles,
        )

    def work(batch: Batch, loaded: Loaded) -> tuple[list[Touched], Changes]:
        rows = [row for row in loaded.messages if row.idx in wanted and row.closed is None]
        new = [row for row in rows if not batch.knows_duty(row.casus, _name(wanted[row.idx]))]
        for row in new:
            _enter(batch, row, wanted[row.idx])
        return [wanted[row.idx] for row in new], batch.changes()

    return (await ledger.transact(want, work)).result


def _enter(batch: Batch, row: MessageRow, touched: Touched) -> None:
    step = batch.begin()
    explanation = _explain(row, touched)
    index = step.append(_record(row, explanation, batch.scene), explanation=explanation)
    step.duties.append(DutyRow(index, row.casus, _name(touched), row.sender, "", told=False))
    batch.take(step)


def _record(row: MessageRow, explanation: bytes, scene: Scene) -> Record:
    return Record(
        type="duty",
        sender=BROKER,
        recipient=row.sender,
        kind=SEAL_ANEW,
        message=row.id,
        hash=b64u(row.hash),
        casus=row.casus,
        convenant=scene.digest,
        directory=scene.directory,
        codes=(STOLEN,),
        duties=(SEAL_ANEW,),
        explanation=hash_explanation(explanation),
        earlier=row.entries,
    )


def _explain(row: MessageRow, touched: Touched) -> bytes:
    values = {"v": "zegel/1", "code": STOLEN, "duty": SEAL_ANEW, "due": "", "message": row.id, "key": touched.key}
    words = {"nl": notice(STOLEN, "nl"), "en": notice(STOLEN, "en")}
    return canonical.encode({**values, "bond": touched.bond, **words})


def _name(touched: Touched) -> str:
    return f"{SEAL_ANEW}/{touched.sender}/{touched.message}"
