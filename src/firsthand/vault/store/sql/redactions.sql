-- What the person leaves out, and what is looked at for it.

-- name: add
INSERT INTO redactions (rule, at) VALUES (:rule, :at) RETURNING id;

-- name: all
SELECT id, rule, at, ended_at FROM redactions ORDER BY id;

-- name: in_force
SELECT id, rule, at, ended_at FROM redactions WHERE ended_at IS NULL ORDER BY id;

-- name: end
UPDATE redactions SET ended_at = :at WHERE id = :id AND ended_at IS NULL;

-- name: drop
DELETE FROM redactions WHERE id = :id;

-- name: things
SELECT position, id, type, name, time, source, data FROM things
WHERE position > :after AND (:source IS NULL OR source = :source)
    AND (:since IS NULL OR time >= :since) ORDER BY position LIMIT :limit;

-- name: take
DELETE FROM things WHERE position = :position;

-- name: change
UPDATE things SET data = :data WHERE position = :position;

-- name: given
SELECT count(DISTINCT thing_id) AS things FROM given
WHERE thing_id IN (SELECT value FROM json_each(:ids));

-- name: found
SELECT words.rowid AS place, position, id, type, name, time, source, data
FROM words JOIN things ON things.position = words.rowid & 1073741823
WHERE words MATCH :words AND words.rowid < :before ORDER BY words.rowid DESC LIMIT :limit;
