"""The key store: what opens it, who may read it, and how long a key lives."""

import pickle
from pathlib import Path

import pytest

from tests.adapter_scene import DAY, NOW, WIL, found_town, give_credential
from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import Home
from zegel_adapters.homekey import create_home_key, read_passphrase_file, unlock
from zegel_adapters.initialise import connect_home, init_home, renew_identity
from zegel_adapters.keystore import Keystore
from zegel_adapters.rotation import rotate_keys
from zegel_adapters.settings import load_settings
from zegel_schemas.directory import append_statement, make_member
from zegel_schemas.directory.fold import Fold
from zegel_schemas.directory.request import read_request
from zegel_schemas.refusals import Refusal

PASSPHRASE = "twaalf tekens of meer"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return the home of WIL, made under a credential."""
    give_credential(tmp_path / "credentials")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    init_home(tmp_path / "wil", WIL, now=NOW)
    return Home(tmp_path / "wil")


def open_store(home: Home) -> Keystore:
    return Keystore(home, unlock(home, passphrase=None), owner=WIL)


def write_passphrase(path: Path, text: str = PASSPHRASE) -> Path:
    path.touch(mode=0o600)
    path.write_text(f"{text}\n")
    return path


def test_a_new_home_publishes_keys_for_five_weeks_and_more(home: Home) -> None:
    store = open_store(home)

    assert [own.use for own in store.keys("signing") + store.keys("hop")] == ["signing", "hop"]
    assert all(own.valid_until - own.valid_from <= 8 * DAY for own in store.keys("sealing"))
    assert all(store.valid("sealing", at=NOW + day * DAY) for day in range(36))


def test_what_leaves_the_home_is_public_and_signed_by_its_identity(home: Home) -> None:
    request = read_request(home.request.read_bytes(), fold=Fold())

    assert request.public == open_store(home).keys("identity")[0].private.public
    assert request.keys.encode() == home.statement.read_bytes()
    assert home.password.read_text().strip() not in home.request.read_text()


def test_a_new_identity_key_signs_only_once_the_root_has_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = found_town(tmp_path, monkeypatch)
    new = renew_identity(town.home(WIL), now=NOW + DAY)
    request = read_request(Home(town.home(WIL)).request.read_bytes(), fold=None)
    before = rotate_keys(town.home(WIL), now=NOW + 7 * DAY)
    named = make_member(WIL, identity=[new], time=NOW + DAY, signed_by=[town.root], after=town.directory)
    connect_home(town.home(WIL), directory=append_statement(town.directory, named))
    after = rotate_keys(town.home(WIL), now=NOW + 7 * DAY)

    assert (request.public, request.keys) == (new, "")
    assert before is not None
    assert before.identity != new
    assert after is not None
    assert after.identity == new


def test_no_file_of_the_home_shows_a_private_key(home: Home) -> None:
    store = open_store(home)
    seeds = [own.private.unsafe_seed() for use in ("identity", "signing", "sealing", "hop") for own in store.keys(use)]
    written = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())

    assert len(seeds) == 9
    assert not any(seed in written or seed.hex().encode() in written for seed in seeds)


def test_every_key_file_is_for_its_owner_alone(home: Home) -> None:
    assert {path.stat().st_mode & 0o777 for path in home.keys.iterdir()} == {0o600}
    assert home.keys.stat().st_mode & 0o777 == 0o700
    assert home.settings.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_others_can_read_is_refused(home: Home, mode: int) -> None:
    path = next(home.keys.glob("signing-*.key"))
    path.chmod(mode)

    with pytest.raises(KeystoreError, match="chmod go-rwx"):
        open_store(home)


def test_a_key_folder_others_can_list_is_refused(home: Home) -> None:
    home.keys.chmod(0o750)

    with pytest.raises(KeystoreError, match="mode 0750"):
        open_store(home)


def test_a_key_file_is_bound_to_what_it_says(home: Home) -> None:
    path = next(home.keys.glob("sealing-*.key"))
    longer = path.read_bytes().replace(b'"valid_until":1', b'"valid_until":2')
    path.write_bytes(longer)

    with pytest.raises(KeystoreError, match="does not open"):
        open_store(home)


def test_keys_of_another_instantie_do_not_open(home: Home) -> None:
    with pytest.raises(KeystoreError, match="another instantie"):
        Keystore(home, unlock(home, passphrase=None), owner="uwv")


def test_a_passphrase_opens_what_it_locked_and_another_does_not(tmp_path: Path) -> None:
    init_home(tmp_path / "wil", WIL, now=NOW, passphrase_file=write_passphrase(tmp_path / "passphrase"))
    home = Home(tmp_path / "wil")
    named = load_settings(home).passphrase_file
    assert named is not None

    assert Keystore(home, unlock(home, passphrase=read_passphrase_file(named)), owner=WIL).keys("signing")
    with pytest.raises(KeystoreError, match="wrong passphrase"):
        unlock(home, passphrase=lambda: b"een andere wachtzin")


def test_without_a_passphrase_the_remedy_is_named(tmp_path: Path) -> None:
    init_home(tmp_path / "wil", WIL, now=NOW, passphrase_file=write_passphrase(tmp_path / "passphrase"))

    with pytest.raises(KeystoreError, match="passphrase_file"):
        unlock(Home(tmp_path / "wil"), passphrase=None)


def test_a_passphrase_file_others_can_read_is_refused(tmp_path: Path) -> None:
    file = write_passphrase(tmp_path / "passphrase")
    file.chmod(0o644)

    with pytest.raises(KeystoreError, match="mode 0644"):
        init_home(tmp_path / "wil", WIL, now=NOW, passphrase_file=file)
    assert not (tmp_path / "wil" / "settings.toml").exists()


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="shorter than 12"):
        init_home(tmp_path / "wil", WIL, now=NOW, passphrase_file=write_passphrase(tmp_path / "passphrase", "kort"))


def test_the_credential_of_another_home_does_not_open_this_one(home: Home, tmp_path: Path) -> None:
    give_credential(tmp_path / "credentials")

    with pytest.raises(KeystoreError, match="wrong credential"):
        unlock(home, passphrase=None)


def test_a_missing_credential_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")

    with pytest.raises(KeystoreError, match="the unit does not load it"):
        unlock(home, passphrase=None)


def test_a_home_is_never_made_twice(home: Home) -> None:
    with pytest.raises(KeystoreError, match="a home already"):
        init_home(home.root, WIL, now=NOW)
    with pytest.raises(KeystoreError, match="has its key already"):
        create_home_key(home, passphrase=None)


def test_the_private_half_of_a_sealing_key_goes_nine_days_after_its_last_day(home: Home) -> None:
    store = open_store(home)
    first = store.keys("sealing")[-1]

    assert store.prune(now=first.valid_until + 9 * DAY) == 0
    assert store.prune(now=first.valid_until + 9 * DAY + 1) == 1
    assert first.id not in {own.id for own in open_store(home).keys("sealing")}
    with pytest.raises(KeystoreError, match="destroyed after its term"):
        store.find(first.id)


def test_the_home_key_shows_itself_to_nobody(home: Home) -> None:
    key = unlock(home, passphrase=None)

    assert "HomeKey object" in repr(key)
    with pytest.raises(TypeError, match="does not leave its process"):
        pickle.dumps(key)


def test_a_directory_is_taken_only_with_the_fingerprint_read_out(home: Home) -> None:
    with pytest.raises(Refusal, match="REGISTER_ONGELDIG"):
        connect_home(home.root, directory=b"{}\n", root_fingerprint="aaaa-aaaa")
    assert not home.directory.exists()


def test_the_next_keys_are_made_in_time_and_published_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = found_town(tmp_path, monkeypatch)
    home = Home(town.home(WIL))
    later = NOW + 70 * DAY
    made = rotate_keys(home.root, now=later)
    assert made is not None
    again = rotate_keys(home.root, now=later)

    assert [each.public.use for each in made.keys] == ["signing", "hop", *["sealing"] * 6]
    assert again is not None
    assert again.keys == made.keys
    town.publish(append_statement(town.directory, made.statement))
    assert rotate_keys(home.root, now=later) is None
    directory = connect_home(home.root)
    assert directory is not None
    assert all(directory.sealing_key(WIL, later + day * DAY) for day in range(36))


def test_a_week_later_only_one_sealing_key_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = found_town(tmp_path, monkeypatch)
    made = rotate_keys(town.home(WIL), now=NOW + 7 * DAY)

    assert made is not None
    assert [each.public.use for each in made.keys] == ["sealing"]


def test_keys_are_renewed_only_after_the_first_were_published(home: Home) -> None:
    with pytest.raises(KeystoreError, match="first join"):
        rotate_keys(home.root, now=NOW)
