"""May this statement be the next one? Signatures first, then form, then what may be said by whom, how long."""

from collections.abc import Iterable
from itertools import chain

from zegel_schemas.directory.envelope import SignedStatement
from zegel_schemas.directory.flaws import FlawCode, Flawed
from zegel_schemas.directory.fold import LOG_OWNER, Fold, LastStatement, RootKeys, read_public, read_root_keys
from zegel_schemas.directory.statements import (
    MAX_AHEAD,
    MAX_LIFE,
    ROOT,
    ConvenantStatement,
    KeysStatement,
    LogStatement,
    MemberStatement,
    PublishedKey,
    RevokeStatement,
    RootStatement,
    Statement,
    read_statement,
)
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import KeyUse, PublicKey
from zegel_schemas.seal.primitives import unb64u
from zegel_schemas.seal.signatures import STATEMENT, check_signature_of


def check_first(signed: SignedStatement) -> RootStatement:
    """Return the root statement everything starts from, whose fingerprint held; raise Flawed."""
    statement = read_statement(signed.body)
    if not isinstance(statement, RootStatement):
        raise Flawed(FlawCode.BEGIN_ONTBREEKT, "statement", "the first statement is the root's own")
    _check_order(statement, LastStatement())
    _check_root_statement(statement)
    keys = _root_keys(statement)
    signers = _hold(signed, keys.keys)
    _check_strangers(signed, signers)
    _require_threshold(keys, signers, FlawCode.DREMPEL_NIET_GEHAALD)
    return statement


def check_next(signed: SignedStatement, fold: Fold) -> Statement:
    """Return the statement if it may follow on what `fold` holds; raise Flawed with the first fault found."""
    known = {each.id: each for each in chain(fold.root.keys.values(), *fold.members.values())}
    signers = _hold(signed, known)
    if not signers:
        raise Flawed(
            FlawCode.ONDERTEKENAAR_ONBEVOEGD, "signatures", "have it signed by the root or by the member itself"
        )
    statement = read_statement(signed.body)
    if isinstance(statement, RootStatement):
        _check_root_change(statement, signed, fold, signers)
    else:
        _check_strangers(signed, signers)
        _check_signers(statement, fold, signers)
    if not fold.broken:  # else the order is off because of the statement left out, and that one was named
        _check_order(statement, fold.issuers.get(statement.issuer, LastStatement()))
    _check_meaning(statement, fold)
    return statement


def check_unfinished(signed: SignedStatement, fold: Fold) -> tuple[Statement, tuple[RootKeys, ...], set[bytes]]:
    """Return a statement of the root that is still being signed, the sets of keys that must sign, and who did.

    For the holders of the root, who sign one by one and must know what: only here a body is read before its signatures
    hold. Raise Flawed when no further signature could make it follow on `fold`.
    """
    statement = read_statement(signed.body)
    if statement.issuer != ROOT:
        raise Flawed(FlawCode.ONDERTEKENAAR_ONBEVOEGD, "issuer", "the root signs for nobody else: add it as it is")
    roots = (fold.root,) if fold.root.keys else ()
    if isinstance(statement, RootStatement):
        _check_root_statement(statement)
        new = _root_keys(statement)
        _require_unpublished((each for key, each in new.keys.items() if key not in fold.root.keys), fold, "keys")
        roots = (*roots, new)
    elif not roots:
        raise Flawed(FlawCode.BEGIN_ONTBREEKT, "statement", "the first statement is the root's own")
    _check_kind_of_issuer(statement)
    signers = _hold(signed, {key: each for root in roots for key, each in root.keys.items()})
    _check_strangers(signed, signers)
    _check_order(statement, fold.issuers.get(ROOT, LastStatement()))
    _check_meaning(statement, fold)
    return statement, roots, set(signers)


def _hold(signed: SignedStatement, known: dict[bytes, PublicKey]) -> dict[bytes, PublicKey]:
    """Return the signers among `known`; raise Flawed when one of their signatures does not hold or stands twice."""
    ids = [unb64u(each.key) for each in signed.signatures]
    if len(set(ids)) != len(ids):
        raise Flawed(FlawCode.SLEUTEL_DUBBEL_GETELD, "signatures", "each key signs once; ask another holder to sign")
    for key, each in zip(ids, signed.signatures, strict=True):
        if key not in known:
            continue
        try:
            check_signature_of(known[key], STATEMENT, signed.body, unb64u(each.signature))
        except Refusal:
            remedy = "the text was changed after signing: fetch the statement again from who made it"
            raise Flawed(FlawCode.HANDTEKENING_KLOPT_NIET, "signatures", remedy) from None
    return {key: known[key] for key in ids if key in known}


def _check_strangers(signed: SignedStatement, signers: dict[bytes, PublicKey]) -> None:
    if len(signers) != len(signed.signatures):
        raise Flawed(FlawCode.ONDERTEKENAAR_ONBEVOEGD, "signatures", "take out the signatures of unknown keys")


def _check_kind_of_issuer(statement: Statement) -> None:
    if statement.issuer == ROOT and isinstance(statement, (KeysStatement, RevokeStatement)):
        raise Flawed(FlawCode.GEEN_LID, "issuer", "only a member publishes or revokes keys, and the root is none")


def _check_signers(statement: Statement, fold: Fold, signers: dict[bytes, PublicKey]) -> None:
    _check_kind_of_issuer(statement)
    if statement.issuer == ROOT:
        if any(each.use != "root" for each in signers.values()):
            raise Flawed(FlawCode.ONDERTEKENAAR_ONBEVOEGD, "signatures", "only the root's keys sign for the root")
        _require_threshold(fold.root, signers, FlawCode.DREMPEL_NIET_GEHAALD)
    elif statement.issuer not in fold.members:
        raise Flawed(FlawCode.GEEN_LID, "issuer", "the root must name this instantie as a member first")
    elif any(each.owner != statement.issuer or each.use != "identity" for each in signers.values()):
        raise Flawed(FlawCode.ONDERTEKENAAR_ONBEVOEGD, "signatures", "a member signs with its own identity key")


def _check_root_change(
    statement: RootStatement, signed: SignedStatement, fold: Fold, old_signers: dict[bytes, PublicKey]
) -> None:
    """Require the threshold of the old root and of the new: neither may be replaced by the other alone."""
    _check_root_statement(statement)
    _require_threshold(fold.root, old_signers, FlawCode.OUDE_WORTEL_TEKENDE_NIET)
    new = _root_keys(statement)
    _require_unpublished((each for key, each in new.keys.items() if key not in fold.root.keys), fold, "keys")
    new_signers = _hold(signed, new.keys)
    _require_threshold(new, new_signers, FlawCode.NIEUWE_WORTEL_TEKENDE_NIET)
    _check_strangers(signed, {**new_signers, **{key: each for key, each in old_signers.items() if each.use == "root"}})


def _require_threshold(root: RootKeys, signers: dict[bytes, PublicKey], code: FlawCode) -> None:
    # Public keys are counted, not ids: one key under two names is one holder.
    counted = {each.raw for key, each in signers.items() if key in root.keys}
    if len(counted) < root.threshold:
        raise Flawed(code, "signatures", f"{root.threshold} different root keys must sign; {len(counted)} did")


def _check_order(statement: Statement, last: LastStatement) -> None:
    if statement.number != last.number + 1:
        raise Flawed(FlawCode.VOLGORDE, "number", "an issuer numbers its statements 1, 2, 3, and leaves none out")
    if statement.previous != last.hash:
        raise Flawed(FlawCode.VOLGORDE, "previous", "name the hash of the issuer's last statement in this directory")
    if statement.time < last.time:
        raise Flawed(FlawCode.VOLGORDE, "time", "a statement is not older than the issuer's last one")


def _check_meaning(statement: Statement, fold: Fold) -> None:
    match statement:
        case MemberStatement():
            _check_member(statement, fold)
        case LogStatement():
            _check_log(statement, fold)
        case ConvenantStatement():
            _check_convenant(statement, fold)
        case KeysStatement():
            _check_keys(statement, fold)
        case RevokeStatement():
            _check_revoke(statement, fold)
        case RootStatement():
            pass  # checked with its signatures, for they depend on what it says


def _check_root_statement(statement: RootStatement) -> None:
    if len(set(statement.keys)) != len(statement.keys):
        raise Flawed(FlawCode.SLEUTEL_DUBBEL_GETELD, "keys", "name every key of the root once")
    if statement.threshold > len(statement.keys):
        raise Flawed(FlawCode.VELD_ONGELDIG, "threshold", "no more keys can be asked to sign than there are")


def _root_keys(statement: RootStatement) -> RootKeys:
    _make_publics("root", ROOT, statement.keys, "keys")
    return read_root_keys(statement)


def _check_member(statement: MemberStatement, fold: Fold) -> None:
    if statement.instantie == ROOT:
        raise Flawed(FlawCode.VELD_ONGELDIG, "instantie", "no instantie may be called root")
    if statement.successor and statement.identity:
        raise Flawed(FlawCode.VELD_ONGELDIG, "successor", "only who leaves, so has no identity key, has a successor")
    if statement.successor and statement.successor not in fold.members.keys() - {statement.instantie}:
        raise Flawed(FlawCode.GEEN_LID, "successor", "admit the successor first: it must be another member")
    kept = {each.raw for each in fold.members.get(statement.instantie, ())}
    publics = _make_publics("identity", statement.instantie, statement.identity, "identity")
    _require_unpublished((each for each in publics if each.raw not in kept), fold, "identity")
    if len({each.raw for each in publics}) != len(publics):
        raise Flawed(FlawCode.SLEUTEL_DUBBEL_GETELD, "identity", "name every identity key once")


def _check_log(statement: LogStatement, fold: Fold) -> None:
    _require_unpublished(_make_publics("log", LOG_OWNER, [statement.key], "key"), fold, "key")
    if statement.origin in fold.logs:
        raise Flawed(FlawCode.LOGBOEK_VOLGT_NIET, "origin", "a new log key is a new log: give it a new origin")
    if bool(fold.logs) != bool(statement.old_root):
        raise Flawed(
            FlawCode.LOGBOEK_VOLGT_NIET, "old_root", "a successor, and only a successor, names the old log's last root"
        )
    if statement.old_size and not statement.old_root:
        raise Flawed(FlawCode.LOGBOEK_VOLGT_NIET, "old_size", "the first log follows on nothing: 0")


def _check_convenant(statement: ConvenantStatement, fold: Fold) -> None:
    if fold.convenants and statement.start < fold.convenants[-1].start:
        raise Flawed(FlawCode.CONVENANT_TERUG, "from", "it cannot be in force before the set it follows")
    names = [each.document for each in statement.documents]
    if len(set(names)) != len(names):
        raise Flawed(FlawCode.VELD_ONGELDIG, "documents", "name every document once, with one version")


def _check_keys(statement: KeysStatement, fold: Fold) -> None:
    for place, each in enumerate(statement.keys):
        _check_life(each, statement.time, f"keys.{place}")
        public = _make_publics(each.use, statement.issuer, [each.key], f"keys.{place}.key")
        _require_unpublished(public, fold, f"keys.{place}.key")
    if len({each.key for each in statement.keys}) != len(statement.keys):
        raise Flawed(FlawCode.SLEUTEL_AL_GENOEMD, "keys", "publish every key once, for one use")


def _check_life(key: PublishedKey, made: int, field: str) -> None:
    if key.valid_until < key.valid_from:
        raise Flawed(FlawCode.VELD_ONGELDIG, f"{field}.until", "a key is not used up before its first day")
    if key.valid_until - key.valid_from > MAX_LIFE[key.use]:
        days = MAX_LIFE[key.use] // (24 * 3600)
        raise Flawed(FlawCode.SLEUTEL_TE_LANG, f"{field}.until", f"a {key.use} key is used at most {days} days")
    if key.valid_from > made + MAX_AHEAD:
        raise Flawed(FlawCode.SLEUTEL_TE_VER_VOORUIT, f"{field}.from", "publish keys at most 26 weeks ahead")


def _check_revoke(statement: RevokeStatement, fold: Fold) -> None:
    known = fold.keys.get(unb64u(statement.key))
    if known is None or known.owner != statement.issuer:
        raise Flawed(FlawCode.VREEMDE_INTREKKING, "key", "a member revokes only keys it published itself")
    if known.revoked_at:
        raise Flawed(FlawCode.AL_INGETROKKEN, "key", "this key was revoked before; nothing more is needed")
    if not statement.at:
        raise Flawed(FlawCode.VELD_ONGELDIG, "at", "name the second from which the key is not valid")


def _make_publics(use: KeyUse, owner: str, keys: Iterable[str], field: str) -> list[PublicKey]:
    try:
        return [read_public(use, owner, key) for key in keys]
    except Refusal:
        remedy = "no valid public key of 32 bytes: make the key pair again with the key tool"
        raise Flawed(FlawCode.SLEUTEL_ONGELDIG, field, remedy) from None


def _require_unpublished(publics: Iterable[PublicKey], fold: Fold, field: str) -> None:
    # A key id binds use and owner, so the same key could come back under another name, or after its revocation.
    if any(each.raw in fold.published for each in publics):
        raise Flawed(FlawCode.SLEUTEL_AL_GENOEMD, field, "this key was published before: make a new one")
