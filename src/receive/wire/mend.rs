//! Walks a message's bytes, replaces texts that are not UTF-8 and leaves out records that cannot be read.

use crate::receive::remarks::Remarks;

use super::schema::{Schema, Shape};

/// As deep as prost goes: what passes here passes there.
pub(super) const MAX_DEPTH: usize = 99;

/// Bytes that prost can read, and what it took.
pub(super) struct Mended {
    pub(super) bytes: Vec<u8>,
    pub(super) remarks: Remarks,
    pub(super) kept_records: u64,
}

/// Why bytes are no message.
#[derive(Debug)]
pub(super) struct Flaw(&'static str);

const CUT: Flaw = Flaw("cut short");
const TOO_DEEP: Flaw = Flaw("nested too deep");
const BAD_WIRE_TYPE: Flaw = Flaw("unknown wire type");
const BAD_NUMBER: Flaw = Flaw("number too long");

/// Mends `body`; an error if its envelopes themselves cannot be walked.
pub(super) fn mend(schema: &'static Schema, body: &[u8]) -> Result<Mended, Flaw> {
    let mut mender = Mender::default();
    let mut bytes = Vec::with_capacity(body.len());
    mender.message(schema, body, MAX_DEPTH, &mut bytes)?;
    Ok(Mended { bytes, remarks: mender.remarks, kept_records: mender.kept_records })
}

#[derive(Default)]
struct Mender {
    remarks: Remarks,
    kept_records: u64,
}

impl Mender {
    fn message(
        &mut self,
        schema: &Schema,
        mut input: &[u8],
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Flaw> {
        let depth = depth.checked_sub(1).ok_or(TOO_DEEP)?;
        while !input.is_empty() {
            let start = input;
            let key = varint(&mut input)?;
            let payload = payload(key & 7, &mut input)?;
            let whole = &start[..start.len() - input.len()];
            let field = u32::try_from(key >> 3).map_err(|_| BAD_NUMBER)?;
            match (key & 7 == 2).then(|| schema.shape(field)).flatten() {
                None => out.extend_from_slice(whole),
                Some(Shape::Text) if std::str::from_utf8(payload).is_ok() => out.extend_from_slice(whole),
                Some(Shape::Text) => {
                    self.remarks.mended_texts += 1;
                    put(key, String::from_utf8_lossy(payload).as_bytes(), out);
                }
                Some(Shape::Message(schema)) => {
                    let mut inner = Vec::with_capacity(payload.len());
                    self.message(schema, payload, depth, &mut inner)?;
                    put(key, &inner, out);
                }
                Some(Shape::Record(schema, check)) => {
                    if let Some(record) = self.record(schema, *check, payload, depth) {
                        put(key, &record, out);
                    }
                }
            }
        }
        Ok(())
    }

    /// The mended record; `None`, with a remark, if it cannot be read even so.
    fn record(
        &mut self,
        schema: &Schema,
        check: fn(&[u8]) -> Result<(), prost::DecodeError>,
        payload: &[u8],
        depth: usize,
    ) -> Option<Vec<u8>> {
        let texts_before = self.remarks.mended_texts;
        let mut inner = Vec::with_capacity(payload.len());
        let walked = self.message(schema, payload, depth, &mut inner).map_err(|flaw| flaw.0.to_owned());
        match walked.and_then(|()| check(&inner).map_err(|error| error.to_string())) {
            Ok(()) => {
                self.kept_records += 1;
                Some(inner)
            }
            Err(why) => {
                self.remarks.mended_texts = texts_before;
                self.remarks.reject(format!("unreadable record: {why}"));
                None
            }
        }
    }
}

/// Takes a base-128 number off `input`.
pub(super) fn varint(input: &mut &[u8]) -> Result<u64, Flaw> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = input.split_first().ok_or(CUT)?;
        *input = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(BAD_NUMBER)
}

/// Takes a field's value off `input`; for a length-delimited one, what follows the length.
pub(super) fn payload<'a>(wire_type: u64, input: &mut &'a [u8]) -> Result<&'a [u8], Flaw> {
    let length = match wire_type {
        0 => return varint(input).map(|_| &[][..]),
        1 => 8,
        2 => usize::try_from(varint(input)?).map_err(|_| CUT)?,
        5 => 4,
        _ => return Err(BAD_WIRE_TYPE),
    };
    let (payload, rest) = input.split_at_checked(length).ok_or(CUT)?;
    *input = rest;
    Ok(payload)
}

fn put(key: u64, payload: &[u8], out: &mut Vec<u8>) {
    prost::encoding::encode_varint(key, out);
    prost::encoding::encode_varint(payload.len() as u64, out);
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::common::v1::{
        AnyValue, ArrayValue, KeyValue, KeyValueList, any_value::Value,
    };
    use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
    use prost::Message;

    use super::*;
    use crate::receive::refused::Refused;
    use crate::receive::wire::read;

    fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
        let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
        ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
        }
    }

    fn named(name: &str) -> Span {
        Span { name: name.into(), ..Span::default() }
    }

    fn nested(levels: usize) -> Span {
        let leaf = AnyValue { value: Some(Value::StringValue("leaf".into())) };
        let value = (0..levels).fold(leaf, |inner, _| {
            let values = vec![KeyValue { key: "k".into(), value: Some(inner), ..KeyValue::default() }];
            AnyValue { value: Some(Value::KvlistValue(KeyValueList { values })) }
        });
        let attribute = KeyValue { key: "deep".into(), value: Some(value), ..KeyValue::default() };
        Span { attributes: vec![attribute], ..named("deep") }
    }

    /// The bytes of `request` with every `!!` of a text made invalid.
    fn spoiled(request: &ExportTraceServiceRequest) -> Vec<u8> {
        let mut bytes = request.encode_to_vec();
        for at in 1..bytes.len() {
            if bytes[at - 1..=at] == *b"!!" {
                bytes[at - 1..=at].fill(0xff);
            }
        }
        bytes
    }

    fn read_traces(body: &[u8]) -> (Result<ExportTraceServiceRequest, Refused>, Remarks) {
        let mut remarks = Remarks::default();
        let request = read(body, &mut remarks);
        (request, remarks)
    }

    #[test]
    fn bad_text_anywhere_in_a_span_is_replaced_and_everything_else_kept() {
        let text = |t: &str| AnyValue { value: Some(Value::StringValue(t.into())) };
        let array =
            AnyValue { value: Some(Value::ArrayValue(ArrayValue { values: vec![text("a"), text("!!b")] })) };
        let mut span = named("na!!me");
        span.attributes = vec![KeyValue { key: "k!!".into(), value: Some(array), ..KeyValue::default() }];
        span.status = Some(Status { message: "!!".into(), code: 2 });
        let whole = request(vec![span, named("good")]);
        let (read, remarks) = read_traces(&spoiled(&whole));
        let expected = format!("{whole:?}").replace('!', "\u{fffd}");
        assert_eq!(format!("{:?}", read.unwrap()), expected);
        assert_eq!((remarks.mended_texts, remarks.rejected), (4, 0));
    }

    #[test]
    fn one_span_nested_too_deep_is_left_out_alone() {
        let (read, remarks) =
            read_traces(&request(vec![named("a"), nested(200), named("b")]).encode_to_vec());
        assert_eq!(read.unwrap(), request(vec![named("a"), named("b")]));
        assert_eq!(remarks.rejected, 1);
        assert!(remarks.message().unwrap().contains("nested too deep"));
    }

    #[test]
    fn thirty_levels_are_no_bomb() {
        let whole = request(vec![nested(30), named("!!")]);
        let (read, remarks) = read_traces(&spoiled(&whole));
        assert_eq!(read.unwrap().resource_spans[0].scope_spans[0].spans.len(), 2, "{remarks:?}");
    }

    /// A length-delimited field.
    fn field(number: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(u64::from(number << 3 | 2), payload, &mut bytes);
        bytes
    }

    #[test]
    fn a_request_of_nothing_but_a_bomb_is_malformed() {
        // from the inside out: an `AnyValue` in a pair in a list, ten thousand times
        let mut any = field(1, b"leaf");
        for _ in 0..10_000 {
            any = field(6, &field(1, &field(2, &any)));
        }
        let span = [field(1, &[7; 16]), field(2, &[9; 8]), field(9, &field(2, &any))].concat();
        let (read, _) = read_traces(&field(1, &field(2, &field(2, &span))));
        assert!(read.unwrap_err().message.contains("nested too deep"));
    }

    #[test]
    fn a_body_that_is_cut_is_malformed() {
        let whole = request(vec![named("a"), named("b!!")]).encode_to_vec();
        for cut in 1..whole.len() {
            assert!(read_traces(&whole[..cut]).0.is_err(), "cut at {cut}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = read_traces(&body);
        }
    }
}
