-- The log itself: leaves in order, and beside them what opens them. Times are seconds since 1970 UTC, hashes 32 bytes.
CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    origin TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    hashes BLOB NOT NULL,
    time INTEGER NOT NULL,
    note BLOB NOT NULL,
    directory_count INTEGER NOT NULL,
    directory_head TEXT NOT NULL,
    convenant TEXT NOT NULL
) STRICT;

CREATE TABLE entry (
    idx INTEGER PRIMARY KEY CHECK (idx >= 0),
    leaf BLOB NOT NULL
) STRICT;

CREATE TABLE record (
    idx INTEGER PRIMARY KEY REFERENCES entry (idx),
    record BLOB NOT NULL,
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    subject_salts BLOB NOT NULL
) STRICT;

-- The sender's own bytes: they name all subjects, so only the FG and a court see them.
CREATE TABLE sent (
    idx INTEGER PRIMARY KEY REFERENCES entry (idx),
    declaration BLOB NOT NULL,
    seal_table BLOB NOT NULL,
    signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

CREATE TABLE explanation (
    idx INTEGER PRIMARY KEY REFERENCES entry (idx),
    explanation BLOB NOT NULL
) STRICT;

-- The tree: 256 hashes a row (C2SP tlog-tiles), and every checkpoint ever signed.
CREATE TABLE tile (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) % 32 = 0),
    PRIMARY KEY (level, number)
) STRICT;

CREATE TABLE note (
    size INTEGER PRIMARY KEY,
    note BLOB NOT NULL
) STRICT;

-- The broker's memory, in the same transaction: what was decided about which message, and the fold of each casus.
CREATE TABLE message (
    idx INTEGER PRIMARY KEY REFERENCES entry (idx),
    sender TEXT NOT NULL,
    id TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    recipient TEXT NOT NULL,
    casus TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('permitted', 'refused', 'receipt')),
    code TEXT NOT NULL,
    expires INTEGER NOT NULL,
    delivered INTEGER REFERENCES entry (idx),
    closed INTEGER REFERENCES entry (idx),
    closing TEXT NOT NULL CHECK (closing IN ('', 'undeliverable', 'opened', 'rejected', 'expired')),
    answers INTEGER REFERENCES entry (idx),
    alarm INTEGER NOT NULL CHECK (alarm IN (0, 1)),
    CHECK ((closed IS NULL) = (closing = '')),
    UNIQUE (sender, id)
) STRICT;

CREATE UNIQUE INDEX message_permitted ON message (hash) WHERE outcome = 'permitted';
CREATE INDEX message_of_casus ON message (casus, idx) WHERE outcome = 'permitted';
CREATE INDEX message_open ON message (expires) WHERE outcome = 'permitted' AND closed IS NULL AND recipient <> 'broker';

CREATE TABLE casus (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES entry (idx),
    state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE uncollected (
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (sender, recipient)
) STRICT, WITHOUT ROWID;

-- Ends the broker found by itself (expired): told until the notice is known to have been confirmed.
CREATE TABLE untold (
    idx INTEGER PRIMARY KEY REFERENCES message (idx)
) STRICT;
