-- name: things
SELECT id, type, name, time, source, data FROM things ORDER BY position;

-- name: head
SELECT body FROM made_findings WHERE place = 0;

-- name: all
SELECT body FROM made_findings ORDER BY place;

-- name: forget
DELETE FROM made_findings;

-- name: add
INSERT INTO made_findings (place, body) VALUES (:place, :body);

-- name: size
SELECT coalesce(sum(things), 0) AS things FROM made_counts;
