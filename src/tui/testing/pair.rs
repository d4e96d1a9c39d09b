//! Runs to be laid beside each other: a review that goes two ways, and what its steps saw and said.

use std::sync::Arc;

use crate::analyze::diff::{Facts, Request, Said, Text};
use crate::model::{Role, Step, StepKind, StepStatus, Wording, Words};

use super::world::{Script, Told, World};

/// What models say, by the digest of the answer.
const SAYS: [&str; 5] = [
    "",
    "I will read the crate before I say anything.",
    "Let me read the crate first.",
    "Let me run the tests first: 테스트를 먼저 돌려 볼게요.",
    "I'll look up the error on the web: 오류를 먼저 검색할게요.",
];

/// One turn: what the model says (a place in [`SAYS`]), the tool it asks for, digests of arguments and result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn(pub(crate) u64, pub(crate) &'static str, pub(crate) u64, pub(crate) u64);

/// Turns that both runs begin with.
const COMMON: [Turn; 8] = [
    Turn(1, "list_files", 1, 1),
    Turn(1, "read_file", 2, 2),
    Turn(1, "read_file", 3, 3),
    Turn(1, "grep", 4, 4),
    Turn(1, "read_file", 5, 5),
    Turn(1, "read_file", 6, 6),
    Turn(1, "grep", 7, 7),
    Turn(1, "read_file", 8, 8),
];

/// Turns that both end with.
const END: [Turn; 4] = [
    Turn(1, "read_file", 20, 20),
    Turn(1, "edit_file", 21, 21),
    Turn(1, "read_file", 22, 22),
    Turn(1, "git_diff", 23, 23),
];

/// A review made of turns.
pub(crate) fn review_of(run: i64, seconds: u64, turns: &[Turn], fails: bool) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Agent, "code-review", 0);
    for (round, &Turn(says, tool, arguments, result)) in (0..).zip(turns) {
        let call = s.call(root, "claude-sonnet-4-5", 900, (2000 + 300 * round, 1500, 90));
        s.edit(call, |step| {
            step.finish_reason = Some("tool_call".into());
            step.output_digest = says;
            let told = Words::of([u32::try_from(says).unwrap_or(0)]);
            step.wording = Some(Arc::new(Wording { told, ..Wording::default() }));
        });
        let done = s.add(Some(root), StepKind::Tool, tool, 120);
        s.edit(done, |step| {
            step.tool = Some(tool.into());
            (step.input_digest, step.output_digest) = (arguments, result);
        });
    }
    let last = s.call(root, "claude-sonnet-4-5", 1400, (9000, 8000, 300));
    s.edit(last, |step| {
        if fails {
            (step.status, step.error) = (StepStatus::Error, Some("context window exceeded".into()));
        }
    });
    let mut told = s.end(&["code-review"], "review PR #212: 빌려 쓴 값의 수명");
    told.summary.times.failed = fails;
    told
}

/// A run that tests, one that searches the web, one that is the first again, one of another agent.
pub(crate) fn pairs() -> World {
    let with = |middle: &[Turn], change: &dyn Fn(&mut Vec<Turn>)| {
        let mut turns = [&COMMON[..], middle, &END].concat();
        change(&mut turns);
        turns
    };
    let tests = [Turn(3, "run_tests", 9, 9), Turn(1, "read_file", 10, 10)];
    let search: Vec<Turn> = (0..9).map(|n| Turn(4, "search_web", 30 + n, 30 + n)).collect();
    let mut other = review_of(14, 2000, &tests, false);
    other.summary.agents = vec!["librarian".into()];
    World {
        runs: vec![
            review_of(11, 900, &with(&tests, &|_| ()), false),
            review_of(12, 600, &with(&search, &|turns| turns[18].2 = 99), true),
            review_of(13, 300, &with(&tests, &|turns| turns[4].0 = 2), false),
            other,
        ],
        ..World::default()
    }
}

/// What was captured of a step.
pub(crate) fn facts_of(step: &Step) -> Facts {
    match step.kind {
        StepKind::Tool => Facts {
            arguments: Some(format!(
                r#"{{"path": "src/part_{}.rs", "lines": {{"from": 1, "to": {}}}}}"#,
                step.input_digest,
                step.input_digest * 10
            )),
            result: Some(format!("found {} places\n결과 {}", step.output_digest, step.output_digest)),
            ..Facts::default()
        },
        StepKind::Llm => Facts {
            has_input: true,
            system: Some(text("You review code. Be brief.")),
            messages: vec![
                said(Role::User, "review PR #212: 빌려 쓴 값의 수명"),
                said(Role::Assistant, SAYS[1]),
                said(Role::Tool, "found 2 places"),
            ],
            said: SAYS.get(usize::try_from(step.output_digest).unwrap_or(0)).map(|&said| said.to_owned()),
            requests: vec![Request { name: "read_file".into(), arguments: Text::default() }],
            ..Facts::default()
        },
        _ => Facts::default(),
    }
}

fn said(role: Role, words: &str) -> Said {
    Said { role, text: text(words) }
}

fn text(words: &str) -> Text {
    let digest = words.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    Text { digest, text: words.to_owned() }
}
