"""Settings of one broker: a TOML file, each field overridden by an environment variable `ZEGEL_BROKER_<FIELD>`.

Secrets do not stand here but in files of their own, mode 0600: the key files, the key that opens them, the AMQP
password. Relative paths are taken from the folder the TOML file is in.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from yarl import URL

from zegel_broker.topology import VHOST
from zegel_schemas.declaration import BROKER

PREFIX: Final = "ZEGEL_BROKER_"
CONFIG: Final = "CONFIG"  # ZEGEL_BROKER_CONFIG names the file itself, so it is no field
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
PRIVATE_MODE: Final = 0o077  # no bit of it may be set on a file that holds a secret

Seconds = Annotated[float, Field(gt=0, le=3600)]


class SettingsError(Exception):
    """A setting is missing, unknown or wrong; the text names field and remedy, and never a value."""


class Settings(BaseSettings):
    """What one broker must know. Durations are in seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    amqp_url: SecretStr
    """amqps://HOST:5671/zegel?cafile=…&certfile=…&keyfile=…&auth=external, or on loopback amqp://broker@127.0.0.1/zegel."""

    amqp_password_file: Path | None = None
    """File (mode 0600) with the password of user `broker`; only for a node on loopback."""

    directory: Path
    """The signed directory file: who is a member, with which keys, which log and which convenant."""

    root_fingerprint: str
    """Fingerprint of the root statement, as a root holder reads it out; the whole directory is checked from it."""

    convenants: tuple[Path, ...] = ()
    """Files or folders with convenants besides the shipped one, each a whole set of documents."""

    keys: Path
    """Folder (mode 0700) with the broker's own key files; `zegel-broker keys init` makes them."""

    kek_file: Path | None = None
    """File (mode 0600) with the key that opens the key files; a systemd credential `zegel-broker.kek` goes first."""

    ledger: Path
    """The SQLite database of the ledger, on a disk that keeps what it has confirmed."""

    anchor: Path | None = None
    """A file on another disk that holds the newest note, so that a ledger restored from a backup is noticed."""

    http_host: str = "127.0.0.1"
    """Address of /livez, /readyz and /metrics; they show no content, yet are nobody else's business."""

    http_port: Annotated[int, Field(ge=0, le=65535)] = 8470
    """Port of the same; 0 = any free one."""

    prefetch: Annotated[int, Field(ge=1, le=1000)] = 64
    """Messages of one inbox under way at once; small, so that one noisy instantie cannot starve the rest."""

    patience: Seconds = 300
    """How long a full queue is tried before a message ends undeliverable."""

    answer_timeout: Seconds = 30
    """How long RabbitMQ may take to accept a connection or to confirm a letter."""

    fault_pause: Seconds = 5
    """How long a message is held before it is given back after a fault of ours."""

    grace: Seconds = 20
    """How long a stopping broker finishes what it has in hand."""

    dryruns_per_day: Annotated[int, Field(ge=0, le=1000)] = 20
    """Dry runs answered per instantie, casus and day; what many small questions teach adds up. 0 = none."""

    log_level: str = "info"
    """debug | info | warning | error."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings passes it
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no .env files: one place less to look for a secret
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file; the file is whatever `load_settings` passed."""
        return (env_settings, init_settings)

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value not in {"debug", "info", "warning", "error"}:
            raise ValueError("write debug, info, warning or error")
        return value

    @model_validator(mode="after")
    def _safe_line(self) -> Self:
        url = URL(self.amqp_url.get_secret_value())
        if url.scheme not in {"amqp", "amqps"} or not url.host:
            raise ValueError("amqp_url: write amqps://HOST:PORT/zegel")
        if url.scheme == "amqp" and url.host not in LOOPBACK:
            raise ValueError("amqp_url: another machine is reached with amqps:// and certificates only")
        if url.path.strip("/") != VHOST:
            raise ValueError(f"amqp_url: its path is the vhost: write …/{VHOST}")
        return self

    def amqp_line(self, name: str) -> str:
        """Return the URL to connect with: password, heartbeat, timeout, and `name` for RabbitMQ's list of connections.

        Raise SettingsError when the password file cannot be read.
        """
        url = URL(self.amqp_url.get_secret_value())
        url = url.with_user(url.user or BROKER)
        if self.amqp_password_file is not None:
            url = url.with_password(read_secret(self.amqp_password_file))
        return str(url.update_query({"heartbeat": "10", "timeout": "10", "name": name}))


def load_settings(config: Path | None = None) -> Settings:
    """Read the settings from `config` and the environment; raise SettingsError naming each field and its remedy."""
    _refuse_unknown_variables(os.environ)
    try:
        values = {} if config is None else TomlConfigSettingsSource(Settings, toml_file=_existing(config))()
        return _beside(Settings(**values), Path() if config is None else config.parent)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(error, config))) from None
    except ValueError as error:  # tomllib names line and column
        raise SettingsError(f"{config}: not TOML: {error}") from None


def read_secret(file: Path) -> str:
    """Return the one line in `file`; raise SettingsError when others may read it or it is not there."""
    try:
        if file.stat().st_mode & PRIVATE_MODE:
            raise SettingsError(f"{file}: others can read this secret: chmod 600 {file}")
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}: write the secret there, mode 0600") from None


def _existing(config: Path) -> Path:
    if not config.is_file():
        raise SettingsError(f"{config}: there is no such file: `zegel-broker keys init --home DIR` makes one")
    return config


def _beside(settings: Settings, folder: Path) -> Settings:
    """Return the settings with every relative path taken from `folder`."""
    paths: dict[str, Any] = {
        name: folder / value for name, value in settings if isinstance(value, Path) and not value.is_absolute()
    }
    paths["convenants"] = tuple(folder / each for each in settings.convenants)
    return settings.model_copy(update=paths)


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    known = {name.upper() for name in Settings.model_fields} | {CONFIG}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).upper() not in known:
            raise SettingsError(f"{name}: {_unknown(name.removeprefix(PREFIX).lower())}")


def _explain(error: ValidationError, config: Path | None) -> list[str]:
    where = "environment" if config is None else str(config)
    return [f"{where}: {_explain_one(each)}" for each in error.errors(include_input=False, include_url=False)]


def _explain_one(fault: Any) -> str:
    name = ".".join(map(str, fault["loc"]))
    match fault["type"]:
        case "missing":
            return f"{name}: missing: write `{name} = …` in the file or set {PREFIX}{name.upper()}"
        case "extra_forbidden":
            return f"{name}: {_unknown(name)}"
        case _:
            text = str(fault["msg"]).removeprefix("Value error, ")
            return f"{name}: {text}" if name else text


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name, Settings.model_fields, n=1)
    return "no such setting" + (
        f": did you mean `{close[0]}`?" if close else ": see docs/operations.md for all of them"
    )
