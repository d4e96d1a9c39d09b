//! Names and texts in their normal form, case by case.

use super::*;
use proptest::prelude::*;

fn same(payload: Payload, a: &str, b: &str) -> bool {
    digest(a, payload) == digest(b, payload)
}

#[test]
fn equal_arguments_are_equal_in_every_dress() {
    for (a, b) in [
        (r#"{"a": 1, "b": "x"}"#, r#"{"b":"x","a":1}"#),
        (r#"{"a": {"c": 1, "d": 2}}"#, r#"{"a": {"d": 2, "c": 1}}"#),
        (r#"{"q": "two  words\n"}"#, r#"{"q": "two words"}"#),
        (r#"{"city": "Seoul"}"#, r#""{\"city\": \"Seoul\"}""#),
        (r#"{"body": {"id": 1}}"#, r#"{"body": "{\"id\": 1}"}"#),
        (r#"{"city": "\uc11c\uc6b8"}"#, "{'city': '서울'}"),
        ("plain  text", " plain text\n"),
        ("<Context object at 0x7f3132e14690>", "<Context object at 0x7f31aaaa0000>"),
    ] {
        assert!(same(Payload::Arguments, a, b), "{a} | {b}");
    }
}

#[test]
fn different_targets_never_look_alike() {
    for (a, b) in [
        (r#"{"id": 7731}"#, r#"{"id": 7732}"#),
        (r#"{"id": "call_fe4539f3b70741a40"}"#, r#"{"id": "call_fe4539f3b70741a41"}"#),
        (
            r#"{"job": "c61e8a35-ff5f-4649-a259-c60f2fe03ad4"}"#,
            r#"{"job": "c61e8a35-ff5f-4649-a259-c60f2fe03ad5"}"#,
        ),
        (r#"{"at": "08:29:32"}"#, r#"{"at": "08:29:33"}"#),
        (r#"{"timestamp": 1}"#, r#"{"timestamp": 2}"#),
        (r#"{"a": "b", "c": ""}"#, r#"{"a": "", "c": "b"}"#),
        ("[1, 2]", "[2, 1]"),
        ("[1, 2]", "[12]"),
    ] {
        assert!(!same(Payload::Arguments, a, b), "{a} | {b}");
    }
}

#[test]
fn results_lose_what_changes_without_meaning() {
    for (a, b) in [
        ("done at 2026-11-21T08:29:32.88Z", "done at 2026-11-21T08:30:01.02Z"),
        ("2026-11-21 08:29:32 no such file", "2026-11-22 09:00:00 no such file"),
        ("[08:29:32,123] timeout", "[08:30:32,999] timeout"),
        ("No results (read 3x this session)", "No results (read 4x this session)"),
        ("nothing found, took 0.4 s.", "nothing found, took 1.7 s."),
        ("exited 1 (PGID: 22521)", "exited 1 (PGID: 23870)"),
        ("started pid=12 with 3 threads", "started pid=13 with 3 threads"),
        ("nothing found in 12ms", "nothing found in 9ms"),
        ("Chunk ID: 8780e0\nWall time: 0.01 seconds\nnone", "Chunk ID: abcdef\nWall time: 0.2 seconds\nnone"),
        ("error in request req_011CVabc12345", "error in request req_011CVdef67890"),
        (r#"{"request_id": "a1", "status": "pending"}"#, r#"{"status": "pending", "request_id": "b2"}"#),
        (
            r#"{"id": "c61e8a35-ff5f-4649-a259-c60f2fe03ad4"}"#,
            r#"{"id": "c61e8a35-ff5f-4649-a259-c60f2fe03ad5"}"#,
        ),
    ] {
        assert!(same(Payload::Result, a, b), "{a} | {b}");
    }
}

#[test]
fn results_that_say_something_else_stay_different() {
    for (a, b) in [
        (r#"{"status": "pending"}"#, r#"{"status": "done"}"#),
        ("progress 40 %", "progress 60 %"),
        ("order 7731: 6500", "order 7732: 6500"),
        ("opens at 08:30", "opens at 09:00"),
        ("due 2026-11-21", "due 2026-11-22"),
        ("3 results", "4 results"),
        ("Session ID: 3", "Session ID: 4"),
        ("Order ID: ab12", "Order ID: ab13"),
    ] {
        assert!(!same(Payload::Result, a, b), "{a} | {b}");
    }
}

proptest! {
    #[test]
    fn any_text_has_a_normal_form(text in "\\PC{0,80}") {
        let once = digest(&text, Payload::Result);
        prop_assert_eq!(digest(&format!("  {text} "), Payload::Result), once);
    }
}
