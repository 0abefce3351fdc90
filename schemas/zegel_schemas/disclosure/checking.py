"""Does this exhibit prove what it shows? From the fingerprint of the root up; no private key, no broker, no network.

First the directory, then the log's stamp, for that names the version of the directory that counts; then the sender's
signature over this part, and only then what the one says of the other. No plaintext leaves before all of it held.
"""

from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from typing import Final, final

from zegel_schemas.content import Content, read_content
from zegel_schemas.convenant import Convenant
from zegel_schemas.directory import Directory, require_extends
from zegel_schemas.disclosure.wire import Exhibit
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import Disclosed, Opened, PublicKey, disclose_part, verify_part
from zegel_schemas.stamp import (
    Behind,
    Held,
    Proven,
    Said,
    Stamp,
    check_compromise,
    check_permitted,
    check_proof,
    check_rules,
    find_directory,
)

_DOOR: Final = object()


@final
@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What was proved: `disclosed` was said by the owner of the key, and the log permitted it. By `check_exhibit`."""

    disclosed: Disclosed
    content: Content = field(repr=False)
    proven: Proven
    directory: Directory  # the newest one known here: a revocation after its last statement is not
    rules_checked: bool  # False when the text of the convenant is not at hand: then the rules named are the log's word
    door: InitVar[object]

    def __post_init__(self, door: object) -> None:
        """Refuse to be made elsewhere."""
        if door is not _DOOR:
            raise TypeError("only check_exhibit gives a Shown")


def make_exhibit(opened: Opened, category: str, *, stamp: bytes, directory: Directory) -> Exhibit:
    """Return the proof of one part of a message this side can open; raise ValueError when it has no such part."""
    verified = opened.verified
    names = [each.category for each in verified.declaration.parts]
    if category not in names:
        raise ValueError("the message has no part of that category")
    part = disclose_part(verified, opened.message_key, names.index(category))
    return Exhibit(verified.signer.id, part, stamp, directory.to_bytes())


def check_exhibit(
    data: bytes,
    *,
    root_fingerprint: str,
    convenants: Callable[[str], Convenant | None],
    newer: bytes = b"",
) -> Shown:
    """Return what the exhibit proves; `newer` is a directory file from elsewhere, to see what was revoked since.

    Raise Refusal BEWIJS_ONLEESBAAR, BEWIJS_ONVOLLEDIG, REGISTER_ONGELDIG, SLEUTEL_ONBEKEND, SLEUTEL_INGETROKKEN, and
    what `check_proof`, `check_permitted`, `check_rules`, `verify_part` and `read_content` raise.
    """
    exhibit = Exhibit.decode(data)
    directory = _load_directory(exhibit.directory, newer, root_fingerprint)
    stamp = Stamp.decode(exhibit.stamp)
    proven = check_proof(stamp.proof, stamp.note, directory)
    disclosed = verify_part(exhibit.disclosure, _signer_of(exhibit, proven, directory))
    said = Said("message", disclosed.message_hash, disclosed.declaration, exhibit.signer)
    digest = check_permitted(proven, said, directory=directory, me=disclosed.declaration.recipient.instantie)
    convenant = convenants(digest)
    if convenant is not None:
        check_rules(proven.record, disclosed.declaration, convenant)
    _require_not_revoked(proven, exhibit.signer, directory)
    part = disclosed.part
    content = read_content(part.category, part.schema, part.content)
    return Shown(disclosed, content, proven, directory, convenant is not None, door=_DOOR)


def _load_directory(own: bytes, newer: bytes, root_fingerprint: str) -> Directory:
    """Return the longer of the exhibit's directory and the one from elsewhere; the one must go on from the other."""
    found = Directory.load(own, root_fingerprint=root_fingerprint)
    if not newer:
        return found
    other = Directory.load(newer, root_fingerprint=root_fingerprint)
    older, longer = sorted((found, other), key=lambda each: each.count)
    require_extends(older, longer)
    return longer


def _signer_of(exhibit: Exhibit, proven: Proven, directory: Directory) -> PublicKey:
    """Return the signing key as the directory named in the decision gives it."""
    try:
        named = find_directory(proven, directory)
    except Behind:
        raise Refusal(
            Fault.BEWIJS_ONVOLLEDIG, "directory", detail="the statements stop before the version the decision names"
        ) from None
    key = named.key(exhibit.signer)
    if key is None:
        raise Refusal(Fault.SLEUTEL_ONBEKEND, "signer")
    return key.public


def _require_not_revoked(proven: Proven, signer: bytes, directory: Directory) -> None:
    try:
        check_compromise(proven, signer, directory)
    except Held as held:
        raise Refusal(Fault.SLEUTEL_INGETROKKEN, "from.key", detail=str(held)) from None
