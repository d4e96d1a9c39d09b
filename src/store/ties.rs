//! What ties traces together, and traces on their way from one run to another.

use super::StoreError;
use super::group::{Group, Trace};
use crate::model::{RunKey, TraceId, UnixNanos};

/// How a key ties a trace to others with the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TieKind {
    /// Both are parts of one execution.
    Execution = 1,
    /// The trace links to the trace whose hash the key is.
    Linked = 2,
    /// Both are of one session.
    Session = 3,
    /// In this session the trace is a user's prompt.
    Prompt = 4,
    /// Of this session the trace is a fragment.
    Fragment = 5,
}

impl TieKind {
    const ALL: [Self; 5] = [Self::Execution, Self::Linked, Self::Session, Self::Prompt, Self::Fragment];

    fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as i64 == number)
    }
}

/// A trace with a tie of the kind and key that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tied {
    /// Id of the trace.
    pub id: TraceId,
    /// The trace.
    pub trace: Trace,
    /// Its kind of tie.
    pub kind: TieKind,
    /// Earliest start that said so.
    pub time: UnixNanos,
    /// Another tie names its execution.
    pub has_execution: bool,
}

/// A run of a session, with what tells it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRun {
    /// The run.
    pub run: RunKey,
    /// Its start.
    pub start: UnixNanos,
    /// Its end.
    pub end: UnixNanos,
    /// An execution of its own by what the client says: a prompt, an execution id.
    pub named: bool,
}

impl Group<'_> {
    /// Remembers a tie; of two times the earlier stays.
    ///
    /// # Errors
    /// SQLite's.
    pub fn tie(&self, key: i64, kind: TieKind, trace: Trace, time: UnixNanos) -> Result<(), StoreError> {
        self.writer
            .conn
            .prepare_cached(
                "INSERT INTO tie (tie_key, kind, trace_key, time) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT DO UPDATE SET time = min(time, excluded.time)",
            )?
            .execute((key, kind as i64, trace.key, time.cast_signed()))?;
        Ok(())
    }

    /// Traces with a tie of `key`, in order of time.
    ///
    /// # Errors
    /// SQLite's.
    pub fn tied(&self, key: i64) -> Result<Vec<Tied>, StoreError> {
        let mut statement = self.writer.conn.prepare_cached(
            "SELECT trace_id, trace_key, run_key, kind, time, EXISTS (SELECT 1 FROM tie AS other \
             WHERE other.trace_key = tie.trace_key AND other.kind = 1) \
             FROM tie JOIN trace USING (trace_key) WHERE tie_key = ?1 ORDER BY time, trace_key",
        )?;
        let mut rows = statement.query([key])?;
        let mut tied = Vec::new();
        while let Some(row) = rows.next()? {
            let (Some(id), Some(kind)) =
                (TraceId::from_bytes(&row.get::<_, [u8; 16]>(0)?), TieKind::of_number(row.get(3)?))
            else {
                continue;
            };
            tied.push(Tied {
                id,
                trace: Trace { key: row.get(1)?, run: RunKey(row.get(2)?) },
                kind,
                time: row.get::<_, i64>(4)?.cast_unsigned(),
                has_execution: row.get(5)?,
            });
        }
        Ok(tied)
    }

    /// Keys of the sessions that traces of `run` are of.
    ///
    /// # Errors
    /// SQLite's.
    pub fn sessions_of(&self, run: RunKey) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.writer.conn.prepare_cached(
            "SELECT DISTINCT tie_key FROM trace JOIN tie USING (trace_key) WHERE run_key = ?1 AND kind >= 3 ORDER BY 1",
        )?;
        Ok(statement.query_map([run.0], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Whether `run` is an execution of its own by what the client says: a prompt, an execution id.
    ///
    /// # Errors
    /// SQLite's.
    pub fn is_named(&self, run: RunKey) -> Result<bool, StoreError> {
        let mut statement = self.writer.conn.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM trace JOIN tie USING (trace_key) WHERE run_key = ?1 AND kind IN (1, 4))",
        )?;
        Ok(statement.query_row([run.0], |row| row.get(0))?)
    }

    /// Runs of session `key` that share time with `start..end`, oldest first. Runs that only touch do not.
    ///
    /// # Errors
    /// SQLite's.
    pub fn runs_at(&self, key: i64, start: UnixNanos, end: UnixNanos) -> Result<Vec<SessionRun>, StoreError> {
        let mut statement = self.writer.conn.prepare_cached(
            "SELECT DISTINCT run.run_key, start_time, end_time, EXISTS (SELECT 1 FROM trace AS t JOIN tie AS named \
             USING (trace_key) WHERE t.run_key = run.run_key AND named.kind IN (1, 4)) \
             FROM tie JOIN trace USING (trace_key) JOIN run USING (run_key) \
             WHERE tie_key = ?1 AND kind >= 3 AND start_time < ?3 AND end_time > ?2 ORDER BY run.run_key",
        )?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(SessionRun {
                run: RunKey(row.get(0)?),
                start: row.get::<_, i64>(1)?.cast_unsigned(),
                end: row.get::<_, i64>(2)?.cast_unsigned(),
                named: row.get(3)?,
            })
        };
        let found = statement.query_map((key, start.cast_signed(), end.cast_signed()), read)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Traces of a run with their ids, in order of arrival.
    ///
    /// # Errors
    /// SQLite's; damage.
    pub fn traces_of(&self, run: RunKey) -> Result<Vec<(TraceId, Trace)>, StoreError> {
        let mut statement = self
            .writer
            .conn
            .prepare_cached("SELECT trace_id, trace_key FROM trace WHERE run_key = ?1 ORDER BY trace_key")?;
        let mut rows = statement.query([run.0])?;
        let mut traces = Vec::new();
        while let Some(row) = rows.next()? {
            let id = TraceId::from_bytes(&row.get::<_, [u8; 16]>(0)?);
            let id = id.ok_or_else(|| StoreError::Damaged("a trace without an id".to_owned()))?;
            traces.push((id, Trace { key: row.get(1)?, run }));
        }
        Ok(traces)
    }

    /// Puts a trace with its steps into another run. Summaries are for the caller to write anew.
    ///
    /// # Errors
    /// SQLite's.
    pub fn move_trace(&mut self, id: TraceId, trace: Trace, to: RunKey) -> Result<Trace, StoreError> {
        let revision = self.revision();
        let conn = &self.writer.conn;
        conn.prepare_cached("UPDATE trace SET run_key = ?2 WHERE trace_key = ?1")?
            .execute((trace.key, to.0))?;
        conn.prepare_cached(
            "UPDATE step SET run_key = ?1, revision = ?2 WHERE run_key = ?3 AND trace_key = ?4",
        )?
        .execute((to.0, revision, trace.run.0, trace.key))?;
        let moved = Trace { run: to, ..trace };
        self.writer.memory.traces().insert(id, moved);
        Ok(moved)
    }

    /// Notes that `run` has no trace left and that `into` took them over; its row stays, for those who look at it.
    ///
    /// # Errors
    /// SQLite's.
    pub fn retire_run(&mut self, run: RunKey, into: RunKey) -> Result<(), StoreError> {
        let revision = self.revision();
        self.writer
            .conn
            .prepare_cached("UPDATE run SET merged_into = ?2, revision = ?3 WHERE run_key = ?1")?
            .execute((run.0, into.0, revision))?;
        Ok(())
    }
}
