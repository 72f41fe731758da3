-- name: add
INSERT OR IGNORE INTO agreements (id, relationship, proffer, answer, terms, decision, reason, at)
VALUES (:id, :relationship, :proffer, :answer, :terms, :decision, :reason, :at);

-- name: by_id
SELECT * FROM agreements WHERE id = :id;

-- name: newest
SELECT * FROM agreements WHERE relationship = :relationship ORDER BY rowid DESC LIMIT 1;

-- name: of_relationship
SELECT * FROM agreements WHERE relationship = :relationship ORDER BY at;
