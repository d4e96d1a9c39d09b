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

-- What rules know of a step beyond its status -------------------------------------------------------------------------

-- Most tokens that the model of a call takes in at once, where the price list tells.
ALTER TABLE step ADD COLUMN context_window INTEGER;

-- Signs of trouble that the status does not tell: a JSON object of `exhausted` (the client's word for rounds that are
-- used up), `refusal`, `failure` (what a result says went wrong), `unparsable` (arguments), `empty` (an answer),
-- `confidence` (0 to 1); null for most steps.
ALTER TABLE step ADD COLUMN oddities TEXT;

-- step.flags: 128 a tool call that changes what later ones find, 256 one that waits or asks whether something is done.

-- Earlier runs of an agent, by which outliers are told.
CREATE INDEX run_of_name ON run (name, start_time);
