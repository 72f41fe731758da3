-- name: get
SELECT value FROM meta WHERE key = :key;

-- name: put
INSERT INTO meta (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: within
SELECT key, value FROM meta WHERE key >= :first AND key < :after ORDER BY key;

-- name: drop
DELETE FROM meta WHERE key = :key;
