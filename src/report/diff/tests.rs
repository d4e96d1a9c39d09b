use std::convert::Infallible;

use super::super::format::Zone;
use super::super::{fixture, json};
use super::*;
use crate::analyze::diff::{self, Facts, Said, Text, Which, compare};
use crate::analyze::tree;
use crate::model::{Role, Step, StepKind, StepStatus};

/// A run that asks for `tool` after a first search, in Korean and with hostile text.
fn steps(tool: &str, fails: bool) -> Vec<Step> {
    let call = |id, name: &str, start, input| {
        let step = fixture::step(id, StepKind::Tool, "execute_tool", start, 40);
        Step { tool: Some(name.into()), input_digest: input, output_digest: input, ..child(step) }
    };
    let model = |id, start| child(fixture::step(id, StepKind::Llm, "chat gpt-5", start, 90));
    let root = fixture::step(1, StepKind::Agent, "invoke_agent", 1, 2000);
    let mut last = call(5, tool, 700, 9);
    if fails {
        (last.status, last.error) = (StepStatus::Error, Some("시간 초과\u{1b}[31m".into()));
    }
    vec![
        Step { agent: Some("도우미".into()), parent_span_id: None, ..root },
        model(2, 100),
        call(3, "search_주문", 300, 7),
        model(4, 500),
        last,
        model(6, 900),
    ]
}

fn child(step: Step) -> Step {
    Step { parent_span_id: crate::model::SpanId::from_u64(1), agent: Some("도우미".into()), ..step }
}

fn with_pair<T>(a: &[Step], b: &[Step], see: impl Fn(&Pair<'_>) -> T) -> T {
    let (tree_a, tree_b) = (tree::build(a), tree::build(b));
    let (mut a, mut b) = (Side::new(a, &tree_a, None), Side::new(b, &tree_b, None));
    let read = &mut |which: Which, _: &[_]| {
        let said = ["먼저 환불을 확인할게요.", "I'll look it up\u{1b}[2J."][which as usize];
        let text = Text { digest: 1, text: "환불해 주세요".to_owned() };
        let messages = vec![Said { role: Role::User, text }];
        let arguments = [r#"{"주문": "8812"}"#, r#"{"주문": "8813"}"#][which as usize];
        let (said, arguments) = (Some(said.to_owned()), Some(arguments.to_owned()));
        Ok::<_, Infallible>(Facts { has_input: true, messages, said, arguments, ..Facts::default() })
    };
    let diff = compare(&mut a, &mut b, read).unwrap_or_else(|never| match never {});
    let run = fixture::run();
    see(&Pair { runs: [&run, &run], sides: [&a, &b], diff: &diff })
}

fn shown(columns: usize, ascii: bool) -> String {
    let look = Look { columns, ascii, zone: Zone::Utc, now: fixture::START + 9_000_000_000 };
    let text = with_pair(&steps("refund", false), &steps("web_search", false), |pair| page(pair, &look));
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn a_wide_page_shows_both_runs_side_by_side() {
    insta::assert_snapshot!(shown(120, false));
}

#[test]
fn a_narrow_page_in_ascii_shows_one_below_the_other() {
    let shown = shown(72, true);
    assert!(shown.lines().all(|line| text::width(line) <= 72), "{shown}");
    insta::assert_snapshot!(shown);
}

#[test]
fn an_error_on_one_side_is_named_and_nothing_reaches_the_terminal() {
    let look = Look { columns: 120, ascii: false, zone: Zone::Utc, now: fixture::START };
    let text = with_pair(&steps("refund", false), &steps("refund", true), |pair| page(pair, &look));
    let text = anstream::adapter::strip_str(&text).to_string();
    assert!(text.contains("an error or a limit struck one side"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn markdown_is_a_table_that_foreign_text_cannot_leave() {
    let look = Look { columns: 120, ascii: false, zone: Zone::Utc, now: fixture::START + 9_000_000_000 };
    let text = with_pair(&steps("a|b", false), &steps("<script>", false), |pair| markdown(pair, &look));
    insta::assert_snapshot!(text);
}

#[test]
fn the_json_line_holds_every_key_of_the_contract() {
    let (a, b) = (steps("refund", false), steps("web_search", false));
    insta::assert_snapshot!(with_pair(&a, &b, |pair| json::diff_line(pair).unwrap()));
    let same: serde_json::Value =
        serde_json::from_str(&with_pair(&a, &a, |pair| json::diff_line(pair).unwrap())).unwrap();
    assert_eq!((&same["same"], &same["divergence"]), (&true.into(), &serde_json::Value::Null));
}

fn against_page(others: &[&str], see: impl Fn(&Against<'_>) -> String) -> String {
    let all: Vec<Vec<Step>> = others.iter().map(|tool| steps(tool, false)).collect();
    let trees: Vec<_> = all.iter().map(|steps| tree::build(steps)).collect();
    let mut sides: Vec<_> =
        all.iter().zip(&trees).map(|(steps, tree)| Side::new(steps, tree, None)).collect();
    let own = steps("refund|<b>", true);
    let tree = tree::build(&own);
    let mut own = Side::new(&own, &tree, None);
    let read = &mut |_: Which, _: &[_]| Ok::<_, Infallible>(Facts::default());
    let crowd = diff::against(&mut own, &mut sides, read).unwrap_or_else(|never| match never {});
    let run = fixture::run();
    let others = sides.iter().map(|side| (&run, side)).collect();
    see(&Against { run: (&run, &own), others, whom: "the same agent and task", crowd: &crowd })
}

#[test]
fn a_run_against_many_shows_where_it_leaves_them() {
    let look = Look { columns: 100, ascii: false, zone: Zone::Utc, now: fixture::START + 9_000_000_000 };
    let text = against_page(&["web_search", "web_search", "refund"], |against| page_against(against, &look));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn a_run_against_many_as_markdown_and_as_json() {
    let look = Look { columns: 100, ascii: false, zone: Zone::Utc, now: fixture::START + 9_000_000_000 };
    let told = |against: &Against<'_>| {
        format!("{}\n{}", markdown_against(against, &look), json::crowd_line(against).unwrap())
    };
    insta::assert_snapshot!(against_page(&["web_search", "refund|<b>"], told));
}
