-- What pages ask for: a part of the things in the order of a diary, sums, and the findings' names.

-- name: of_all
SELECT id, type, name, time, source, data FROM things
ORDER BY time DESC, position DESC LIMIT :limit OFFSET :skip;

-- name: of_type
SELECT id, type, name, time, source, data FROM things WHERE type = :type
ORDER BY time DESC, position DESC LIMIT :limit OFFSET :skip;

-- name: of_source
SELECT id, type, name, time, source, data FROM things WHERE source = :source
ORDER BY time DESC, position DESC LIMIT :limit OFFSET :skip;

-- name: of_both
SELECT id, type, name, time, source, data FROM things WHERE source = :source AND type = :type
ORDER BY time DESC, position DESC LIMIT :limit OFFSET :skip;

-- name: of_words
SELECT id, type, name, time, source, data FROM things
WHERE position IN (SELECT rowid FROM words WHERE words MATCH :words)
    AND (:type IS NULL OR type = :type) AND (:source IS NULL OR source = :source)
ORDER BY time DESC, position DESC LIMIT :limit OFFSET :skip;

-- name: months
SELECT substr(time, 1, 7) AS month, count(*) AS things FROM things
WHERE time IS NOT NULL AND (:type IS NULL OR type = :type)
    AND (:source IS NULL OR source = :source)
GROUP BY month ORDER BY month;

-- name: months_of_words
SELECT substr(time, 1, 7) AS month, count(*) AS things FROM things
WHERE position IN (SELECT rowid FROM words WHERE words MATCH :words)
    AND time IS NOT NULL AND (:type IS NULL OR type = :type)
    AND (:source IS NULL OR source = :source)
GROUP BY month ORDER BY month;

-- name: count_of_words
SELECT count(*) AS things FROM things
WHERE position IN (SELECT rowid FROM words WHERE words MATCH :words)
    AND (:type IS NULL OR type = :type) AND (:source IS NULL OR source = :source);

-- name: sums
SELECT relationship, state, sum(things) AS things, count(*) AS times FROM disclosures
GROUP BY relationship, state;

-- name: newest_import
SELECT count(*) AS imports, coalesce(max(id), 0) AS newest FROM imports;
