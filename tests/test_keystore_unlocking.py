"""What opens a home, with the real things: a keyring file that encrypts, and a credential as systemd hands it out."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.null import Keyring as NoKeyring
from keyrings.cryptfile.cryptfile import CryptFileKeyring  # type: ignore[import-not-found, import-untyped, unused-ignore] # no types

from tests.adapter_scene import NOW, WIL
from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import Home
from zegel_adapters.homekey import CREDENTIAL, read_source, relock, unlock
from zegel_adapters.initialise import init_home
from zegel_adapters.keystore import Keystore
from zegel_schemas.seal.primitives import b64u


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a keyring in a file of its own, encrypted, and return that file."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    before = keyring.get_keyring()
    log_in(tmp_path / "ring", "the user is logged in")
    yield tmp_path / "ring"
    keyring.set_keyring(before)


def log_in(file: Path, password: str) -> None:
    backend = CryptFileKeyring()
    backend.file_path = str(file)
    backend.keyring_key = password
    keyring.set_keyring(backend)


def open_keys(place: Path) -> int:
    home = Home(place)
    return len(Keystore(home, unlock(home, passphrase=None), owner=WIL).keys("sealing"))


# -- the keyring of the operating system ---------------------------------------------------------------------------


def test_the_os_keyring_opens_a_home_where_there_is_one(ring: Path, tmp_path: Path) -> None:
    init_home(tmp_path / "wil", WIL, now=NOW)
    log_in(ring, "the user is logged in")  # as after a restart: nothing in memory, all from the file

    assert read_source(Home(tmp_path / "wil")) == "keyring"
    assert open_keys(tmp_path / "wil") == 6
    assert ring.exists()


def test_without_its_entry_the_home_stays_shut(ring: Path, tmp_path: Path) -> None:
    init_home(tmp_path / "wil", WIL, now=NOW)
    ring.unlink()
    log_in(ring, "another user")

    with pytest.raises(KeystoreError, match="log in as the adapter's user"):
        open_keys(tmp_path / "wil")


def test_on_a_machine_without_keyring_the_home_stays_shut(ring: Path, tmp_path: Path) -> None:
    init_home(tmp_path / "wil", WIL, now=NOW)
    assert ring.exists()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call] # as above

    with pytest.raises(KeystoreError, match="OS keyring"):
        open_keys(tmp_path / "wil")


class Doubtful(CryptFileKeyring):  # type: ignore[misc] # the package has no types
    """A backend with the priority of files in the clear, which `keyring` itself does not recommend."""

    priority = 0.5


def test_a_keyring_that_does_not_encrypt_is_never_chosen(ring: Path, tmp_path: Path) -> None:
    before = ring.read_bytes()
    backend = Doubtful()
    backend.file_path, backend.keyring_key = str(ring), "the user is logged in"
    keyring.set_keyring(backend)
    init_home(tmp_path / "wil", WIL, now=NOW, prompt=lambda: b"twaalf tekens of meer")

    assert read_source(Home(tmp_path / "wil")) == "passphrase"
    assert ring.read_bytes() == before
    with pytest.raises(KeystoreError, match="no keyring that encrypts"):
        relock(Home(tmp_path / "wil"), old=lambda: b"twaalf tekens of meer", source="keyring", new=None)


def test_a_new_lock_in_the_keyring_leaves_no_entry_of_the_old_one(ring: Path, tmp_path: Path) -> None:
    init_home(tmp_path / "wil", WIL, now=NOW)
    home = Home(tmp_path / "wil")
    old = home.lock.read_bytes()
    relock(home, old=None, source="keyring", new=None)

    assert open_keys(home.root) == 6
    home.lock.write_bytes(old)
    with pytest.raises(KeystoreError, match="its entry is not there"):
        open_keys(home.root)
    assert ring.exists()


# -- a credential of systemd ---------------------------------------------------------------------------------------


def hand_out(folder: Path, secret: bytes) -> None:
    """Lay a credential down as systemd does: folder 0500, file 0400."""
    folder.mkdir(mode=0o700)
    (folder / CREDENTIAL).write_bytes(secret)
    (folder / CREDENTIAL).chmod(0o400)
    folder.chmod(0o500)


def test_a_credential_as_systemd_lays_it_down_opens_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_out(tmp_path / "credentials", b64u(bytes(range(32))).encode() + b"\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    init_home(tmp_path / "wil", WIL, now=NOW)

    assert read_source(Home(tmp_path / "wil")) == "credential"
    assert open_keys(tmp_path / "wil") == 6


def test_one_that_systemd_encrypted_and_decrypted_opens_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, sealed = b64u(bytes(range(32))).encode(), tmp_path / "kek.cred"
    tool = shutil.which("systemd-creds")
    if tool is None:
        pytest.skip("this machine has no systemd-creds")
    # No host key is made for a test: the null key tries the format and the name, not the secrecy.
    command = [tool, "--with-key=tpm2-absent", f"--name={CREDENTIAL}", "encrypt", "-", str(sealed)]
    if subprocess.run(command, input=secret, capture_output=True, check=False).returncode:
        pytest.skip("this systemd-creds knows no null key")
    command = [tool, f"--name={CREDENTIAL}", "decrypt", str(sealed), "-"]
    hand_out(tmp_path / "credentials", subprocess.run(command, capture_output=True, check=True).stdout)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    init_home(tmp_path / "wil", WIL, now=NOW)

    assert secret not in sealed.read_bytes()
    assert open_keys(tmp_path / "wil") == 6


@pytest.mark.parametrize("secret", [b"", b"short", bytes(range(200, 232)), b64u(bytes(31)).encode(), b"A" * 44])
def test_what_is_no_key_is_told_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: bytes) -> None:
    hand_out(tmp_path / "credentials", secret)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))

    with pytest.raises(KeystoreError, match="32 random bytes as base64url") as told:
        init_home(tmp_path / "wil", WIL, now=NOW)
    assert not secret or secret.decode("latin-1") not in str(told.value)


# -- whose files they are ------------------------------------------------------------------------------------------


def test_a_key_file_of_another_user_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_out(tmp_path / "credentials", b64u(bytes(range(32))).encode())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    init_home(tmp_path / "wil", WIL, now=NOW)
    file = next((tmp_path / "wil" / "keys").glob("hop-*.key"))
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(file, 12345, -1)

    with pytest.raises(KeystoreError, match="belongs to another user; the adapter's own user must own it"):
        open_keys(tmp_path / "wil")
