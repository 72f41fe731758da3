-- name: add
INSERT INTO things (id, type, name, time, source, data, import_id)
VALUES (:id, :type, :name, :time, :source, :data, :import_id) ON CONFLICT (id) DO NOTHING;

-- name: claim
UPDATE things SET import_id = :import_id
WHERE id = :id AND import_id IN (SELECT id FROM imports WHERE sha256 = :sha256);

-- name: drop_misread
DELETE FROM things WHERE import_id <> :import_id
    AND import_id IN (SELECT id FROM imports WHERE sha256 = :sha256);

-- name: by_id
SELECT * FROM things WHERE id = :id;

-- name: count
SELECT count(*) AS things FROM things;

-- name: counts
SELECT source, type, count(*) AS things, min(time) AS first, max(time) AS last
FROM things GROUP BY source, type ORDER BY source, type;

-- name: page
SELECT position, id, type, name, time, source, data FROM things
WHERE position > :after ORDER BY position LIMIT :limit;

-- Newest first. A statement for each way of asking, so that each walks along its own index.

-- name: newest
SELECT id, type, name, time, source, data FROM things
ORDER BY time DESC, position DESC LIMIT :limit;

-- name: newest_of_type
SELECT id, type, name, time, source, data FROM things WHERE type = :type
ORDER BY time DESC, position DESC LIMIT :limit;

-- name: newest_of_source
SELECT id, type, name, time, source, data FROM things WHERE source = :source
ORDER BY time DESC, position DESC LIMIT :limit;

-- name: newest_of_both
SELECT id, type, name, time, source, data FROM things WHERE source = :source AND type = :type
ORDER BY time DESC, position DESC LIMIT :limit;

-- name: found
SELECT id, type, name, time, source, data FROM things
WHERE position IN (SELECT rowid FROM words WHERE words MATCH :words)
    AND (:type IS NULL OR type = :type) AND (:source IS NULL OR source = :source)
ORDER BY time DESC, position DESC LIMIT :limit;

-- name: chosen
SELECT id, type, name, time, source, data FROM things
WHERE (:source IS NULL OR source = :source) AND (:type IS NULL OR type = :type)
    AND (:since IS NULL OR time >= :since)
ORDER BY time DESC, position DESC LIMIT :limit;
