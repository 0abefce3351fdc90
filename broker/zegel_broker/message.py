"""The judge's view of a message: what the declaration says, without keys and ciphertext; nothing else is judged."""

from dataclasses import dataclass
from datetime import date

from zegel_broker.days import day_of
from zegel_schemas.claims import Claims
from zegel_schemas.declaration import MOTIVATION_PART, Declaration
from zegel_schemas.registrations import Registration

# Kinds the check itself knows by name; all else about kinds is data of the convenant.
REPORT = "aanmelding"  # may open a casus
ASSIGNMENT = "actietoewijzing"  # opens a correlation, but is no question: what it encloses is what may be answered
DECLINING = "weigering"  # answers any question, whatever its purpose and width
WITHDRAWING = "intrekking"  # ends the sender's own question, whatever its purpose
DESTROYING = "vernietiging"  # its asks are the categories to destroy
NO_CLAIMS = Claims()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One sealed part: its category and its label ("" = none)."""

    category: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is judged. `recipients` is one instantie on the wire; decision cases may name several, or `*`."""

    kind: str
    sender: str
    role: str  # employee role on whose behalf it is sent
    recipients: tuple[str, ...]
    casus: str
    convenant: str  # digest the sender names
    purpose: str = ""
    subjects: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    parts: tuple[Enclosure, ...] = ()  # without the reserved part `motivering`
    registers: Registration | None = None
    re: str = ""  # hash of the message answered
    issued: date
    due: date | None = None
    claims: Claims = NO_CLAIMS
    hash: str = ""
    authenticated: bool = True
    issued_at: int = 0  # seconds since 1970 UTC; with `expires_at` they say how long an emergency lasts
    expires_at: int = 0

    @classmethod
    def from_declaration(cls, declaration: Declaration, *, message_hash: str, authenticated: bool = True) -> "Message":
        """Take over what is judged of a declaration whose signature held; instants become days in Europe/Amsterdam."""
        return cls(
            kind=declaration.kind,
            sender=declaration.sender.instantie,
            role=declaration.sender.role,
            recipients=(declaration.recipient.instantie,),
            casus=declaration.casus,
            convenant=declaration.convenant,
            purpose=declaration.purpose,
            subjects=declaration.subjects,
            asks=declaration.asks,
            parts=tuple(
                Enclosure(part.category, part.label) for part in declaration.parts if part.category != MOTIVATION_PART
            ),
            registers=declaration.registers[0] if declaration.registers else None,
            re=declaration.re,
            issued=day_of(declaration.issued),
            due=day_of(declaration.due) if declaration.due else None,
            claims=declaration.claims,
            hash=message_hash,
            authenticated=authenticated,
            issued_at=declaration.issued,
            expires_at=declaration.expires,
        )
