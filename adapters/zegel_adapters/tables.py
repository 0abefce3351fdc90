"""The tables of the mailbox, version 2; a BLOB is always a box under a casus key unless its comment says otherwise."""

VERSION = 2

_META = "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT"  # value under the home key

_CASUS_KEY = """
CREATE TABLE casus_key (
  slot INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again after destruction
  lookup BLOB NOT NULL UNIQUE,  -- keyed hash of the casus id
  box BLOB NOT NULL  -- the casus key under the home key
) STRICT
"""

_OUTBOX = """
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  slot INTEGER NOT NULL,
  state TEXT NOT NULL,
  accepted INTEGER NOT NULL,  -- second since 1970 at which the desk took the draft
  draft BLOB NOT NULL,
  container BLOB,  -- NULL until sealed; afterwards never changed: a resend is the same bytes
  message_key BLOB,  -- NULL until sealed, without parts, and for what version 1 sealed; opens what was sent again
  hash BLOB,  -- message hash, in the clear
  expires INTEGER NOT NULL DEFAULT 0,
  published INTEGER NOT NULL DEFAULT 0,  -- second of the last confirmed publish
  tries INTEGER NOT NULL DEFAULT 0,  -- how often it was published
  log_index INTEGER,
  result BLOB  -- codes, explanation
) STRICT
"""

_OUTBOX_BY_STATE = "CREATE INDEX outbox_by_state ON outbox (state, slot, seq)"

_PROOF = """
CREATE TABLE proof (
  origin TEXT NOT NULL,  -- of the log: a successor counts from 0 again
  log_index INTEGER NOT NULL,
  message TEXT NOT NULL,
  slot INTEGER NOT NULL,
  type TEXT NOT NULL,
  time INTEGER NOT NULL,  -- the log's, seconds since 1970
  notice BLOB NOT NULL,  -- this one proof and its note, as a notice
  PRIMARY KEY (origin, log_index)
) STRICT
"""

_INBOX = """
CREATE TABLE inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  sender TEXT NOT NULL,
  id TEXT NOT NULL,
  slot INTEGER NOT NULL,
  state TEXT NOT NULL,  -- new | acknowledged | rejected
  hash BLOB NOT NULL,  -- message hash, in the clear
  log_index INTEGER NOT NULL,
  received INTEGER NOT NULL,
  reason TEXT NOT NULL DEFAULT '',  -- of a rejection: one coarse word
  code TEXT NOT NULL DEFAULT '',  -- of a rejection: the refusal code, for this side only
  container BLOB NOT NULL,
  stamp BLOB NOT NULL,
  message_key BLOB,  -- NULL when rejected
  UNIQUE (sender, id)
) STRICT
"""

_RECEIPT = """
CREATE TABLE receipt (
  sender TEXT NOT NULL,
  id TEXT NOT NULL,
  slot INTEGER NOT NULL,
  container BLOB NOT NULL,
  due INTEGER NOT NULL DEFAULT 1,  -- 1 until its publish is confirmed, and again when the delivery is repeated
  PRIMARY KEY (sender, id)
) STRICT
"""

_HELD = """
CREATE TABLE held (
  hash BLOB PRIMARY KEY,  -- message hash, in the clear
  slot INTEGER NOT NULL,
  since INTEGER NOT NULL,
  what TEXT NOT NULL,  -- what this adapter must fetch first
  delivery BLOB NOT NULL  -- container and stamp, unopened
) STRICT
"""

_ASIDE = """
CREATE TABLE aside (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,  -- frame | delivery | notice | note
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  body BLOB NOT NULL  -- as received; under the home key
) STRICT
"""

_CHECKPOINT = """
CREATE TABLE checkpoint (
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,  -- in the clear: the log is public to its members
  note BLOB NOT NULL,  -- in the clear
  seen INTEGER NOT NULL,
  PRIMARY KEY (origin, size)
) STRICT
"""

# Outlives the casus key: that something was shown, and what, must be answered for after the content is gone.
_DISCLOSED = """
CREATE TABLE disclosed (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  box BLOB NOT NULL  -- message, sender, category, hash of the exhibit; under the home key
) STRICT
"""

TABLES = (
    _META,
    _CASUS_KEY,
    _OUTBOX,
    _OUTBOX_BY_STATE,
    _PROOF,
    _INBOX,
    _RECEIPT,
    _HELD,
    _ASIDE,
    _CHECKPOINT,
    _DISCLOSED,
)

# What a mailbox of an older version still needs, by that version.
UPGRADES = {1: (_DISCLOSED, "ALTER TABLE outbox ADD COLUMN message_key BLOB")}

# What is emptied when a casus key is destroyed; ids, hashes and states stay, so that a repeated delivery is known.
EMPTYING = (
    "UPDATE outbox SET draft = x'', container = NULL, message_key = NULL, result = NULL WHERE slot = ?",
    "UPDATE outbox SET state = 'no_answer' WHERE slot = ? AND state IN ('queued', 'sent')",
    "UPDATE inbox SET container = x'', stamp = x'', message_key = NULL WHERE slot = ?",
    "UPDATE receipt SET container = x'', due = 0 WHERE slot = ?",
    "UPDATE proof SET notice = x'' WHERE slot = ?",
    "DELETE FROM held WHERE slot = ?",
)
