"""How new the directory held is: what proven entries say, and what a log that goes back or splits is worth."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.adapter_scene import CORPORATION, DAY, NOW, ORIGIN, REGIE, Clock, Municipality, found_town
from zegel_adapters.freshness import STALE_AFTER, Named, follow, judge_standing
from zegel_adapters.lives import find_endings
from zegel_adapters.receive import Receiver
from zegel_adapters.side import Side
from zegel_schemas.directory import Directory, append_statement, make_member
from zegel_schemas.record import DirectoryVersion, Record
from zegel_schemas.refusals import Fault, Refusal


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch)


@pytest.fixture
def directory(town: Municipality) -> Directory:
    return Directory.load(town.directory, root_fingerprint=town.fingerprint)


def name(directory: Directory, **changes: Any) -> Named:
    return replace(Named(origin=ORIGIN, index=7, version=directory.version, time=NOW), **changes)


def tell(town: Municipality, side: Side, version: DirectoryVersion, *, time: int = NOW + 60) -> str:
    """Have the log name a version of the directory, and prove that to this side."""
    index = town.log.write(Record(type="tick", directory=version), time=time)
    return Receiver(side).take(town.notice(side.instantie, index))


def standing(directory: Directory, named: Named | None, *, now: int = NOW) -> str:
    return judge_standing(directory, named, forked=(), now=now)


def test_a_directory_named_less_than_a_day_ago_is_fresh(directory: Directory) -> None:
    assert standing(directory, name(directory), now=NOW + STALE_AFTER - 1) == "fresh"


def test_a_day_later_it_is_stale(directory: Directory) -> None:
    assert standing(directory, name(directory), now=NOW + STALE_AFTER) == "stale"


def test_before_anything_was_proven_it_is_stale(directory: Directory) -> None:
    assert standing(directory, None) == "stale"


def test_a_log_that_names_more_statements_leaves_it_behind(directory: Directory) -> None:
    newer = DirectoryVersion(directory.count + 1, "A" * 43)

    assert standing(directory, name(directory, version=newer)) == "behind"


def test_a_directory_that_came_by_hand_and_is_newer_than_the_log_named_is_fresh(directory: Directory) -> None:
    older = DirectoryVersion(directory.count - 1, directory.head_at(directory.count - 1) or "")

    assert standing(directory, name(directory, version=older)) == "fresh"


def test_a_log_that_names_another_past_splits(directory: Directory) -> None:
    other = DirectoryVersion(directory.count - 1, "A" * 43)

    assert standing(directory, name(directory, version=other)) == "split"


def test_a_log_that_showed_two_histories_vouches_for_nothing(directory: Directory) -> None:
    assert judge_standing(directory, name(directory), forked={ORIGIN}, now=NOW) == "forked"


def test_an_entry_that_overtook_a_later_one_changes_nothing(directory: Directory) -> None:
    later = name(directory, index=9, time=NOW + 60)
    earlier = name(directory, index=8, version=DirectoryVersion(1, directory.head_at(1) or ""))

    assert follow(later, earlier) == follow(earlier, later) == later


@pytest.mark.parametrize("turned", [False, True])
def test_rollback_a_later_entry_that_names_an_older_directory(directory: Directory, *, turned: bool) -> None:
    entries = name(directory), name(directory, index=8, version=DirectoryVersion(1, directory.head_at(1) or ""))
    with pytest.raises(Refusal) as caught:
        follow(*(reversed(entries) if turned else entries))

    assert caught.value.code == Fault.REGISTER_TERUG


def test_fork_two_entries_that_name_two_directories_of_one_length(directory: Directory) -> None:
    with pytest.raises(Refusal) as caught:
        follow(name(directory), name(directory, index=8, version=DirectoryVersion(directory.count, "A" * 43)))

    assert caught.value.code == Fault.REGISTER_GESPLITST


def test_what_was_proven_is_known_after_a_restart(town: Municipality, directory: Directory) -> None:
    side = town.side(REGIE)
    side.mailbox.close()

    again = town.side(REGIE)
    assert again.witness.named() == name(directory, index=5, time=NOW)
    assert again.standing(NOW + 60) == "fresh"
    assert again.standing(NOW + DAY) == "stale"


def test_a_log_whose_clock_runs_ahead_keeps_nobody_fresh_for_longer(town: Municipality, directory: Directory) -> None:
    side = town.side(REGIE)
    tell(town, side, directory.version, time=NOW + 30 * DAY)

    assert side.standing(NOW + 60 + STALE_AFTER - 1) == "fresh"
    assert side.standing(NOW + 60 + STALE_AFTER) == "stale"


def test_a_notice_by_which_the_log_goes_back_is_an_alarm_and_refreshes_nothing(
    town: Municipality, directory: Directory
) -> None:
    side = town.side(REGIE)

    assert tell(town, side, DirectoryVersion(1, directory.head_at(1) or "")) == "aside"
    assert [each.code for each in side.evidence.aside()] == [Fault.REGISTER_TERUG]
    named = side.witness.named()
    assert named is not None
    assert named.version == directory.version


def test_a_directory_file_put_back_from_a_backup_is_seen_to_be_behind(town: Municipality) -> None:
    joined = make_member("uwv", identity=[], time=NOW, signed_by=[town.root], after=town.directory)
    older, newer = town.directory, append_statement(town.directory, joined)
    town.publish(newer)
    town.tick(REGIE, time=NOW + 60)
    (town.home(REGIE) / "directory.json").write_bytes(older)
    side = town.side(REGIE, Clock(NOW + 120))

    assert side.standing(NOW + 120) == "behind"


def test_keys_that_run_out_are_named_two_weeks_ahead_and_by_whom(directory: Directory) -> None:
    start = NOW - NOW % DAY
    last = start + 43 * DAY  # six weeks of sealing keys, a week apart, each for eight days

    assert list(find_endings(directory, now=last - 14 * DAY)) == []
    assert {(each.instantie, each.use, each.days) for each in find_endings(directory, now=last - 13 * DAY)} == {
        (member, "sealing", 13) for member in (REGIE, CORPORATION, "wil")
    }
    assert {each.days for each in find_endings(directory, now=last + 5 * DAY)} == {0}


def test_a_fork_shuts_the_log_that_showed_it_for_good(town: Municipality, directory: Directory) -> None:
    side = town.side(REGIE)
    town.log.leaves[0] = b"another past"
    town.log.leaves.pop()

    assert tell(town, side, directory.version) == "aside"
    assert [each.code for each in side.evidence.aside()] == [Fault.LOGBOEK_GESPLITST] * 2
    assert side.standing(NOW + 60) == "forked"
    side.mailbox.close()
    again = town.side(REGIE)
    assert tell(town, again, directory.version) == "aside"
    assert again.standing(NOW + 60) == "forked"
