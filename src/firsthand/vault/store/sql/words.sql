-- name: index
INSERT INTO words (rowid, text)
SELECT
    (coalesce(unixepoch(time), unixepoch(substr(time, 1, 10)), -62167219200) + 62167219200) / 60
        << 30 | position AS place,
    concat_ws(' ', name, (
        SELECT group_concat(DISTINCT atom) FROM json_tree(data)
        WHERE type = 'text' AND key NOT IN ('@type', 'startTime', 'duration') AND atom <> name
    ), char(57344) || 'k' || hex(type), char(57344) || 's' || hex(source),
        char(57344) || 'b' || hex(source) || '00' || hex(type))
FROM things WHERE position > :after AND position <= :upto ORDER BY place;

-- name: count
INSERT INTO made_counts (source, type, month, things, first, last)
SELECT source, type, coalesce(substr(time, 1, 7), ''), count(*), min(time), max(time)
FROM things WHERE position > :after AND position <= :upto GROUP BY 1, 2, 3
ON CONFLICT (source, type, month) DO UPDATE SET things = things + excluded.things,
    first = min(coalesce(first, excluded.first), excluded.first),
    last = max(coalesce(last, excluded.last), excluded.last);

-- name: to
SELECT made_to.position AS done,
    coalesce((SELECT max(position) FROM things), 0) AS there FROM made_to;

-- name: went_to
UPDATE made_to SET position = :upto;

-- name: again
INSERT OR REPLACE INTO words (rowid, text)
SELECT
    (coalesce(unixepoch(time), unixepoch(substr(time, 1, 10)), -62167219200) + 62167219200) / 60
        << 30 | position AS place,
    concat_ws(' ', name, (
        SELECT group_concat(DISTINCT atom) FROM json_tree(data)
        WHERE type = 'text' AND key NOT IN ('@type', 'startTime', 'duration') AND atom <> name
    ), char(57344) || 'k' || hex(type), char(57344) || 's' || hex(source),
        char(57344) || 'b' || hex(source) || '00' || hex(type))
FROM things WHERE position = :position AND position <= (SELECT position FROM made_to);

-- name: settle
INSERT INTO words (words) VALUES ('optimize');
