"""A changed directory file is followed if it goes on from the one in use, and nothing beside it can hold that up."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.broker_home import Home
from tests.ledger_town import DAY
from tests.one_directory import CONVENANT, CORPORATION, IDENTITY, REGIE, fixed_key
from zegel_broker.app.changing import KeyWatch
from zegel_broker.following import Follower
from zegel_broker.key_days import count_key_days, find_short
from zegel_broker.keyfiles import OwnKey, read_kek, read_keys, write_key
from zegel_broker.load import load_directory, require_hop_keys
from zegel_broker.metrics import Metrics
from zegel_broker.registry import Registry
from zegel_broker.settings import Settings, load_settings
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory, append_statement, make_convenant, make_keys, make_revoke
from zegel_schemas.seal import HopBox, HopFrame
from zegel_schemas.seal.keys import KeyRecord, PrivateKey


class Followed:
    """A home, and a follower on its directory file whose clock only a test moves."""

    def __init__(self, place: Path) -> None:
        self.home = Home(place)
        self.now = float(self.home.now)
        self.settings: Settings = load_settings(self.home.config)
        directory = load_directory(self.settings)
        own = read_keys(self.settings.keys, use="hop", kek=read_kek(self.settings.kek_file))
        hop = HopBox(require_hop_keys(directory, own, now=self.home.now))
        registry = Registry(directory, {CONVENANT.digest: CONVENANT}, hop)
        self.follower = Follower(self.settings, registry, clock=lambda: self.now)

    @property
    def held(self) -> Directory:
        """Return the directory in use."""
        return self.follower.registry.directory

    def put(self, file: bytes) -> bool:
        """Put a file in place and look at it until it has settled; return whether it was taken in."""
        new = self.home.path.with_suffix(".new")
        new.write_bytes(file)
        new.replace(self.home.path)
        return bool([found for _ in range(3) if (found := self.follower.look()) is not None])

    def publish(self, key: PrivateKey, identity: PrivateKey, *, days: int) -> bytes:
        """Return the file with one key more of a member."""
        record = KeyRecord(key.public, int(self.now), int(self.now) + days * DAY)
        made = make_keys([record], time=int(self.now), signed_by=identity, after=self.home.file)
        return append_statement(self.home.file, made)


@pytest.fixture
def followed(tmp_path: Path) -> Followed:
    return Followed(tmp_path)


def test_a_file_that_goes_on_is_taken_in_once(followed: Followed) -> None:
    grown = followed.publish(fixed_key("sealing", REGIE, 1), IDENTITY[REGIE], days=7)
    before = followed.follower.registry

    assert followed.put(grown)
    assert followed.held.to_bytes() == grown
    assert followed.follower.registry.hop is before.hop
    assert not followed.put(grown)  # the same text under a new time of change
    assert (followed.follower.trouble, followed.follower.refused) == ("", 0)


def test_a_file_is_not_judged_while_it_is_being_written(followed: Followed) -> None:
    grown = followed.publish(fixed_key("sealing", REGIE, 1), IDENTITY[REGIE], days=7)
    path = followed.home.path
    for end in (1000, 2000, len(grown) - 1):
        path.write_bytes(grown[:end])
        assert followed.follower.look() is None

    path.write_bytes(grown)

    assert followed.follower.look() is None
    assert followed.follower.look() is not None
    assert followed.follower.refused == 0


def test_a_file_that_goes_back_is_refused_once_and_said_until_it_is_put_right(followed: Followed) -> None:
    grown = followed.publish(fixed_key("sealing", REGIE, 1), IDENTITY[REGIE], days=7)
    followed.put(grown)

    with capture_logs() as lines:
        taken = followed.put(followed.home.file)
        followed.follower.look()

    assert not taken
    assert followed.held.to_bytes() == grown
    assert "TERUG" in followed.follower.trouble
    assert [(each["event"], each["code"]) for each in lines] == [("directory_refused", "TERUG")]
    followed.put(grown)
    assert (followed.follower.trouble, followed.follower.refused) == ("", 1)


def test_another_history_is_refused(followed: Followed) -> None:
    followed.put(followed.publish(fixed_key("sealing", REGIE, 1), IDENTITY[REGIE], days=7))

    assert not followed.put(followed.publish(fixed_key("sealing", REGIE, 2), IDENTITY[REGIE], days=7))
    assert "SPLITSING" in followed.follower.trouble


def test_a_broken_file_and_one_that_is_gone_change_nothing(followed: Followed) -> None:
    assert not followed.put(b"niets\n")
    assert "REGISTER_ONGELDIG" in followed.follower.trouble
    followed.home.path.unlink()

    assert followed.follower.look() is None
    assert followed.held.to_bytes() == followed.home.file


def test_a_revocation_counts_although_a_convenant_cannot_be_read(followed: Followed) -> None:
    file, now, root = followed.home.file, int(followed.now), [followed.home.root]
    names = [(each.document, each.version, "B" * 42 + "A") for each in CONVENANT.named]
    unknown = make_convenant("B" * 42 + "A", documents=names, start=now, time=now, signed_by=root, after=file)
    file = append_statement(file, unknown)
    key = fixed_key("sealing", REGIE)
    file = append_statement(file, make_revoke(key.id, at=now, time=now, signed_by=IDENTITY[REGIE], after=file))

    assert followed.put(file)
    assert followed.held.sealing_key(REGIE, now) is None
    assert followed.follower.registry.in_force(now) is None  # /readyz says so; nothing is permitted meanwhile
    assert CONVENANT.digest in followed.follower.registry.convenants


def test_the_next_hop_key_is_used_from_its_first_day_on(followed: Followed) -> None:
    folder, kek = followed.settings.keys, read_kek(followed.settings.kek_file)
    (identity,) = read_keys(folder, use="identity", kek=kek)
    new, start = PrivateKey.generate("hop", BROKER), int(followed.now) + DAY
    write_key(folder, OwnKey(new, start, start + 80 * DAY), use="hop", kek=kek, random=os.urandom)
    record = KeyRecord(new.public, start, start + 80 * DAY)
    made = make_keys([record], time=int(followed.now), signed_by=identity.private, after=followed.home.file)
    followed.put(append_statement(followed.home.file, made))
    partner = fixed_key("hop", CORPORATION)

    def used() -> bytes:
        boxed = followed.follower.registry.hop.seal(partner.public, HopFrame("notice", b"", b"x"), random=os.urandom)
        return HopBox([partner]).open(boxed, followed.held.key)[1].id

    before = used()
    followed.now = start + 1
    followed.follower.look()

    assert (before != new.id, used()) == (True, new.id)


def test_days_left_are_counted_per_instantie_and_use(followed: Followed) -> None:
    days = count_key_days(followed.held, now=followed.home.now)

    assert round(days[REGIE, "sealing"]) == 7
    assert round(days[REGIE, "signing"]) == 80
    assert (BROKER, "sealing") not in days
    assert {(member, use) for member, use, _ in find_short(days)} == {(REGIE, "sealing"), (CORPORATION, "sealing")}
    assert count_key_days(followed.held, now=followed.home.now + 400 * DAY)[REGIE, "signing"] == 0


def test_who_runs_out_of_keys_is_warned_of_once_a_day(followed: Followed) -> None:
    metrics = Metrics([REGIE, CORPORATION])
    watch = KeyWatch(metrics)

    with capture_logs() as lines:
        for hours in (0, 1, 24):
            watch.look(followed.held, now=followed.home.now // DAY * DAY + hours * 3600)

    warned = [(each["instantie"], each["use"]) for each in lines if each["event"] == "keys_running_out"]
    assert sorted(warned) == sorted(2 * [(REGIE, "sealing"), (CORPORATION, "sealing")])
    assert f'zegel_key_days_left{{instantie="{REGIE}",use="sealing"}}' in metrics.text().decode()
