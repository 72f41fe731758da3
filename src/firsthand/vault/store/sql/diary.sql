-- What pages ask for: a part of the things in the order of a diary, sums, and the findings' names.
-- A page begins after a place, so that nothing before it is counted again.

-- name: of_words
SELECT words.rowid AS place, id, type, name, time, source, data
FROM words JOIN things ON things.position = words.rowid & 1073741823
WHERE words MATCH :words AND words.rowid < :before AND words.rowid >= :floor
ORDER BY words.rowid DESC LIMIT :limit;

-- name: of_words_newer
SELECT words.rowid AS place, id, type, name, time, source, data
FROM words JOIN things ON things.position = words.rowid & 1073741823
WHERE words MATCH :words AND words.rowid > :after AND words.rowid < :ceiling
ORDER BY words.rowid LIMIT :limit;

-- name: months
SELECT month, sum(things) AS things FROM made_counts
WHERE month <> '' AND (:type IS NULL OR type = :type) AND (:source IS NULL OR source = :source)
GROUP BY month ORDER BY month;

-- name: months_of_words
SELECT iif(day = 0, '', strftime('%Y-%m', day * 86400 - 62167219200, 'unixepoch')) AS month,
    sum(things) AS things
FROM (
    SELECT (rowid >> 30) / 1440 AS day, count(*) AS things FROM (
        SELECT rowid FROM words
        WHERE words MATCH :words AND rowid >= :floor AND rowid < :ceiling ORDER BY rowid DESC LIMIT :limit
    ) GROUP BY day
) GROUP BY month ORDER BY month;

-- name: sums
SELECT relationship, state, sum(things) AS things, count(*) AS times FROM disclosures
GROUP BY relationship, state;

-- name: held
SELECT g.relationship, t.type, count(DISTINCT g.event_id) AS things FROM given AS g
JOIN disclosures AS d ON d.position = g.position LEFT JOIN things AS t ON t.id = g.thing_id
WHERE d.state = 'given' GROUP BY g.relationship, t.type;

-- name: perhaps_held
SELECT g.relationship, count(DISTINCT g.event_id) AS things FROM given AS g
JOIN disclosures AS d ON d.position = g.position
WHERE d.state = 'withdrawn' AND d.headers IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM given AS other JOIN disclosures AS o ON o.position = other.position
    WHERE other.relationship = g.relationship AND other.event_id = g.event_id
        AND o.state IN ('given', 'erased')
)
GROUP BY g.relationship;

-- name: newest_import
SELECT count(*) AS imports, coalesce(max(id), 0) AS newest FROM imports;
