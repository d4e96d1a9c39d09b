//! One execution is one run, over however many traces a client scatters it; executions of one conversation stay apart.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "common/blank.rs"]
mod blank;

use std::path::Path;
use std::sync::{Arc, mpsc};

use spanglass::analyze::tree::{self, Node};
use spanglass::dialect::content_side;
use spanglass::ingest::Pipeline;
use spanglass::model::{
    Attributes, Export, Link, Resource, RunStatus, Scope, Scoped, Span, SpanId, StepStatus, TraceId, Value,
};
use spanglass::price::Prices;
use spanglass::store::{Reader, Writer};

const SECOND: u64 = 1_000_000_000;
const START: u64 = 1_767_323_045 * SECOND;
const SESSION: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// An agent alone in trace `id`, at work from second `from` to second `to`.
fn agent(id: u8, session: &str, from: u64, to: u64) -> Span {
    let text = |key: &str, value: &str| (key.to_owned(), Value::Str(value.to_owned()));
    let mut attributes = vec![
        text("gen_ai.operation.name", "invoke_agent"),
        text("gen_ai.agent.name", &format!("agent {id}")),
    ];
    if !session.is_empty() {
        attributes.push(text("gen_ai.conversation.id", session));
    }
    Span {
        name: format!("invoke_agent agent {id}"),
        start: START + from * SECOND,
        end: START + to * SECOND,
        attributes: Attributes(attributes),
        ..blank::span(id, id.into(), 0)
    }
}

fn linked(to: u8, span: Span) -> Span {
    let link =
        Link { trace_id: vec![to; 16], span_id: u64::from(to).to_be_bytes().to_vec(), ..Link::default() };
    Span { links: vec![link], ..span }
}

/// A trace of one span, as Gemini CLI scatters them: a model call of the prompt with that number, or a batch of tools,
/// which names the session alone.
fn piece(id: u8, prompt: Option<u8>, from: u64, to: u64) -> Span {
    let text = |key: &str, value: &str| (key.to_owned(), Value::Str(value.to_owned()));
    let operation = if prompt.is_some() { "llm_call" } else { "schedule_tool_calls" };
    let mut attributes =
        vec![text("gen_ai.operation.name", operation), text("gen_ai.conversation.id", SESSION)];
    attributes.extend(prompt.map(|n| text("gen_ai.prompt.name", &format!("{SESSION}########{n}"))));
    Span { name: operation.to_owned(), attributes: Attributes(attributes), ..agent(id, SESSION, from, to) }
}

/// One span an export, each committed before the next is sent.
fn send(db: &Path, spans: &[(&str, Span)]) {
    let writer = Writer::open(db, |key| content_side(key).is_some()).unwrap();
    let (inlet, pipeline) = Pipeline::start(writer, Prices::bundled(), Box::new(|_| {})).unwrap();
    for (service, span) in spans {
        let scope = Arc::new(Scope { name: (*service).to_owned(), ..Scope::default() });
        let service = ("service.name".to_owned(), Value::Str((*service).to_owned()));
        let resource = Arc::new(Resource { attributes: Attributes(vec![service]), ..Resource::default() });
        let spans = vec![Scoped { resource, scope, records: vec![span.clone()] }];
        let (sender, answer) = mpsc::channel();
        let answered = Box::new(move |result| sender.send(result).unwrap());
        inlet.submit(Export { spans, ..Export::default() }, answered);
        answer.recv().unwrap().expect("it is kept");
    }
    drop(inlet);
    pipeline.join().unwrap();
}

/// The traces of each run, by their numbers.
fn runs(db: &Path) -> Vec<Vec<u8>> {
    let runs = Reader::open(db).unwrap().runs(0).unwrap();
    let numbers = |ids: &[TraceId]| {
        let mut numbers: Vec<u8> = ids.iter().map(|id| id.as_bytes()[0]).collect();
        numbers.sort_unstable();
        numbers
    };
    let mut all: Vec<_> = runs.iter().map(|run| numbers(&run.trace_ids)).collect();
    all.sort();
    all
}

#[test]
fn traces_are_one_run_where_something_ties_them() {
    let s = SESSION;
    for (what, spans, expected) in [
        ("nothing in common", vec![agent(1, "", 0, 9), agent(2, "", 1, 2)], vec![vec![1], vec![2]]),
        ("nested in one session", vec![agent(1, s, 0, 9), agent(2, s, 1, 2)], vec![vec![1, 2]]),
        ("one turn after the other", vec![agent(1, s, 0, 9), agent(2, s, 9, 12)], vec![vec![1], vec![2]]),
        (
            "a third that overlaps two which do not",
            vec![agent(1, s, 0, 5), agent(2, s, 6, 9), agent(3, s, 4, 7)],
            vec![vec![1, 2, 3]],
        ),
        (
            "nested in the whole of what was one run already",
            vec![agent(1, s, 0, 2), linked(1, agent(2, s, 8, 9)), agent(3, s, 4, 5)],
            vec![vec![1, 2, 3]],
        ),
        ("a link back", vec![agent(1, "", 0, 5), linked(1, agent(2, "", 6, 9))], vec![vec![1, 2]]),
        (
            "two links to a trace that never came",
            vec![linked(9, agent(1, "", 0, 5)), linked(9, agent(2, "", 6, 9))],
            vec![vec![1], vec![2]],
        ),
        (
            "two links back to one",
            vec![agent(1, "", 0, 5), linked(1, agent(2, "", 6, 9)), linked(1, agent(3, "", 6, 9))],
            vec![vec![1, 2, 3]],
        ),
    ] {
        for reversed in [false, true] {
            let mut spans: Vec<_> = spans.iter().cloned().map(|span| ("desk", span)).collect();
            if reversed {
                spans.reverse();
            }
            let folder = tempfile::tempdir().unwrap();
            let db = folder.path().join("runs.db");
            send(&db, &spans);
            assert_eq!(runs(&db), expected, "{what}, reversed: {reversed}");
        }
    }
}

#[test]
fn pieces_follow_the_execution_that_was_named_before_them() {
    let spans = [
        ("gemini-cli", piece(1, Some(0), 0, 1)),
        ("gemini-cli", piece(2, None, 1, 2)),
        ("gemini-cli", piece(3, Some(0), 2, 3)),
        ("gemini-cli", piece(4, Some(1), 10, 11)),
        ("gemini-cli", piece(5, None, 11, 12)),
        ("gemini-cli", piece(6, Some(1), 12, 13)),
    ];
    for order in [[0, 1, 2, 3, 4, 5], [0, 2, 3, 5, 1, 4], [3, 4, 5, 0, 1, 2]] {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("runs.db");
        send(&db, &order.map(|at| spans[at].clone()));
        assert_eq!(runs(&db), [vec![1, 2, 3], vec![4, 5, 6]], "{order:?}");
    }
}

#[test]
fn a_session_named_by_hand_means_something_only_within_its_service() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("runs.db");
    send(&db, &[("desk", agent(1, "1", 0, 9)), ("shop", agent(2, "1", 1, 2)), ("desk", agent(3, "1", 1, 2))]);
    assert_eq!(runs(&db), [vec![1, 3], vec![2]]);
}

#[test]
fn work_asked_for_from_another_trace_hangs_below_who_asked() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("runs.db");
    send(&db, &[("desk", linked(1, agent(2, "", 6, 9))), ("desk", agent(1, "", 0, 5))]);
    let reader = Reader::open(&db).unwrap();
    let run = reader.find_run("latest").unwrap();
    assert_eq!((run.steps, run.times.status(u64::MAX)), (2, RunStatus::Ok));
    let (_, steps) = reader.steps(run.key, 0).unwrap();
    let tree = tree::build(&steps);
    let shown: Vec<_> = tree.rows.iter().map(|row| (row.depth, row.node)).collect();
    assert_eq!(shown, [(0, Node::Step(1)), (1, Node::Step(0))]);
}

#[test]
fn a_run_that_was_merged_is_found_by_its_old_id_and_no_longer_listed() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("runs.db");
    send(&db, &[("desk", agent(1, SESSION, 0, 5)), ("desk", agent(2, SESSION, 6, 9))]);
    let seen = Reader::open(&db).unwrap().revision().unwrap();
    send(&db, &[("desk", agent(3, SESSION, 4, 7))]);
    let reader = Reader::open(&db).unwrap();
    let stays = reader.find_run("01").unwrap();
    assert_eq!(reader.find_run("02").unwrap().key, stays.key);
    assert_eq!(reader.find_run("latest").unwrap().key, stays.key);
    assert_eq!(reader.runs(0).unwrap().len(), 1);
    // who follows the file hears that it is gone
    let changed = reader.runs(seen).unwrap();
    assert!(changed.iter().any(|run| run.run_id.starts_with("02") && run.merged_into == Some(stays.key)));
}

#[test]
fn a_pending_span_is_the_running_one_until_the_real_one_comes() {
    let real = agent(1, "", 0, 9);
    let text = |key: &str, value: &str| (key.to_owned(), Value::Str(value.to_owned()));
    let mut pending = Span { span_id: SpanId::from_u64(77).unwrap(), end: real.start, ..real.clone() };
    pending.parent_span_id = Some(real.span_id);
    pending.attributes.0.push(text("logfire.span_type", "pending_span"));
    pending.attributes.0.push(text("logfire.pending_parent_id", "0000000000000000"));
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("runs.db");
    let steps = || {
        let reader = Reader::open(&db).unwrap();
        let (_, steps) = reader.steps(reader.find_run("latest").unwrap().key, 0).unwrap();
        steps.iter().map(|step| (step.span_id, step.parent_span_id, step.status)).collect::<Vec<_>>()
    };
    send(&db, &[("desk", pending.clone())]);
    assert_eq!(steps(), [(real.span_id, None, StepStatus::Running)]);
    send(&db, &[("desk", real.clone()), ("desk", pending)]);
    assert_eq!(steps(), [(real.span_id, None, StepStatus::Ok)]);
}
