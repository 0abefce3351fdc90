"""A backup brings the keys back after a lost disk, and never what was destroyed; a lock can be changed."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.adapter_scene import (
    CASUS,
    CORPORATION,
    DAY,
    NOW,
    REGIE,
    Clock,
    Municipality,
    found_town,
    give_credential,
    question,
    seal_draft,
)
from zegel_adapters import strongbox
from zegel_adapters.backup import USES, Backup, export_backup, restore_backup
from zegel_adapters.desk import Desk
from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import Home
from zegel_adapters.homekey import read_source, relock, unlock
from zegel_adapters.keystore import Keystore
from zegel_adapters.mailbox import Mailbox, MailboxError
from zegel_adapters.receive import Receiver
from zegel_adapters.settings import load_settings
from zegel_schemas import canonical
from zegel_schemas.seal import vault
from zegel_schemas.seal.primitives import b64u, pae, unb64u


def ask() -> bytes:
    return b"een lange zin die niemand raadt"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch, url="amqp://{user}:secret@127.0.0.1:1/zegel")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def receive(town: Municipality) -> None:
    """Let the corporation take in a question, and send its receipt."""
    sender, side = town.side(REGIE), town.side(CORPORATION)
    container = seal_draft(sender, question()).container
    taken = Receiver(side).take(town.deliver(CORPORATION, container, town.stamp(town.permit(container, sender))))
    for receipt in side.inbox.receipts_due():
        side.inbox.mark_receipt_sent(receipt)
    sender.mailbox.close()
    side.mailbox.close()
    assert taken == "opened"


def save(town: Municipality, file: Path, *, at: int = NOW + 60) -> Backup:
    return export_backup(town.home(CORPORATION), file, now=at, backup_passphrase=ask)


def restore(place: Path, file: Path, *, at: int = NOW + 60) -> Backup:
    return restore_backup(place, file, now=at, backup_passphrase=ask)


def key_ids(place: Path) -> set[bytes]:
    home = Home(place)
    store = Keystore(home, unlock(home, passphrase=None), owner=CORPORATION)
    return {own.id for use in USES for own in store.keys(use)}


def inside(file: Path) -> bytes:
    return strongbox.read_strongbox(file, "backup", passphrase=ask).secret


# -- what comes back -----------------------------------------------------------------------------------------------


def test_after_a_lost_disk_the_backup_makes_a_home_that_opens_what_comes(town: Municipality, file: Path) -> None:
    made, before = save(town, file), key_ids(town.home(CORPORATION))
    shutil.rmtree(town.home(CORPORATION))
    restored = restore(town.home(CORPORATION), file)
    receive(town)

    assert made.keys == restored.keys == {"identity": 1, "signing": 1, "hop": 1, "sealing": 6}
    assert key_ids(town.home(CORPORATION)) == before
    assert load_settings(Home(town.home(CORPORATION))).amqp_url.get_secret_value().startswith("amqp://jutphaas_wonen")
    with Desk(town.home(CORPORATION), clock=Clock()) as desk:
        assert len(desk.inbox()) == 1


def test_every_restored_file_is_for_its_owner_alone(town: Municipality, file: Path, tmp_path: Path) -> None:
    save(town, file)
    restore(tmp_path / "new", file)
    found = [each for each in (tmp_path / "new").rglob("*") if each.is_file()]

    assert {each.stat().st_mode & 0o777 for each in (file, *found)} == {0o600}


def test_a_live_home_is_never_written_over(town: Municipality, file: Path) -> None:
    save(town, file)
    before = {each: each.read_bytes() for each in town.home(CORPORATION).rglob("*") if each.is_file()}

    with pytest.raises(KeystoreError, match="is not empty"):
        restore(town.home(CORPORATION), file)
    assert {each: each.read_bytes() for each in town.home(CORPORATION).rglob("*") if each.is_file()} == before


def test_a_restore_that_fails_leaves_nothing(
    town: Municipality, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(town, file)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")

    with pytest.raises(KeystoreError, match="passphrase"):
        restore(tmp_path / "new", file)
    assert not (tmp_path / "new").exists()


# -- who can open it -----------------------------------------------------------------------------------------------


def test_it_opens_with_its_own_passphrase_and_no_other(town: Municipality, file: Path, tmp_path: Path) -> None:
    save(town, file)

    with pytest.raises(KeystoreError, match="wrong passphrase"):
        restore_backup(tmp_path / "new", file, now=NOW, backup_passphrase=lambda: b"een heel andere lange zin")
    with pytest.raises(KeystoreError, match="shorter than 16"):
        export_backup(town.home(CORPORATION), tmp_path / "other", now=NOW, backup_passphrase=lambda: b"twaalf en nog")
    with pytest.raises(KeystoreError, match="exists already"):
        save(town, file)


def test_no_key_and_no_password_stands_in_it_readable(town: Municipality, file: Path) -> None:
    save(town, file)
    home = Home(town.home(CORPORATION))
    store = Keystore(home, unlock(home, passphrase=None), owner=CORPORATION)
    seeds = [own.private.unsafe_seed() for use in USES for own in store.keys(use)]

    assert len(seeds) == 9
    assert not any(seed in file.read_bytes() or b64u(seed).encode() in file.read_bytes() for seed in seeds)
    assert b":secret@" not in file.read_bytes()
    assert all(b64u(seed).encode() in inside(file) for seed in seeds)  # the test looks in the right place


@pytest.mark.parametrize("place", [10, -10])
def test_a_damaged_backup_is_told(town: Municipality, file: Path, tmp_path: Path, place: int) -> None:
    save(town, file)
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)

    with pytest.raises(KeystoreError, match="damaged"):
        restore(tmp_path / "new", file)


def test_one_that_others_can_read_is_refused(town: Municipality, file: Path, tmp_path: Path) -> None:
    save(town, file)
    file.chmod(0o640)

    with pytest.raises(KeystoreError, match="chmod go-rwx"):
        restore(tmp_path / "new", file)


# -- what never comes back -----------------------------------------------------------------------------------------


def test_a_restored_backup_does_not_bring_destroyed_content_back(
    town: Municipality, file: Path, tmp_path: Path
) -> None:
    receive(town)
    save(town, file)
    old = tmp_path / "old"
    shutil.copytree(town.home(CORPORATION), old)  # what a careless copy of the disk holds besides the backup
    with Desk(town.home(CORPORATION), clock=Clock()) as desk:
        assert desk.destroy(CASUS).destroyed
    restore(tmp_path / "new", file)
    new = Home(tmp_path / "new")
    key = unlock(new, passphrase=None)

    with Desk(new.root, clock=Clock()) as desk:
        assert desk.inbox() == []
    new.mailbox.unlink()
    for each in old.glob("mailbox.sqlite*"):
        shutil.copy(each, new.root)
    with pytest.raises(MailboxError, match="another home key"):
        Mailbox(new.mailbox, key, instantie=CORPORATION)
    with sqlite3.connect(new.mailbox) as db:
        found = [(pae(b"zegel casus key", row[0]), row[1]) for row in db.execute("SELECT lookup, box FROM casus_key")]
    db.close()
    for context, box in found:
        assert unlock(Home(old), passphrase=None).decrypt(box, context=context)  # it is the home key that is missing
        for secret in _every_secret(inside(file)):
            with pytest.raises(vault.VaultError):
                vault.decrypt(secret, box, context=context)
    assert found


def _every_secret(content: bytes) -> list[bytes]:
    """Return all that could be a key in an opened backup."""
    values = canonical.decode(content)
    assert isinstance(values, dict)
    keys = values["keys"]
    assert isinstance(keys, list)
    return [unb64u(str(each["seed"])) for each in keys if isinstance(each, dict)]


def test_neither_home_key_nor_casus_keys_nor_mailbox_are_in_it(town: Municipality, file: Path) -> None:
    receive(town)
    save(town, file)
    home, content = Home(town.home(CORPORATION)), inside(file)
    with sqlite3.connect(home.mailbox) as db:
        (box,) = db.execute("SELECT box FROM casus_key").fetchone()
    db.close()
    values = canonical.decode(content)

    assert isinstance(values, dict)
    assert isinstance(values["files"], dict)
    assert set(values["files"]) <= {"directory.json", "amqp-password", "tls/key.pem"}
    assert b64u(box).encode() not in content
    assert home.lock.read_bytes() not in content
    assert b"mailbox" not in content


def test_keys_past_their_term_are_neither_saved_nor_restored(town: Municipality, file: Path, tmp_path: Path) -> None:
    later = NOW + 18 * DAY  # the first sealing key ended ten days ago
    saved = save(town, file, at=later)
    restored = restore(tmp_path / "new", file, at=NOW + 25 * DAY)

    assert saved.keys["sealing"] == 5
    assert restored.keys["sealing"] == 4
    assert restored.keys["identity"] == 1


# -- another lock --------------------------------------------------------------------------------------------------


def test_another_passphrase_opens_the_home_and_the_old_one_does_not(town: Municipality) -> None:
    home, before = Home(town.home(CORPORATION)), key_ids(town.home(CORPORATION))
    relock(home, old=None, source="passphrase", new=lambda: b"de eerste zin")
    relock(home, old=lambda: b"de eerste zin", source="passphrase", new=lambda: b"de tweede zin")
    store = Keystore(home, unlock(home, passphrase=lambda: b"de tweede zin"), owner=CORPORATION)

    assert {own.id for use in USES for own in store.keys(use)} == before
    with pytest.raises(KeystoreError, match="wrong passphrase"):
        unlock(home, passphrase=lambda: b"de eerste zin")


def test_from_passphrase_to_credential_and_what_was_received_stays(town: Municipality, tmp_path: Path) -> None:
    receive(town)
    home = Home(town.home(CORPORATION))
    relock(home, old=None, source="passphrase", new=lambda: b"de eerste zin")
    give_credential(tmp_path / "credentials")  # another one than the home was made with
    relock(home, old=lambda: b"de eerste zin", source="credential", new=None)

    assert read_source(home) == "credential"
    with Desk(home.root, clock=Clock()) as desk:
        assert len(desk.inbox()) == 1


@pytest.mark.parametrize(("old", "new"), [(b"niet de goede zin", b"de tweede zin"), (b"de eerste zin", b"kort")])
def test_a_wrong_or_short_passphrase_changes_nothing(town: Municipality, old: bytes, new: bytes) -> None:
    home = Home(town.home(CORPORATION))
    relock(home, old=None, source="passphrase", new=lambda: b"de eerste zin")
    before = home.lock.read_bytes()

    with pytest.raises(KeystoreError):
        relock(home, old=lambda: old, source="passphrase", new=lambda: new)
    assert home.lock.read_bytes() == before
