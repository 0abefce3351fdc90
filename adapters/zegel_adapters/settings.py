"""Settings of one home: `settings.toml`, each overridden by an environment variable `ZEGEL_ADAPTER_<NAME>`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from zegel_adapters.errors import NotConnectedError, SettingsError
from zegel_adapters.home import Home, require_private, write_file
from zegel_schemas.shapes import Code

_HEADER = "# Zegel adapter. Only its owner may read this file: the AMQP URL may hold a password.\n"


class Settings(BaseSettings):
    """What one instantie's adapter must know; durations are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="ZEGEL_ADAPTER_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    instantie: Code
    """Id of this instantie in the directory, such as `wil` or `gemeente.regieteam`."""

    role: Code = "contactpersoon"
    """Role of the employee on whose behalf a message goes out when the draft names none."""

    amqp_url: SecretStr = SecretStr("")
    """Line to the broker: amqp(s)://USER:PASSWORD@HOST:PORT/zegel; for certificates see docs/adapter.md."""

    root_fingerprint: str = ""
    """Fingerprint of the root statement, read out by a root holder; everything else is checked from it."""

    directory: Path | None = None
    """The signed directory file; by default `directory.json` in this home."""

    convenants: Path | None = None
    """A folder of convenant files besides the ones the package carries; by default `convenants/` in this home."""

    passphrase_file: Path | None = None
    """File (mode 0600) with the passphrase of this home, when it opens with one and runs without a terminal."""

    prefetch: Annotated[int, Field(ge=1, le=1000)] = 32
    """How many deliveries may wait here unacknowledged."""

    poll: Annotated[float, Field(gt=0, le=60)] = 0.05
    """How often the running adapter looks whether an application left a draft."""

    resend_after: Annotated[float, Field(ge=1)] = 600
    """No notice after this long: the same container goes out once more, then after twice as long, and so on."""

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

    def require_line(self) -> str:
        """Return the AMQP URL; raise NotConnectedError when there is none."""
        url = self.amqp_url.get_secret_value()
        if not url:
            raise NotConnectedError("settings.toml names no amqp_url: run `zegel-adapter join WELCOME --home HOME`")
        return url


def load_settings(home: Home) -> Settings:
    """Read the settings of `home`; raise SettingsError naming field and remedy."""
    if not home.settings.exists():
        raise SettingsError(
            f"{home.settings} is not there: run `zegel-adapter init --instantie ID --home {home.root}` first"
        )
    require_private(home.settings, home.settings.stat())
    try:
        values = TomlConfigSettingsSource(Settings, toml_file=home.settings)()
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(f"{home.settings}: {_faults(error)}") from None
    except ValueError as error:  # tomllib names line and column
        raise SettingsError(f"{home.settings}: not TOML: {error}") from None


def save_settings(home: Home, values: Mapping[str, str | int | float]) -> None:
    """Write `values` (field name -> value) as this home's settings, after checking them; raise SettingsError."""
    try:
        Settings.model_validate(dict(values))
    except ValidationError as error:
        raise SettingsError(f"settings of {home.root}: {_faults(error)}") from None
    # A JSON string without surrogates is a TOML basic string.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items()]
    write_file(home.settings, (_HEADER + "".join(lines)).encode())


def read_saved(home: Home) -> dict[str, Any]:
    """Return what `settings.toml` says, without the environment; {} when there is none."""
    return dict(TomlConfigSettingsSource(Settings, toml_file=home.settings)()) if home.settings.exists() else {}


def _faults(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in found)
