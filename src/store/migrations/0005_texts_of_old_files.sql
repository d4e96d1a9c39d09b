-- Words of log records, and which texts were kept to be found ------------------------------------------------------------

-- In `span_word` a log record's words have its key, turned round, as their rowid.
ALTER TABLE indexed ADD COLUMN log_key INTEGER NOT NULL DEFAULT 0;

-- By what rules all texts of this file were kept and indexed; 0: by those of before. `spanglass reindex` raises it.
ALTER TABLE indexed ADD COLUMN text_rules INTEGER NOT NULL DEFAULT 0;

-- What a dead writer of before had not indexed of its log records was nothing.
UPDATE indexed SET log_key = coalesce((SELECT max(log_key) FROM log_record), 0);
