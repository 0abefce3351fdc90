"""The static lookup: which rules fit a message as far as can be known without its casus.

The judge starts from the same index; an adapter asks it before sending, a recipient's adapter checks a stamp with it.
Phase, roles, hits and consents only the broker knows.
"""

from zegel_schemas.convenant.compiled import Convenant
from zegel_schemas.refusals import Fault, Refusal


def static_rules(
    convenant: Convenant,
    *,
    kind: str,
    category: str,
    purpose: str,
    sender: str,
    recipient: str,
    regime: str | None = None,
    phase: str | None = None,
) -> tuple[str, ...]:
    """Return the ids of the rules that fit; regime and phase count when given. Unknown names fit nothing.

    The emergency set is left out: each of its rules is no wider than an ordinary one.
    """
    fitting = _fitting(
        convenant,
        kind=kind,
        category=category,
        purpose=purpose,
        sender=sender,
        recipient=recipient,
        regime=regime,
        phase=phase,
    )
    return convenant.index.ids(fitting & ~convenant.index.emergency)


def rule_fits(
    convenant: Convenant, rule_id: str, *, kind: str, category: str, purpose: str, sender: str, recipient: str
) -> None:
    """Raise Refusal STEMPEL_REGEL_PAST_NIET unless this rule is in the convenant and fits the message statically."""
    fitting = _fitting(
        convenant,
        kind=kind,
        category=category,
        purpose=purpose,
        sender=sender,
        recipient=recipient,
        regime=None,
        phase=None,
    )
    if not convenant.index.bit(rule_id) & fitting:
        raise Refusal(Fault.STEMPEL_REGEL_PAST_NIET, "rules", detail="the rule named does not fit the message")


def _fitting(
    convenant: Convenant,
    *,
    kind: str,
    category: str,
    purpose: str,
    sender: str,
    recipient: str,
    regime: str | None,
    phase: str | None,
) -> int:
    index = convenant.index
    known = convenant.kinds.get(kind)
    if known is None or sender not in convenant.parties or recipient not in convenant.parties:
        return 0
    if category not in convenant.categories:
        return 0
    fitting = index.kind.get(kind, 0) & index.purpose.get(purpose, 0)
    fitting &= index.category.get(category, 0) | index.earlier
    fitting &= index.senders.statically(sender, afterwards=known.afterwards)
    fitting &= index.recipients.statically(recipient, afterwards=known.afterwards)
    if regime is not None:
        fitting &= index.regime.get(regime, 0)
    if phase is not None:
        fitting &= index.phase.get(phase, 0)
    return fitting
