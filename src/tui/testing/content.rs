//! Everything that content may hold, and a detail pane that shows what a test wants it to.

use std::sync::Arc;

use crate::model::{Content, Document as Found, Message, Part, Role, StepStatus, Usage};
use crate::report::format::Zone;
use crate::tui::app::{Msg, Screen};
use crate::tui::backend::{Answer, Backend, Before, StepDetail};
use crate::tui::document;

use super::session::Session;

pub(crate) fn says(role: Role, parts: Vec<Part>) -> Message {
    Message { role, name: None, parts, finish_reason: None }
}

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall { id: Some(id.into()), name: name.into(), arguments: arguments.into() }
}

/// A call with everything that content may hold.
pub(crate) fn rich(detail: &mut StepDetail) {
    let picture = format!("data:image/png;base64,{}", "iVBORw0KGgo9".repeat(2000));
    let answer = "## Refunds\n\nUse `issue_refund`, **not** a voucher:\n\n- within *14* days\n- 환불은 **3일** 걸립니다\n\n\
                  > as the policy says\n\n```python\nprint('**done**')  # no heading\n```\n---\nthat is all 👩‍👩‍👧‍👦";
    let output =
        "\u{1b}[1;31merror\u{1b}[0m: it \u{1b}[32mworked\u{1b}[0m\u{1b}[2J once\n\u{1b}[33m2 warnings";
    detail.content = Content {
        input: vec![
            says(Role::User, vec![Part::Text("Where is order 8812?".into())]),
            says(Role::Assistant, vec![call("call_1", "run_tests", r#"{"target": "lib"}"#)]),
            says(Role::Tool, vec![Part::ToolResult { id: Some("call_1".into()), result: output.into() }]),
            says(Role::User, vec![Part::Text("and this?".into()), Part::Text(picture)]),
        ],
        output: vec![says(
            Role::Assistant,
            vec![Part::Text(answer.into()), call("call_2", "search", r#"{"q": "refund \ud658\ubd88"}"#)],
        )],
        documents: vec![
            Found {
                id: Some("policy.md#3".into()),
                score: Some(0.8731),
                content: "Refunds are made within 14 days.\nNo voucher.".into(),
                metadata: Some(r#"{"source": "policy.md", "page": 3}"#.into()),
            },
            Found {
                id: Some("faq".into()), score: Some(0.21), content: "환불 안내".into(), metadata: None
            },
        ],
        ..Content::default()
    };
    detail.new_from = 2;
    let usage = Usage { input: Some(31_000), output: Some(300), ..Usage::default() };
    detail.before = Some(Before { usage, messages: 2 });
    detail.answers = vec![Answer {
        call: 0,
        status: Some(StepStatus::Ok),
        took: Some(40_000_000),
        result: Some(r#"{"hits": 3, "body": "{\"a\": [1, 2, {\"b\": null}]}"}"#.into()),
        error: None,
    }];
}

/// Shows the step whose detail is open as if it had been captured otherwise.
pub(crate) fn show(s: &mut Session, change: impl FnOnce(&mut StepDetail)) {
    let asked = s.run().detail.asked.clone().unwrap();
    let mut detail = s.world.detail(&asked).unwrap();
    change(&mut detail);
    let document = document::of_step(&asked, &detail, Zone::Utc);
    let number = s.app.number + 1;
    if let Some(Screen::Run(run)) = s.app.screens.last_mut() {
        run.detail.waits_for = Some(number);
    }
    s.send(Msg::Detail(number, Ok(Arc::new(document))));
}
