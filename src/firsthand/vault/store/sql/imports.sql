-- name: begin
INSERT INTO imports (path_name, source, format, at, read, added, known, unreadable, sha256)
VALUES (:path_name, :source, :format, :at, 0, 0, 0, 0, :sha256) RETURNING id;

-- name: finish
UPDATE imports SET read = :read, added = :added, known = :known, unreadable = :unreadable
WHERE id = :id;

-- name: all
SELECT * FROM imports ORDER BY id DESC;

-- name: by_id
SELECT * FROM imports WHERE id = :id;

-- name: of_content
SELECT id FROM imports WHERE sha256 = :sha256 LIMIT 1;
