//! Signs of trouble, case by case.

use serde_json::json;

use super::*;
use crate::model::Role;

#[test]
fn results_that_are_errors_are_told_from_results_that_speak_of_some() {
    for (result, said) in [
        ("Error: no such file", Some("Error: no such file")),
        (
            "Error executing tool get_order: timeout\nat line 3",
            Some("Error executing tool get_order: timeout"),
        ),
        ("ValueError: too long", Some("ValueError: too long")),
        ("KeyError('x')", Some("KeyError('x')")),
        (r#"{"error": "not found"}"#, Some("not found")),
        (r#"{"error": {"message": "not found", "code": 7}}"#, Some("not found")),
        (r#"{"isError": true, "content": "denied"}"#, Some("denied")),
        (r#"{"success": false, "reason": "no seat left"}"#, Some("no seat left")),
        (r#"{"status": "error", "error_message": "no city"}"#, Some("no city")),
        (r#"{"success": false}"#, Some(r#"{"success":false}"#)),
        (r#"{"status": "failed", "job": 7}"#, None),
        (r#"{"error": null, "rows": 3}"#, None),
        (r#"{"error": "", "rows": 3}"#, None),
        (r#"{"errors": ["line 3: unused"], "ok": true}"#, None),
        (r#"{"success": true, "message": "booked"}"#, None),
        ("3 errors found in src/lib.rs", None),
        ("Error handling in Rust: a guide", None),
        ("# Errors\nError: see below", None),
        ("RuntimeError is raised when", None),
        ("", None),
    ] {
        assert_eq!(failure(result).as_deref(), said, "{result}");
    }
}

#[test]
fn arguments_that_are_no_json_are_told_from_those_that_were_cut_or_are_in_another_dress() {
    for (arguments, odd) in [
        (r#"{"a": 1, "b": }"#, true),
        (r#"{"a": "x"} trailing"#, true),
        (r#"{"a": 1}"#, false),
        (r#"{"a": "cut in the mid"#, false),
        ("{'a': <object at 0x7f>}", false),
        ("{a plain note}", false),
        ("city = Seoul", false),
        ("", false),
    ] {
        assert_eq!(unparsable(arguments).is_some(), odd, "{arguments}");
    }
}

#[test]
fn an_answer_that_says_nothing_is_odd_and_one_that_was_not_told_is_not() {
    let message =
        |parts: Vec<Part>| Message { role: Role::Assistant, name: None, parts, finish_reason: None };
    let text = |text: &str| Part::Text(text.to_owned());
    let call = Part::ToolCall { id: None, name: "t".to_owned(), arguments: "{}".to_owned() };
    for (messages, odd) in [
        (vec![], false),
        (vec![message(vec![])], true),
        (vec![message(vec![text(" \n")])], true),
        (vec![message(vec![text("done")])], false),
        (vec![message(vec![text(""), call])], false),
        (vec![message(vec![Part::Reasoning("hm".to_owned())])], false),
    ] {
        assert_eq!(of_answer(&messages).empty, odd, "{messages:?}");
    }
}

#[test]
fn a_refusal_is_told_from_an_apology() {
    for (answer, refused) in [
        ("I'm sorry, but I can\u{2019}t assist with that request.", true),
        ("I cannot help with that.", true),
        ("I'm sorry, order 8812 does not exist. Which one do you mean?", false),
        ("I can't find the file; shall I make it?", false),
        ("Sorry, the store is closed on Mondays.", false),
        ("Done.", false),
    ] {
        assert_eq!(declines(answer), refused, "{answer}");
    }
}

#[test]
fn used_up_rounds_are_known_by_many_words() {
    for (word, used_up) in [
        ("max_iterations_reached", true),
        ("MAX_TURNS", true),
        ("error_max_turns", true),
        ("max-steps", true),
        ("completed", false),
        ("max_tokens", false),
        ("length", false),
    ] {
        assert_eq!(names_limit(word), used_up, "{word}");
    }
    for (error, used_up) in [
        ("MaxTurnsExceeded: Max turns (10) exceeded", true),
        ("Recursion limit of 25 reached without hitting a stop condition.", true),
        ("Max iterations of 20 reached! Either something went wrong", true),
        ("Rate limit of 20 requests reached", false),
        ("RecursionError: maximum recursion depth exceeded", false),
    ] {
        assert_eq!(tells_limit(error), used_up, "{error}");
    }
}

#[test]
fn a_spans_own_word_of_its_end_and_of_its_confidence_is_read() {
    let odd = |name: &str, attributes: serde_json::Value| {
        super::super::tests::step(&super::super::tests::span_of(name, &attributes)).oddities
    };
    let exhausted = |name: &str, attributes| odd(name, attributes).and_then(|odd| odd.exhausted.clone());
    let sure = |name: &str, attributes| odd(name, attributes).and_then(|odd| odd.confidence);
    assert_eq!(
        exhausted("agent.run", json!({"agent.status": "max_iterations_reached"})).as_deref(),
        Some("max_iterations_reached")
    );
    assert_eq!(exhausted("agent.run", json!({"agent.status": "completed"})), None);
    assert_eq!(
        exhausted("tool.call", json!({"agent.tool.name": "t", "agent.status": "max_turns"})),
        None,
        "no agent"
    );
    assert_eq!(sure("agent.decision", json!({"confidence": 0.2})), Some(0.2));
    assert_eq!(sure("classify", json!({"confidence": 0.2})), None);
    assert_eq!(sure("route", json!({"decision.confidence": 20})), Some(0.2));
}

#[test]
fn confidence_is_a_share_also_in_percent() {
    for (value, share) in [
        (Value::Double(0.25), Some(0.25)),
        (Value::Int(1), Some(1.0)),
        (Value::Int(25), Some(0.25)),
        (Value::from("0.2"), Some(0.2)),
        (Value::from("high"), None),
        (Value::Double(-1.0), None),
        (Value::Int(900), None),
    ] {
        assert_eq!(confidence(&value), share, "{value:?}");
    }
}
