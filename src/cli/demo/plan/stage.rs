//! The clock, the ids and the open spans of a run that is being played.

use fastrand::Rng;
use opentelemetry_proto::tonic::trace::v1::Span;

use super::super::span::{Attribute, Draft};
use super::super::talk::Message;

/// Nanoseconds of a millisecond.
pub(super) const MS: u64 = 1_000_000;

/// Share by which durations differ from the script's, in percent, either way.
const JITTER: u64 = 8;

/// What an open agent is at.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) agent: String,
    pub(super) talk: Vec<Message>,
}

/// Open spans, each with its frame; finished ones; and what time it is.
pub(super) struct Stage {
    rng: Rng,
    now: u64,
    trace_id: Vec<u8>,
    open: Vec<(Draft, Frame)>,
    /// Stands in while no agent is open.
    idle: Frame,
    done: Vec<Span>,
    last_start: u64,
}

impl Stage {
    pub(super) fn new(mut rng: Rng, now: u64) -> Self {
        let trace_id = rng.u128(1..).to_be_bytes().to_vec();
        Self {
            rng,
            now,
            trace_id,
            open: Vec::new(),
            idle: Frame::default(),
            done: Vec::new(),
            last_start: now,
        }
    }

    /// An id that starts with `prefix`.
    pub(super) fn id(&mut self, prefix: &str, digits: usize) -> String {
        let digits = (0..digits).map(|_| self.rng.alphanumeric()).collect::<String>();
        format!("{prefix}{digits}")
    }

    /// The innermost frame.
    pub(super) fn frame(&mut self) -> &mut Frame {
        self.open.last_mut().map_or(&mut self.idle, |(_, frame)| frame)
    }

    /// Adds an attribute to the innermost open span.
    pub(super) fn set(&mut self, key: &str, value: impl Attribute) {
        if let Some((span, _)) = self.open.last_mut() {
            span.set(key, value);
        }
    }

    /// Begins a span that others will stand below.
    pub(super) fn open(&mut self, span: Draft, frame: Frame) {
        let span = self.begin(span);
        self.open.push((span, frame));
    }

    /// Ends the innermost open span.
    pub(super) fn close(&mut self, error: Option<&str>) {
        self.pass(3);
        if let Some((mut span, _)) = self.open.pop() {
            span.0.end_time_unix_nano = self.now;
            if let Some(message) = error {
                span.fail("agent_error", message);
            }
            self.done.push(span.0);
        }
    }

    /// Runs a span of `ms`, `beside` the one before it or after.
    pub(super) fn run(&mut self, span: Draft, ms: u64, beside: bool) {
        self.run_failing(span, ms, beside, None);
    }

    /// Like [`Self::run`]; the span fails with this type and message.
    pub(super) fn run_failing(&mut self, span: Draft, ms: u64, beside: bool, failure: Option<(&str, &str)>) {
        let resumed = self.now;
        if beside {
            self.now = self.last_start;
        }
        let mut span = self.begin(span);
        self.last_start = self.now;
        self.pass(ms);
        span.0.end_time_unix_nano = self.now;
        if let Some((kind, message)) = failure {
            span.fail(kind, message);
        }
        self.done.push(span.0);
        self.now = self.now.max(resumed);
    }

    /// Ends what is open and gives all spans in the order in which they end, parents after children.
    pub(super) fn finish(mut self) -> Vec<Span> {
        let failed =
            self.done.last().and_then(|span| span.status.as_ref()).map(|status| status.message.clone());
        while !self.open.is_empty() {
            self.close(failed.as_deref());
        }
        self.done.sort_by_key(|span| span.end_time_unix_nano);
        self.done
    }

    fn begin(&mut self, mut span: Draft) -> Draft {
        self.pass(4);
        span.0.trace_id.clone_from(&self.trace_id);
        span.0.span_id = self.rng.u64(1..).to_be_bytes().to_vec();
        span.0.parent_span_id =
            self.open.last().map(|(parent, _)| parent.0.span_id.clone()).unwrap_or_default();
        span.0.start_time_unix_nano = self.now;
        span
    }

    /// Lets about `ms` pass, never nothing: equal times would leave the order open.
    fn pass(&mut self, ms: u64) {
        self.now += ms * MS * self.rng.u64(100 - JITTER..=100 + JITTER) / 100 + self.rng.u64(1..MS);
    }
}
