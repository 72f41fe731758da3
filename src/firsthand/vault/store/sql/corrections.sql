-- What a person said of findings. Each is undone by forgetting it.

-- name: put
INSERT INTO corrections (key, about, said, at) VALUES (:key, :about, :said, :at)
ON CONFLICT (key) DO UPDATE SET about = excluded.about, said = excluded.said, at = excluded.at;

-- name: forget
DELETE FROM corrections WHERE key = :key;

-- name: all
SELECT key, about, said, at FROM corrections ORDER BY at DESC, key;

-- name: beginning
SELECT key, said FROM corrections WHERE key >= :first AND key < :after;

-- name: stand
SELECT count(*) AS corrections, coalesce(max(at), '') AS newest FROM corrections;
