"""The declaration: all that the broker sees and checks of a message, and nothing else.

Read this file first. What is said in the clear stands here; what is sealed is only named here, by category.
Every text is a code, an id, a pseudonym or a hash, so no free text can get in (protocol, layer 1). All keys are always
present in the canonical JSON; absent is an empty text, 0 or [].
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field, ValidationError

from zegel_schemas import canonical
from zegel_schemas.claims import (
    CLAIMS_OF_KIND,
    Claims,
    Consultation,
    Deferral,
    DirectoryHeld,
    Emergency,
    LogHeld,
    SubjectClaim,
)
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.registrations import Registration
from zegel_schemas.shapes import (
    CasusId,
    Code,
    Hash,
    Instant,
    MessageId,
    OptionalCode,
    OptionalHash,
    Subject,
    Wired,
)

VERSION = "zegel/1"
BROKER = "broker"  # the instantie id of the municipality's broker: registrations and receipts are addressed to it
REGISTRATION = "registratie"  # kind of a message that records one fact; no asks, parts or wrap
ASK = "ask"  # kind of a question to the broker itself (statements, documents, proofs): neither judged nor logged
RECEIPT = "receipt"  # kind of a recipient's answer to a delivery: settled, never judged
MOTIVATION_PART = "motivering"  # reserved part: free text, sealed; no category, passes the judge unseen
MAX_DECLARATION = 16 * 1024  # bytes (protocol, layer 1)
MAX_PARTS = 32
MAX_VALIDITY = 7 * 24 * 3600  # seconds between issued and expires
MAX_SKEW = 120  # seconds a sender's clock may run ahead of the broker's

Label = Literal["", "feit", "professioneel_oordeel", "vermoeden"]


class Sender(Wired):
    """Who sends: the instantie, the role of the employee on whose behalf, and the id of the signing key."""

    instantie: Code
    role: Code
    key: Hash


class Recipient(Wired):
    """Who receives: exactly one instantie, and the id of the sealing key used ("" when nothing is sealed)."""

    instantie: Code
    key: OptionalHash = ""


class PartName(Wired):
    """A sealed part as the broker sees it: its category, the version of its schema and what kind of statement it is."""

    category: Code
    schema_version: Annotated[int, Field(ge=1, le=999, alias="schema")]
    label: Label = ""


class Declaration(Wired):
    """One message in the clear. Times are seconds since 1970 UTC; `re` is the hash of the message answered."""

    v: Literal["zegel/1"] = "zegel/1"
    id: MessageId
    kind: Code
    casus: CasusId
    convenant: Hash  # digest of the set of documents in force
    sender: Annotated[Sender, Field(alias="from")]
    recipient: Annotated[Recipient, Field(alias="to")]
    purpose: OptionalCode
    subjects: Annotated[tuple[Subject, ...], Field(strict=False, max_length=99)]
    asks: Annotated[tuple[Code, ...], Field(strict=False, max_length=MAX_PARTS)] = ()
    parts: Annotated[tuple[PartName, ...], Field(strict=False, max_length=MAX_PARTS)] = ()
    registers: Annotated[tuple[Registration, ...], Field(strict=False, max_length=1)] = ()
    re: OptionalHash = ""
    issued: Instant
    expires: Instant
    due: Instant = 0
    claims: Claims = Claims()

    def to_bytes(self) -> bytes:
        """Return the canonical bytes that are sealed against and signed; `claims` holds the keys of its kind."""
        values = self.model_dump(by_alias=True, mode="json")
        carried = CLAIMS_OF_KIND.get(self.kind, frozenset())
        values["claims"] = {name: value for name, value in values["claims"].items() if name in carried}
        return canonical.encode(values)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Declaration":
        """Parse received bytes whose signature held; raise Refusal NIET_CANONIEK or ONGELDIGE_VERKLARING."""
        if len(data) > MAX_DECLARATION:
            raise Refusal(Fault.ONGELDIGE_VERKLARING, detail=f"a declaration holds at most {MAX_DECLARATION} bytes")
        return cls._read_usual(data) or cls._read_any(data)

    @classmethod
    def _read_usual(cls, data: bytes) -> "Declaration | None":
        """Return a declaration that was read and written again to these very bytes, None for whatever is not so plain.

        In half the time of `_read_any`, which says what is allowed: this one returns the same or nothing.
        """
        try:
            found = cls.model_validate_json(data, by_alias=True, by_name=False)
        except ValidationError:
            return None
        again = found.model_dump_json(by_alias=True, exclude_unset=True).encode("utf-8")
        return found if again == data and _is_usual(found) else None

    @classmethod
    def _read_any(cls, data: bytes) -> "Declaration":
        try:
            values = canonical.decode(data)
        except canonical.NotCanonicalError as error:
            raise Refusal(Fault.NIET_CANONIEK, detail=str(error)) from None
        if not isinstance(values, dict):
            raise Refusal(Fault.ONGELDIGE_VERKLARING, detail="a declaration is an object")
        _require_all_keys(values)
        try:
            declaration = cls.model_validate(values, by_alias=True, by_name=False)
        except ValidationError as error:
            raise Refusal(Fault.ONGELDIGE_VERKLARING, *invalid_fields(error)) from None
        _require_nested_keys(declaration)
        return declaration


def invalid_fields(error: ValidationError) -> tuple[str, ...]:
    """Return the dotted names of the fields a validation error is about; a name of the sender's own making is a `?`.

    Refusals are logged and told, so a key that no schema knows must not travel along: it would be free text.
    """
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return tuple(sorted({".".join(_known(step) for step in each["loc"]) for each in found}))


def _known(step: int | str) -> str:
    return str(step) if isinstance(step, int) or step in _NAMES else "?"


def _is_usual(found: Declaration) -> bool:
    """Say whether every key is stated, maps are in order, and it holds no registration: those are not `Wired`."""
    claims = found.claims
    maps = (claims.motivation, claims.motivation_per_category, claims.outcome)
    try:
        _require_nested_keys(found)
    except Refusal:
        return False
    return (
        not found.registers
        and len(found.model_fields_set) == len(_ALL_KEYS)
        and claims.model_fields_set == CLAIMS_OF_KIND.get(found.kind, frozenset())
        and all(list(each) == sorted(each) for each in maps if len(each) > 1)
    )


_ALL_KEYS = frozenset(field.alias or name for name, field in Declaration.model_fields.items())
_NAMES = _ALL_KEYS.union(
    *(model.model_fields for model in (Sender, Recipient, Claims, Consultation, Deferral, Emergency, SubjectClaim)),
    *(model.model_fields for model in (DirectoryHeld, LogHeld)),
    ("category", "schema", "label"),
)


def _require_all_keys(values: Mapping[str, object]) -> None:
    missing = _ALL_KEYS - values.keys()
    kind, claims = values.get("kind"), values.get("claims")
    carried = CLAIMS_OF_KIND.get(kind, frozenset()) if isinstance(kind, str) else frozenset[str]()
    stated = frozenset(claims) if isinstance(claims, dict) else frozenset[str]()
    missing |= {f"claims.{name}" for name in carried ^ stated if name in Claims.model_fields}
    if missing:
        detail = "every key stands there, and no key of another kind"
        raise Refusal(Fault.ONGELDIGE_VERKLARING, *sorted(missing), detail=detail)


def _require_nested_keys(model: BaseModel) -> None:
    """Refuse a default that was left out, at any depth: one meaning has one byte form."""
    stated = model.model_fields_set  # of claims, those of other kinds are not stated
    for name in _nests(type(model)):
        value = getattr(model, name) if name in stated else ()
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                _require_full(item)


@cache
def _nests(kind: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields of a model that may hold models: the only ones worth looking into."""
    return tuple(name for name, field in kind.model_fields.items() if _holds_model(field.annotation))


def _holds_model(hint: object) -> bool:
    inner = get_args(hint)
    return any(map(_holds_model, inner)) if inner else isinstance(hint, type) and issubclass(hint, BaseModel)


def _require_full(model: BaseModel) -> None:
    known, stated = type(model).__pydantic_fields__, model.model_fields_set
    if len(stated) != len(known) and not isinstance(model, Claims):  # which claims must be there depends on the kind
        raise Refusal(Fault.ONGELDIGE_VERKLARING, *sorted(known.keys() - stated), detail="every key stands there")
    _require_nested_keys(model)
