-- What a person has agreed, given and received. Times are RFC 3339 in UTC.

CREATE TABLE relationships (
    name TEXT PRIMARY KEY,              -- what commands and addresses call it
    organisation_name TEXT NOT NULL,
    url TEXT NOT NULL,
    subject TEXT NOT NULL,              -- thumbprint URI of the organisation's first key
    attempt INTEGER NOT NULL,           -- how often this person has begun with them
    document BLOB NOT NULL,             -- what the organisation said of itself, as it signed it
    state TEXT NOT NULL CHECK (state IN ('active', 'refused', 'ended', 'erased')),
    agreement TEXT,                     -- the id of the agreement in force
    account TEXT,                       -- the account it is tied to there, by the person's will
    literal_loopback INTEGER NOT NULL DEFAULT 0,
    connected_at TEXT NOT NULL,
    ended_at TEXT,
    lane TEXT NOT NULL,                 -- this copy of the vault, for this organisation alone
    acked_n INTEGER NOT NULL DEFAULT 0, -- the last number that was receipted in this lane
    copied_at TEXT,                     -- when another copy of this vault was noticed
    inbox_after INTEGER NOT NULL DEFAULT 0,
    log_size INTEGER NOT NULL DEFAULT 0,
    log_checkpoint TEXT,
    UNIQUE (subject, attempt)
);

CREATE TABLE agreements (
    id TEXT PRIMARY KEY,
    relationship TEXT NOT NULL REFERENCES relationships (name),
    proffer TEXT NOT NULL,
    answer TEXT NOT NULL,
    terms TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT,
    at TEXT NOT NULL
);

-- The disclosure log, and at the same time the queue of what waits: written before bytes leave.
CREATE TABLE disclosures (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    relationship TEXT NOT NULL REFERENCES relationships (name),
    agreement TEXT NOT NULL,
    role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    things INTEGER NOT NULL,
    fields TEXT NOT NULL,               -- JSON: the names of the fields that left
    body BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'given', 'refused', 'withdrawn', 'erased')),
    reason TEXT,
    at TEXT NOT NULL,
    lane TEXT,
    n INTEGER,
    salt BLOB,
    headers TEXT,                       -- JSON: as signed; empty until its turn has come
    expires_at INTEGER,
    receipt TEXT,                       -- JSON
    acknowledged_at TEXT,
    not_before TEXT                     -- from when on it may leave; empty is at once
);
CREATE INDEX disclosures_by_relationship ON disclosures (relationship, position);
CREATE INDEX disclosures_waiting ON disclosures (state, relationship, position);

CREATE TABLE given (
    relationship TEXT NOT NULL REFERENCES relationships (name),
    event_id TEXT NOT NULL,
    position INTEGER NOT NULL REFERENCES disclosures (position),
    thing_id TEXT NOT NULL,
    PRIMARY KEY (relationship, event_id, position)
) WITHOUT ROWID;
CREATE INDEX given_by_thing ON given (thing_id);

-- Revocations and erasures: signed at the click, sent before anything else that waits.
CREATE TABLE endings (
    relationship TEXT NOT NULL REFERENCES relationships (name),
    agreement TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('revocation', 'erasure')),
    body BLOB NOT NULL,
    headers TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused')),
    reason TEXT,
    receipt TEXT,
    confirmed_at TEXT,
    PRIMARY KEY (agreement, kind)
);

CREATE TABLE inbox (
    relationship TEXT NOT NULL REFERENCES relationships (name),
    n INTEGER NOT NULL,
    jws TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,                 -- JSON
    at TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('fits', 'differs', 'unverifiable')),
    verdict_detail TEXT NOT NULL DEFAULT '',
    read_at TEXT,
    PRIMARY KEY (relationship, n)
);

CREATE TABLE catalogues (
    sha256 TEXT PRIMARY KEY,
    items TEXT NOT NULL                 -- JSON
);

-- What an organisation did that it should not have: shown to the person, never hidden.
CREATE TABLE warnings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    relationship TEXT NOT NULL REFERENCES relationships (name),
    at TEXT NOT NULL,
    what TEXT NOT NULL
);
