//! Findings of runs that grow, through the real pipeline: at hand within a second of the third call, and exact when the
//! run has ended.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "common/blank.rs"]
mod blank;

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use spanglass::analyze::{findings, tree};
use spanglass::dialect::content_side;
use spanglass::ingest::{Inlet, News, Pipeline};
use spanglass::model::{Attributes, Export, Finding, FindingCounts, Resource, Scope, Scoped, Span, Step};
use spanglass::price::Prices;
use spanglass::store::{Reader, Writer};

/// A pipeline on a fresh file, and news of its commits.
struct Live {
    path: PathBuf,
    inlet: Inlet,
    pipeline: Pipeline,
    news: mpsc::Receiver<News>,
    _folder: tempfile::TempDir,
}

impl Live {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live.db");
        let writer = Writer::open(&path, |key| content_side(key).is_some()).unwrap();
        let (sender, news) = mpsc::channel();
        // whoever listens may be gone when the last commit comes
        let notify = move |news| {
            let _ = sender.send(news);
        };
        let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(notify)).unwrap();
        Self { path, inlet, pipeline, news, _folder: folder }
    }

    /// Sends spans and waits until they are kept.
    fn send(&self, spans: Vec<Span>) {
        let (resource, scope) = (Arc::new(Resource::default()), Arc::new(Scope::default()));
        let export = Export { spans: vec![Scoped { resource, scope, records: spans }], ..Export::default() };
        let (sender, answer) = mpsc::channel();
        self.inlet.submit(export, Box::new(move |kept| sender.send(kept).unwrap()));
        answer.recv().unwrap().unwrap();
    }

    fn counts(&self) -> FindingCounts {
        Reader::open(&self.path).unwrap().runs(0).unwrap()[0].findings
    }

    /// Waits for a commit after which this many loops are flagged.
    fn flagged(&self, loops: u32, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        loop {
            if self.counts().flagged[0] >= loops {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if self.news.recv_timeout(left).is_err() {
                return false;
            }
        }
    }
}

fn span(id: u64, parent: u64, attributes: &[(&str, &str)]) -> Span {
    Span {
        name: format!("span {id}"),
        start: 1_000 * id,
        end: 1_000 * id + 500,
        attributes: attributes.iter().copied().collect::<Attributes>(),
        ..blank::span(7, id, parent)
    }
}

fn call(id: u64, arguments: &str, result: &str) -> Span {
    span(
        id,
        1,
        &[
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", "search"),
            ("gen_ai.tool.call.arguments", arguments),
            ("gen_ai.tool.call.result", result),
        ],
    )
}

fn agent() -> Span {
    let attributes = [("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", "worker")];
    Span { end: u64::MAX >> 1, ..span(1, 0, &attributes) }
}

/// What the rules find in the whole run, read back.
fn found_whole(path: &Path) -> Vec<Finding> {
    let reader = Reader::open(path).unwrap();
    let run = reader.find_run("latest").unwrap();
    let (_, shared) = reader.steps(run.key, 0).unwrap();
    let mut steps: Vec<Step> = shared.into_iter().map(Arc::unwrap_or_clone).collect();
    let mut tree = tree::build(&steps);
    for (at, step) in std::mem::take(&mut tree.merged) {
        steps[at] = step;
    }
    findings::find(&steps, &tree, &findings::Circumstances::default())
}

/// Rule, repeats and wasted time of each finding in the file.
fn found_in_file(path: &Path) -> Vec<(String, u32, i64)> {
    let conn = rusqlite::Connection::open(path).unwrap();
    let mut statement = conn.prepare("SELECT rule, repeats, wasted_time FROM finding").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_third_call_is_flagged_when_news_pause() {
    let live = Live::start();
    for id in 2..4 {
        live.send(vec![call(id, "{\"q\": 1}", "nothing")]);
    }
    live.send(vec![call(4, "{\"q\": 1}", "nothing")]);
    assert!(live.flagged(1, Duration::from_secs(3)));
}

#[test]
fn a_third_call_is_flagged_within_moments_while_news_never_pause() {
    let live = Live::start();
    for id in 2..5 {
        live.send(vec![call(id, "{\"q\": 1}", "nothing")]);
    }
    let third = Instant::now();
    let mut id = 5;
    // each export waits for its commit: there is never half a second without news
    while live.counts().flagged[0] == 0 {
        live.send(vec![call(id, &format!("{{\"q\": {id}}}"), &format!("hit {id}"))]);
        id += 1;
        assert!(third.elapsed() < Duration::from_secs(3), "not flagged after {id} calls");
    }
}

#[test]
fn what_a_long_run_was_told_piece_by_piece_is_exact_in_the_end() {
    let live = Live::start();
    // the same now and then, too far apart for a loop: it may always be looked at
    let arguments = |id: u64| (format!("{{\"q\": {}}}", id % 700), format!("hit {}", id % 700));
    for first in (2..2500).step_by(125) {
        let calls = (first..first + 125).map(|id| {
            let (arguments, result) = arguments(id);
            call(id, &arguments, &result)
        });
        live.send(calls.collect());
    }
    let stuck = |ids: std::ops::Range<u64>, arguments: &str| {
        live.send(ids.map(|id| call(id, arguments, "nothing")).collect());
    };
    stuck(2502..2505, "{\"q\": \"lost\"}");
    assert!(live.flagged(1, Duration::from_secs(20)), "by a look at the whole run or at its end");
    // it has not doubled since: its end is looked at, and what stands above that is asked for
    stuck(2505..2523, "{\"q\": \"stuck\"}");
    // a look that failed would be made again when news have rested for five seconds
    assert!(live.flagged(2, Duration::from_secs(4)), "before the agent is told");
    live.send(vec![agent()]);
    let Live { path, inlet, pipeline, _folder: folder, .. } = live;
    drop(inlet);
    pipeline.join().unwrap();
    let expected: Vec<_> = found_whole(&path)
        .into_iter()
        .map(|found| (found.rule.to_owned(), found.repeats, i64::try_from(found.wasted_time).unwrap()))
        .collect();
    assert_eq!(found_in_file(&path), expected);
    let told = |repeats: u32| ("same-call".to_owned(), repeats, i64::from(repeats - 1) * 500);
    assert_eq!(expected, [told(3), told(18)]);
    drop(folder);
}
