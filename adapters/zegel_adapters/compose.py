"""From a draft to a declaration and contents that fit each other; what does not fit is found before anything goes out.

Wrong form is a Refusal with field and remedy: the schema of content, claims, an instantie, kind, category or purpose
nobody knows, due and validity. Whether the convenant permits it is another matter: `look_up` asks what can be known
without the casus, and the broker decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import cast, get_args

from pydantic import ValidationError

from zegel_adapters.draft import Draft, fault_fields
from zegel_adapters.holdings import Holdings
from zegel_schemas.claims import CLAIMS_OF_KIND, Claims, Emergency
from zegel_schemas.content import CONTENT, Content, check_claims, fill_claims, write_content
from zegel_schemas.convenant import Convenant, static_rules
from zegel_schemas.declaration import (
    ASK,
    BROKER,
    MAX_VALIDITY,
    MOTIVATION_PART,
    RECEIPT,
    REGISTRATION,
    Declaration,
    Label,
    PartName,
    Recipient,
    Sender,
)
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.keys import KeyRecord
from zegel_schemas.seal.parts import PlainPart
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.shapes import NIL_CASUS

MAX_EMERGENCY = 24 * 3600  # seconds a declared emergency may last; the convenant may say less
DUE_HOUR = time(21, 0, tzinfo=UTC)  # late in the evening in the Netherlands, summer and winter, on the day named
NO_KEY = b64u(bytes(32))  # the id of no key: a key id is a hash
LABELS = frozenset(get_args(Label))


@dataclass(frozen=True, slots=True)
class Composed:
    """A declaration and, in the order of its parts, the contents it announces."""

    declaration: Declaration
    contents: tuple[Content, ...]

    def parts(self) -> list[PlainPart]:
        """Return the contents as they are sealed."""
        return [PlainPart(each.category, each.version, write_content(each)) for each in self.contents]


def complete(draft: Draft, *, instantie: str, holdings: Holdings, now: int, casus: str = "") -> Draft:
    """Return the draft with what follows from the rest: to and casus of a registration, `casus` of an aanmelding."""
    convenant = holdings.in_force(now)
    changes: dict[str, str] = {}
    if draft.kind == REGISTRATION and draft.registers is not None:
        rule = convenant.registrations.get(draft.registers.fact)
        own = convenant.parties.get(instantie)
        if not draft.to and own is not None and own.directs:
            changes["to"] = BROKER
        if not draft.casus and rule is not None and rule.holds == "regime":
            changes["casus"] = NIL_CASUS
    elif draft.kind == "aanmelding" and not draft.casus:
        changes["casus"] = casus
    return draft.model_copy(update=changes)


def compose(draft: Draft, *, message_id: str, instantie: str, role: str, holdings: Holdings, now: int) -> Composed:
    """Return what is to be sealed at second `now`; raise Refusal with the fields that do not fit.

    The newest valid keys of both sides are taken from the directory; without one it fails with that reason.
    """
    outlined = outline(draft, message_id=message_id, instantie=instantie, role=role, holdings=holdings, now=now)
    said = outlined.declaration
    if said.sender.key == NO_KEY:
        raise Refusal(Fault.SLEUTEL_NIET_GELDIG, "from.key", detail="the directory names no valid signing key of ours")
    if said.recipient.key == NO_KEY:
        raise Refusal(Fault.ONTVANGER_SLEUTEL_ONBEKEND, "to", detail="the recipient has no valid sealing key published")
    return outlined


def outline(draft: Draft, *, message_id: str, instantie: str, role: str, holdings: Holdings, now: int) -> Composed:
    """Do as `compose`, but leave a key open (NO_KEY) that the directory held now does not name.

    For a side that must catch up first: a newer directory may name it, and the rest is checked all the same.
    """
    convenant = holdings.in_force(now)
    _check_names(draft, convenant, holdings)
    contents = _read_contents(draft)
    _check_times(draft, now)
    claims = _read_claims(draft, contents)
    expires = _end_with_emergency(now + draft.valid_for, claims.emergency, now)
    directory = holdings.directory
    values = {
        "id": message_id,
        "kind": draft.kind,
        "casus": draft.casus,
        "convenant": convenant.digest,
        "from": Sender(
            instantie=instantie,
            role=draft.role or role or _first_role(convenant, instantie),
            key=_name_key(directory.signing_key(instantie, now)),
        ),
        "to": Recipient(instantie=draft.to, key=_name_key(directory.sealing_key(draft.to, now)) if contents else ""),
        "purpose": draft.purpose,
        "subjects": draft.subjects,
        "asks": draft.asks,
        "parts": tuple(_name_part(each, draft) for each in contents.values()),
        "registers": (draft.registers,) if draft.registers else (),
        "re": draft.re,
        "issued": now,
        "expires": expires,
        "due": read_due(draft.due),
        "claims": claims,
    }
    try:
        declaration = Declaration.model_validate(values)
    except ValidationError as error:
        raise Refusal(Fault.ONGELDIGE_VERKLARING, *fault_fields(error)) from None
    # What the recipient will check: above all that no content speaks of somebody who is not among the subjects.
    check_claims(declaration, contents)
    return Composed(declaration, tuple(contents.values()))


def look_up(composed: Composed, convenant: Convenant) -> None:
    """Raise Refusal GEEN_REGEL for categories no rule of the convenant fits, as far as known without the casus."""
    said = composed.declaration
    if said.kind == REGISTRATION:
        _look_up_registration(said, convenant)
        return
    fields = [*((f"asks.{each}", each) for each in said.asks)]
    fields += [(f"contents.{each.category}", each.category) for each in said.parts if each.category != MOTIVATION_PART]
    missing = [
        field
        for field, category in fields
        if not static_rules(
            convenant,
            kind=said.kind,
            category=category,
            purpose=said.purpose,
            sender=said.sender.instantie,
            recipient=said.recipient.instantie,
        )
    ]
    if missing:
        raise Refusal("GEEN_REGEL", *missing, detail="no rule fits this kind, purpose, sender and recipient")


def read_due(due: int | str) -> int:
    """Return the second a draft's `due` stands for: a day means that evening; raise Refusal ONGELDIGE_VERKLARING."""
    if isinstance(due, int):
        return due
    try:
        return int(datetime.combine(date.fromisoformat(due), DUE_HOUR).timestamp()) if due else 0
    except ValueError:
        raise Refusal(Fault.ONGELDIGE_VERKLARING, "due", detail="write a day as 2026-03-12") from None


def _check_names(draft: Draft, convenant: Convenant, holdings: Holdings) -> None:
    if draft.kind in (RECEIPT, ASK) or draft.kind not in CLAIMS_OF_KIND:
        raise Refusal(
            "ONGELDIG_BERICHT", "kind", detail=f"one of: {', '.join(sorted({*convenant.kinds, REGISTRATION}))}"
        )
    if draft.to not in holdings.directory.members:
        heir = holdings.directory.left.get(draft.to)
        after = f"{draft.to} left, and {heir} took its work over; " if heir else ""
        raise Refusal(
            "ONBEKENDE_PARTIJ", "to", detail=f"{after}one of: {', '.join(sorted(holdings.directory.members))}"
        )
    if (draft.kind == REGISTRATION) != (draft.registers is not None):
        raise Refusal("ONGELDIG_BERICHT", "registers", detail="a registratie registers one fact, and nothing else does")
    if draft.to == BROKER and draft.contents:
        raise Refusal(Fault.ONGELDIGE_VERKLARING, "contents", detail="nothing is sealed to the broker")
    if draft.kind != REGISTRATION and not draft.asks and not draft.contents:
        raise Refusal("ONGELDIG_BERICHT", "asks", "contents", detail="a message asks or encloses something")
    if not draft.casus:
        raise Refusal(
            "ONGELDIG_BERICHT", "casus", detail="only an aanmelding opens a casus; name the casus this is about"
        )
    if draft.purpose and draft.purpose not in {*convenant.purposes, *convenant.excluded_purposes}:
        raise Refusal("DOEL_ONBEKEND", "purpose", detail=f"one of: {', '.join(sorted(convenant.purposes))}")
    _check_categories(draft, convenant)


def _check_categories(draft: Draft, convenant: Convenant) -> None:
    unknown = [f"asks.{each}" for each in draft.asks if each not in convenant.categories]
    unknown += [f"contents.{each}" for each in draft.contents if each not in CONTENT]
    unknown += [f"labels.{each}" for each in draft.labels if each not in draft.contents]
    if unknown:
        raise Refusal("ONBEKENDE_CATEGORIE", *unknown, detail=f"one of: {', '.join(sorted(convenant.categories))}")
    wrong = [f"labels.{name}" for name, label in draft.labels.items() if label not in LABELS]
    if wrong:
        raise Refusal(Fault.ONGELDIGE_VERKLARING, *wrong, detail=f"one of: {', '.join(sorted(LABELS - {''}))}")


def _read_contents(draft: Draft) -> dict[str, Content]:
    found: dict[str, Content] = {}
    for category, values in draft.contents.items():
        model = CONTENT[category][max(CONTENT[category])]
        try:
            found[category] = model.model_validate(values)
        except ValidationError as error:
            fields = fault_fields(error, "contents", category)
            raise Refusal(Fault.INHOUD_ONGELDIG, *fields, detail=_remedies(error)) from None
    return found


def _read_claims(draft: Draft, contents: Mapping[str, Content]) -> Claims:
    carried = CLAIMS_OF_KIND[draft.kind]
    given = {name for name in Claims.model_fields if getattr(draft.claims, name) != getattr(Claims(), name)}
    if given - carried:
        fields = sorted(f"claims.{name}" for name in given - carried)
        raise Refusal(Fault.ONGELDIGE_VERKLARING, *fields, detail="a message of this kind does not carry these claims")
    return fill_claims(draft.kind, contents, draft.claims)


def _check_times(draft: Draft, now: int) -> None:
    if not 1 <= draft.valid_for <= MAX_VALIDITY:
        raise Refusal(Fault.GELDIGHEID_TE_LANG, "valid_for", detail=f"1 to {MAX_VALIDITY} seconds (7 days)")
    due = read_due(draft.due)
    if due and due < now:
        raise Refusal(Fault.ONGELDIGE_VERKLARING, "due", detail="the day to answer by has passed")


def _end_with_emergency(expires: int, said: Emergency, now: int) -> int:
    """Return when the message expires: no later than the emergency it declares; that one must end within a day."""
    if not said.reason:
        return expires
    if not now < said.until <= now + MAX_EMERGENCY:
        detail = "the emergency ends within 24 hours of sending: give the second (since 1970, UTC) at which it does"
        raise Refusal("VW_SPOED", "claims.emergency.until", detail=detail)
    return min(expires, said.until)


def _name_key(key: KeyRecord | None) -> str:
    return NO_KEY if key is None else b64u(key.id)


def _name_part(content: Content, draft: Draft) -> PartName:
    label = cast("Label", draft.labels.get(content.category, ""))  # _check_categories compared it
    return PartName(category=content.category, schema_version=content.version, label=label)


def _first_role(convenant: Convenant, instantie: str) -> str:
    roles = convenant.mandated_roles
    return next(iter(roles.get(instantie) or roles.get("standaard") or ("contactpersoon",)))


def _look_up_registration(said: Declaration, convenant: Convenant) -> None:
    fact, sender = said.registers[0].fact, said.sender.instantie
    rule, party = convenant.registrations.get(fact), convenant.parties.get(sender)
    # @zelf, @verstrekker, @bron and @betrokken depend on the casus or the fact: those the broker decides.
    if rule is not None and any(each not in {"@regie", *convenant.parties} or each == sender for each in rule.senders):
        return
    if rule is None or party is None or "@regie" not in rule.senders or not party.directs:
        raise Refusal("GEEN_REGEL", f"registers.{fact}", detail="the convenant does not let this party register that")


def _remedies(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    # A validator of ours may quote the value it could not read; pydantic's own words never do.
    words = {each["msg"] if each["type"] != "value_error" else "has no valid value" for each in found}
    return "; ".join(sorted(words)[:5])
