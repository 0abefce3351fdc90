"""What a new message must hold before the convenant is asked: times, keys, the set in force. Known messages skip this.

Order and codes as in the protocol ("Settle"). Only here does the corridor compare anything with the clock.
"""

from zegel_broker.ledger.scene import Scene
from zegel_schemas.convenant import Convenant
from zegel_schemas.declaration import MAX_SKEW, MAX_VALIDITY, Declaration
from zegel_schemas.directory import require_valid
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.keys import KeyRecord
from zegel_schemas.seal.primitives import unb64u

CONVENANT_VERSION = "CONVENANT_VERSIE"  # the sender judged by another set than the one in force


def admit_new(declaration: Declaration, signer: KeyRecord, scene: Scene) -> None:
    """Raise Refusal unless a new message of any kind may be settled at `scene.now`."""
    _check_times(declaration, scene.now)
    # The directory of this moment counts: the ticket may have waited while a revocation came in, or a member left.
    key = scene.registry.directory.key(signer.id)
    if key is None:
        raise Refusal(Fault.SLEUTEL_NIET_GELDIG, "from.key", detail="no member has this key any more")
    require_valid(key, scene.now)


def admit_message(declaration: Declaration, scene: Scene) -> Convenant:
    """Return the convenant in force; raise Refusal unless the message names it, and a usable key of its recipient."""
    if declaration.parts and declaration.recipient.key:  # only a dry run may leave the key open
        _check_recipient_key(declaration, scene)
    if scene.convenant is None or declaration.convenant != scene.digest:
        raise Refusal(CONVENANT_VERSION, "convenant")
    return scene.convenant


def _check_times(declaration: Declaration, now: int) -> None:
    if declaration.issued > now + MAX_SKEW:
        raise Refusal(Fault.UIT_DE_TOEKOMST, "issued", detail=f"a clock may run {MAX_SKEW} s ahead, not more")
    if declaration.expires > declaration.issued + MAX_VALIDITY:
        raise Refusal(Fault.GELDIGHEID_TE_LANG, "expires", detail=f"at most {MAX_VALIDITY} s after issued")
    if declaration.expires <= now or declaration.expires <= declaration.issued:
        raise Refusal(Fault.VERLOPEN, "expires")


def _check_recipient_key(declaration: Declaration, scene: Scene) -> None:
    """Require a sealing key of the recipient that was in use when the message was issued.

    Not now: a message may wait up to its `expires`, and the recipient keeps the private half just as long after the
    key's last day (protocol, Keys).
    """
    key = scene.registry.directory.key(unb64u(declaration.recipient.key))
    if (
        key is None
        or key.public.use != "sealing"
        or key.owner != declaration.recipient.instantie
        or not key.valid_from <= declaration.issued <= key.valid_until
        or 0 < key.revoked_at <= scene.now
    ):
        raise Refusal(Fault.ONTVANGER_SLEUTEL_ONBEKEND, "to.key")
