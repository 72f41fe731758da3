-- name: add
INSERT OR IGNORE INTO agreements (id, relationship, proffer, answer, terms, decision, reason, at)
VALUES (:id, :relationship, :proffer, :answer, :terms, :decision, :reason, :at);

-- name: by_id
SELECT * FROM agreements WHERE id = :id;

-- name: of_relationship
SELECT * FROM agreements WHERE relationship = :relationship ORDER BY at;
