-- What is made from the things and can be made anew: their words, sums of them, what they show.
-- Nothing of it is exported.

-- How far the words and the counts have come: the position of the last thing that is in them.
CREATE TABLE made_to (
    position INTEGER NOT NULL
) STRICT;
INSERT INTO made_to VALUES (0);

-- The words of each thing, for finding it; the text itself is kept once, in things. The number of a
-- row is the minute of the thing, counted from the year 0, times 2^30, and its position: so whatever
-- is found comes in the order of time, and reading ends where the page is full. Three words of each
-- stand for its kind, its source and both; they begin with U+E000, which nobody types.
CREATE VIRTUAL TABLE words USING fts5 (
    text, content='', contentless_delete=1, prefix='1',
    tokenize='unicode61 remove_diacritics 2'
);

CREATE TABLE made_counts (
    source TEXT NOT NULL,
    type TEXT NOT NULL,
    month TEXT NOT NULL,                -- 2024-01, or empty for what has no time
    things INTEGER NOT NULL,
    first TEXT,
    last TEXT,
    PRIMARY KEY (source, type, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE made_findings (
    place INTEGER PRIMARY KEY,          -- 0 says what the others are of
    body TEXT NOT NULL                  -- JSON
) STRICT;

CREATE TRIGGER thing_gone AFTER DELETE ON things
WHEN old.position <= (SELECT position FROM made_to) BEGIN
    DELETE FROM words WHERE rowid = (
        coalesce(unixepoch(old.time), unixepoch(substr(old.time, 1, 10)), -62167219200)
        + 62167219200) / 60 << 30 | old.position;
    UPDATE made_counts SET things = things - 1,
        first = iif(first IS NOT old.time, first, (
            SELECT time FROM things
            WHERE month <> '' AND time > month AND time < month || '~'
                AND source = old.source AND type = old.type ORDER BY time LIMIT 1)),
        last = iif(last IS NOT old.time, last, (
            SELECT time FROM things
            WHERE month <> '' AND time > month AND time < month || '~'
                AND source = old.source AND type = old.type ORDER BY time DESC LIMIT 1))
    WHERE source = old.source AND type = old.type
        AND month = coalesce(substr(old.time, 1, 7), '');
    DELETE FROM made_counts WHERE source = old.source AND type = old.type AND things = 0;
    UPDATE made_to SET position =
        min(position, coalesce((SELECT max(position) FROM things), 0));
END;
