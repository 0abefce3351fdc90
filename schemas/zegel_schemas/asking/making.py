"""The question: what its sender holds of directory and log, and which documents it lacks; signed, without parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from zegel_schemas.claims import MAX_FILES, MAX_SIZES, Claims, DirectoryHeld, LogHeld
from zegel_schemas.declaration import ASK, BROKER, Declaration, Recipient, Sender
from zegel_schemas.directory import Directory
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import Verified
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import Random, b64u
from zegel_schemas.seal.sealing import Sealed, seal
from zegel_schemas.shapes import NIL_CASUS

ASK_VALIDITY = 3600  # seconds: later the asker has asked again, and an old question may not bring a late answer
ROLE = "adapter"  # nobody's act: the program asks by itself
_NO_CONVENANT = b64u(bytes(32))  # a directory that names none yet


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, to hold the answer against: the ask's hash (32 bytes), what its sender held, what it lacked.

    `sizes` are those of the asker's notes of the log `origin`, rising; `files` are hashes of documents.
    """

    message_hash: bytes
    directory: DirectoryVersion
    origin: str
    sizes: tuple[int, ...]
    files: tuple[str, ...]


def seal_ask(
    *,
    message: str,
    directory: Directory,
    origin: str = "",
    sizes: Iterable[int] = (),
    files: Sequence[str] = (),
    signing: PrivateKey,
    now: int,
    random: Random,
) -> tuple[Sealed, Asked]:
    """Return the ask and what to keep of it.

    `message` is a fresh id; `sizes` are those of the notes not shown to be consistent yet, and of the newest that was.
    Of too many sizes the smallest and the newest are named, of too many files the first: ask again for the others.
    """
    chosen, wanted = _choose(sizes), tuple(dict.fromkeys(files))[:MAX_FILES]
    declaration = Declaration(
        id=message,
        kind=ASK,
        casus=NIL_CASUS,
        convenant=directory.convenant_at(now) or _NO_CONVENANT,
        sender=Sender(instantie=signing.public.owner, role=ROLE, key=b64u(signing.id)),
        recipient=Recipient(instantie=BROKER),
        purpose="",
        subjects=(),
        issued=now,
        expires=now + ASK_VALIDITY,
        claims=Claims(
            directory=DirectoryHeld(count=directory.count, head=directory.head),
            log=LogHeld(origin=origin if chosen else "", sizes=chosen),
            files=wanted,
        ),
    )
    sealed = seal(declaration, (), use="ask", signing=signing, recipient=None, random=random)
    return sealed, _note_asked(sealed.message_hash, declaration)


def read_ask(verified: Verified) -> Asked:
    """Return what somebody asks; raise Refusal GEBRUIK_KLOPT_NIET or ONGELDIGE_VERKLARING, naming what an ask is not.

    Times and keys are not looked at here, for that depends on when.
    """
    said = verified.declaration
    if verified.signed.use != "ask":
        raise Refusal(Fault.GEBRUIK_KLOPT_NIET, "use", detail="this is no ask")
    surplus = {
        "casus": said.casus != NIL_CASUS,
        "purpose": bool(said.purpose),
        "subjects": bool(said.subjects),
        "asks": bool(said.asks),
        "registers": bool(said.registers),
        "re": bool(said.re),
        "due": bool(said.due),
        "claims.log": any(later <= earlier for earlier, later in pairwise(said.claims.log.sizes)),
    }
    wrong = [name for name, is_wrong in surplus.items() if is_wrong]
    if wrong:
        raise Refusal(Fault.ONGELDIGE_VERKLARING, *wrong, detail="an ask says nothing about any casus")
    return _note_asked(verified.message_hash, said)


def _note_asked(message_hash: bytes, said: Declaration) -> Asked:
    held, log = said.claims.directory, said.claims.log
    return Asked(message_hash, DirectoryVersion(held.count, held.head), log.origin, log.sizes, said.claims.files)


def _choose(sizes: Iterable[int]) -> tuple[int, ...]:
    """The smallest is the one proven before: without it nothing that was proven would hang on to the chain."""
    found = sorted(set(sizes))
    return tuple(found if len(found) <= MAX_SIZES else [found[0], *found[-(MAX_SIZES - 1) :]])
