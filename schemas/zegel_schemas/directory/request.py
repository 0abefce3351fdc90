"""What an instantie hands in to become a member: all of it public, and signed by the identity key it names.

A holder of the root signs only once the twelve words of that key were read out by the instantie itself; everything else
in the file is checked from the key.
"""

from typing import Annotated, Literal

from pydantic import StringConstraints, ValidationError

from zegel_schemas import canonical
from zegel_schemas.directory.check import check_next
from zegel_schemas.directory.envelope import Signed64, SignedStatement
from zegel_schemas.directory.flaws import DirectoryInvalid, Flaw, FlawCode, Flawed
from zegel_schemas.directory.fold import Fold, read_public
from zegel_schemas.directory.statements import ROOT
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import PrivateKey, PublicKey
from zegel_schemas.seal.primitives import b64u, unb64u
from zegel_schemas.seal.signatures import REQUEST, check_signature_of, sign
from zegel_schemas.shapes import Closed, Code, Hash

PAPER = "request"
MAX_REQUEST = 256 * 1024  # bytes; a file of 26 weeks of keys has 8 KiB

_PasswordHash = Annotated[str, StringConstraints(pattern=r"^$|^[A-Za-z0-9+/]{48}$")]  # 36 bytes in base64
_Pem = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e\n]*$", max_length=16 * 1024)]


class Request(Closed):
    """A request, checked: `read_request` is the way to one."""

    v: Literal["zegel-request/1"] = "zegel-request/1"
    instantie: Code
    identity: Hash
    keys: str  # its keys statement as a line of the directory; "" when a member only renews its identity
    login: _PasswordHash  # hash of the password it made for RabbitMQ, as RabbitMQ keeps it; "" with a certificate
    certificate_request: _Pem = ""  # PKCS #10 for mutual TLS; "" without
    signature: Signed64 | Literal[""] = ""  # by the identity key, over the file as it is with "" here

    @property
    def public(self) -> PublicKey:
        """The identity key; raise Refusal REGISTER_ONGELDIG when it is none."""
        return read_public("identity", self.instantie, self.identity)

    def to_bytes(self) -> bytes:
        """Return the file."""
        return canonical.encode(self.model_dump()) + b"\n"


def make_request(
    identity: PrivateKey, *, keys: SignedStatement | None, login: str = "", certificate_request: str = ""
) -> Request:
    """Return the request of the owner of this identity key, signed by it; so is the keys statement inside."""
    public = identity.public
    unsigned = Request(
        instantie=public.owner,
        identity=b64u(public.raw),
        keys=keys.to_line().decode("ascii") if keys else "",
        login=login,
        certificate_request=certificate_request,
    )
    return unsigned.model_copy(update={"signature": b64u(sign(identity, REQUEST, unsigned.to_bytes()))})


def read_request(data: bytes, *, fold: Fold | None) -> Request:
    """Return a request that may be admitted after what `fold` holds; raise DirectoryInvalid naming field and remedy.

    Its keys statement must be the next one of this instantie, signed by the identity key the request names; without a
    fold, of a request that was checked before, only its form and signature are looked at.
    """
    request = _parse(data)
    if request.instantie == ROOT:
        raise _flaw(FlawCode.VELD_ONGELDIG, "instantie", "no instantie may be called root")
    try:
        identity = request.public
    except Refusal:
        raise _flaw(FlawCode.SLEUTEL_ONGELDIG, "identity", "no valid key: have it made again") from None
    _check_signature(request, identity)
    if fold is None:
        return request
    if request.keys:
        _check_keys(request, identity, fold)
    elif request.instantie not in fold.members:
        raise _flaw(FlawCode.VELD_ONGELDIG, "keys", "a new member publishes keys: have the request made again")
    return request


def _check_signature(request: Request, identity: PublicKey) -> None:
    unsigned = request.model_copy(update={"signature": ""}).to_bytes()
    try:
        check_signature_of(identity, REQUEST, unsigned, unb64u(request.signature))
    except Refusal:
        remedy = "it was changed after it was made: fetch it again from the instantie itself"
        raise _flaw(FlawCode.HANDTEKENING_KLOPT_NIET, "signature", remedy) from None


def _check_keys(request: Request, identity: PublicKey, fold: Fold) -> None:
    # As if the root had signed already: what `Directory.load` will check then is checked now.
    admitted = Fold(
        root=fold.root,
        members={**fold.members, request.instantie: (identity,)},
        keys=fold.keys,
        issuers=fold.issuers,
        published=fold.published | {identity.raw},
    )
    if not request.keys.endswith("\n"):
        raise _flaw(FlawCode.REGEL_ONLEESBAAR, "keys", "the line has no end: have the request made again")
    try:
        statement = check_next(SignedStatement.from_line(request.keys.removesuffix("\n").encode("ascii")), admitted)
    except (Flawed, UnicodeEncodeError) as error:
        code = error.code if isinstance(error, Flawed) else FlawCode.REGEL_ONLEESBAAR
        remedy = error.remedy if isinstance(error, Flawed) else "fetch the request again: it was changed"
        raise _flaw(code, "keys", remedy) from None
    if statement.statement != "keys" or statement.issuer != request.instantie:
        raise _flaw(FlawCode.ONDERTEKENAAR_ONBEVOEGD, "keys", "an instantie hands in its own keys, nothing else")


def _parse(data: bytes) -> Request:
    remedy = "hand in the file `request` that `zegel-adapter init` or `zegel-broker keys init` wrote, unchanged"
    if len(data) > MAX_REQUEST or not data.endswith(b"\n"):
        raise _flaw(FlawCode.REGEL_ONLEESBAAR, "file", remedy)
    try:
        request = Request.model_validate(canonical.decode(data.removesuffix(b"\n")))
    except canonical.NotCanonicalError:
        raise _flaw(FlawCode.REGEL_ONLEESBAAR, "file", remedy) from None
    except ValidationError as error:
        place = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
        known = str(place[0]) if place and place[0] in Request.model_fields else "file"
        raise _flaw(FlawCode.VELD_ONGELDIG, known, remedy) from None
    if request.to_bytes() != data:  # a key left out, for which the model has a value
        raise _flaw(FlawCode.VELD_ONGELDIG, "file", remedy)
    return request


def _flaw(code: FlawCode, field: str, remedy: str) -> DirectoryInvalid:
    return DirectoryInvalid([Flaw(code, 0, field, remedy, paper=PAPER)])
