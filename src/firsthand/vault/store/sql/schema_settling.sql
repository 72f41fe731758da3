-- What a person settles: a message to somebody, its clock, and what became of it.

CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                 -- cancel, renegotiate, contest, recall, refund, parcel, moved
    state TEXT NOT NULL,                -- of the graph in vault/settle/cases.py
    about TEXT NOT NULL,                -- the key of the finding that it came from, or empty
    to_name TEXT NOT NULL,
    email TEXT NOT NULL,                -- or empty
    sender TEXT NOT NULL,               -- a name, or a name with an address
    country TEXT NOT NULL,              -- ISO 3166
    lang TEXT NOT NULL,
    subject TEXT NOT NULL,              -- JSON: what it is of
    opened_at TEXT NOT NULL,            -- RFC 3339, UTC
    sent_on TEXT,                       -- a day; the first time
    last_sent_on TEXT,
    due_on TEXT                         -- the last day of the clock that runs
) STRICT;

CREATE TABLE case_events (
    case_id TEXT NOT NULL REFERENCES cases (id),
    n INTEGER NOT NULL,
    at TEXT NOT NULL,                   -- RFC 3339, UTC
    on_day TEXT NOT NULL,
    event TEXT NOT NULL,                -- of the same graph
    words TEXT NOT NULL,
    things TEXT NOT NULL,               -- JSON: ids of the payments that tell it; [] where noted
    saved TEXT NOT NULL,                -- a decimal, or empty
    each TEXT NOT NULL,                 -- year or once: how often it is saved; or empty
    PRIMARY KEY (case_id, n)
) STRICT, WITHOUT ROWID;
