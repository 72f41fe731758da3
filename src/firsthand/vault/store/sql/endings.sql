-- name: add
INSERT OR IGNORE INTO endings (relationship, agreement, kind, body, headers, at, state)
VALUES (:relationship, :agreement, :kind, :body, :headers, :at, 'waiting');

-- name: one
SELECT * FROM endings WHERE agreement = :agreement AND kind = :kind;

-- name: again
UPDATE endings SET state = 'waiting', headers = :headers, reason = NULL
WHERE agreement = :agreement AND kind = :kind AND state = 'refused';

-- name: waiting
SELECT * FROM endings WHERE state = 'waiting' ORDER BY at, kind DESC;

-- name: of_relationship
SELECT relationship, agreement, kind, at, state, reason, receipt, confirmed_at FROM endings
WHERE relationship = :relationship ORDER BY at;

-- name: signed_of_relationship
SELECT agreement, kind, body, headers, at, receipt FROM endings
WHERE relationship = :relationship ORDER BY at, kind DESC;

-- name: confirm
UPDATE endings SET state = 'confirmed', receipt = :receipt, confirmed_at = :at, reason = NULL
WHERE agreement = :agreement AND kind = :kind;

-- name: hold_back
UPDATE endings SET reason = :reason WHERE agreement = :agreement AND kind = :kind;

-- name: refuse
UPDATE endings SET state = 'refused', reason = :reason
WHERE agreement = :agreement AND kind = :kind;
