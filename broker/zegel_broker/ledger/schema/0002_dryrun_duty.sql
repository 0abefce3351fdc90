-- Dry runs: their ids are a space of their own, so they stand beside `message` and never in it.
CREATE TABLE dryrun (
    idx INTEGER PRIMARY KEY REFERENCES entry (idx),
    sender TEXT NOT NULL,
    id TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    counted TEXT NOT NULL,
    day TEXT NOT NULL,
    code TEXT NOT NULL,
    UNIQUE (sender, id)
) STRICT;

CREATE INDEX dryrun_counted ON dryrun (sender, counted, day);

-- Overdue duties that were entered, each once; told until both notices are known to have been confirmed.
CREATE TABLE duty (
    idx INTEGER PRIMARY KEY REFERENCES entry (idx),
    casus TEXT NOT NULL,
    name TEXT NOT NULL,
    holder TEXT NOT NULL,
    also TEXT NOT NULL,
    told INTEGER NOT NULL CHECK (told IN (0, 1)),
    UNIQUE (casus, name)
) STRICT;

CREATE INDEX duty_untold ON duty (idx) WHERE told = 0;
