-- A copy of a vault numbers what it gives in rows of its own, so that two copies never collide.

-- name: new_lane
UPDATE relationships SET lane = :lane, acked_n = 0 WHERE name = :name;

-- name: unlabel
UPDATE disclosures SET lane = NULL, n = NULL, salt = NULL, headers = NULL, expires_at = NULL
WHERE state = 'waiting';
