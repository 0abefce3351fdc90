"""May I open this message? Protocol layer 7: what the log decided about exactly this message, by what the root signed.

Three ways out beside the ticket. A `Refusal` is final: no later fetch can cure it. `Behind` is not wrong: the record
names a directory or convenant I do not hold yet, so fetch it and ask again. `Held` is an alarm: a key was stolen.
"""

from collections.abc import Callable
from dataclasses import InitVar, dataclass
from typing import Final, final

from zegel_schemas.convenant import Convenant, rule_fits
from zegel_schemas.declaration import MAX_SKEW, MOTIVATION_PART, REGISTRATION, Declaration
from zegel_schemas.directory import Directory, require_valid
from zegel_schemas.record import DirectoryVersion, Record
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import Verified
from zegel_schemas.seal.frame import Use
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.stamp.proving import Proven, check_proof
from zegel_schemas.stamp.wire import Stamp

_DOOR: Final = object()


@final
@dataclass(frozen=True, slots=True, eq=False)
class Stamped:
    """A message the log permitted for me, by a convenant the root signed. Made by `check_stamp` only."""

    verified: Verified
    proven: Proven
    convenant: Convenant
    door: InitVar[object]

    def __post_init__(self, door: object) -> None:
        """Refuse to be made elsewhere."""
        if door is not _DOOR:
            raise TypeError("only check_stamp gives a Stamped")


class Behind(Exception):  # noqa: N818 - a state of mine, not an error of anybody
    """The record names what I do not hold yet: fetch `directory` (a version) or `convenant` (a digest).

    `proven` is the entry that names it: so much is certain already.
    """

    def __init__(self, proven: Proven, *, directory: DirectoryVersion | None = None, convenant: str = "") -> None:
        """Take what is missing: one of the two."""
        super().__init__("the stamp names a newer directory or convenant than is held here")
        self.proven = proven
        self.directory = directory
        self.convenant = convenant


class Held(Exception):  # noqa: N818 - neither wrong nor right: a person must look
    """The sender later revoked its key for entries from `index` on, and this is one: keep it shut, raise alarm."""

    def __init__(self, index: int) -> None:
        """Take the log index from which the sender no longer stands for what the key signed."""
        super().__init__("the sender's key was revoked for entries that include this one")
        self.index = index


def check_stamp(
    stamp: Stamp,
    verified: Verified,
    *,
    directory: Directory,
    convenants: Callable[[str], Convenant | None],
    me: str,
) -> Stamped:
    """Return the ticket to open a message; `convenants` gives a set of documents by digest, `me` is my instantie id.

    Raises Refusal (STEMPEL_*, CONVENANT_*, NIET_VOOR_MIJ, SLEUTEL_*, UIT_DE_TOEKOMST, VERLOPEN), Behind or Held.
    """
    proven = check_proof(stamp.proof, stamp.note, directory)
    said = Said(verified.signed.use, verified.message_hash, verified.declaration, verified.signer.id)
    digest = check_permitted(proven, said, directory=directory, me=me)
    convenant = convenants(digest)
    if convenant is None:
        raise Behind(proven, convenant=digest)
    check_rules(proven.record, verified.declaration, convenant)
    check_compromise(proven, said.signer, directory)
    return Stamped(verified, proven, convenant, door=_DOOR)


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """What a stamp is held against: message hash and key id (32 bytes each) of a declaration whose signature held."""

    use: Use
    message_hash: bytes
    declaration: Declaration
    signer: bytes


def check_permitted(proven: Proven, said: Said, *, directory: Directory, me: str) -> str:
    """Return the digest of the convenant this entry permits the message by; what that says is not looked at.

    Raises Refusal (STEMPEL_*, CONVENANT_*, NIET_VOOR_MIJ, SLEUTEL_*, UIT_DE_TOEKOMST, VERLOPEN) or Behind.
    """
    _check_subject(proven, said, me)
    named = find_directory(proven, directory)
    _check_sender(proven, said.signer, named)
    _check_times(proven.leaf.time, said.declaration)
    return _find_convenant(proven, named)


def _check_subject(proven: Proven, said: Said, me: str) -> None:
    """A decision, about this message, for me, that permits it."""
    record, declaration = proven.record, said.declaration
    if record.type != "decision":
        raise Refusal(Fault.STEMPEL_ANDERE_SOORT, "type", detail="only a decision permits a message")
    if said.use != "message":
        raise Refusal(Fault.GEBRUIK_KLOPT_NIET, "use", detail="only a message is delivered")
    if record.hash != b64u(said.message_hash):
        raise Refusal(Fault.STEMPEL_ANDER_BERICHT, "hash")
    _check_told(record, declaration)
    if not me == record.recipient == declaration.recipient.instantie:
        raise Refusal(Fault.NIET_VOOR_MIJ, "to")
    if record.outcome != "permitted":
        raise Refusal(Fault.STEMPEL_NIET_TOEGESTAAN, "outcome")


def _check_told(record: Record, declaration: Declaration) -> None:
    """The hash binds the message; that the record tells of it truly is checked too, for records outlive messages."""
    told = {
        "message": (record.message, declaration.id),
        "kind": (record.kind, declaration.kind),
        "casus": (record.casus, declaration.casus),
        "purpose": (record.purpose, declaration.purpose),
        "from": (record.sender, declaration.sender.instantie),
        "categories": (frozenset(record.categories), frozenset(_find_categories(declaration))),
        "subjects": (len(record.subjects), len(declaration.subjects)),
    }
    wrong = [name for name, (said, meant) in told.items() if said != meant]
    if wrong:
        raise Refusal(Fault.STEMPEL_ANDER_BERICHT, *wrong)


def _find_categories(declaration: Declaration) -> tuple[str, ...]:
    """Return what the convenant must allow: all that is asked or enclosed, but the motivation, which is no category."""
    enclosed = (each.category for each in declaration.parts if each.category != MOTIVATION_PART)
    return tuple(dict.fromkeys((*declaration.asks, *enclosed)))


def find_directory(proven: Proven, directory: Directory) -> Directory:
    """Return the directory as the decision knew it; raise Behind when it is newer than mine."""
    version = proven.record.directory
    if version.count > directory.count:
        raise Behind(proven, directory=version)
    if directory.head_at(version.count) != version.head:
        raise Refusal(Fault.STEMPEL_ANDER_REGISTER, "directory", detail="its history is another than mine")
    return directory.at(version.count)


def _check_sender(proven: Proven, signer: bytes, named: Directory) -> None:
    key = named.key(signer)
    if key is None:
        raise Refusal(Fault.SLEUTEL_NIET_GELDIG, "from.key", detail="not yet, or no longer, in the directory then")
    require_valid(key, proven.leaf.time)


def _check_times(decided: int, declaration: Declaration) -> None:
    """The log's time counts here; my own clock only forbids opening after `expires`, and that is not decided here."""
    if decided < declaration.issued - MAX_SKEW:
        raise Refusal(Fault.UIT_DE_TOEKOMST, "issued")
    if decided > declaration.expires:
        raise Refusal(Fault.VERLOPEN, "expires")


def _find_convenant(proven: Proven, named: Directory) -> str:
    digest = proven.record.convenant
    if not named.signed_convenant(digest):
        raise Refusal(Fault.CONVENANT_NIET_ONDERTEKEND, "convenant")
    if named.convenant_at(proven.leaf.time) != digest:
        raise Refusal(Fault.CONVENANT_NIET_VAN_KRACHT, "convenant")
    return digest


def check_rules(record: Record, declaration: Declaration, convenant: Convenant) -> None:
    """Raise Refusal STEMPEL_REGEL_PAST_NIET unless each category has its rules, all fitting, whatever the casus is."""
    categories = _find_categories(declaration)
    if not categories:
        _check_registration(record, declaration, convenant)
        return
    if record.rules.keys() != frozenset(categories):
        raise Refusal(Fault.STEMPEL_REGEL_PAST_NIET, "rules", detail="each category of the message has its rules")
    for category in categories:
        if not record.rules[category]:
            raise Refusal(Fault.STEMPEL_REGEL_PAST_NIET, "rules", detail="a category without a rule")
        for rule in record.rules[category]:
            _check_rule(rule, category, declaration, convenant)


def _check_rule(rule: str, category: str, declaration: Declaration, convenant: Convenant) -> None:
    try:
        rule_fits(
            convenant,
            rule,
            kind=declaration.kind,
            category=category,
            purpose=declaration.purpose,
            sender=declaration.sender.instantie,
            recipient=declaration.recipient.instantie,
        )
    except Refusal as refusal:
        raise Refusal(Fault.STEMPEL_REGEL_PAST_NIET, "rules", detail=refusal.detail) from None


def _check_registration(record: Record, declaration: Declaration, convenant: Convenant) -> None:
    """Without a category only a registration is permitted, of a fact its sender may register (`registraties`)."""
    if declaration.kind != REGISTRATION or len(declaration.registers) != 1:
        raise Refusal(Fault.STEMPEL_REGEL_PAST_NIET, "rules", detail="nothing asked, enclosed or registered")
    fact = declaration.registers[0].fact
    if record.rules != {"registers": (f"registraties.{fact}",)}:
        raise Refusal(Fault.STEMPEL_REGEL_PAST_NIET, "rules", detail="a registration names the line of its fact")
    rule, sender = convenant.registrations.get(fact), declaration.sender.instantie
    # "@regie" and its like depend on the casus, as `@roles` do in a rule: only the broker knows.
    if rule is None or not any(each == sender or each.startswith("@") for each in rule.senders):
        raise Refusal(Fault.STEMPEL_REGEL_PAST_NIET, "registers", detail="the sender may not register this fact")


def check_compromise(proven: Proven, signer: bytes, directory: Directory) -> None:
    """Raise Held when the owner of the key (its id) revoked it, as far as `directory` goes, for this entry too."""
    key = directory.published_key(signer)  # also of a member that left since
    if key is not None and key.revoked_at and proven.index >= key.revoked_index:
        raise Held(key.revoked_index)
