"""Enters what changed in directory and convenant before anything is decided by it: one entry per statement, in order.

So the log holds the directory statement by statement, every entry behind them names a version the log has shown, and in
the order of the log a directory only grows.
"""

from zegel_broker.ledger.batch import Batch
from zegel_broker.ledger.entries import record_convenant, record_statement
from zegel_broker.ledger.errors import DirectoryWentBack
from zegel_broker.ledger.rows import State
from zegel_schemas.record import DirectoryVersion


def enter_versions(batch: Batch, state: State) -> int | None:
    """Enter what `state` does not know yet; return the index of the last entry made, None when nothing changed.

    Raise DirectoryWentBack when the directory of this transaction does not go on from the one the log names.
    """
    scene = batch.scene
    new_convenant = bool(scene.digest) and scene.digest != state.convenant
    if scene.directory.head == state.directory_head and not new_convenant:
        return None
    step = batch.begin()
    for version in _find_new(batch, state):
        step.append(record_statement(version, scene))
    if new_convenant:
        step.append(record_convenant(scene))
    batch.take(step)
    return batch.size - 1


def _find_new(batch: Batch, state: State) -> list[DirectoryVersion]:
    directory = batch.scene.registry.directory
    if state.directory_count and directory.head_at(state.directory_count) != state.directory_head:
        raise DirectoryWentBack(
            "the directory file does not go on from the one the log names: put the newest file back, never an older one"
        )
    counts = range(state.directory_count + 1, directory.count + 1)
    return [DirectoryVersion(count, directory.head_at(count) or "") for count in counts]
