-- What organisations signed about themselves, and what was asked of them by right.

-- Every checkpoint of an organisation's log that was seen. `proof` shows that it adds to `basis`.
CREATE TABLE checkpoints (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,              -- the organisation
    size INTEGER NOT NULL,
    root TEXT NOT NULL,                 -- hex
    text TEXT NOT NULL,                 -- as it was signed
    seen_in TEXT NOT NULL REFERENCES relationships (name),
    seen_at TEXT NOT NULL,
    proof TEXT,                         -- JSON: hex; empty until it was proven
    basis INTEGER,                      -- the size that it was proven to add to; none is the first
    aside INTEGER NOT NULL DEFAULT 0    -- of a log that the person has let go
);
CREATE INDEX checkpoints_by_subject ON checkpoints (subject, aside, size);

-- Two statements that cannot both be true, each signed by the organisation.
CREATE TABLE conflicts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    relationship TEXT NOT NULL REFERENCES relationships (name),
    subject TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('fork', 'rewrite', 'older', 'compared', 'looks')),
    first TEXT NOT NULL,
    second TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',    -- what was answered where a proof was asked for
    at TEXT NOT NULL,
    decided_at TEXT                     -- when the person chose to go on all the same
);

-- What an organisation told of who looked: the statements, and each look.
CREATE TABLE looks_told (
    relationship TEXT NOT NULL REFERENCES relationships (name),
    after INTEGER NOT NULL,
    next INTEGER NOT NULL,
    jws TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (relationship, after)
);
CREATE TABLE looks (
    relationship TEXT NOT NULL REFERENCES relationships (name),
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,                -- seconds since 1970
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    agreement TEXT NOT NULL,
    fields TEXT NOT NULL,               -- JSON
    count INTEGER NOT NULL,
    PRIMARY KEY (relationship, n)
);

-- What was asked by right: of an organisation that one deals with, or by letter of any other.
CREATE TABLE rights (
    id TEXT PRIMARY KEY,                -- the request's own name (jti)
    relationship TEXT REFERENCES relationships (name),
    organisation TEXT NOT NULL,
    email TEXT,
    lang TEXT NOT NULL DEFAULT 'en',
    sender TEXT NOT NULL DEFAULT '',    -- who asks, as it stands in a letter
    asked TEXT NOT NULL,                -- which right
    regime TEXT NOT NULL,
    details TEXT NOT NULL,
    at TEXT NOT NULL,
    body BLOB NOT NULL,                 -- as it was signed, or the letter
    sent_at TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    words TEXT NOT NULL DEFAULT '',     -- what they said of it
    received_on TEXT,                   -- a day
    expected_by TEXT,                   -- a day
    fetched_at TEXT,                    -- when their data was taken into the vault
    problem TEXT                        -- why it is not sent, or an answer was not believed
);

-- Every answer to one, as it was signed, or as the person noted it.
CREATE TABLE rights_told (
    request TEXT NOT NULL REFERENCES rights (id),
    n INTEGER NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    words TEXT NOT NULL DEFAULT '',
    jws TEXT,                           -- empty where the person noted it by hand
    PRIMARY KEY (request, n)
);
