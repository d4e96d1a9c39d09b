//! Nothing a span holds reaches the terminal raw.

use opentelemetry_proto::tonic::trace::v1::Span;

use crate::program::World;
use crate::{live, otlp, send, told_endpoint};

/// Colours, title, clipboard, clear screen in one byte, device control, bidi, zero width.
const HOSTILE: &str = "\u{1b}[31mEVIL\u{1b}]0;EVIL\u{7}\u{1b}]52;c;RVZJTA==\u{7}\u{9b}2JEVIL\u{1b}PEVIL\u{1b}\\\u{202e}\u{2066}\u{200b}";

fn hostile_run() -> Vec<Span> {
    let status = opentelemetry_proto::tonic::trace::v1::Status { message: HOSTILE.to_owned(), code: 2 };
    let mut spans =
        vec![otlp::agent(1, 1, 0, HOSTILE), otlp::tool(1, 2, 1, HOSTILE), otlp::chat(1, 3, 1, (10, 1))];
    for span in &mut spans {
        span.status = Some(status.clone());
        span.attributes.push(otlp::text(HOSTILE, HOSTILE));
        span.attributes.push(otlp::text(
            "gen_ai.input.messages",
            &format!(
                r#"[{{"role":"user","parts":[{{"type":"text","content":{}}}]}}]"#,
                serde_json::to_string(HOSTILE).unwrap()
            ),
        ));
        span.attributes.push(otlp::text("gen_ai.response.model", HOSTILE));
    }
    spans
}

#[test]
fn nothing_a_span_holds_reaches_the_terminal_raw() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    terminal.resize((200, 50));
    send(http, hostile_run());
    terminal.wait_text(&["EVIL"]);
    terminal.press("\r");
    terminal.wait_text(&["Steps", "attributes"]);
    for _ in 0..3 {
        // the detail of each step, with everything unfolded
        terminal.press("\t+");
        terminal.wait_text(&["ids and times"]);
        terminal.press("\tj");
    }
    terminal.press("qq");
    assert!(terminal.ended().success());
    let raw = String::from_utf8(std::mem::take(&mut terminal.raw)).unwrap();
    assert!(raw.matches("EVIL").count() > 9, "it was shown");
    for touch in
        ["\u{1b}[31mEVIL", "\u{1b}]", "\u{7}", "\u{1b}P", "\u{9b}", "\u{202e}", "\u{2066}", "\u{200b}"]
    {
        assert!(!raw.contains(touch), "{touch:?} was sent");
    }
}
