-- What a person has brought: each thing once, with the import it first came with.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value ANY NOT NULL                  -- id, made_at: text; seed: 32 bytes; answer:*: text
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    path_name TEXT NOT NULL,            -- the name of the file, without its folder
    source TEXT NOT NULL,
    format TEXT NOT NULL,
    at TEXT NOT NULL,                   -- RFC 3339, UTC
    read INTEGER NOT NULL,
    added INTEGER NOT NULL,
    known INTEGER NOT NULL,
    unreadable INTEGER NOT NULL,
    sha256 TEXT NOT NULL                -- of the file, lower-case hex
) STRICT;

CREATE TABLE things (
    position INTEGER PRIMARY KEY
        CHECK (position BETWEEN 1 AND 1073741823),  -- 30 bits: the words hold it beside the time
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    time TEXT,                          -- ISO 8601, a date or an instant in UTC
    source TEXT NOT NULL,
    data TEXT NOT NULL,                 -- JSON, schema.org terms
    import_id INTEGER NOT NULL REFERENCES imports (id)
) STRICT;
CREATE INDEX things_by_time ON things (time);
