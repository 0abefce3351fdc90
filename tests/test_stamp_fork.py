"""A log that shows two histories is found by whoever holds a note of each."""

from collections.abc import Callable

import pytest

from tests.one_directory import ORIGIN
from tests.one_stamp import Log, check, permit
from zegel_schemas.merkle import CompactRange, consistency_path, leaf_hash
from zegel_schemas.note import Checkpoint, require_consistent
from zegel_schemas.refusals import Refusal


def code_of(attack: Callable[[], object]) -> str:
    """Return the code an attack ends in."""
    with pytest.raises(Refusal) as refused:
        attack()
    return refused.value.code


def test_a_forked_log_is_found_by_two_notes_of_one_size() -> None:
    mine, theirs = Log().write(permit()), Log().write(permit(subjects=("A" * 43,) * 2))
    seen, shown = (check(each).proven.checkpoint for each in (mine, theirs))

    assert code_of(lambda: require_consistent(seen, shown)) == "LOGBOEK_GESPLITST"
    require_consistent(seen, seen)


def test_a_log_that_grew_from_another_past_cannot_prove_it_went_on() -> None:
    leaves = [leaf_hash(each.to_bytes(4, "big")) for each in range(50)]
    honest, rewritten = (CompactRange().extend(each) for each in (leaves, [leaf_hash(b"other"), *leaves[1:]]))
    held = Checkpoint(ORIGIN, 41, Log().root())
    path = consistency_path(41, 50, lambda level, index: honest.new_nodes()[level, index])

    require_consistent(held, Checkpoint(ORIGIN, 50, honest.range.root()), path)
    require_consistent(Checkpoint(ORIGIN, 50, honest.range.root()), held, path)
    forked = Checkpoint(ORIGIN, 50, rewritten.range.root())
    assert code_of(lambda: require_consistent(held, forked, path)) == "STEMPEL_KLOPT_NIET"
    other = Checkpoint("evil.example/log", 50, honest.range.root())
    assert code_of(lambda: require_consistent(held, other, path)) == "STEMPEL_VREEMD_LOGBOEK"
