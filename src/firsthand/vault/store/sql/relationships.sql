-- name: add
INSERT INTO relationships (name, organisation_name, url, subject, attempt, document, state,
    agreement, account, literal_loopback, connected_at, lane)
VALUES (:name, :organisation_name, :url, :subject, :attempt, :document, :state,
    :agreement, :account, :literal_loopback, :connected_at, :lane);

-- name: all
SELECT * FROM relationships ORDER BY connected_at, name;

-- name: by_name
SELECT * FROM relationships WHERE name = :name;

-- name: by_subject
SELECT * FROM relationships WHERE subject = :subject ORDER BY attempt;

-- name: acknowledge
UPDATE relationships SET acked_n = max(acked_n, :n) WHERE name = :name AND lane = :lane;

-- name: open_lane
UPDATE relationships SET lane = :lane, acked_n = 0, copied_at = :at WHERE name = :name;

-- name: end
UPDATE relationships SET state = :state, ended_at = coalesce(ended_at, :at) WHERE name = :name;

-- name: forget_account
UPDATE relationships SET account = NULL WHERE name = :name;

-- name: replace_document
UPDATE relationships SET document = :document WHERE name = :name;

-- name: saw_log
UPDATE relationships SET log_size = :size, log_checkpoint = :checkpoint
WHERE name = :name AND log_size <= :size;

-- name: inbox_read_to
UPDATE relationships SET inbox_after = max(inbox_after, :n) WHERE name = :name;

-- name: warn
INSERT INTO warnings (relationship, at, what) VALUES (:relationship, :at, :what);

-- name: warnings
SELECT at, what FROM warnings WHERE relationship = :relationship ORDER BY id DESC LIMIT 100;

-- name: warned
SELECT count(*) AS times FROM warnings WHERE relationship = :relationship AND what = :what;

-- name: renew
UPDATE relationships SET agreement = :agreement, document = :document
WHERE name = :name AND agreement = :before AND state = 'active';

-- name: renew_ended
UPDATE relationships SET agreement = :agreement WHERE name = :name AND state = 'ended';

-- name: agree
UPDATE relationships SET state = :state, agreement = :agreement, account = :account,
    document = :document, literal_loopback = :literal_loopback, connected_at = :connected_at,
    url = :url, organisation_name = :organisation_name
WHERE name = :name;
