"""A wrong setting is told with field and remedy before anything starts, and no error repeats a secret."""

import re
from itertools import zip_longest
from pathlib import Path

import pytest

from zegel_broker.settings import Settings, SettingsError, load_settings, read_secret

WHOLE = {
    "amqp_url": '"amqps://rabbit.example:5671/zegel?auth=external"',
    "directory": '"directory.json"',
    "root_fingerprint": '"k7qm-2x4p"',
    "keys": '"keys"',
    "ledger": '"/var/lib/zegel/ledger.db"',
}


def write(place: Path, **changes: str | None) -> Path:
    """Write a whole settings file with some lines changed or, where None, left out."""
    values = {name: value for name, value in (WHOLE | changes).items() if value is not None}
    config = place / "zegel.toml"
    config.write_text("".join(f"{name} = {value}\n" for name, value in values.items()))
    return config


def refusal_of(config: Path | None) -> str:
    """Return the text with which settings are refused."""
    with pytest.raises(SettingsError) as refused:
        load_settings(config)
    return str(refused.value)


def test_a_whole_file_is_read_and_its_relative_paths_lie_beside_it(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, convenants='["more.yaml"]'))

    assert settings.directory == tmp_path / "directory.json"
    assert settings.keys == tmp_path / "keys"
    assert settings.ledger == Path("/var/lib/zegel/ledger.db")
    assert settings.convenants == (tmp_path / "more.yaml",)


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_BROKER_PREFETCH", "7")

    assert load_settings(write(tmp_path, prefetch="9")).prefetch == 7


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_missing_field_is_named_with_both_places_to_write_it(name: str, tmp_path: Path) -> None:
    text = refusal_of(write(tmp_path, **{name: None}))

    assert text == (
        f"{tmp_path / 'zegel.toml'}: {name}: missing: write `{name} = …` in the file or set ZEGEL_BROKER_{name.upper()}"
    )


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    assert len(refusal_of(write(tmp_path, keys=None, ledger=None, prefetch='"many"')).splitlines()) == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prefech": "8"}, "prefech: no such setting: did you mean `prefetch`?"),
        ({"colour": '"blue"'}, "colour: no such setting: see docs/operations.md for all of them"),
        ({"prefetch": "0"}, "prefetch: Input should be greater than or equal to 1"),
        ({"log_level": '"loud"'}, "log_level: write debug, info, warning or error"),
        ({"patience": "-1"}, "patience: Input should be greater than 0"),
        ({"amqp_url": '"http://rabbit.example/zegel"'}, "amqp_url: write amqps://HOST:PORT/zegel"),
        (
            {"amqp_url": '"amqp://rabbit.example/zegel"'},
            "amqp_url: another machine is reached with amqps:// and certificates only",
        ),
        ({"amqp_url": '"amqps://rabbit.example/"'}, "amqp_url: its path is the vhost: write …/zegel"),
    ],
)
def test_a_wrong_field_is_named_with_its_remedy(changes: dict[str, str], said: str, tmp_path: Path) -> None:
    assert said in refusal_of(write(tmp_path, **changes))


def test_a_typo_in_the_environment_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_BROKER_LEGER", "/somewhere")

    assert refusal_of(write(tmp_path)) == "ZEGEL_BROKER_LEGER: no such setting: did you mean `ledger`?"


def test_the_manual_lists_every_setting_with_its_default() -> None:
    manual = (Path(__file__).parent.parent / "docs" / "operations.md").read_text().partition("## Settings")[2]
    rows = [line.split("|")[1:3] for line in manual.partition("## ")[0].splitlines() if line.startswith("| `")]
    words = [[re.findall(r"`([^`]*)`", cell) for cell in row] for row in rows]
    told = {name: default for names, defaults in words for name, default in zip_longest(names, defaults)}

    assert told.keys() == Settings.model_fields.keys()
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        assert told[name] == (None if field.is_required() or default is None else _as_toml(default)), name


def _as_toml(value: object) -> str:
    return "[]" if value == () else str(value)


def test_a_file_that_is_no_toml_or_not_there_is_named(tmp_path: Path) -> None:
    config = tmp_path / "zegel.toml"

    assert "there is no such file" in refusal_of(config)
    config.write_text("prefetch = = 8\n")
    assert "not TOML" in refusal_of(config)
    assert "line 1" in refusal_of(config)


def test_no_value_is_ever_repeated_in_an_error(tmp_path: Path) -> None:
    assert "hunter2" not in refusal_of(write(tmp_path, amqp_url='"amqp://broker:hunter2@rabbit.example/zegel"'))


def test_the_line_to_rabbitmq_gets_password_heartbeat_timeout_and_name(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.touch(mode=0o600)
    secret.write_text("p@ss/word\n")
    settings = load_settings(write(tmp_path, amqp_url='"amqp://127.0.0.1:5672/zegel"', amqp_password_file='"password"'))
    line = settings.amqp_line("zegel-broker in")

    assert line.startswith("amqp://broker:p%40ss%2Fword@127.0.0.1:5672/zegel?")
    assert "heartbeat=10" in line
    assert "timeout=10" in line
    assert "name=zegel-broker+in" in line
    assert "p@ss" not in repr(settings)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secret_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("secret")
    secret.chmod(mode)

    with pytest.raises(SettingsError, match="chmod 600"):
        read_secret(secret)
