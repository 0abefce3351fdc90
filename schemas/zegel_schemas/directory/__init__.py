"""The directory of signed statements; read `statements.py`, then `check.py`; use `Directory` of `snapshot.py`."""

from zegel_schemas.directory.envelope import SignedStatement, join_signatures, sign_body, sign_statement
from zegel_schemas.directory.fingerprint import fingerprint
from zegel_schemas.directory.flaws import DirectoryInvalid, Flaw, FlawCode
from zegel_schemas.directory.fold import LOG_OWNER, ConvenantInForce, LogName
from zegel_schemas.directory.make import (
    NOT_STOLEN,
    make_convenant,
    make_keys,
    make_log,
    make_member,
    make_revoke,
    make_root,
)
from zegel_schemas.directory.snapshot import Directory, append_statement, require_extends, require_valid
from zegel_schemas.directory.statements import ROOT

__all__ = [
    "LOG_OWNER",
    "NOT_STOLEN",
    "ROOT",
    "ConvenantInForce",
    "Directory",
    "DirectoryInvalid",
    "Flaw",
    "FlawCode",
    "LogName",
    "SignedStatement",
    "append_statement",
    "fingerprint",
    "join_signatures",
    "make_convenant",
    "make_keys",
    "make_log",
    "make_member",
    "make_revoke",
    "make_root",
    "require_extends",
    "require_valid",
    "sign_body",
    "sign_statement",
]
