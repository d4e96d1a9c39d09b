//! Diagrams are valid for Mermaid's own parser, the npm package, whatever a run holds.
//!
//! Runs where Node is and `SPANGLASS_MERMAID` names a folder into which `npm install mermaid` was done; `.ci/run` sees to
//! that. Elsewhere it says why it does not: the diagram's own rules are tested beside its code.
#![expect(clippy::print_stderr, reason = "what is skipped is told")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;

/// Parses every file and prints what is wrong with it.
const PARSE: &str = "
import mermaid from 'mermaid';
import fs from 'node:fs';
let wrong = 0;
for (const file of process.argv.slice(2)) {
  try { await mermaid.parse(fs.readFileSync(file, 'utf8')); }
  catch (error) { wrong += 1; console.log(`${file}: ${error.message}`); }
}
process.exit(wrong ? 1 : 0);
";

/// What a name or a text may hold.
const HOSTILE: [&str; 26] = [
    "plain",
    "end",
    "a end b",
    "loop forever",
    "semicolon; and more",
    "hash # and #35; and #quot;",
    "colon: x:#b;",
    "style a:#b;",
    "classDef x:#fff;",
    "two\nlines\r\n  end\n",
    "\"quoted\" 'so'",
    "%% comment",
    "%%{init: {\"theme\": \"dark\"}}%%",
    "---\ntitle: x\n---",
    "a->>b: c",
    "<br/><script>alert(1)</script>",
    "@{ \"type\": \"database\" }",
    "as someone as else",
    "participant p0 as x",
    "한국어 이름과 도구",
    "😀👩‍👩‍👧 e\u{301}",
    "\u{202e}right to left\u{2028}line\u{0}",
    "ﬂ°°59¶ß ﬂ°quot¶ß",
    "wrap: nowrap: () +- ,",
    "```mermaid\nsequenceDiagram\n```",
    "",
];

#[test]
fn mermaids_own_parser_takes_every_diagram() {
    let Some(folder) = installed() else {
        return eprintln!("skipped: set SPANGLASS_MERMAID to a folder where `npm install mermaid` was done");
    };
    let diagrams = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (nth, text) in HOSTILE.iter().enumerate() {
        for (kind, steps) in [("few", few(text)), ("many", many(text)), ("models", models(text))] {
            let file = diagrams.path().join(format!("{nth}-{kind}.mmd"));
            std::fs::write(&file, drawn_with(&steps, text)).unwrap();
            files.push(file);
        }
    }
    let script = folder.join("spanglass-parse.mjs");
    std::fs::write(&script, PARSE).unwrap();
    let told = Command::new("node").arg(script).args(&files).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));

    let broken = diagrams.path().join("broken.mmd");
    std::fs::write(&broken, drawn_with(&few("plain"), "plain") + "loop\n").unwrap();
    let told = Command::new("node").arg(folder.join("spanglass-parse.mjs")).arg(broken).output().unwrap();
    assert!(!told.status.success(), "the parser refuses what is no diagram");
}

fn installed() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("SPANGLASS_MERMAID")?);
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let works = node.is_ok_and(|status| status.success());
    (works && Path::new(&folder).join("node_modules/mermaid").is_dir()).then_some(folder)
}

fn drawn_with(steps: &[Step], text: &str) -> String {
    let said = || Some(text.to_owned());
    let facts = Facts { arguments: said(), result: said(), said: said(), ..Facts::default() };
    drawn(steps, (0..steps.len()).map(|at| (at, facts.clone())).collect())
}

/// One of everything: nested agents, failures, a handoff, calls side by side, a round that repeats.
fn few(text: &str) -> Vec<Step> {
    let mut steps = vec![
        step(1, 0, StepKind::Agent, text, 1..900),
        step(2, 1, StepKind::Tool, text, 10..20),
        failed(step(3, 1, StepKind::Tool, "other", 15..30), text),
        step(4, 1, StepKind::Agent, "helper", 40..80),
        failed(step(5, 4, StepKind::Llm, text, 41..42), text),
        step(6, 1, StepKind::Handoff, text, 90..91),
        failed(step(7, 0, StepKind::Agent, text, 901..990), text),
    ];
    steps.extend((0..4).map(|n| step(20 + n, 1, StepKind::Tool, text, 100 + 10 * n..105 + 10 * n)));
    steps.extend((0..9).map(|n| step(40 + n, 1, StepKind::Tool, text, 200..300)));
    steps
}

/// More agents and tools than a diagram holds, and more calls.
fn many(text: &str) -> Vec<Step> {
    let mut steps = vec![step(1, 0, StepKind::Workflow, text, 1..90_000)];
    for n in 0..400 {
        let agent =
            step(2 + 2 * n, 1, StepKind::Agent, &format!("{text} {}", n % 30), 10 * n + 2..10 * n + 9);
        let parent = 2 + 2 * n;
        let tool = format!("{} {text}", (n * n) % 31);
        steps.extend([agent, step(3 + 2 * n, parent, StepKind::Tool, &tool, 10 * n + 3..10 * n + 5)]);
    }
    steps
}

fn models(text: &str) -> Vec<Step> {
    vec![step(1, 0, StepKind::Llm, text, 1..2), step(2, 0, StepKind::Llm, text, 3..4)]
}

fn failed(step: Step, text: &str) -> Step {
    Step { status: StepStatus::Error, error: Some(text.into()), ..step }
}

fn step(id: u64, parent: u64, kind: StepKind, name: &str, times: std::ops::Range<u64>) -> Step {
    let own = |of: StepKind| (kind == of).then(|| name.to_owned());
    let ends = Handoff { from: None, to: Some(name.into()) };
    Step {
        parent_span_id: SpanId::from_u64(parent),
        start: times.start,
        end: times.end,
        agent: own(StepKind::Agent).map(Into::into),
        model: own(StepKind::Llm).map(Into::into),
        tool: own(StepKind::Tool).map(Into::into),
        handoff: (kind == StepKind::Handoff).then(|| Box::new(ends)),
        ..fixture::step(id, kind, name, 0, 0)
    }
}
