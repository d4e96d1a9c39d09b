//! Trace and span ids as OTLP has them, and the store's own row keys.

use std::fmt;
use std::str::FromStr;

/// 16 bytes, never all zero (OpenTelemetry: an all-zero trace id is invalid).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId([u8; 16]);

impl TraceId {
    /// `None` unless `bytes` are 16 and not all zero.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let id = <[u8; 16]>::try_from(bytes).ok()?;
        (id != [0; 16]).then_some(Self(id))
    }

    /// An id for what has none: the first half of a hash of it.
    pub fn of_hash(hash: &[u8; 32]) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        // never all zero
        id[15] |= 1;
        Self(id)
    }

    /// The 16 bytes in network order.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for TraceId {
    /// 32 lower-case hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceId({self})")
    }
}

impl FromStr for TraceId {
    type Err = InvalidId;

    /// Exactly 32 hex digits of either case.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let number = hex(text, 32).ok_or(InvalidId)?;
        Self::from_bytes(&number.to_be_bytes()).ok_or(InvalidId)
    }
}

/// 8 bytes, never all zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanId(std::num::NonZeroU64);

impl SpanId {
    /// `None` unless `bytes` are 8 and not all zero.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_u64(u64::from_be_bytes(<[u8; 8]>::try_from(bytes).ok()?))
    }

    /// An id for what has none: the third quarter of a hash of it, so that it shares no byte with a trace's.
    pub fn of_hash(hash: &[u8; 32]) -> Self {
        let mut id = [0; 8];
        id.copy_from_slice(&hash[16..24]);
        Self(std::num::NonZeroU64::MIN | u64::from_be_bytes(id))
    }

    /// The id as the big-endian number of its bytes; `None` for 0.
    pub const fn from_u64(number: u64) -> Option<Self> {
        match std::num::NonZeroU64::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The id as the big-endian number of its bytes.
    pub const fn as_u64(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for SpanId {
    /// 16 lower-case hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpanId({self})")
    }
}

impl FromStr for SpanId {
    type Err = InvalidId;

    /// Exactly 16 hex digits of either case.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let number = hex(text, 16).ok_or(InvalidId)?;
        u64::try_from(number).ok().and_then(Self::from_u64).ok_or(InvalidId)
    }
}

/// The text is no id: wrong length, not hexadecimal, or all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a non-zero id in hexadecimal")
    }
}

impl std::error::Error for InvalidId {}

fn hex(text: &str, digits: usize) -> Option<u128> {
    let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

/// Row of a run in the store; steady for the life of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunKey(pub i64);

/// Row of a step in the store; grows with the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepKey(pub i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_print() {
        let trace: TraceId = "0AF7651916CD43DD8448EB211C80319C".parse().unwrap();
        assert_eq!(trace.to_string(), "0af7651916cd43dd8448eb211c80319c");
        let span: SpanId = "00f067aa0ba902b7".parse().unwrap();
        assert_eq!(span.to_string(), "00f067aa0ba902b7");
        assert_eq!(SpanId::from_bytes(&span.as_u64().to_be_bytes()), Some(span));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "0", "zz", "00000000000000000000000000000000", "+af7651916cd43dd8448eb211c80319c"] {
            assert!(text.parse::<TraceId>().is_err(), "{text:?}");
            assert!(text.parse::<SpanId>().is_err(), "{text:?}");
        }
        assert_eq!(TraceId::from_bytes(&[1, 2]), None);
        assert_eq!(SpanId::from_bytes(&[0; 8]), None);
    }
}
