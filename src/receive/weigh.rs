//! How much larger than its bytes a body becomes when it is decoded: what admission has to count besides them.
//!
//! A message of two bytes on the wire is sixty-four in memory, so a body of nothing but empty attributes grows thirty
//! times. Real telemetry grows up to four times, and that much is not charged: the admission limit speaks of bytes as
//! people see them.

use super::signal::{Encoding, Signal};
use super::wire;

/// Bytes in memory of one message, list item or pair: `KeyValue` and `AnyValue` of prost, a node of a JSON tree.
const NODE: usize = 64;
/// Growth that is not charged.
const USUAL: usize = 4;
/// Bodies below this are not weighed while little is under way: together they cannot grow beyond half a gigabyte.
const LIGHT: usize = 1 << 20;
/// What counts as little.
const LITTLE: usize = 16 << 20;

/// Bytes to be charged for decoding `body` besides its own, when `under_way` bytes are admitted already.
pub(super) fn excess(signal: Signal, encoding: Encoding, body: &[u8], under_way: usize) -> usize {
    if body.len() < LIGHT && under_way < LITTLE {
        return 0;
    }
    let nodes = match encoding {
        Encoding::Protobuf => wire::count_messages(signal, body),
        Encoding::Json => body.iter().filter(|byte| matches!(byte, b',' | b'{' | b'[')).count(),
    };
    nodes.saturating_mul(NODE).saturating_sub(body.len().saturating_mul(USUAL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_attributes_weigh_and_texts_do_not() {
        // ResourceSpans { ScopeSpans { Span { attributes } } }, with lengths as long as 2 MiB asks for
        let wrap = |tag: u8, inner: &[u8]| {
            let mut out = vec![tag];
            prost::encoding::encode_varint(inner.len() as u64, &mut out);
            out.extend_from_slice(inner);
            out
        };
        let body = |attributes: &[u8]| wrap(0x0a, &wrap(0x12, &wrap(0x12, attributes)));
        let empty = body(&[0x4a, 0].repeat(1 << 20));
        let text = body(&wrap(0x4a, &wrap(0x0a, &vec![b'x'; 2 << 20])));
        let weigh = |body: &[u8], under_way| excess(Signal::Traces, Encoding::Protobuf, body, under_way);
        assert!(weigh(&empty, 0) > 50 << 20);
        assert_eq!(weigh(&text, 0), 0);
        let small = body(&[0x4a, 0].repeat(1000));
        assert_eq!(weigh(&small, 0), 0);
        assert!(weigh(&small, LITTLE) > 0);
        assert_eq!(weigh(&vec![0xff; 2 << 20], 0), 0, "what is malformed is refused by decoding");
    }

    #[test]
    fn json_weighs_by_its_items() {
        let weigh = |body: &str| excess(Signal::Traces, Encoding::Json, body.as_bytes(), LITTLE);
        assert!(weigh(&format!("[{}]", "{},".repeat(1000))) > 100_000);
        assert_eq!(weigh(&format!("{{\"stringValue\":\"{}\"}}", "words, and commas. ".repeat(1000))), 0);
    }
}
