-- How far each import is and what became of it, which imports had what, and what is left out.

CREATE TABLE brought (
    import_id INTEGER PRIMARY KEY REFERENCES imports (id),
    state TEXT NOT NULL CHECK (state IN ('going', 'stopped', 'done', 'undone')),
    after INTEGER NOT NULL,             -- the number of the last member that is done
    batches INTEGER NOT NULL,           -- thousands of rows of the one after it that are kept
    report TEXT NOT NULL                -- JSON, as it is shown
) STRICT;

-- What an import brought that was there already, by spans of positions: so that undoing the import
-- it first came with takes nothing that another had too.
CREATE TABLE knew (
    import_id INTEGER NOT NULL REFERENCES imports (id),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (import_id, first)
) STRICT, WITHOUT ROWID;

-- What the person leaves out. A rule that was taken back stays until what it took was filled in.
CREATE TABLE redactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rule TEXT NOT NULL,                 -- JSON
    at TEXT NOT NULL,                   -- RFC 3339, UTC
    ended_at TEXT
) STRICT;
