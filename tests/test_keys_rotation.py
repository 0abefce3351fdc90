"""Rotation: nobody notices it, and what is past its term is gone for good."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapter_scene import (
    CORPORATION,
    DAY,
    NOW,
    REGIE,
    Clock,
    Municipality,
    found_town,
    question,
    seal_draft,
)
from zegel_adapters.adapter import Adapter
from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import Home, erase_file
from zegel_adapters.homekey import unlock
from zegel_adapters.identity import move_identity, read_identity_file, sign_unsigned
from zegel_adapters.initialise import connect_home
from zegel_adapters.keystore import Keystore, OwnUse
from zegel_adapters.keytable import Row, list_keys
from zegel_adapters.receive import Receiver
from zegel_adapters.rotation import Written, open_keys, revoke_key, rotate_keys
from zegel_schemas.directory import Directory, append_statement
from zegel_schemas.directory.flaws import DirectoryInvalid
from zegel_schemas.record import DirectoryVersion, Record
from zegel_schemas.refusals import Fault
from zegel_schemas.seal.primitives import b64u, unb64u

WEEK = 7 * DAY


def ask() -> bytes:
    return b"een lange zin die niemand raadt"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch, url="amqp://127.0.0.1:1/zegel")


def rotate(town: Municipality, *, at: int, **more: int | bool) -> Written:
    made = rotate_keys(town.home(CORPORATION), now=at, **more)  # type: ignore[arg-type]
    assert made is not None
    return made


def publish(town: Municipality, made: Written) -> Directory:
    """Let the operator add a statement, and everybody hold the directory it makes."""
    town.publish(append_statement(town.directory, made.statement))
    hop = [each for each in made.keys if each.public.use == "hop"]
    town.made[CORPORATION] = replace(town.made[CORPORATION], keys=(*hop, *town.made[CORPORATION].keys))
    return Directory.load(town.directory, root_fingerprint=town.fingerprint)


def store_of(town: Municipality) -> Keystore:
    home = Home(town.home(CORPORATION))
    return Keystore(home, unlock(home, passphrase=None), owner=CORPORATION)


def rows(town: Municipality, *, at: int, use: OwnUse) -> list[Row]:
    directory = Directory.load(town.directory, root_fingerprint=town.fingerprint)
    return [each for each in list_keys(store_of(town), directory, now=at) if each.use == use]


def seal_now(town: Municipality, *, at: int) -> tuple[bytes, str]:
    """Let the regieteam seal a question; return the container and the id of the key it is sealed to."""
    sender = town.side(REGIE, Clock(at))
    sealed = seal_draft(sender, question(due=""), now=at)
    key = sender.holdings.directory.sealing_key(CORPORATION, at)
    sender.mailbox.close()
    assert key is not None
    return sealed.container, b64u(key.id)


def open_it(town: Municipality, container: bytes, *, sealed: int, at: int) -> str:
    """Let the corporation open at second `at` what the broker permitted at `sealed`; return what became of it."""
    sender, side = town.side(REGIE, Clock(sealed)), town.side(CORPORATION, Clock(at))
    body = town.deliver(CORPORATION, container, town.stamp(town.permit(container, sender, time=sealed + 1)))
    taken = Receiver(side).take(body)
    sender.mailbox.close()
    side.mailbox.close()
    return taken


# -- without interruption ------------------------------------------------------------------------------------------


def test_a_message_in_flight_across_a_rotation_still_opens(town: Municipality) -> None:
    sealed = NOW + 8 * DAY - 60  # the last minute of the first key
    first = store_of(town).keys("sealing")[-1]
    container, _ = seal_now(town, at=NOW + 6 * DAY)
    publish(town, rotate(town, at=sealed, at_once=True))

    assert open_it(town, container, sealed=NOW + 6 * DAY, at=NOW + 13 * DAY - 60) == "opened"
    assert first.id in {own.id for own in store_of(town).keys("sealing")}


def test_the_sender_takes_the_newest_valid_key(town: Municipality) -> None:
    before = seal_now(town, at=NOW + 60)[1]
    publish(town, rotate(town, at=NOW + 3600, at_once=True))
    after = seal_now(town, at=NOW + 3601)[1]
    newest = max((row for row in rows(town, at=NOW + 3601, use="sealing") if row.state == "in use"), key=_begin)

    assert before != after == newest.id


def _begin(row: Row) -> int:
    return row.valid_from


def test_every_second_of_a_year_has_a_valid_key_when_rotated_each_week(town: Municipality) -> None:
    for week in range(52):
        made = rotate_keys(town.home(CORPORATION), now=NOW + week * WEEK)
        if made is not None:
            town.directory = append_statement(town.directory, made.statement)
            connect_home(town.home(CORPORATION), directory=town.directory)
    directory = Directory.load(town.directory, root_fingerprint=town.fingerprint)

    for day in range(52 * 7 + 35):
        for use in ("signing_key", "hop_key", "sealing_key") if day < 52 * 7 else ("sealing_key",):
            assert getattr(directory, use)(CORPORATION, NOW + day * DAY), f"{use} on day {day}"
    assert len(store_of(town).keys("sealing")) <= 6 + 3  # those ahead, the present one and those in grace


def test_after_its_grace_an_old_message_cannot_be_opened(town: Municipality) -> None:
    container, key_id = seal_now(town, at=NOW + 60)
    own = store_of(town).find(unb64u(key_id))
    rotate(town, at=own.valid_until + 9 * DAY + 1)

    # Even for who turns the clock back: the private half is nowhere.
    assert open_it(town, container, sealed=NOW + 60, at=NOW + 120) == "rejected"
    with pytest.raises(KeystoreError, match="destroyed after its term"):
        store_of(town).find(unb64u(key_id))


@pytest.mark.parametrize("weeks", [5, 26])
def test_sealing_keys_reach_as_far_ahead_as_asked(town: Municipality, weeks: int) -> None:
    now = NOW + 2 * WEEK
    rotate(town, at=now, weeks=weeks)
    store = store_of(town)
    last = max(own.valid_from for own in store.keys("sealing"))

    assert all(store.valid("sealing", at=now + day * DAY) for day in range(weeks * 7))
    assert last <= now + 26 * WEEK


@pytest.mark.parametrize("weeks", [4, 27])
def test_fewer_than_five_or_more_than_26_weeks_are_refused(town: Municipality, weeks: int) -> None:
    with pytest.raises(KeystoreError, match="5 to 26"):
        rotate_keys(town.home(CORPORATION), now=NOW, weeks=weeks)


def test_what_is_rotated_at_once_the_directory_takes(town: Municipality) -> None:
    made = rotate(town, at=NOW + 3600, at_once=True)
    directory = publish(town, made)

    assert [each.public.use for each in made.keys] == ["signing", "hop", "sealing"]
    for use in ("signing_key", "hop_key", "sealing_key"):
        assert getattr(directory, use)(CORPORATION, NOW + 3600).valid_from == NOW + 3600


def test_an_adapter_that_was_off_destroys_before_it_opens_anything(town: Municipality) -> None:
    later = NOW + 8 * DAY + 9 * DAY + 1
    before = len(store_of(town).keys("sealing"))
    adapter = Adapter(town.home(CORPORATION), clock=Clock(later))

    assert len(store_of(town).keys("sealing")) == before - 1
    adapter._side.mailbox.close()


def test_a_running_adapter_forgets_a_hop_key_past_its_term(town: Municipality) -> None:
    clock = Clock(NOW + 98 * DAY)
    rotate(town, at=NOW + 80 * DAY)
    adapter = Adapter(town.home(CORPORATION), clock=clock)
    body = town.notice(CORPORATION, town.log.write(Record(type="tick", directory=DirectoryVersion()), time=NOW))
    clock.now = NOW + 99 * DAY + 1
    adapter._tidy()
    adapter._take_or_set_aside(body)

    (aside,) = adapter._side.evidence.aside()
    assert aside.code == Fault.HOP_SLEUTEL_ONBEKEND
    assert aside.kind == "frame"
    adapter._side.mailbox.close()


def test_a_home_that_was_off_too_long_says_what_to_do(town: Municipality) -> None:
    with pytest.raises(KeystoreError, match="run `keys rotate`"):
        Adapter(town.home(CORPORATION), clock=Clock(NOW + 99 * DAY + 1))
    assert rotate(town, at=NOW + 99 * DAY + 1).signed


# -- the identity key elsewhere ------------------------------------------------------------------------------------


def test_with_the_identity_key_elsewhere_the_statement_waits_to_be_signed(town: Municipality, tmp_path: Path) -> None:
    _, _, store, directory = open_keys(town.home(CORPORATION), None)
    move_identity(store, directory, tmp_path / "identity", now=NOW, passphrase=ask)
    made = rotate(town, at=NOW + WEEK)
    assert made.path == Home(town.home(CORPORATION)).unsigned
    with pytest.raises(DirectoryInvalid, match="ONDERTEKENAAR_ONBEVOEGD"):
        Directory.load(append_statement(town.directory, made.statement), root_fingerprint=town.fingerprint)
    signed = sign_unsigned(made.path.read_bytes(), read_identity_file(tmp_path / "identity", passphrase=ask))

    assert not made.signed
    assert publish(town, replace(made, statement=signed)).sealing_key(CORPORATION, NOW + 7 * WEEK)


def test_brought_along_it_signs_at_once_and_stays_out_of_the_home(town: Municipality, tmp_path: Path) -> None:
    _, _, store, directory = open_keys(town.home(CORPORATION), None)
    move_identity(store, directory, tmp_path / "identity", now=NOW, passphrase=ask)
    identity = read_identity_file(tmp_path / "identity", passphrase=ask)
    made = rotate_keys(town.home(CORPORATION), now=NOW + WEEK, identity=identity)

    assert made is not None
    assert publish(town, made).sealing_key(CORPORATION, NOW + 7 * WEEK)
    assert store_of(town).keys("identity") == []
    assert not list(Home(town.home(CORPORATION)).keys.glob("identity-*"))


def test_the_identity_key_of_another_signs_nothing_here(town: Municipality, tmp_path: Path) -> None:
    _, _, store, directory = open_keys(town.home(REGIE), None)
    move_identity(store, directory, tmp_path / "identity", now=NOW, passphrase=ask)
    stranger = read_identity_file(tmp_path / "identity", passphrase=ask)
    made = rotate(town, at=NOW + WEEK)

    with pytest.raises(KeystoreError, match="does not name this identity key"):
        rotate_keys(town.home(CORPORATION), now=NOW + WEEK, identity=stranger)
    with pytest.raises(KeystoreError, match="another instantie"):
        sign_unsigned(made.to_line(), stranger)


def test_an_identity_file_opens_with_its_own_passphrase_only(town: Municipality, tmp_path: Path) -> None:
    file = tmp_path / "identity"
    _, _, store, directory = open_keys(town.home(CORPORATION), None)
    seed = store.keys("identity")[0].private.unsafe_seed()
    with pytest.raises(KeystoreError, match="shorter than 16"):
        move_identity(store, directory, file, now=NOW, passphrase=lambda: b"te kort")
    move_identity(store, directory, file, now=NOW, passphrase=ask)

    assert file.stat().st_mode & 0o777 == 0o600
    assert seed not in file.read_bytes()
    with pytest.raises(KeystoreError, match="wrong passphrase"):
        read_identity_file(file, passphrase=lambda: b"een heel andere lange zin")
    file.write_bytes(file.read_bytes().replace(CORPORATION.encode(), b"mitros........"))
    with pytest.raises(KeystoreError, match="wrong passphrase"):
        read_identity_file(file, passphrase=ask)


# -- taken back ----------------------------------------------------------------------------------------------------


def test_a_key_taken_back_is_used_no_more_and_the_gap_is_filled(town: Municipality) -> None:
    stolen = seal_now(town, at=NOW + 60)[1]
    publish(town, revoke_key(town.home(CORPORATION), stolen[:12], now=NOW + 120, stolen_from=3))
    (revoked,) = [row for row in rows(town, at=NOW + 120, use="sealing") if row.state == "revoked"]
    publish(town, rotate(town, at=NOW + 180))

    assert revoked.id == stolen
    assert seal_now(town, at=NOW + 200)[1] != stolen


@pytest.mark.parametrize("name", ["", "no-such-key"])
def test_what_names_no_key_is_refused(town: Municipality, name: str) -> None:
    with pytest.raises(KeystoreError, match="see `keys list`"):
        revoke_key(town.home(CORPORATION), name, now=NOW)


# -- the list, and the end -----------------------------------------------------------------------------------------


def test_the_list_says_where_every_key_stands(town: Municipality) -> None:
    first = store_of(town).keys("sealing")[-1]
    states = [[row.state for row in rows(town, at=at, use="sealing")] for at in (NOW, first.valid_until + 1)]
    store_of(town).prune(now=first.valid_until + 9 * DAY + 1)
    gone = rows(town, at=first.valid_until + 9 * DAY + 1, use="sealing")[0]

    assert states[0] == ["in use", *["ahead"] * 5]
    assert states[1] == ["grace", "in use", *["ahead"] * 4]
    assert (gone.state, gone.held, gone.published) == ("destroyed", False, True)


def test_no_secret_stands_in_the_list_or_in_what_is_written(town: Municipality) -> None:
    made = rotate(town, at=NOW + WEEK)
    store = store_of(town)
    seeds = [own.private.unsafe_seed() for use in ("identity", "signing", "hop", "sealing") for own in store.keys(use)]
    shown = repr([rows(town, at=NOW, use=use) for use in ("signing", "hop", "sealing")]) + repr(made) + repr(store)

    assert len(seeds) == 10
    assert not any(b64u(seed) in shown or seed.hex() in shown or repr(seed) in shown for seed in seeds)


def test_an_erased_file_was_overwritten_before_it_went(tmp_path: Path) -> None:
    file, kept = tmp_path / "key", tmp_path / "kept"
    file.write_bytes(b"secret" * 10)
    kept.hardlink_to(file)  # shows what is left of the bytes once the name is gone
    erase_file(file)

    assert not file.exists()
    assert len(kept.read_bytes()) == 60
    assert b"secret" not in kept.read_bytes()
    erase_file(file)
