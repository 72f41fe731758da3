-- What a person has brought: each thing once, with the import it first came with.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value ANY NOT NULL                  -- id, made_at: text; seed: 32 bytes
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
    position INTEGER PRIMARY KEY,       -- what the words below point at
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    time TEXT,                          -- ISO 8601, a date or an instant in UTC
    source TEXT NOT NULL,
    data TEXT NOT NULL,                 -- JSON, schema.org terms
    import_id INTEGER NOT NULL REFERENCES imports (id)
) STRICT;
CREATE INDEX things_by_time ON things (time);
CREATE INDEX things_by_type ON things (type, time);
CREATE INDEX things_by_source ON things (source, time);
CREATE INDEX things_by_both ON things (source, type, time);

-- The words of each thing, for finding it; the text itself is kept once, in things. They are put in
-- at the end of a transaction, all at once (words.index): row by row it took five times as long.
CREATE VIRTUAL TABLE words USING fts5 (
    name, text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER words_of_thing_gone AFTER DELETE ON things BEGIN
    DELETE FROM words WHERE rowid = old.position;
END;
