-- name: add
INSERT INTO disclosures
    (relationship, agreement, role, purpose, things, fields, body, state, at, not_before)
VALUES
    (:relationship, :agreement, :role, :purpose, :things, :fields, :body, 'waiting', :at,
    :not_before);

-- name: newest
SELECT max(position) AS position FROM disclosures;

-- name: link
INSERT OR IGNORE INTO given (relationship, event_id, position, thing_id)
VALUES (:relationship, :event_id, :position, :thing_id);

-- name: by_position
SELECT * FROM disclosures WHERE position = :position;

-- name: next_waiting
SELECT * FROM disclosures WHERE relationship = :relationship AND state = 'waiting'
    AND not_before IS NULL
ORDER BY lane IS NULL, position LIMIT 1;

-- name: waiting_relationships
SELECT DISTINCT relationship FROM disclosures WHERE state = 'waiting';

-- name: moments
SELECT count(*) AS rows, coalesce(sum(things), 0) AS things, max(not_before) AS last
FROM disclosures
WHERE relationship = :relationship AND state = 'waiting' AND not_before IS NOT NULL;

-- name: moment_come
SELECT coalesce(sum(things), 0) AS things, min(not_before) AS first FROM disclosures
WHERE relationship = :relationship AND state = 'waiting' AND not_before <= :now;

-- name: let_go
UPDATE disclosures SET not_before = NULL
WHERE relationship = :relationship AND state = 'waiting' AND not_before <= :now;

-- name: let_all_go
UPDATE disclosures SET not_before = NULL
WHERE relationship = :relationship AND state = 'waiting';

-- name: label
UPDATE disclosures SET lane = :lane, n = :n, salt = :salt, headers = :headers,
    expires_at = :expires_at
WHERE position = :position AND state = 'waiting';

-- name: unlabel
UPDATE disclosures SET lane = NULL, n = NULL, salt = NULL, headers = NULL, expires_at = NULL
WHERE relationship = :relationship AND state = 'waiting';

-- name: acknowledge
UPDATE disclosures SET state = 'given', receipt = :receipt, acknowledged_at = :at, reason = NULL
WHERE position = :position AND state IN ('waiting', 'withdrawn');

-- name: hold_back
UPDATE disclosures SET reason = :reason WHERE position = :position AND state = 'waiting';

-- name: refuse
UPDATE disclosures SET state = 'refused', reason = :reason
WHERE position = :position AND state = 'waiting';

-- name: withdraw
UPDATE disclosures SET state = 'withdrawn', reason = :reason
WHERE position = :position AND state = 'waiting';

-- name: withdraw_unsent
UPDATE disclosures SET state = 'withdrawn', reason = :reason
WHERE relationship = :relationship AND state = 'waiting' AND headers IS NULL;

-- name: withdraw_waiting
UPDATE disclosures SET state = 'withdrawn', reason = :reason
WHERE relationship = :relationship AND state = 'waiting';

-- name: erased_at
UPDATE disclosures SET state = 'erased' WHERE position = :position AND state = 'given';

-- name: erased_under
UPDATE disclosures SET state = 'erased' WHERE agreement = :agreement AND state = 'given';

-- name: erased
UPDATE disclosures SET state = 'erased'
WHERE relationship = :relationship AND state = 'given';

-- name: all
SELECT position, relationship, agreement, role, purpose, things, fields, length(body) AS bytes,
    state, reason, at, lane, n, salt, body, receipt, acknowledged_at, not_before
FROM disclosures ORDER BY position DESC;

-- name: of_relationship
SELECT position, relationship, agreement, role, purpose, things, fields, length(body) AS bytes,
    state, reason, at, lane, n, salt, body, receipt, acknowledged_at, not_before
FROM disclosures WHERE relationship = :relationship ORDER BY position DESC;

-- name: signed_of_relationship
SELECT position, agreement, role, purpose, things, fields, body, state, at, headers, receipt
FROM disclosures WHERE relationship = :relationship ORDER BY position;

-- name: bodies_given
SELECT position, lane, n, body FROM disclosures
WHERE relationship = :relationship AND agreement = :agreement AND state IN ('given', 'erased')
ORDER BY position;

-- name: bodies_held
SELECT body FROM disclosures
WHERE relationship = :relationship AND agreement IN (SELECT value FROM json_each(:agreements))
    AND state IN ('given', 'erased')
ORDER BY position;

-- name: bodies_sent
SELECT body FROM disclosures
WHERE relationship = :relationship AND agreement IN (SELECT value FROM json_each(:agreements))
    AND (state IN ('given', 'erased') OR (state = 'waiting' AND n IS NOT NULL))
ORDER BY position;

-- name: given_of_thing
SELECT DISTINCT g.relationship, d.state, d.at FROM given AS g
JOIN disclosures AS d ON d.position = g.position WHERE g.thing_id = :thing_id;

-- name: given_elsewhere
SELECT DISTINCT g.thing_id, g.relationship FROM given AS g
JOIN disclosures AS d ON d.position = g.position
JOIN relationships AS r ON r.name = g.relationship
WHERE g.thing_id IN (SELECT value FROM json_each(:ids)) AND r.subject <> :subject
    AND d.state IN ('waiting', 'given');

-- name: given_of_days
SELECT g.relationship, count(DISTINCT g.thing_id) AS things FROM given AS g
JOIN disclosures AS d ON d.position = g.position
JOIN relationships AS r ON r.name = g.relationship
JOIN things AS t ON t.id = g.thing_id
WHERE r.subject <> :subject AND d.state IN ('waiting', 'given')
    AND t.time BETWEEN :first AND :last
GROUP BY g.relationship;

-- name: lately_elsewhere
SELECT DISTINCT r.organisation_name FROM disclosures AS d
JOIN relationships AS r ON r.name = d.relationship
WHERE r.subject <> :subject AND d.at >= :since AND d.state IN ('waiting', 'given')
ORDER BY r.organisation_name;

-- name: things_behind
SELECT DISTINCT event_id, thing_id FROM given WHERE relationship = :relationship;

-- name: still_given
SELECT DISTINCT given.event_id AS event_id FROM given
JOIN disclosures ON disclosures.position = given.position
WHERE given.relationship = :relationship AND disclosures.state = 'given';
