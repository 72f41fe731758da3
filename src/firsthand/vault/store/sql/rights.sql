-- name: add
INSERT INTO rights (id, relationship, organisation, email, lang, sender, asked, regime, details,
    at, body, state, received_on, expected_by)
VALUES (:id, :relationship, :organisation, :email, :lang, :sender, :asked, :regime, :details,
    :at, :body, 'open', :received_on, :expected_by);

-- name: all
SELECT * FROM rights ORDER BY at DESC, id;

-- name: by_id
SELECT * FROM rights WHERE id = :id;

-- name: beginning
SELECT * FROM rights WHERE substr(id, 1, length(:id)) = :id LIMIT 2;

-- name: unsettled
SELECT * FROM rights WHERE relationship = :relationship AND (
    state IN ('open', 'in_progress')
    OR (state = 'fulfilled' AND asked IN ('restriction', 'objection') AND EXISTS (
        SELECT 1 FROM rights_told
        WHERE request = rights.id AND rights_told.state = 'revoked' AND jws IS NULL
    ))
)
ORDER BY at;

-- name: put_right
SELECT rights.* FROM rights JOIN rights_told ON rights_told.request = rights.id
WHERE relationship = :relationship AND asked = 'rectification' AND rights.state = 'fulfilled'
    AND rights_told.state = 'fulfilled' AND jws IS NOT NULL
GROUP BY rights.id ORDER BY min(rights_told.rowid);

-- name: lasting
SELECT * FROM rights WHERE relationship = :relationship AND state = 'fulfilled'
    AND asked IN ('restriction', 'objection');

-- name: said_last
SELECT rights.*, (
    SELECT rights_told.at FROM rights_told
    WHERE request = rights.id AND rights_told.state = rights.state AND jws IS NOT NULL
    ORDER BY n DESC LIMIT 1
) AS since
FROM rights WHERE relationship = :relationship AND since IS NOT NULL AND (
    (state IN ('fulfilled', 'revoked') AND asked IN ('restriction', 'objection'))
    OR (state = 'fulfilled' AND asked = 'rectification')
    OR (state IN ('open', 'in_progress') AND asked IN ('objection', 'rectification'))
) AND (state = 'revoked' OR NOT EXISTS (
    SELECT 1 FROM rights_told
    WHERE request = rights.id AND rights_told.state = 'revoked' AND jws IS NULL
))
ORDER BY rights.at;

-- name: erased
SELECT id FROM rights WHERE relationship = :relationship AND asked = 'erasure'
    AND state = 'fulfilled' AND NOT EXISTS (
        SELECT 1 FROM endings WHERE endings.relationship = rights.relationship AND kind = 'erasure'
    );

-- name: sent
UPDATE rights SET sent_at = coalesce(sent_at, :at), problem = NULL WHERE id = :id;

-- name: redate
UPDATE rights SET at = :at, body = :body, received_on = :received_on, expected_by = :expected_by
WHERE id = :id;

-- name: problem
UPDATE rights SET problem = :problem WHERE id = :id;

-- name: stand
UPDATE rights SET state = :state, reason = :reason, words = :words, received_on = :received_on,
    expected_by = :expected_by, problem = NULL
WHERE id = :id;

-- name: fetched
UPDATE rights SET fetched_at = :at WHERE id = :id;

-- name: told
SELECT * FROM rights_told WHERE request = :request ORDER BY n;

-- name: tell
INSERT INTO rights_told (request, n, at, state, reason, words, jws)
VALUES (:request, :n, :at, :state, :reason, :words, :jws);
