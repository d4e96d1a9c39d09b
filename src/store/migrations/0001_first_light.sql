-- Raw telemetry -----------------------------------------------------------------------------------------------------
-- Attributes are JSON objects: strings, booleans, integers, doubles (always with a point or an exponent), arrays and
-- objects as themselves. What JSON lacks is tagged: {"$bytes": base64}, {"$double": "NaN"}. Long values are kept once
-- in `piece`: {"$content": [...]}, where a string stands for itself, n for the text of piece n, [n] for that text as
-- a JSON string and [n, "ascii"] likewise with \u escapes. A key that starts with $ has a second $.
-- Times are nanoseconds since the Unix epoch. Span ids are the 64-bit number of their 8 bytes.

CREATE TABLE resource (
    resource_key             INTEGER PRIMARY KEY,
    hash                     BLOB NOT NULL UNIQUE,
    service                  TEXT NOT NULL,
    attributes               TEXT NOT NULL,
    dropped_attributes_count INTEGER NOT NULL,
    entity_refs              TEXT,
    schema_url               TEXT NOT NULL
) STRICT;

CREATE TABLE scope (
    scope_key                INTEGER PRIMARY KEY,
    hash                     BLOB NOT NULL UNIQUE,
    name                     TEXT NOT NULL,
    version                  TEXT NOT NULL,
    attributes               TEXT NOT NULL,
    dropped_attributes_count INTEGER NOT NULL,
    schema_url               TEXT NOT NULL
) STRICT;

CREATE TABLE run (
    run_key           INTEGER PRIMARY KEY,
    run_id            TEXT NOT NULL UNIQUE,
    revision          INTEGER NOT NULL,
    name              TEXT NOT NULL,
    task              TEXT,
    agents            TEXT NOT NULL,     -- JSON array, in order of first appearance
    service           TEXT NOT NULL,
    session_id        TEXT,
    user_id           TEXT,
    start_time        INTEGER NOT NULL,
    end_time          INTEGER NOT NULL,
    received_time     INTEGER NOT NULL,  -- of the last news, by the receiver's clock
    complete          INTEGER NOT NULL,  -- every root is here and ended, no parent is missing
    failed            INTEGER NOT NULL,  -- an outermost step failed
    steps             INTEGER NOT NULL,
    llm_calls         INTEGER NOT NULL,
    tool_calls        INTEGER NOT NULL,
    handoffs          INTEGER NOT NULL,
    errors            INTEGER NOT NULL,
    models            TEXT NOT NULL,     -- JSON array, in order of first appearance
    input_tokens      INTEGER NOT NULL,
    output_tokens     INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    reasoning_tokens  INTEGER NOT NULL,
    calls_with_tokens INTEGER NOT NULL,
    calls_without_tokens INTEGER NOT NULL,
    cost_nano_usd     INTEGER NOT NULL,
    costs_reported    INTEGER NOT NULL,
    costs_computed    INTEGER NOT NULL,
    costs_unknown     INTEGER NOT NULL,
    findings          TEXT NOT NULL,     -- JSON object: alarms and warnings by kind
    hints             INTEGER NOT NULL,
    agentic           INTEGER NOT NULL   -- some step is an agent's doing
) STRICT;
CREATE INDEX run_by_revision ON run (revision);

CREATE TABLE trace (
    trace_key INTEGER PRIMARY KEY,
    trace_id  BLOB NOT NULL UNIQUE,
    run_key   INTEGER NOT NULL REFERENCES run
) STRICT;
CREATE INDEX trace_of_run ON trace (run_key);

CREATE TABLE span (
    span_key                 INTEGER PRIMARY KEY,
    trace_key                INTEGER NOT NULL REFERENCES trace,
    span_id                  INTEGER NOT NULL,
    variant                  INTEGER NOT NULL, -- 1, 2, … where two services share one span id
    parent_span_id           INTEGER,
    resource_key             INTEGER NOT NULL REFERENCES resource,
    scope_key                INTEGER NOT NULL REFERENCES scope,
    name                     TEXT NOT NULL,
    kind                     INTEGER NOT NULL,
    start_time               INTEGER NOT NULL,
    end_time                 INTEGER NOT NULL,
    status_code              INTEGER NOT NULL,
    status_message           TEXT,
    trace_state              TEXT,
    flags                    INTEGER NOT NULL,
    received_time            INTEGER NOT NULL,
    dropped_attributes_count INTEGER,
    dropped_events_count     INTEGER,
    dropped_links_count      INTEGER,
    events                   TEXT, -- [{"time", "name", "attributes", "dropped_attributes_count"}]
    links                    TEXT, -- [{"trace_id", "span_id", "trace_state", "attributes", "dropped_…", "flags"}]
    attributes               TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX span_identity ON span (trace_key, span_id, variant);

CREATE TABLE log_record (
    log_key                  INTEGER PRIMARY KEY,
    hash                     BLOB NOT NULL UNIQUE, -- of the whole record: what is sent again is kept once
    trace_key                INTEGER REFERENCES trace,
    span_id                  INTEGER,
    resource_key             INTEGER NOT NULL REFERENCES resource,
    scope_key                INTEGER NOT NULL REFERENCES scope,
    time                     INTEGER NOT NULL,
    observed_time            INTEGER NOT NULL,
    severity_number          INTEGER NOT NULL,
    severity_text            TEXT NOT NULL,
    event_name               TEXT NOT NULL,
    flags                    INTEGER NOT NULL,
    dropped_attributes_count INTEGER NOT NULL,
    body                     TEXT NOT NULL,
    attributes               TEXT NOT NULL
) STRICT;
CREATE INDEX log_of_span ON log_record (trace_key, span_id) WHERE trace_key IS NOT NULL;

CREATE TABLE metric (
    metric_key   INTEGER PRIMARY KEY,
    hash         BLOB NOT NULL UNIQUE,
    resource_key INTEGER NOT NULL REFERENCES resource,
    scope_key    INTEGER NOT NULL REFERENCES scope,
    name         TEXT NOT NULL,
    description  TEXT NOT NULL,
    unit         TEXT NOT NULL,
    data_type    TEXT NOT NULL, -- gauge, sum, histogram, exponential_histogram, summary
    metadata     TEXT NOT NULL,
    data         TEXT NOT NULL  -- the OTLP data message, fields named as in its proto
) STRICT;

-- Content, kept once ------------------------------------------------------------------------------------------------
CREATE TABLE piece (
    piece_key INTEGER PRIMARY KEY,
    hash      BLOB NOT NULL UNIQUE, -- first 16 bytes of BLAKE3 of the kind and the bytes it stands for
    kind      INTEGER NOT NULL,     -- 0: text is the piece; 1: text is a list of parts, as in {"$content": [...]}
    text      TEXT NOT NULL
) STRICT;

-- Where a piece is used: the first span of each trace that holds it.
CREATE TABLE piece_use (
    piece_key INTEGER NOT NULL,
    trace_key INTEGER NOT NULL,
    span_key  INTEGER NOT NULL,
    PRIMARY KEY (piece_key, trace_key)
) STRICT, WITHOUT ROWID;

-- Words of pieces (rowid = piece_key), and of what stands between pieces (rowid = span_key). Two tables, because FTS5
-- writes out what it holds whenever a rowid is not the largest so far. Runs of Hangul, Kana and Han are fed as
-- overlapping pairs, so that a noun is found with a particle attached.
CREATE VIRTUAL TABLE piece_word USING fts5 (text, content = '', detail = none, columnsize = 0,
                                            tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE span_word USING fts5 (text, content = '', detail = none, columnsize = 0,
                                           tokenize = 'unicode61 remove_diacritics 2');

-- Derived: made again by `spanglass reindex` -------------------------------------------------------------------------
CREATE TABLE step (
    step_key          INTEGER PRIMARY KEY, -- = span_key
    run_key           INTEGER NOT NULL REFERENCES run,
    revision          INTEGER NOT NULL,
    trace_key         INTEGER NOT NULL REFERENCES trace,
    span_id           INTEGER NOT NULL,
    parent_span_id    INTEGER,
    start_time        INTEGER NOT NULL,
    end_time          INTEGER NOT NULL,
    kind              INTEGER NOT NULL REFERENCES step_kind,
    status            INTEGER NOT NULL, -- 0 ok, 1 error, 2 running
    flags             INTEGER NOT NULL, -- 1 plumbing, 2 setup, 4 remote parent, 8 handoff, 16 cache accounting ambiguous
    name              TEXT NOT NULL,
    agent             TEXT,
    model             TEXT,
    provider          TEXT,
    tool              TEXT,
    tool_call_id      TEXT,
    handoff_from      TEXT,
    handoff_to        TEXT,
    input_tokens      INTEGER,
    output_tokens     INTEGER,
    cache_read_tokens INTEGER,
    cache_write_tokens INTEGER,
    cache_write_1h_tokens INTEGER,
    reasoning_tokens  INTEGER,
    audio_input_tokens INTEGER,
    audio_output_tokens INTEGER,
    cost_nano_usd     INTEGER,
    cost_source       INTEGER, -- 0 reported, 1 computed
    error             TEXT,
    finish_reason     TEXT,
    time_to_first_token INTEGER,
    response_id       TEXT,
    scope             TEXT NOT NULL,
    session_id        TEXT,
    user_id           TEXT,
    input_digest      INTEGER NOT NULL,
    output_digest     INTEGER NOT NULL
) STRICT;
CREATE INDEX step_of_run ON step (run_key, revision);

CREATE TABLE step_kind (kind INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO step_kind VALUES (1, 'agent'), (2, 'workflow'), (3, 'llm'), (4, 'tool'), (5, 'handoff'), (6, 'retrieval'),
    (7, 'embedding'), (8, 'rerank'), (9, 'guardrail'), (10, 'evaluation'), (11, 'task'), (12, 'other');

CREATE TABLE finding (
    finding_key       INTEGER PRIMARY KEY,
    run_key           INTEGER NOT NULL REFERENCES run,
    kind              TEXT NOT NULL,
    severity          TEXT NOT NULL,
    message           TEXT NOT NULL,
    steps             TEXT NOT NULL, -- JSON array of span ids
    members           TEXT NOT NULL, -- JSON array of agents or tools
    repeats           INTEGER NOT NULL,
    period            INTEGER NOT NULL,
    wasted_tokens     INTEGER NOT NULL,
    wasted_cost_nano_usd INTEGER
) STRICT;
CREATE INDEX finding_of_run ON finding (run_key);

-- Counter of commits that changed something; one row.
CREATE TABLE revision (only INTEGER PRIMARY KEY CHECK (only = 0), number INTEGER NOT NULL) STRICT;
INSERT INTO revision VALUES (0, 0);

-- For people with a SQL prompt --------------------------------------------------------------------------------------
CREATE VIEW runs AS
SELECT run_id,
       (SELECT json_group_array(lower(hex(trace_id))) FROM trace WHERE trace.run_key = run.run_key) AS trace_ids,
       name, task, agents, service, session_id, user_id,
       CASE WHEN complete THEN iif(failed, 'error', 'ok')
            WHEN unixepoch('now') - received_time / 1000000000 < 600 THEN 'running'
            ELSE 'incomplete' END AS status,
       start_time, end_time, max(end_time - start_time, 0) / 1e6 AS duration_ms,
       steps, llm_calls, tool_calls, handoffs, errors, models,
       input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
       calls_without_tokens,
       iif(costs_reported + costs_computed > 0, cost_nano_usd / 1e9, NULL) AS cost_usd, costs_unknown,
       findings, hints, agentic
FROM run;

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
       step.session_id, step.user_id, response_id, scope, step.flags & 1 AS plumbing
FROM step JOIN run USING (run_key) JOIN trace USING (trace_key) JOIN step_kind USING (kind);

CREATE VIEW spans AS
SELECT lower(hex(trace.trace_id)) AS trace_id,
       format('%016x', span.span_id) AS span_id,
       iif(span.parent_span_id IS NULL, NULL, format('%016x', span.parent_span_id)) AS parent_span_id,
       span.name, kind, span.start_time, span.end_time, status_code, status_message, trace_state, flags,
       resource.service, resource.attributes AS resource_attributes, scope.name AS scope,
       scope.version AS scope_version, span.attributes, events, links, received_time,
       span.dropped_attributes_count, dropped_events_count, dropped_links_count, span_key
FROM span JOIN trace USING (trace_key) JOIN resource USING (resource_key) JOIN scope USING (scope_key);

CREATE VIEW logs AS
SELECT lower(hex(trace.trace_id)) AS trace_id,
       iif(span_id IS NULL, NULL, format('%016x', span_id)) AS span_id,
       time, observed_time, severity_number, severity_text, event_name, body, log_record.attributes,
       resource.service, scope.name AS scope, flags
FROM log_record LEFT JOIN trace USING (trace_key) JOIN resource USING (resource_key) JOIN scope USING (scope_key);

CREATE VIEW metrics AS
SELECT metric.name, unit, data_type, data, metadata, resource.service, scope.name AS scope
FROM metric JOIN resource USING (resource_key) JOIN scope USING (scope_key);

CREATE VIEW findings AS
SELECT run.run_id, kind, severity, message, finding.steps, members, repeats, period, wasted_tokens,
       wasted_cost_nano_usd / 1e9 AS wasted_cost_usd
FROM finding JOIN run USING (run_key);

-- Texts in the order in which they stand in a long attribute value: those of messages one level deeper in `place`.
CREATE VIEW contents AS
WITH part (span_key, key, place, type, item) AS (
    SELECT span_key, attribute.key, format('%06d', item.key), item.type, item.value
    FROM span, json_each(span.attributes) AS attribute, json_each(attribute.value, '$."$content"') AS item
    WHERE attribute.type = 'object' AND json_type(attribute.value, '$."$content"') = 'array'
), reference (span_key, key, place, piece_key) AS (
    SELECT span_key, key, place, iif(type = 'integer', item, item ->> '$[0]') FROM part WHERE type IN ('integer', 'array')
), text_reference (span_key, key, place, piece_key) AS (
    SELECT span_key, key, place, piece_key FROM reference
    UNION ALL
    SELECT span_key, reference.key, place || format('.%06d', item.key),
           iif(item.type = 'integer', item.value, item.value ->> '$[0]')
    FROM reference JOIN piece USING (piece_key), json_each(piece.text) AS item
    WHERE piece.kind = 1 AND item.type IN ('integer', 'array')
)
SELECT format('%016x', span.span_id) AS span_id, key, place, piece_key, piece.text
FROM text_reference JOIN span USING (span_key) JOIN piece USING (piece_key)
WHERE piece.kind = 0;
