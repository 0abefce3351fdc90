"""What a new member gets back: the directory, the convenants it names, and where RabbitMQ is. No secret is in it.

Nothing in it is believed: `open_welcome` checks the directory from the fingerprint that a holder of the root read out,
and all the rest against that directory.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from zegel_schemas import canonical
from zegel_schemas.directory.flaws import DirectoryInvalid, Flaw, FlawCode
from zegel_schemas.directory.snapshot import Directory
from zegel_schemas.shapes import Closed, Code, Hash

PAPER = "welcome"
MAX_WELCOME = 64 * 1024 * 1024  # bytes; a directory of twenty years and some convenants of 100 kB

_FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ya?ml$")]
_Pem = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e\n]*$", max_length=64 * 1024)]


class ConvenantFiles(Closed):
    """One set of documents: its digest, and its files by name."""

    digest: Hash
    files: Annotated[dict[_FileName, str], Field(min_length=1, max_length=64)]


class Welcome(Closed):
    """A welcome as it was read; `open_welcome` checks it."""

    v: Literal["zegel-welcome/1"] = "zegel-welcome/1"
    instantie: Code
    # no user and no password: each member has its own
    address: Annotated[str, StringConstraints(pattern=r"^amqps?://[A-Za-z0-9.:\[\]_-]+/[a-z]+$")]
    directory: str
    convenants: Annotated[tuple[ConvenantFiles, ...], Field(strict=False, max_length=64)] = ()
    authority: _Pem = ""  # certificates by which RabbitMQ is known
    certificate: _Pem = ""  # this instantie's own, when it handed in a request for one

    def to_bytes(self) -> bytes:
        """Return the file."""
        return canonical.encode(self.model_dump()) + b"\n"


@dataclass(frozen=True, slots=True)
class Opened:
    """A welcome whose directory holds from the fingerprint up and names this instantie."""

    welcome: Welcome
    directory: Directory


def make_welcome(
    instantie: str,
    directory: Directory,
    *,
    address: str,
    convenants: Mapping[str, Mapping[str, bytes]],
    authority: str = "",
    certificate: str = "",
) -> Welcome:
    """Return the welcome of a member; `convenants` are the files by name of each set, by digest.

    Raise DirectoryInvalid when the address is none or holds a login: that is nobody's but the instantie's own.
    """
    sets = tuple(
        ConvenantFiles(digest=digest, files={name: text.decode("utf-8") for name, text in files.items()})
        for digest, files in convenants.items()
        if directory.signed_convenant(digest)
    )
    try:
        return Welcome(
            instantie=instantie,
            address=address,
            directory=directory.to_bytes().decode("ascii"),
            convenants=sets,
            authority=authority,
            certificate=certificate,
        )
    except ValidationError as error:
        remedy = "write amqps://HOST:5671/zegel, without user and password: each instantie has its own"
        raise _flaw(FlawCode.VELD_ONGELDIG, _field(error), remedy) from None


def open_welcome(data: bytes, *, instantie: str, identities: Iterable[bytes], root_fingerprint: str) -> Opened:
    """Return a welcome once it is checked from the fingerprint; raise DirectoryInvalid naming field and remedy.

    `identities` are the raw identity keys of the instantie's own home: the directory must name one of them.
    """
    welcome = _parse(data)
    if welcome.instantie != instantie:
        raise _flaw(FlawCode.VELD_ONGELDIG, "instantie", "this is the welcome of another instantie: ask for yours")
    directory = Directory.load(welcome.directory.encode("ascii"), root_fingerprint=root_fingerprint)
    if instantie not in directory.members:
        raise _flaw(FlawCode.GEEN_LID, "directory", "the root does not name you as a member: ask the operator why")
    if not {each.raw for each in directory.members[instantie]} & set(identities):
        remedy = "the root named another identity key than yours: do not go on, and call a holder of the root"
        raise _flaw(FlawCode.SLEUTEL_ONGELDIG, "directory", remedy)
    for each in welcome.convenants:
        if not directory.signed_convenant(each.digest):
            raise _flaw(FlawCode.VELD_ONGELDIG, "convenants", "the root never signed this set: ask for another welcome")
    return Opened(welcome, directory)


def is_loopback(address: str) -> bool:
    """Tell whether an AMQP address is on this machine, where a password needs no TLS."""
    return re.fullmatch(r"amqps?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?/.*", address) is not None


def _parse(data: bytes) -> Welcome:
    remedy = "take the file `instantie admit --signed` wrote for you, unchanged"
    if len(data) > MAX_WELCOME or not data.endswith(b"\n"):
        raise _flaw(FlawCode.REGEL_ONLEESBAAR, "file", remedy)
    try:
        welcome = Welcome.model_validate(canonical.decode(data.removesuffix(b"\n")))
    except canonical.NotCanonicalError:
        raise _flaw(FlawCode.REGEL_ONLEESBAAR, "file", remedy) from None
    except ValidationError as error:
        raise _flaw(FlawCode.VELD_ONGELDIG, _field(error), remedy) from None
    if welcome.to_bytes() != data:  # a key left out, for which the model has a value
        raise _flaw(FlawCode.VELD_ONGELDIG, "file", remedy)
    if not welcome.directory.isascii():
        raise _flaw(FlawCode.VELD_ONGELDIG, "directory", remedy)
    return welcome


def _field(error: ValidationError) -> str:
    place = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
    return str(place[0]) if place and place[0] in Welcome.model_fields else "file"


def _flaw(code: FlawCode, field: str, remedy: str) -> DirectoryInvalid:
    return DirectoryInvalid([Flaw(code, 0, field, remedy, paper=PAPER)])
