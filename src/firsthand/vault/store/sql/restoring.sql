-- A copy of a vault numbers what it gives in rows of its own, so that two copies never collide.
-- What had left already keeps its number: it may have arrived.

-- name: new_lane
UPDATE relationships SET lane = :lane, acked_n = 0 WHERE name = :name;
