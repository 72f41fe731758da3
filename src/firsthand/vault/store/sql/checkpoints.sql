-- name: add
INSERT INTO checkpoints (subject, size, root, text, seen_in, seen_at, proof)
VALUES (:subject, :size, :root, :text, :seen_in, :seen_at, :proof);

-- name: of_size
SELECT * FROM checkpoints WHERE subject = :subject AND size = :size AND aside = 0 ORDER BY id;

-- name: any_of_subject
SELECT id FROM checkpoints WHERE subject = :subject AND aside = 0 LIMIT 1;

-- name: unproven
SELECT * FROM checkpoints WHERE subject = :subject AND aside = 0 AND proof IS NULL
ORDER BY size, id LIMIT :limit;

-- name: proven_below
SELECT * FROM checkpoints
WHERE subject = :subject AND aside = 0 AND proof IS NOT NULL AND size < :size
ORDER BY size DESC LIMIT 1;

-- name: proven_above
SELECT * FROM checkpoints
WHERE subject = :subject AND aside = 0 AND proof IS NOT NULL AND size > :size
ORDER BY size LIMIT 1;

-- name: largest
SELECT * FROM checkpoints WHERE subject = :subject AND aside = 0 ORDER BY size DESC LIMIT 1;

-- name: prove
UPDATE checkpoints SET proof = :proof, basis = :basis WHERE id = :id;

-- name: all_of_subject
SELECT * FROM checkpoints WHERE subject = :subject ORDER BY id;

-- name: of_subject
SELECT * FROM checkpoints WHERE subject = :subject AND aside = 0 ORDER BY size, id;

-- name: set_aside
UPDATE checkpoints SET aside = 1 WHERE subject = :subject AND aside = 0;

-- name: conflict
INSERT INTO conflicts (relationship, subject, kind, first, second, answer, at)
VALUES (:relationship, :subject, :kind, :first, :second, :answer, :at);

-- name: same_conflict
SELECT id FROM conflicts WHERE subject = :subject AND kind = :kind AND first = :first
    AND second = :second LIMIT 1;

-- name: conflicts_of_subject
SELECT * FROM conflicts WHERE subject = :subject ORDER BY id DESC;

-- name: undecided
SELECT * FROM conflicts WHERE decided_at IS NULL ORDER BY id;

-- name: undecided_of_subject
SELECT * FROM conflicts WHERE subject = :subject AND decided_at IS NULL ORDER BY id;

-- name: decide
UPDATE conflicts SET decided_at = :at WHERE subject = :subject AND decided_at IS NULL;
