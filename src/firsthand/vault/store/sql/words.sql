-- name: index
INSERT INTO words (rowid, name, text)
SELECT position, name, (
    SELECT group_concat(atom, ' ') FROM json_tree(data)
    WHERE type = 'text' AND key NOT IN ('@type', 'startTime', 'duration')
        AND fullkey <> '$.name'
)
FROM things WHERE position > coalesce((SELECT max(id) FROM words_docsize), 0) ORDER BY position;
