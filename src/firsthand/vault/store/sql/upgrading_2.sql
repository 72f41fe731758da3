-- Of a vault of form 1: what form 2 makes anew, in schema_words.sql.
DROP INDEX things_by_type;
DROP INDEX things_by_source;
DROP INDEX things_by_both;
DROP TRIGGER words_of_thing_gone;
DROP TABLE words;
