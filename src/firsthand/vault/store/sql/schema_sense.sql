-- What a person said of what was found, and the sums that pages of sense are made of.

CREATE TABLE corrections (
    key TEXT PRIMARY KEY,               -- of the finding, the same after every import
    about TEXT NOT NULL,                -- what was found, in words, for the list of corrections
    said TEXT NOT NULL,                 -- JSON: what is right instead, or "wrong"
    at TEXT NOT NULL                    -- RFC 3339, UTC
) STRICT, WITHOUT ROWID;

-- Made anew from the things, and so not exported. One row for whatever is summed up in a month:
-- payments to a shop, hours of a series, visits of a place.
CREATE TABLE made_sums (
    sense TEXT NOT NULL,                -- money, taste, places, people, moves, hours, days
    part TEXT NOT NULL,                 -- of a sense: out, in; watch, listen, read; a kind of thing
    month TEXT NOT NULL,                -- 2024-01, or empty for what has no time
    who TEXT NOT NULL,                  -- the key of a shop, an artist, a place, a person, a day
    unit TEXT NOT NULL,                 -- a currency, or empty
    things INTEGER NOT NULL,
    amount INTEGER NOT NULL,            -- thousandths of the currency, seconds, metres
    PRIMARY KEY (sense, part, month, who, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE made_names (
    sense TEXT NOT NULL,
    who TEXT NOT NULL,
    part TEXT NOT NULL,
    name TEXT NOT NULL,                 -- as a person would call it
    kind TEXT NOT NULL,                 -- of a shop its category; otherwise empty
    things INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    first TEXT,
    last TEXT,
    facts TEXT NOT NULL,                -- JSON: what rules look at
    PRIMARY KEY (sense, who, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX made_names_by_things ON made_names (sense, things DESC, who);
CREATE INDEX made_names_by_amount ON made_names (sense, part, amount DESC, things DESC);
CREATE INDEX made_names_by_first ON made_names (sense, part, first);
