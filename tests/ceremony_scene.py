"""A table to hold the ceremony at: three root keys of which two must sign, and the words to prepare, sign and add."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from tests.one_directory import fixed_key
from zegel_adapters.cli import app as adapter_app
from zegel_broker.cli import app as broker_app
from zegel_schemas.directory import make_keys
from zegel_schemas.directory.request import make_request
from zegel_schemas.seal.keys import KeyRecord, PrivateKey

HOLDERS = ("archief", "fg", "griffie")
SECRET = "zeven groene kikkers op een dijk"
NOW = 1_800_000_000  # 15 January 2027


@dataclass(frozen=True)
class Ceremony:
    """A table with three root keys, of which two must sign, a directory that has begun, and a broker's home."""

    place: Path

    @property
    def directory(self) -> Path:
        """Return where the directory is."""
        return self.place / "directory.json"

    @property
    def prepared(self) -> Path:
        """Return where statements are prepared."""
        return self.place / "prepared"

    def call(self, *arguments: str | Path, code: int = 0) -> Result:
        """Run a command of the broker, or one of the root's holders, and hold its exit code against what it should be.

        A first word `root` is for `zegel-adapter`, any other for `zegel-broker`.
        """
        app = adapter_app if arguments[0] == "root" else broker_app
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        assert result.exit_code == code, result.output
        return result

    def call_json(self, *arguments: str | Path) -> dict[str, Any]:
        """Run a command and return the JSON it prints."""
        answer: dict[str, Any] = json.loads(self.call(*arguments, "--json").stdout)
        return answer

    def refuse(self, *arguments: str | Path) -> list[dict[str, Any]]:
        """Run a command that must refuse a statement; the flaws it tells."""
        result = self.call(*arguments, "--json", code=3)
        said = json.loads(result.stdout)["refused"] if arguments[0] == "root" else json.loads(result.stderr)
        flaws: list[dict[str, Any]] = said["flaws"]
        assert flaws
        assert all(each["remedy"] for each in flaws)
        return flaws

    def secret(self, text: str = SECRET) -> Path:
        """Write a passphrase into a file only its owner can read."""
        path = self.place / "passphrase"
        path.touch(mode=0o600)
        path.write_text(text + "\n")
        return path

    def create(self, holder: str) -> Result:
        """Make the root key of one holder."""
        return self.call(
            "root", "create", "--holder", holder, "--folder", self.place, "--passphrase-file", self.secret()
        )

    def name_root(self, *holders: str, threshold: int = 2, after: bool = True) -> None:
        """Prepare the statement that these holders are the root; `after` = of a directory that is there."""
        keys = [each for name in holders for each in ("--key", self.place / f"{name}.root-pub")]
        rest = ("--directory", self.directory) if after else ()
        self.call("root", "statement", *keys, "--threshold", str(threshold), "--to", self.prepared, *rest)

    def signing(self, holder: str, *, after: bool = True) -> tuple[str | Path, ...]:
        """Return the words with which a holder signs what is prepared."""
        rest = ("--directory", self.directory) if after else ()
        key = self.place / f"{holder}.root-key"
        return ("root", "sign", self.prepared, "--key", key, "--passphrase-file", self.secret(), *rest)

    def sign(self, *holders: str, after: bool = True) -> None:
        """Let these holders sign what is prepared."""
        for each in holders:
            self.call(*self.signing(each, after=after))

    def adding(self, *files: Path) -> tuple[str | Path, ...]:
        """Return the words that add files, or else what is prepared, to the directory."""
        return ("directory", "add", *(files or (self.prepared,)), "--directory", self.directory)

    def add(self, *files: Path) -> None:
        """Add files, or else what is prepared, to the directory."""
        self.call(*self.adding(*files))
        self.prepared.unlink(missing_ok=True)

    def preparing(self, what: str, *rest: str | Path) -> tuple[str | Path, ...]:
        """Return the words that prepare a `log` or `convenant` statement."""
        return ("directory", what, *rest, "--directory", self.directory, "--to", self.prepared)

    def admitting(self, *files: Path | str) -> tuple[str | Path, ...]:
        """Return the words that prepare who is admitted by these requests."""
        return ("instantie", "admit", *files, "--directory", self.directory, "--to", self.prepared)

    def leaving(self, *words: str) -> tuple[str | Path, ...]:
        """Return the words that prepare who leaves."""
        return ("instantie", "leave", *words, "--directory", self.directory, "--to", self.prepared)

    def write_request(self, instantie: str, *, identity: PrivateKey | None = None, keys: bool = True) -> Path:
        """Write the request an instantie hands in."""
        key = identity or fixed_key("identity", instantie)
        hop = KeyRecord(fixed_key("hop", instantie).public, NOW, NOW + 3600)
        made = make_keys([hop], time=NOW, signed_by=key, after=b"") if keys else None
        path = self.place / f"{instantie}.request"
        path.write_bytes(make_request(key, keys=made, login="A" * 48).to_bytes())
        return path

    def admit(self, instantie: str) -> None:
        """Prepare the statement that an instantie is a member."""
        self.call(*self.admitting(self.write_request(instantie)))

    def finishing(self, *words: str | Path) -> tuple[str | Path, ...]:
        """Return the words that complete what is prepared and signed; nobody is told at RabbitMQ."""
        rest = ("--address", "amqp://127.0.0.1:5672/zegel", "--welcomes", self.place)
        return ("instantie", "admit", "--signed", self.prepared, "--directory", self.directory, *rest, *words)

    def show(self) -> dict[str, Any]:
        """Return what `show` says of the directory."""
        shown: dict[str, Any] = self.call_json("directory", "show", self.directory)
        return shown

    def publish(self, instantie: str) -> Path:
        """Write the keys-statement an instantie hands in."""
        hop = KeyRecord(fixed_key("hop", instantie).public, NOW, NOW + 3600)
        made = make_keys([hop], time=NOW, signed_by=fixed_key("identity", instantie), after=b"")
        path = self.place / f"{instantie}-keys-statement"
        path.write_bytes(made.to_line())
        return path
