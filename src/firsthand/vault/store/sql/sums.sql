-- Sums of what pages of sense show; `noticing` keeps them. Whole months, days and years, and what is
-- at their top, are rows of their own: senses called all:, year:, top:, large:, day, judged and weekly.

-- name: forget
DELETE FROM made_sums;

-- name: forget_names
DELETE FROM made_names;

-- name: add
INSERT INTO made_sums (sense, part, month, who, unit, things, amount)
VALUES (:sense, :part, :month, :who, :unit, :things, :amount);

-- name: add_name
INSERT INTO made_names (sense, who, part, name, kind, things, amount, first, last, facts)
VALUES (:sense, :who, :part, :name, :kind, :things, :amount, :first, :last, :facts);

-- name: sort
UPDATE made_names SET kind = :kind WHERE sense = :sense AND who = :who;

-- name: by_month
SELECT part, month, unit, sum(things) AS things, sum(amount) AS amount FROM made_sums
WHERE sense = 'all:' || :sense AND month BETWEEN :first AND :last
GROUP BY part, month, unit ORDER BY month;

-- name: by_who
SELECT s.who, s.unit, n.name, n.kind, n.first, n.last, s.things, s.amount
FROM (
    SELECT who, unit, sum(things) AS things, sum(amount) AS amount FROM made_sums
    WHERE sense = :sense AND part = :part AND month BETWEEN :first AND :last
        AND (:unit IS NULL OR unit = :unit)
    GROUP BY who, unit ORDER BY amount DESC, things DESC, who LIMIT :limit
) AS s JOIN made_names AS n ON n.sense = :sense AND n.who = s.who AND n.part = :part
ORDER BY s.amount DESC, s.things DESC, s.who;

-- name: top_of_year
SELECT s.who, n.name, s.things, s.amount FROM made_sums AS s
JOIN made_names AS n ON n.sense = :sense AND n.who = s.who AND n.part = :part
WHERE s.sense = 'top:' || :sense AND s.part = :part AND s.month = :year
ORDER BY CASE WHEN :timed THEN s.amount END DESC, s.things DESC, s.who;

-- name: of_year
SELECT who AS figure, things, amount FROM made_sums
WHERE sense = 'year:' || :sense AND part = :part AND month = :year;

-- name: judged
SELECT n.who, n.part, n.name, n.kind, n.things, n.amount, n.first, n.last, n.facts
FROM made_sums AS s JOIN made_names AS n ON n.sense = 'taste' AND n.who = s.who AND n.part = s.part
WHERE s.sense = 'judged';

-- name: weekly
SELECT n.who, n.part, n.name, n.kind, n.things, n.amount, n.first, n.last, n.facts
FROM made_sums AS s JOIN made_names AS n
    ON n.sense = s.unit AND n.who = s.who AND n.part = s.part
WHERE s.sense = 'weekly' AND s.unit = :sense ORDER BY n.last DESC, n.who LIMIT :limit;

-- name: by_kind
SELECT n.kind, s.unit, sum(s.things) AS things, sum(s.amount) AS amount, count(*) AS names
FROM (
    SELECT who, unit, sum(things) AS things, sum(amount) AS amount FROM made_sums
    WHERE sense = :sense AND part = :part AND month BETWEEN :first AND :last GROUP BY who, unit
) AS s JOIN made_names AS n ON n.sense = :sense AND n.who = s.who AND n.part = :part
GROUP BY n.kind, s.unit ORDER BY amount DESC;

-- name: kinds_by_month
SELECT n.kind, s.month, s.unit, sum(s.things) AS things, sum(s.amount) AS amount
FROM made_sums AS s JOIN made_names AS n USING (sense, who, part)
WHERE sense = :sense AND part = :part AND month BETWEEN :first AND :last
GROUP BY n.kind, s.month, s.unit;

-- name: of_who
SELECT part, month, unit, things, amount FROM made_sums
WHERE sense = :sense AND who = :who ORDER BY month;

-- name: names
SELECT who, part, name, kind, things, amount, first, last, facts FROM made_names
WHERE sense = :sense ORDER BY things DESC, who LIMIT :limit;

-- name: names_in
SELECT who, part, name, kind, things, amount, first, last, facts FROM made_names
WHERE sense = :sense AND part IN (SELECT value FROM json_each(:parts))
ORDER BY things DESC, who LIMIT :limit;

-- name: names_since
SELECT who, part, name, kind, things, amount, first, last, facts FROM made_names
WHERE sense = :sense AND part IN (SELECT value FROM json_each(:parts))
    AND things >= :least AND last >= :since
ORDER BY things DESC, who LIMIT :limit;

-- name: names_of
SELECT who, part, name, kind, things, amount, first, last, facts FROM made_names
WHERE sense = :sense AND who = :who;

-- name: last_of
SELECT max(last) AS last FROM made_names WHERE sense = :sense AND part = :part;

-- name: whos
SELECT part, who, unit, sum(things) AS things, sum(amount) AS amount FROM made_sums
WHERE sense = :sense AND month BETWEEN :first AND :last GROUP BY part, who, unit;

-- name: week
SELECT part, who, things FROM made_sums WHERE sense = 'all:hours';

-- name: span
SELECT min(month) AS first, max(month) AS last FROM made_sums
WHERE sense = 'all:' || :sense AND month <> '';

-- name: cells
WITH large AS MATERIALIZED (
    SELECT DISTINCT who FROM made_sums
    WHERE sense = 'large:' || :sense AND part = :part AND month BETWEEN :first AND :last
)
SELECT s.month, s.who, s.unit, s.things, s.amount, n.name
FROM large CROSS JOIN json_each(:months) AS m CROSS JOIN made_sums AS s
    ON s.sense = :sense AND s.part = :part AND s.month = m.value AND s.who = large.who
LEFT JOIN made_names AS n ON n.sense = :sense AND n.who = s.who AND n.part = s.part;

-- name: new_names
SELECT count(*) AS names FROM made_names
WHERE sense = :sense AND part = :part AND first BETWEEN :first AND :last;

-- name: of_days
SELECT who AS day, things FROM made_sums
WHERE sense = 'day' AND part = '' AND month BETWEEN :first AND :last ORDER BY month, who;

-- name: days_before
SELECT who AS day, things FROM made_sums
WHERE sense = 'day' AND part = '' AND month <= :until AND who < :before
ORDER BY month DESC, who DESC LIMIT :limit;

-- name: top_names
SELECT name FROM made_names WHERE sense = :sense AND part = :part
ORDER BY amount DESC, things DESC LIMIT :limit;
