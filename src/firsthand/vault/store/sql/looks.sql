-- name: last
SELECT coalesce(max(next), 0) AS n FROM looks_told WHERE relationship = :relationship;

-- name: told
SELECT after, next, jws, at FROM looks_told WHERE relationship = :relationship ORDER BY after;

-- name: tell
INSERT OR IGNORE INTO looks_told (relationship, after, next, jws, at)
VALUES (:relationship, :after, :next, :jws, :at);

-- name: add
INSERT OR IGNORE INTO looks
    (relationship, n, at, kind, name, purpose, agreement, fields, count)
VALUES (:relationship, :n, :at, :kind, :name, :purpose, :agreement, :fields, :count);

-- name: newest
SELECT * FROM looks WHERE relationship = :relationship ORDER BY n DESC LIMIT :limit;

-- name: between
SELECT * FROM looks WHERE relationship = :relationship AND n > :after AND n <= :until ORDER BY n;

-- name: counted
SELECT count(*) AS looks FROM looks WHERE relationship = :relationship;
