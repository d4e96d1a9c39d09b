//! Steps as rows, and what all rows are read and written with.

use std::sync::Arc;

use rusqlite::types::{FromSql, ValueRef};
use rusqlite::{CachedStatement, Row};

use super::StoreError;
use super::shared::Shared;
use crate::model::{
    Cost, CostSource, Effect, Handoff, NanoUsd, Oddities, Origin, Rates, RunKey, SharedText, SpanId, Step,
    StepKey, StepKind, StepStatus, TraceId, Usage, Wording,
};

/// Bits of the column `step.flags`.
mod flag {
    pub(super) const PLUMBING: i64 = 1;
    pub(super) const SETUP: i64 = 2;
    pub(super) const REMOTE_PARENT: i64 = 4;
    pub(super) const HANDOFF: i64 = 8;
    pub(super) const AMBIGUOUS_CACHE: i64 = 16;
    pub(super) const LOOSE: i64 = 32;
    pub(super) const ASKED_BY_USER: i64 = 64;
    pub(super) const CHANGES: i64 = 128;
    pub(super) const WAITS: i64 = 256;
}

/// Binds values to a statement, one after the other.
pub(super) struct Binder<'s, 'c>(pub(super) &'s mut CachedStatement<'c>, pub(super) usize);

impl Binder<'_, '_> {
    pub(super) fn put(&mut self, value: impl rusqlite::ToSql) -> Result<&mut Self, StoreError> {
        self.1 += 1;
        self.0.raw_bind_parameter(self.1, value)?;
        Ok(self)
    }

    pub(super) fn run(&mut self) -> Result<usize, StoreError> {
        Ok(self.0.raw_execute()?)
    }
}

/// Columns of the table `step`.
const STEP_COLUMNS: usize = 44;

/// Statement that writes a step.
pub(super) fn put_step_sql() -> String {
    let marks: Vec<String> = (1..=STEP_COLUMNS).map(|n| format!("?{n}")).collect();
    format!("INSERT OR REPLACE INTO step VALUES ({})", marks.join(", "))
}

/// Where a step stands in the file.
pub(super) struct StepPlace {
    pub(super) run: RunKey,
    pub(super) revision: i64,
    pub(super) trace_key: i64,
}

/// Writes `step`, all columns in the order of the table.
pub(super) fn put_step(
    statement: &mut CachedStatement<'_>,
    step: &Step,
    place: &StepPlace,
) -> Result<(), StoreError> {
    let mut row = Binder(statement, 0);
    row.put(step.key.0)?.put(place.run.0)?.put(place.revision)?.put(place.trace_key)?;
    row.put(step.span_id.as_u64().cast_signed())?;
    row.put(step.parent_span_id.map(|p| p.as_u64().cast_signed()))?;
    row.put(step.start.cast_signed())?.put(step.end.cast_signed())?;
    row.put(step.kind as i64)?.put(step.status as i64)?.put(flags(step))?;
    row.put(&*step.name)?.put(step.agent.as_deref())?.put(step.model.as_deref())?;
    row.put(step.provider.as_deref())?.put(step.tool.as_deref())?.put(&step.tool_call_id)?;
    row.put(step.handoff.as_ref().and_then(|h| h.from.as_deref()))?;
    row.put(step.handoff.as_ref().and_then(|h| h.to.as_deref()))?;
    let u = &step.usage;
    let counts = [u.input, u.output, u.cache_read, u.cache_write, u.cache_write_1h, u.reasoning];
    for count in counts.into_iter().chain([u.audio_input, u.audio_output]) {
        row.put(count.map(signed))?;
    }
    row.put(step.cost.map(|c| c.amount.0))?;
    row.put(step.cost.map(|c| i64::from(c.source == CostSource::Computed)))?;
    row.put(step.error.as_deref())?.put(step.finish_reason.as_deref())?;
    row.put(step.time_to_first_token.map(signed))?;
    row.put(&step.response_id)?.put(&*step.scope)?;
    row.put(step.session_id.as_deref())?.put(step.user_id.as_deref())?;
    row.put(step.input_digest.cast_signed())?.put(step.output_digest.cast_signed())?;
    row.put(step.parent_trace_id.as_ref().map(|t| &t.as_bytes()[..]))?;
    row.put(step.rates.as_deref().map(rates))?;
    row.put(step.wording.as_deref().map(Wording::to_bytes))?;
    row.put(step.context_window.map(signed))?.put(step.oddities.as_deref().map(oddities).transpose()?)?;
    row.put(step.tags.as_deref().map(list))?;
    row.run()?;
    Ok(())
}

/// A count as SQLite keeps it.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The column `step.oddities`.
fn oddities(oddities: &Oddities) -> Result<String, StoreError> {
    serde_json::to_string(oddities).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The column `step.rates`.
fn rates(rates: &Rates) -> String {
    let mut out = String::from("[");
    for unit in &rates.units {
        match unit {
            Some(price) => out.push_str(itoa::Buffer::new().format(*price)),
            None => out.push_str("null"),
        }
        out.push(',');
    }
    out.push_str(itoa::Buffer::new().format(rates.request.0));
    out.push(']');
    out
}

fn read_rates(text: &str) -> rusqlite::Result<Rates> {
    let numbers: Vec<Option<i64>> = serde_json::from_str(text).map_err(|_| damaged("rates"))?;
    let (request, units) = numbers.split_last().ok_or_else(|| damaged("rates"))?;
    let units: Vec<Option<u64>> = units.iter().map(|unit| unit.map(i64::cast_unsigned)).collect();
    let units = units.try_into().map_err(|_| damaged("rates"))?;
    Ok(Rates { units, request: NanoUsd(request.unwrap_or(0)) })
}

fn effect(flags: i64) -> Effect {
    match flags {
        bits if bits & flag::CHANGES != 0 => Effect::Changes,
        bits if bits & flag::WAITS != 0 => Effect::Waits,
        _ => Effect::None,
    }
}

fn flags(step: &Step) -> i64 {
    [
        (step.plumbing, flag::PLUMBING),
        (step.setup, flag::SETUP),
        (step.remote_parent, flag::REMOTE_PARENT),
        (step.handoff.is_some(), flag::HANDOFF),
        (step.usage.ambiguous_cache, flag::AMBIGUOUS_CACHE),
        (step.loose, flag::LOOSE),
        (step.asked_by_user, flag::ASKED_BY_USER),
        (step.effect == Effect::Changes, flag::CHANGES),
        (step.effect == Effect::Waits, flag::WAITS),
    ]
    .into_iter()
    .map(|(set, bit)| if set { bit } else { 0 })
    .sum()
}

/// Columns that [`read_step`] reads: all of the table, the trace key replaced by the trace id.
pub(super) const STEP: &str = "step_key, trace_id, span_id, parent_span_id, start_time, end_time, kind, status, flags, \
     name, agent, model, provider, tool, tool_call_id, handoff_from, handoff_to, input_tokens, output_tokens, \
     cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, reasoning_tokens, audio_input_tokens, \
     audio_output_tokens, cost_nano_usd, cost_source, error, finish_reason, time_to_first_token, response_id, scope, \
     session_id, user_id, input_digest, output_digest, parent_trace_id, rates, wording, context_window, \
     oddities, tags";

/// Reads columns one after the other.
pub(super) struct Columns<'r, 's>(pub(super) &'r Row<'s>, pub(super) usize);

impl Columns<'_, '_> {
    pub(super) fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        self.1 += 1;
        self.0.get(self.1 - 1)
    }

    pub(super) fn count(&mut self) -> rusqlite::Result<u64> {
        Ok(self.take::<i64>()?.cast_unsigned())
    }

    pub(super) fn known(&mut self) -> rusqlite::Result<Option<u64>> {
        Ok(self.take::<Option<i64>>()?.map(i64::cast_unsigned))
    }

    /// A JSON array of texts; none where there is no array.
    pub(super) fn texts_or_none(&mut self) -> rusqlite::Result<Vec<String>> {
        let is_null = matches!(self.0.get_ref(self.1)?, ValueRef::Null);
        self.1 += usize::from(is_null);
        if is_null { Ok(Vec::new()) } else { self.texts() }
    }

    /// A text that other rows are likely to tell as well.
    pub(super) fn shared(&mut self, shared: &mut Shared) -> rusqlite::Result<Option<SharedText>> {
        let (column, value) = (self.1, self.0.get_ref(self.1)?);
        self.1 += 1;
        if let ValueRef::Text(said) = value
            && let Some(known) = shared.said_before(column, said)
        {
            return Ok(Some(known));
        }
        Ok(value.as_str_or_null()?.map(|text| shared.text_of(column, text)))
    }

    pub(super) fn text(&mut self) -> rusqlite::Result<Option<&str>> {
        self.1 += 1;
        Ok(self.0.get_ref(self.1 - 1)?.as_str_or_null()?)
    }

    /// A JSON array of texts.
    pub(super) fn texts(&mut self) -> rusqlite::Result<Vec<String>> {
        let column = self.1;
        serde_json::from_str(self.0.get_ref(column).and_then(|v| Ok(v.as_str()?)).inspect(|_| self.1 += 1)?)
            .map_err(|e| {
                rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, e.into())
            })
    }
}

fn damaged(what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Integer, what.to_owned().into())
}

/// Reads the columns of [`STEP`].
pub(super) fn read_step(row: &Row<'_>, shared: &mut Shared) -> rusqlite::Result<Step> {
    let mut c = Columns(row, 0);
    let key = StepKey(c.take()?);
    let trace: [u8; 16] = c.take()?;
    let span_id = SpanId::from_u64(c.count()?).ok_or_else(|| damaged("span id 0"))?;
    let parent_span_id = c.known()?.and_then(SpanId::from_u64);
    let (start, end) = (c.count()?, c.count()?);
    let kind = usize::try_from(c.take::<i64>()? - 1).ok().and_then(|k| StepKind::ALL.get(k)).copied();
    let status = match c.take::<i64>()? {
        1 => StepStatus::Error,
        2 => StepStatus::Running,
        _ => StepStatus::Ok,
    };
    let flags: i64 = c.take()?;
    let has = |bit: i64| flags & bit != 0;
    Ok(Step {
        key,
        trace_id: TraceId::from_bytes(&trace).ok_or_else(|| damaged("trace id 0"))?,
        span_id,
        origin: if key.0 < 0 { Origin::LogRecord } else { Origin::Span },
        parent_span_id,
        loose: has(flag::LOOSE),
        remote_parent: has(flag::REMOTE_PARENT),
        start,
        end,
        kind: kind.unwrap_or_default(),
        plumbing: has(flag::PLUMBING),
        setup: has(flag::SETUP),
        name: c.shared(shared)?.ok_or_else(|| damaged("no name"))?,
        agent: c.shared(shared)?,
        model: c.shared(shared)?,
        provider: c.shared(shared)?,
        tool: c.shared(shared)?,
        tool_call_id: c.take()?,
        handoff: {
            let (from, to) = (c.shared(shared)?, c.shared(shared)?);
            has(flag::HANDOFF).then(|| Box::new(Handoff { from, to }))
        },
        usage: Usage {
            input: c.known()?,
            output: c.known()?,
            cache_read: c.known()?,
            cache_write: c.known()?,
            cache_write_1h: c.known()?,
            reasoning: c.known()?,
            audio_input: c.known()?,
            audio_output: c.known()?,
            ambiguous_cache: has(flag::AMBIGUOUS_CACHE),
        }
        .into(),
        cost: {
            let (amount, source) = (c.take::<Option<i64>>()?, c.take::<Option<i64>>()?);
            let source = if source == Some(0) { CostSource::Reported } else { CostSource::Computed };
            amount.map(|amount| Cost { amount: NanoUsd(amount), source })
        },
        status,
        error: c.text()?.map(Into::into),
        finish_reason: c.shared(shared)?,
        time_to_first_token: c.known()?,
        response_id: c.take()?,
        scope: c.shared(shared)?.ok_or_else(|| damaged("no scope"))?,
        session_id: c.shared(shared)?,
        user_id: c.shared(shared)?,
        input_digest: c.count()?,
        output_digest: c.count()?,
        parent_trace_id: c.take::<Option<[u8; 16]>>()?.and_then(|id| TraceId::from_bytes(&id)).map(Box::new),
        rates: c.text()?.map(|text| shared.rates(text, read_rates)).transpose()?,
        asked_by_user: has(flag::ASKED_BY_USER),
        effect: effect(flags),
        wording: c.take::<Option<Vec<u8>>>()?.and_then(|bytes| Wording::from_bytes(&bytes)).map(Arc::new),
        context_window: c.known()?,
        oddities: c.take::<Option<String>>()?.and_then(|json| serde_json::from_str(&json).ok()).map(Arc::new),
        tags: Some(c.texts_or_none()?).filter(|tags| !tags.is_empty()).map(Arc::from),
    })
}

/// `sql` for a file of schema `version`: what came later is read as absent.
pub(super) fn for_version(sql: &str, version: i64) -> String {
    const SINCE: [(i64, &str, &str); 10] = [
        (2, "parent_trace_id", "NULL"),
        (2, "rates", "NULL"),
        (2, "wording", "NULL"),
        (2, "merged_into", "NULL"),
        (2, "AND NOT made", ""),
        (3, "context_window", "NULL"),
        (3, "oddities", "NULL"),
        (3, "finding.rule", "NULL"),
        (4, "tags", "NULL"),
        (5, "text_rules", "0"),
    ];
    let mut sql = sql.to_owned();
    for (_, new, old) in SINCE.iter().filter(|(since, ..)| version < *since) {
        sql = sql.replace(new, old);
    }
    sql
}

/// The column of a list of texts: a JSON array.
pub(super) fn list(texts: &[String]) -> String {
    let mut out = String::new();
    super::json::write_plain_list(&mut out, '[', ']', texts, |out, text| super::json::write_str(out, text));
    out
}
