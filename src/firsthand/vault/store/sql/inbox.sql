-- name: add
INSERT OR IGNORE INTO inbox (relationship, n, jws, type, data, at, verdict, verdict_detail)
VALUES (:relationship, :n, :jws, :type, :data, :at, :verdict, :verdict_detail);

-- name: all
SELECT relationship, n, type, data, at, verdict, verdict_detail, read_at FROM inbox
ORDER BY at DESC, n DESC LIMIT :limit;

-- name: of_relationship
SELECT relationship, n, type, data, at, verdict, verdict_detail, read_at FROM inbox
WHERE relationship = :relationship ORDER BY n DESC LIMIT :limit;

-- name: statements
SELECT jws FROM inbox WHERE relationship = :relationship;

-- name: erased
SELECT at, json_extract(data, '$.erasure') AS jws FROM inbox
WHERE relationship = :relationship AND type = 'firsthand.agreement.changed' AND verdict = 'fits'
    AND json_extract(data, '$.erasure') IS NOT NULL
ORDER BY n;

-- name: mark_read
UPDATE inbox SET read_at = :at WHERE relationship = :relationship AND read_at IS NULL;

-- name: unread
SELECT count(*) AS messages FROM inbox WHERE read_at IS NULL;

-- name: keep_catalogue
INSERT OR IGNORE INTO catalogues (sha256, items) VALUES (:sha256, :items);

-- name: catalogue
SELECT items FROM catalogues WHERE sha256 = :sha256;
