//! What the receiver counts, for people to see.

/// Counters since the start of the process; nothing that was turned away is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntakeCounts {
    /// Export requests answered with success.
    pub requests: u64,
    /// Spans accepted.
    pub spans: u64,
    /// Log records accepted.
    pub logs: u64,
    /// Metrics accepted.
    pub metrics: u64,
    /// Bytes of accepted bodies, decompressed.
    pub bytes: u64,
    /// Records turned away inside accepted requests (`partial_success`).
    pub rejected: u64,
    /// Whole requests turned away as bad: malformed, too large, unknown encoding.
    pub bad_requests: u64,
    /// Whole requests turned away for now: overload, or the store could not write.
    pub refused: u64,
    /// Why the last record or request was turned away, one line.
    pub last_refusal: Option<String>,
    /// Why the store cannot write now, one line with what to do; `None` while it can.
    pub store_trouble: Option<String>,
}

impl IntakeCounts {
    /// Requests and records turned away, for whatever reason.
    pub const fn turned_away(&self) -> u64 {
        self.refused + self.bad_requests + self.rejected
    }
}
