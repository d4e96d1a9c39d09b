mod parser;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::fixture;
use super::*;
use crate::analyze::diff::Facts;
use crate::analyze::tree;
use crate::model::{Handoff, SharedText, StepKind};

fn drawn(steps: &[Step], contents: BTreeMap<usize, Facts>) -> String {
    let mut tree = tree::build(steps);
    let mut steps = steps.to_vec();
    for (at, step) in std::mem::take(&mut tree.merged) {
        steps[at] = step;
    }
    let (mut run, findings) = (fixture::run(), fixture::findings());
    run.name.push_str(steps.first().map_or("", |step| &*step.name));
    diagram(&Telling { run: &run, steps: &steps, tree: &tree, findings: &findings, contents })
}

#[test]
fn a_run_is_drawn_with_its_agents_tools_and_failures() {
    let said = |text: &str| Facts { said: Some(text.to_owned()), ..Facts::default() };
    let call = |arguments: &str, result: &str| Facts {
        arguments: Some(arguments.to_owned()),
        result: Some(result.to_owned()),
        ..Facts::default()
    };
    let contents = [(1, said("환불해 드렸습니다.")), (2, call(r#"{"order": 8812}"#, "shipped; #1"))];
    insta::assert_snapshot!(drawn(&fixture::steps(), contents.into_iter().collect()));
}

#[test]
fn rounds_become_loops_and_calls_side_by_side_branches() {
    let agent = fixture::step(1, StepKind::Agent, "invoke_agent", 0, 900);
    let agent = Step { agent: Some("worker".into()), parent_span_id: None, ..agent };
    let call = |id: u64, tool: &str, start: u64, digest: u64| {
        let step = fixture::step(id, StepKind::Tool, "execute_tool", start, 20);
        let parent_span_id = SpanId::from_u64(1);
        Step { tool: Some(tool.into()), parent_span_id, input_digest: digest, ..step }
    };
    let mut steps = vec![agent, call(2, "grep", 10, 1), call(3, "read_file", 15, 1)];
    steps.extend((0..5).map(|n| call(10 + n, "read_file", 100 + 30 * n, n)));
    steps.extend((0..3).map(|n| call(20 + n, "page_down", 400 + 30 * n, 1)));
    steps.extend((0..6).map(|n| call(30 + n, "fetch", 600, n)));
    insta::assert_snapshot!(drawn(&steps, BTreeMap::new()));
}

#[test]
fn of_a_very_long_run_both_ends_are_drawn() {
    let mut steps = vec![fixture::step(1, StepKind::Agent, "invoke_agent", 0, 900_000)];
    for n in 0..2000 {
        let tool = format!("tool {}", (n * n) % 97);
        let step = fixture::step(n + 2, StepKind::Tool, "execute_tool", 10 + 5 * n, 2);
        steps.push(Step { tool: Some(tool.into()), parent_span_id: SpanId::from_u64(1), ..step });
    }
    let page = drawn(&steps, BTreeMap::new());
    assert!(page.len() < 50_000, "{}", page.len());
    assert!(page.contains("more left out") && page.contains("other tools"), "{page}");
}

/// Names and texts that mean something to Mermaid, or nearly so.
fn hostile() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "end",
        "loop",
        "par",
        "and",
        "alt",
        "participant",
        "actor",
        "as",
        "style",
        "classDef a:#b;",
        ";",
        "#",
        "#35;",
        ":",
        "%%",
        "%%{init: {}}%%",
        "\n",
        "\r\n",
        "->>",
        "--x",
        "\"",
        "'",
        "<br/>",
        "<script>",
        "{",
        "}",
        "@{",
        "()",
        "```",
        "---",
        "wrap:",
        "Note over a: b",
        "한국어",
        "😀",
        "\u{202e}",
        "\u{0}",
        "\u{2028}",
        "ﬂ°°59¶ß",
        "",
        " ",
    ]);
    prop::collection::vec(words, 0..6).prop_map(|words| words.join(" "))
}

/// Parent, kind, name, start, length, whether it failed and how.
type Told = (u64, StepKind, String, u64, u64, bool, String);

fn any_step() -> impl Strategy<Value = Told> {
    let kind = prop::sample::select(StepKind::ALL.to_vec());
    (0..12_u64, kind, hostile(), 0..60_u64, 0..20_u64, any::<bool>(), hostile())
}

/// Steps with any parents, even cycles and missing ones.
fn any_run() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any_step(), 0..14).prop_map(|steps| {
        let of = |(nth, (parent, kind, name, start, took, failed, error)): (usize, Told)| {
            let name = SharedText::from(name);
            let step: Step = fixture::step(nth as u64 + 1, kind, "x", start, took);
            let ends = Handoff { from: None, to: Some(name.clone()) };
            Step {
                parent_span_id: SpanId::from_u64(parent),
                agent: (kind == StepKind::Agent).then(|| name.clone()),
                tool: (kind == StepKind::Tool).then(|| name.clone()),
                handoff: (kind == StepKind::Handoff).then(|| Box::new(ends)),
                status: if failed { StepStatus::Error } else { StepStatus::Ok },
                error: failed.then(|| error.into()),
                name,
                ..step
            }
        };
        steps.into_iter().enumerate().map(of).collect()
    })
}

/// What is wrong with a diagram: blocks that are not closed, or a text that could mean something.
fn fault(page: &str) -> Option<String> {
    let mut blocks = Vec::new();
    for line in page.lines().skip(2).map(str::trim_start) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let text = match word {
            "loop" | "par" => {
                blocks.push(word);
                rest
            }
            "and" if blocks.last() == Some(&"par") => rest,
            "end" if rest.is_empty() && blocks.pop().is_some() => "",
            "actor" | "participant" => rest.split_once(" as ").map_or("", |(_, name)| name),
            "Note" => rest.split_once(": ").map_or(";", |(_, text)| text),
            _ => {
                let (ends, text) = line.split_once(": ")?;
                let known = |c: char| c == 'p' || c.is_ascii_digit() || "->x".contains(c);
                if ends.chars().all(known) { text } else { return Some(line.to_owned()) }
            }
        };
        let without_codes =
            text.split('#').enumerate().map(|(nth, part)| match (nth, part.split_once(';')) {
                (0, _) => part,
                (_, Some((code, rest))) if code.chars().all(|c| c.is_ascii_digit()) => rest,
                _ => ";",
            });
        let styled = ["style", "classDef"].iter().any(|word| text.contains(word)) && text.contains(':');
        if styled || without_codes.collect::<String>().contains([';', '%', '{', '}', '<', '\r']) {
            return Some(line.to_owned());
        }
    }
    (!blocks.is_empty()).then(|| format!("{blocks:?}"))
}

proptest! {
    #[test]
    fn any_run_makes_a_diagram_of_closed_blocks_and_harmless_texts(steps in any_run(), text in hostile()) {
        let facts = Facts { arguments: Some(text.clone()), result: Some(text.clone()), said: Some(text), ..Facts::default() };
        let contents = (0..steps.len()).map(|at| (at, facts.clone())).collect();
        let page = drawn(&steps, contents);
        prop_assert_eq!(fault(&page), None, "{}", page);
    }
}
