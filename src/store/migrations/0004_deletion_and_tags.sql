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

DROP VIEW runs;
CREATE VIEW runs AS
SELECT run_id,
       (SELECT json_group_array(lower(hex(trace_id))) FROM trace WHERE trace.run_key = run.run_key AND NOT made) AS trace_ids,
       name, task, agents, service, session_id, user_id,
       CASE WHEN complete = 1 OR complete = 2 AND unixepoch('now') - received_time / 1000000000 >= 60
            THEN iif(failed, 'error', 'ok')
            WHEN unixepoch('now') - received_time / 1000000000 < 600 THEN 'running'
            ELSE 'incomplete' END AS status,
       start_time, end_time, max(end_time - start_time, 0) / 1e6 AS duration_ms,
       steps, llm_calls, tool_calls, handoffs, errors, models,
       input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
       calls_without_tokens,
       iif(costs_reported + costs_computed > 0, cost_nano_usd / 1e9, NULL) AS cost_usd, costs_unknown,
       findings, hints, agentic, tags
FROM run WHERE merged_into IS NULL;

DROP VIEW steps;
CREATE VIEW steps AS
SELECT run.run_id, lower(hex(trace.trace_id)) AS trace_id,
       format('%016x', step.span_id) AS span_id,
       iif(step.parent_span_id IS NULL, NULL, format('%016x', step.parent_span_id)) AS parent_span_id,
       step_kind.name AS kind, step.name, agent, model, provider, tool, tool_call_id, handoff_from, handoff_to,
       step.start_time, step.end_time, max(step.end_time - step.start_time, 0) / 1e6 AS duration_ms,
       CASE status WHEN 0 THEN 'ok' WHEN 1 THEN 'error' ELSE 'running' END AS status, error, finish_reason,
       step.input_tokens, step.output_tokens, step.cache_read_tokens, step.cache_write_tokens,
       step.reasoning_tokens, step.cost_nano_usd / 1e9 AS cost_usd,
       CASE cost_source WHEN 0 THEN 'reported' WHEN 1 THEN 'computed' END AS cost_source,
       step.session_id, step.user_id, response_id, scope, step.flags & 1 AS plumbing, step.tags
FROM step JOIN run USING (run_key) JOIN trace USING (trace_key) JOIN step_kind USING (kind);
