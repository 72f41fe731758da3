-- name: begin
INSERT INTO imports (path_name, source, format, at, read, added, known, unreadable, sha256)
VALUES (:path_name, :source, :format, :at, 0, 0, 0, 0, :sha256) RETURNING id;

-- name: finish
UPDATE imports SET read = :read, added = :added, known = :known, unreadable = :unreadable
WHERE id = :id;

-- name: say
UPDATE imports SET source = :source, format = :format, read = :read, added = :added,
    known = :known, unreadable = :unreadable
WHERE id = :id;

-- name: all
SELECT imports.*, coalesce(state, 'done') AS state FROM imports
LEFT JOIN brought ON import_id = id ORDER BY id DESC;

-- name: by_id
SELECT * FROM imports WHERE id = :id;

-- name: whole
SELECT imports.*, coalesce(state, 'done') AS state, coalesce(after, 0) AS after,
    coalesce(batches, 0) AS batches, report
FROM imports LEFT JOIN brought ON import_id = id WHERE id = :id;

-- name: of_content
SELECT id FROM imports LEFT JOIN brought ON import_id = id
WHERE sha256 = :sha256 AND coalesce(state, 'done') = 'done' LIMIT 1;

-- name: to_go_on
SELECT imports.*, state, after, batches, report FROM imports JOIN brought ON import_id = id
WHERE sha256 = :sha256 AND state IN ('going', 'stopped') ORDER BY id DESC LIMIT 1;

-- name: mark
INSERT INTO brought (import_id, state, after, batches, report)
VALUES (:import_id, :state, :after, :batches, :report)
ON CONFLICT (import_id) DO UPDATE SET state = excluded.state, after = excluded.after,
    batches = excluded.batches, report = excluded.report;

-- name: become
UPDATE brought SET state = :state WHERE import_id = :import_id;

-- name: known
SELECT position FROM things
WHERE id IN (SELECT value FROM json_each(:ids)) AND import_id <> :import_id ORDER BY position;

-- name: knew
INSERT INTO knew (import_id, first, last) VALUES (:import_id, :first, :last)
ON CONFLICT (import_id, first) DO UPDATE SET last = max(last, excluded.last);

-- name: knew_none
DELETE FROM knew WHERE import_id = :import_id;

-- name: here
SELECT count(*) AS things FROM things WHERE import_id = :import_id;

-- name: only_here
SELECT count(*) AS things FROM things WHERE import_id = :import_id AND NOT EXISTS (
    SELECT 1 FROM knew WHERE knew.import_id <> :import_id
        AND things.position BETWEEN knew.first AND knew.last);

-- name: hand_over
UPDATE things SET import_id = knew.import_id FROM knew
WHERE things.import_id = :import_id AND knew.import_id <> :import_id
    AND things.position BETWEEN knew.first AND knew.last;

-- name: take_things
DELETE FROM things WHERE import_id = :import_id;

-- name: knew_too_much
DELETE FROM knew WHERE first > (SELECT coalesce(max(position), 0) FROM things);

-- name: knew_to
UPDATE knew SET last = (SELECT coalesce(max(position), 0) FROM things)
WHERE last > (SELECT coalesce(max(position), 0) FROM things);

-- name: given_of
SELECT count(DISTINCT given.thing_id) AS things FROM given
JOIN things ON things.id = given.thing_id WHERE things.import_id = :import_id AND NOT EXISTS (
    SELECT 1 FROM knew WHERE knew.import_id <> :import_id
        AND things.position BETWEEN knew.first AND knew.last);

-- What a report says of rows may hold what they said; it goes with them.

-- name: forget_places
UPDATE brought SET report = json_remove(report, '$.unreadable') WHERE import_id = :import_id;
