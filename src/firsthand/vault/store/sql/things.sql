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
SELECT source, type, sum(things) AS things, min(first) AS first, max(last) AS last
FROM made_counts GROUP BY source, type ORDER BY source, type;

-- Newest first. Words find kinds and sources too, by their marks.

-- name: newest
SELECT id, type, name, time, source, data FROM things
ORDER BY time DESC, position DESC LIMIT :limit;

-- name: found
SELECT id, type, name, time, source, data
FROM words JOIN things ON things.position = words.rowid & 1073741823
WHERE words MATCH :words ORDER BY words.rowid DESC LIMIT :limit;

-- name: by_ids
SELECT * FROM things
WHERE id IN (SELECT value FROM json_each(:ids));

-- Of a few kinds among many: one walk through the table, which `+` asks for, takes a tenth of the
-- time of looking up each row by the index of times.

-- name: chosen
SELECT id, type, name, time, source, data FROM things
WHERE (:source IS NULL OR source = :source)
    AND (:types IS NULL OR type IN (SELECT value FROM json_each(:types)))
    AND (:since IS NULL OR time >= :since)
ORDER BY +time DESC, position DESC LIMIT :limit;
