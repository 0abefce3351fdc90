"""The broker's keys lie encrypted, readable by nobody else, and are held against what the root signed."""

import shutil
from pathlib import Path

import pytest

from tests.one_directory import DAY, DIRECTORY, NOW
from tests.town import sign_directory
from zegel_broker.keyfiles import read_kek, read_keys
from zegel_broker.load import load_equipment, require_convenant, require_hop_keys, require_log_key
from zegel_broker.provision import BrokerHome, init_broker
from zegel_broker.settings import SettingsError, load_settings
from zegel_schemas.convenant import shipped_convenant
from zegel_schemas.directory import fingerprint
from zegel_schemas.seal import PrivateKey

ORIGIN = "zegel.example/nieuwegein"  # the one `sign_directory` names


@pytest.fixture
def home(tmp_path: Path) -> BrokerHome:
    """A new broker's home."""
    return init_broker(tmp_path / "broker", origin=ORIGIN, now=NOW)


def connect(home: BrokerHome) -> Path:
    """Have a root sign what the home made, and write the settings."""
    root = PrivateKey.generate("root", "root")
    file = sign_directory([home.keys], log=home.log, roots=[root], convenant=shipped_convenant(), now=NOW)
    directory = home.place / "directory.json"
    directory.write_bytes(file)
    return home.connect(
        directory=directory, root_fingerprint=fingerprint(file), amqp_url="amqp://broker:secret@127.0.0.1/zegel"
    )


def test_no_file_of_a_new_home_can_be_read_by_others_or_holds_a_seed_in_the_clear(home: BrokerHome) -> None:
    kek = read_kek(home.place / "kek")
    seeds = [
        read_keys(home.place / "keys", use=use, kek=kek)[0].private.unsafe_seed() for use in ("identity", "hop", "log")
    ]
    files = [*(home.place / "keys").iterdir(), home.place / "kek"]

    assert len(files) == 4
    for file in files:
        assert file.stat().st_mode & 0o077 == 0
        assert not any(seed in file.read_bytes() for seed in seeds)


def test_keys_are_never_made_anew_in_place(home: BrokerHome) -> None:
    with pytest.raises(SettingsError, match="there are keys already"):
        init_broker(home.place, origin=ORIGIN, now=NOW)


def test_a_connected_home_gives_all_that_a_broker_starts_with(home: BrokerHome) -> None:
    settings = load_settings(connect(home))
    equipment = load_equipment(settings, now=NOW)

    assert equipment.origin == ORIGIN
    assert equipment.log_key.public == home.log
    assert equipment.registry.in_force(NOW) is not None
    assert (home.place / "amqp-password").stat().st_mode & 0o077 == 0
    assert "secret" not in (home.place / "zegel.toml").read_text()


def test_a_systemd_credential_goes_before_the_kek_file(
    home: BrokerHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    shutil.move(home.place / "kek", credentials / "zegel-broker.kek")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))

    assert read_keys(home.place / "keys", use="hop", kek=read_kek(None))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda place: (place / "kek").unlink(), "write the secret there"),
        (lambda place: (place / "kek").write_text("short"), "not a key"),
        (lambda place: (place / "kek").write_text("A" * 43), "does not open with this kek"),
        (lambda place: next((place / "keys").glob("hop-*")).chmod(0o644), "others can read this key"),
        (lambda place: next((place / "keys").glob("hop-*")).unlink(), "no hop key"),
        (lambda place: next((place / "keys").glob("log-*")).write_text("{}"), "damaged"),
        (lambda place: (place / "directory.json").write_bytes(b"{}\n"), "directory"),
    ],
)
def test_what_is_wrong_with_a_home_is_named_before_anything_starts(harm: object, said: str, home: BrokerHome) -> None:
    settings = load_settings(connect(home))
    harm(home.place)  # type: ignore[operator]  # one of the lambdas above

    with pytest.raises(SettingsError, match=said):
        load_equipment(settings, now=NOW)


def test_keys_nobody_signed_for_are_not_used(home: BrokerHome) -> None:
    kek = read_kek(home.place / "kek")
    with pytest.raises(SettingsError, match="no valid hop key of this broker"):
        require_hop_keys(DIRECTORY, read_keys(home.place / "keys", use="hop", kek=kek), now=NOW)
    with pytest.raises(SettingsError, match="no adapter would trust"):
        require_log_key(DIRECTORY, read_keys(home.place / "keys", use="log", kek=kek))


def test_a_hop_key_that_ran_out_is_named(home: BrokerHome) -> None:
    settings = load_settings(connect(home))

    with pytest.raises(SettingsError, match="no valid hop key"):
        load_equipment(settings, now=NOW + 91 * DAY)


def test_a_convenant_in_force_that_no_file_holds_is_named_by_its_digest() -> None:
    with pytest.raises(SettingsError, match=str(DIRECTORY.convenant_at(NOW))):
        require_convenant(DIRECTORY, {}, now=NOW)
