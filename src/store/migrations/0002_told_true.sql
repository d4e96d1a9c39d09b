-- Runs that a client scatters over traces, steps told by log records ---------------------------------------------------

-- Trace of the parent where it is another one: a span link back to who asked for the work.
ALTER TABLE step ADD COLUMN parent_trace_id BLOB;

-- What a call's tokens cost each: JSON array of nano-dollars for a million tokens: input, cache read, cache write, cache
-- write 1 h, audio input, output, reasoning, audio output, null where unknown; last for the request, in nano-dollars.
-- Kept where another report of the same call may still tell more of its tokens.
ALTER TABLE step ADD COLUMN rates TEXT;

-- Hashes by which the wording of two steps is compared: little-endian 32-bit numbers; the number of leaves in a tool's
-- arguments, of each its path, value, number of words and words; then the words that were told.
ALTER TABLE step ADD COLUMN wording BLOB;

-- 1: no trace of the client's; its id is a hash that stands for log records outside of any trace.
ALTER TABLE trace ADD COLUMN made INTEGER NOT NULL DEFAULT 0;

-- The run that took over this one's traces, when it turned out that both were one execution.
ALTER TABLE run ADD COLUMN merged_into INTEGER REFERENCES run;

-- What ties a trace to others. tie_key is a hash of what the telemetry says.
-- kind: 1 execution (a prompt id), 2 linked (a span of the trace links to the trace whose hash the key is),
-- 3 session, 4 session in which the trace is a user's prompt, 5 session of which the trace is a fragment.
CREATE TABLE tie (
    tie_key   INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    trace_key INTEGER NOT NULL REFERENCES trace,
    time      INTEGER NOT NULL, -- earliest start that said so
    PRIMARY KEY (tie_key, kind, trace_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX tie_of_trace ON tie (trace_key, kind);

-- complete: 2 means that nothing this client sends tells the end; then a minute without news does.
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
       findings, hints, agentic
FROM run WHERE merged_into IS NULL;
