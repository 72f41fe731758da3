-- name: add
INSERT INTO cases (id, kind, state, about, to_name, email, sender, country, lang, subject,
    opened_at)
VALUES (:id, :kind, 'written', :about, :to_name, :email, :sender, :country, :lang, :subject,
    :opened_at);

-- name: all
SELECT * FROM cases ORDER BY opened_at DESC, id;

-- name: open
SELECT * FROM cases WHERE state IN ('sent', 'reminded', 'settled') ORDER BY opened_at;

-- name: beginning
SELECT * FROM cases WHERE substr(id, 1, length(:id)) = :id LIMIT 2;

-- name: by_id
SELECT * FROM cases WHERE id = :id;

-- name: stand
UPDATE cases SET state = :state, sent_on = :sent_on, last_sent_on = :last_sent_on,
    due_on = :due_on
WHERE id = :id;

-- name: events
SELECT * FROM case_events WHERE case_id = :id ORDER BY n;

-- name: happened
INSERT INTO case_events (case_id, n, at, on_day, event, words, things, saved, each)
VALUES (:id, (SELECT count(*) + 1 FROM case_events WHERE case_id = :id), :at, :on_day, :event,
    :words, :things, :saved, :each);

-- name: forget_events
DELETE FROM case_events WHERE case_id = :id;

-- name: forget
DELETE FROM cases WHERE id = :id;

-- name: of_gone_things
SELECT count(*) AS cases FROM cases WHERE EXISTS (
    SELECT 1 FROM json_each(cases.subject, '$.things') AS told
    WHERE NOT EXISTS (SELECT 1 FROM things WHERE things.id = told.value));

-- name: payments_since
SELECT id, type, name, time, source, data FROM things
WHERE time >= :since AND type IN ('PayAction', 'ReceiveAction') ORDER BY time LIMIT :limit;

-- name: parcels_since
SELECT id, type, name, time, source, data FROM things
WHERE time >= :since AND type = 'TrackAction' ORDER BY time LIMIT :limit;
