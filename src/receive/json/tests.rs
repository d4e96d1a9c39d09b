use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValueList, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;

use super::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "00f067aa0ba902b7";

fn request(body: &str) -> (Result<ExportTraceServiceRequest, Refused>, Remarks) {
    let mut remarks = Remarks::default();
    let request = traces(body.as_bytes(), &mut remarks);
    (request, remarks)
}

/// The spans of one scope whose spans are written as `spans`.
fn spans(spans: &str) -> (Vec<Span>, Remarks) {
    let (request, remarks) =
        request(&format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#));
    (request.unwrap().resource_spans.remove(0).scope_spans.remove(0).spans, remarks)
}

/// One span with `fields` besides its ids.
fn span(fields: &str) -> Span {
    let (mut spans, remarks) = spans(&format!(r#"{{"traceId":"{TRACE}","spanId":"{SPAN}",{fields}}}"#));
    assert_eq!(remarks, Remarks::default(), "{fields}");
    spans.remove(0)
}

/// The value of an attribute written as `value`.
fn attribute(value: &str) -> Option<Value> {
    let mut span = span(&format!(r#""attributes":[{{"key":"k","value":{value}}}]"#));
    span.attributes.remove(0).value.and_then(|any| any.value)
}

#[test]
fn values_that_the_library_refuses_are_read() {
    let array = |values| Some(Value::ArrayValue(ArrayValue { values }));
    let cases = [
        ("{}", None),
        ("null", None),
        (r#"{"arrayValue":{}}"#, array(vec![])),
        (r#"{"arrayValue":{"values":null}}"#, array(vec![])),
        (r#"{"arrayValue":{"values":[{}]}}"#, array(vec![AnyValue::default()])),
        (r#"{"kvlistValue":{}}"#, Some(Value::KvlistValue(KeyValueList::default()))),
        (r#"{"doubleValue":"Infinity"}"#, Some(Value::DoubleValue(f64::INFINITY))),
        (r#"{"doubleValue":3}"#, Some(Value::DoubleValue(3.0))),
        (r#"{"intValue":"-9223372036854775808"}"#, Some(Value::IntValue(i64::MIN))),
        (r#"{"intValue":7}"#, Some(Value::IntValue(7))),
        (r#"{"int_value":7}"#, Some(Value::IntValue(7))),
        (r#"{"boolValue":true}"#, Some(Value::BoolValue(true))),
        (r#"{"bytesValue":"+/8"}"#, Some(Value::BytesValue(vec![0xfb, 0xff]))),
        (r#"{"stringValue":"a","unknown":{"x":1}}"#, Some(Value::StringValue("a".into()))),
        (r#""bare""#, Some(Value::StringValue("bare".into()))),
        ("1.5", Some(Value::DoubleValue(1.5))),
    ];
    for (json, expected) in cases {
        assert_eq!(attribute(json), expected, "{json}");
    }
    assert!(matches!(attribute(r#"{"doubleValue":"NaN"}"#), Some(Value::DoubleValue(n)) if n.is_nan()));
}

#[test]
fn null_is_absent_everywhere() {
    let read = span(
        r#""attributes":null,"parentSpanId":null,"events":null,"links":null,"status":null,"name":null,"kind":null"#,
    );
    assert_eq!(read, span(r#""name":"""#));
}

#[test]
fn enums_are_numbers_or_names() {
    for kind in ["3", "\"3\"", "\"SPAN_KIND_CLIENT\"", "\"client\""] {
        assert_eq!(span(&format!(r#""kind":{kind}"#)).kind, 3, "{kind}");
    }
    assert_eq!(span(r#""kind":77"#).kind, 77, "unknown numbers survive");
    for code in ["2", "\"STATUS_CODE_ERROR\"", "\"Error\""] {
        let status = span(&format!(r#""status":{{"code":{code},"message":"m"}}"#)).status.unwrap();
        assert_eq!((status.code, status.message.as_str()), (2, "m"), "{code}");
    }
    assert_eq!(span(r#""status":{"deprecatedCode":2}"#).status.unwrap().code, 2);
    assert_eq!(span(r#""status":{"deprecatedCode":0}"#).status.unwrap().code, 0);
}

#[test]
fn times_keep_their_nanoseconds_in_every_notation() {
    let cases = [
        ("\"1700000000000000001\"", 1_700_000_000_000_000_001),
        ("1700000000000000001", 1_700_000_000_000_000_001),
        ("1.700000000000000001e18", 1_700_000_000_000_000_001),
        (r#"{"low":-1488191487,"high":395812250}"#, 1_700_000_671_912_951_809),
    ];
    for (json, expected) in cases {
        assert_eq!(span(&format!(r#""startTimeUnixNano":{json}"#)).start_time_unix_nano, expected, "{json}");
    }
}

#[test]
fn of_a_repeated_key_the_last_wins() {
    assert_eq!(span(r#""name":"first","name":"last""#).name, "last");
}

#[test]
fn old_names_and_snake_case_are_understood() {
    let bodies = [
        r#"{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"s"},"spans":[SPAN]}]}]}"#,
        r#"{"resource_spans":[{"scope_spans":[{"scope":{"name":"s"},"spans":[SPAN]}]}]}"#,
        r#"{"batches":[{"scopeSpans":[{"scope":{"name":"s"},"spans":[SPAN]}]}]}"#,
        r#"{"resourceSpans":[{"instrumentationLibrarySpans":[{"instrumentationLibrary":{"name":"s"},"spans":[SPAN]}]}]}"#,
    ];
    let written = format!(r#"{{"trace_id":"{TRACE}","span_id":"{SPAN}","start_time_unix_nano":5}}"#);
    for body in bodies {
        let (request, remarks) = request(&body.replace("SPAN", &written));
        let scope_spans = &request.unwrap().resource_spans[0].scope_spans[0];
        assert_eq!(scope_spans.scope.as_ref().unwrap().name, "s", "{body}");
        assert_eq!(scope_spans.spans[0].start_time_unix_nano, 5, "{body}");
        assert_eq!(scope_spans.spans[0].span_id, [0, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]);
        assert_eq!(remarks, Remarks::default());
    }
}

#[test]
fn a_bad_span_fails_alone_with_the_path_to_its_flaw() {
    let good = format!(r#"{{"traceId":"{TRACE}","spanId":"{SPAN}"}}"#);
    let open = r#"{"arrayValue":{"values":["#.repeat(100);
    let deep = format!(r#"{{"attributes":[{{"key":"k","value":{open}{}}}]}}"#, "]}}".repeat(100));
    let cases = [
        (r#"{"traceId":"zz"}"#, "traceId: \"zz\" is no id"),
        (r#"{"startTimeUnixNano":"-5"}"#, "startTimeUnixNano: \"-5\" is no integer in range"),
        (r#"{"name":7}"#, "name: a number where a text should be"),
        (
            r#"{"attributes":[{"key":"k","value":{"intValue":"x"}}]}"#,
            "attributes: k: value: intValue: \"x\" is no",
        ),
        (r#"{"kind":"SPAN_KIND_ODD"}"#, "kind: unknown name \"SPAN_KIND_ODD\""),
        ("7", "a number where an object should be"),
        (&deep, "nested deeper than 120 levels"),
    ];
    for (bad, reason) in cases {
        let (read, remarks) = spans(&format!("{good},{bad},{good}"));
        assert_eq!((read.len(), remarks.rejected), (2, 1), "{bad}");
        assert!(remarks.reason().unwrap().contains(reason), "{:?} lacks {reason:?}", remarks.reason());
    }
}

#[test]
fn a_parent_that_is_no_id_is_ignored_with_a_remark() {
    let (read, remarks) = spans(&format!(r#"{{"traceId":"{TRACE}","spanId":"{SPAN}","parentSpanId":"zz"}}"#));
    assert!(read[0].parent_span_id.is_empty());
    assert!(remarks.message().unwrap().contains("parent span id"), "{remarks:?}");
}

#[test]
fn a_resource_that_cannot_be_read_costs_no_span() {
    let body = format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":7}},"scopeSpans":[{{"spans":[{{"traceId":"{TRACE}"}}]}}]}}]}}"#
    );
    let (request, remarks) = request(&body);
    assert_eq!(request.unwrap().resource_spans[0].scope_spans[0].spans.len(), 1);
    assert!(remarks.message().unwrap().contains("resource: attributes"), "{remarks:?}");
}

#[test]
fn half_an_emoji_costs_no_batch() {
    let (read, remarks) = spans(r#"{"name":"cut \ud83d"},{"name":"whole \ud83d\ude00"}"#);
    assert_eq!((read[0].name.as_str(), read[1].name.as_str()), ("cut \u{fffd}", "whole 😀"));
    assert_eq!(remarks.mended_texts, 1);
}

#[test]
fn what_is_no_request_is_malformed() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for body in ["", "{", "[]", "7", "\"x\"", "{\"resourceSpans\":7}", "{\"resourceSpans\":[7]}", &deep] {
        let (request, _) = request(body);
        assert!(request.unwrap_err().message.starts_with("not OTLP JSON"), "{body:.40}");
    }
    assert_eq!(request("{}").0.unwrap(), ExportTraceServiceRequest::default());
}
