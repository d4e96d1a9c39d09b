//! A step read: every kind of content as a styled picture, long content, a hostile document.

use std::sync::Arc;

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::model::{Content, Document as Found, Message, Part, Role, StepStatus, Usage};
use crate::report::format::Zone;
use crate::report::text::is_obeyed;
use crate::tui::app::{Effect, FoundSteps, Msg, Screen};
use crate::tui::backend::{Answer, Backend, Before, StepDetail};
use crate::tui::document;
use crate::tui::screens::DetailPane;
use crate::tui::search::Search;
use crate::tui::testing::picture::{frame, styled, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::world;
use crate::tui::theme::{Depth, Theme};

const SIZES: [(u16, u16); 4] = [(60, 15), (80, 24), (120, 36), (200, 50)];

fn says(role: Role, parts: Vec<Part>) -> Message {
    Message { role, name: None, parts, finish_reason: None }
}

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall { id: Some(id.into()), name: name.into(), arguments: arguments.into() }
}

/// A call with everything that content may hold.
fn rich(detail: &mut StepDetail) {
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

/// A session whose detail pane shows the first call with this content.
fn reading(size: (u16, u16), theme: Theme, ascii: bool, change: impl FnOnce(&mut StepDetail)) -> Session {
    let mut s = Session::with(world(), size, theme, ascii);
    s.press("j enter j tab");
    let asked = s.run().detail.asked.clone().unwrap();
    let mut detail = s.world.detail(&asked).unwrap();
    change(&mut detail);
    let document = document::of_step(&asked, &detail, Zone::Utc);
    let number = s.app.number + 1;
    if let Some(Screen::Run(run)) = s.app.screens.last_mut() {
        run.detail.waits_for = Some(number);
    }
    s.send(Msg::Detail(number, Ok(Arc::new(document))));
    s
}

#[test]
fn words_that_a_step_says_are_found_from_the_tree() {
    let mut s = Session::new(world(), (120, 36));
    s.press("j enter / 14 space days");
    assert_eq!(s.step_name(), "get_order");
    assert_eq!(s.run().search_line().unwrap().1, "1 of 5");
    s.press("enter n");
    assert_eq!(s.step_name(), "search_web");
    let number = s.app.number;
    s.press("esc");
    assert!(s.run().tree.said.steps.is_empty(), "what is no longer looked for is forgotten");
    let late =
        FoundSteps { steps: [s.run().view.as_ref().unwrap().steps[0].key].into(), whole: true, percent: 100 };
    s.send(Msg::Said(number, Ok(late)));
    assert!(s.run().tree.said.steps.is_empty(), "and a late answer is dropped");
}

#[test]
fn every_kind_of_content_is_read() {
    for size in SIZES {
        let mut s = reading(size, Theme::for_reading_back(), false, rich);
        assert_snapshot!(format!("reading_{}x{}", size.0, size.1), styled(&s.app));
        s.press("pagedown pagedown");
        assert_snapshot!(format!("reading_on_{}x{}", size.0, size.1), styled(&s.app));
    }
}

#[test]
fn what_is_looked_for_is_marked() {
    for size in SIZES {
        let mut s = reading(size, Theme::for_reading_back(), false, rich);
        s.press("/ refund enter n n");
        assert_snapshot!(format!("search_{}x{}", size.0, size.1), styled(&s.app));
    }
}

#[test]
fn content_is_read_without_colours_and_without_utf8() {
    let mut s = reading((100, 30), Theme::built_in(Depth::None, "dark"), true, rich);
    s.press("z");
    let picture = text(&frame(&s.app));
    assert!(picture.is_ascii(), "{picture}");
    s.press("/ refund enter n");
    assert_snapshot!("reading_without_colours", text(&frame(&s.app)));
    let colours = frame(&s.app);
    let coloured = colours.content.iter().filter(|c| c.fg != ratatui::style::Color::Reset);
    assert_eq!(coloured.count(), 0);
}

#[test]
fn a_jump_of_the_context_is_told_where_it_happens() {
    let s = reading((120, 36), Theme::for_reading_back(), false, rich);
    let picture = text(&frame(&s.app));
    assert!(picture.contains("the context fell from 31.0k to 1.8k"), "{picture}");
    let mut s = s;
    s.press("/ earlier");
    assert!(text(&frame(&s.app)).contains("2 earlier messages (about 1.8k tokens)"));
}

/// Ten megabytes on one line, and ten in short ones: no frame, page or search is felt.
#[test]
fn ten_megabytes_are_searched_and_unfolded() {
    for long in [
        format!("{}needle{}", "긴 답변 ".repeat(500_000), " and a long answer".repeat(200_000)),
        format!("{}needle\n{}", "긴 답변 line\n".repeat(200_000), "and a long answer\n".repeat(200_000)),
    ] {
        let mut s = reading((120, 36), Theme::for_reading_back(), false, |detail| {
            detail.content.result = Some(long.clone());
        });
        s.press("/ needle enter");
        let picture = text(&frame(&s.app));
        assert!(picture.contains("needle: 1 of 1"), "{picture}");
        s.press("pagedown ctrl-u G g");
    }
}

/// Text that has broken terminals and parsers, JSON and Markdown among it.
fn wild() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "\\PC{0,10}",
        proptest::sample::select(vec![
            "\u{1b}[31m",
            "\u{1b}]0;x\u{7}",
            "\u{9b}2J",
            "**",
            "`",
            "```\n",
            "# ",
            "\n",
            "\t",
            "{\"a\": \"",
            "\"}",
            "[",
            "👩‍👩‍👧‍👦",
            "\u{200d}",
            "\u{301}",
            "한국어",
            "\u{202e}",
            "مرحبا",
            "\\n",
            "\\u001b",
            "- ",
            "> ",
            "\u{0}",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// The letters and digits of any script: what no rendering may lose.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #[test]
    fn no_content_is_lost_and_none_is_obeyed(said in wild(), columns in 4usize..60) {
        let s = Session::new(world(), (120, 36));
        let mut s = s;
        s.press("j enter j");
        let asked = s.run().detail.asked.clone().unwrap();
        let mut detail = s.world.detail(&asked).unwrap();
        detail.content = Content {
            output: vec![says(Role::Assistant, vec![Part::Text(said.clone())])],
            ..Content::default()
        };
        let document = Arc::new(document::of_step(&asked, &detail, Zone::Utc));
        let mut pane = DetailPane::default();
        pane.set(Arc::clone(&document), false);
        let said_at = document.lines.iter().position(|line| line.text == "assistant").unwrap();
        let body = &document.lines[said_at + 1..=said_at + document.lines[said_at].holds];
        for line in body {
            prop_assert!(!line.text.chars().any(is_obeyed), "{:?}", line.text);
            prop_assert!(line.roles.last().is_none_or(|&(end, _)| end == line.text.len()));
            prop_assert!(line.roles.iter().all(|&(end, _)| line.text.is_char_boundary(end)));
            let rows = document::rows(&line.text, columns);
            prop_assert_eq!(rows.iter().map(|&(from, to)| &line.text[from..to]).collect::<String>(), line.text.clone());
        }
        let is_json = serde_json::from_str::<serde_json::Value>(&said).is_ok();
        if !is_json && !said.contains(['\u{1b}', '\u{9b}']) && !said.contains("\u{e0000}") {
            let shown: String = body.iter().map(|line| line.text.as_str()).collect();
            let kept = letters(&crate::report::text::lines(&said).collect::<Vec<_>>().concat());
            let rest = letters(&shown);
            prop_assert_eq!(rest.len() >= kept.len(), true, "{} / {}", shown, said);
        }
    }

    #[test]
    fn every_hit_can_be_gone_to(said in wild(), typed in "[a-z한]{1,2}", columns in 4usize..60) {
        let mut s = Session::new(world(), (120, 36));
        s.press("j enter j");
        let asked = s.run().detail.asked.clone().unwrap();
        let mut detail = s.world.detail(&asked).unwrap();
        detail.content.result = Some(said);
        let mut pane = DetailPane::default();
        pane.set(Arc::new(document::of_step(&asked, &detail, Zone::Utc)), false);
        pane.fold_all(true);
        pane.search = Some(Search { input: typed.as_str().into(), ..Search::default() });
        pane.seek();
        let hits = pane.search.as_ref().unwrap().hits.clone();
        for (line, byte) in hits {
            pane.go_on(true, columns);
            let (from, to) = pane.rows_of(pane.cursor.line, columns)[pane.cursor.row];
            let here = pane.search.as_ref().and_then(Search::here).unwrap();
            prop_assert_eq!(pane.shown[pane.cursor.line], here.0);
            prop_assert!((from..to).contains(&here.1), "{here:?} of {line} {byte}");
        }
    }
}

#[test]
fn a_copy_that_takes_long_says_so_and_esc_gives_it_up() {
    let mut s = Session::new(world(), (100, 30));
    s.press("enter");
    s.holds_back = true;
    let idle = s.app.tick();
    s.press("Y");
    assert!(!text(&frame(&s.app)).contains("to copy it"), "most are there at once");
    s.send(Msg::Now(s.app.now + 600_000_000));
    assert!(text(&frame(&s.app)).contains("reading the step to copy it · Esc gives up"));
    s.press("esc");
    s.send(Msg::Json(s.app.number, Ok("late".into())));
    assert!(!s.asked.iter().any(|asked| matches!(asked, Effect::Copy(_))), "{:?}", s.asked);
    assert_eq!((s.app.tick(), s.app.screens.len()), (idle, 2), "nothing moves, and the run is still open");
}
