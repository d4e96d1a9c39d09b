-- Runs that people delete ------------------------------------------------------------------------------------------------

-- They are gone at once; who follows the file learns of it here, and no key is given twice.
CREATE TABLE deleted_run (
    run_key  INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT;
CREATE INDEX deleted_run_by_revision ON deleted_run (revision);

-- Their traces, while the file still holds something of them that no reader is shown. What is left is swept out in small
-- transactions, by the next writer if this one dies.
CREATE TABLE deleted_trace (
    trace_key INTEGER PRIMARY KEY,
    run_key   INTEGER NOT NULL,
    emptied   INTEGER NOT NULL DEFAULT 0 -- 1: its spans, log records and steps are gone; its pieces are not yet
) STRICT;

-- Tags ---------------------------------------------------------------------------------------------------------------

-- JSON arrays, sorted, each tag once; null where there is none, and in rows that were written before.
ALTER TABLE step ADD COLUMN tags TEXT;
ALTER TABLE run ADD COLUMN tags TEXT;
