-- Findings say which rule found them, what changed from round to round and how long it took -----------------------------

-- Null in rows that were written before.
ALTER TABLE finding ADD COLUMN rule TEXT;
ALTER TABLE finding ADD COLUMN changed TEXT; -- in words; null where a finding has no rounds
ALTER TABLE finding ADD COLUMN rounds TEXT;  -- JSON array: where in `steps` each round begins, from 0
ALTER TABLE finding ADD COLUMN wasted_time INTEGER; -- nanoseconds

DROP VIEW findings;
CREATE VIEW findings AS
SELECT run.run_id, kind, severity, message, finding.steps, members, repeats, period, wasted_tokens,
       wasted_cost_nano_usd / 1e9 AS wasted_cost_usd, wasted_time / 1e6 AS wasted_ms, rule, changed, rounds
FROM finding JOIN run USING (run_key);
