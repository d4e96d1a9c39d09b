use std::collections::{HashMap, HashSet};

use super::super::script;
use super::*;

const START: u64 = 1_767_225_600_000_000_000;

fn plans(seed: u64) -> Vec<Plan> {
    super::plans(&script::all().unwrap(), seed, START)
}

#[test]
fn the_same_seed_gives_the_same_spans_and_another_seed_other_ids() {
    let ids = |seed| plans(seed).into_iter().flat_map(|p| p.spans).map(|s| s.span_id).collect::<Vec<_>>();
    assert!(plans(7).iter().zip(plans(7)).all(|(a, b)| a.spans == b.spans));
    let first: HashSet<_> = ids(7).into_iter().collect();
    assert_eq!(first.len(), ids(7).len());
    assert!(ids(8).iter().all(|id| !first.contains(id)));
}

#[test]
fn every_parent_is_there_and_its_time_holds_its_children() {
    for plan in plans(1) {
        let spans: HashMap<_, _> = plan.spans.iter().map(|span| (&span.span_id, span)).collect();
        for span in &plan.spans {
            assert!(START < span.start_time_unix_nano && span.start_time_unix_nano < span.end_time_unix_nano);
            if span.parent_span_id.is_empty() {
                continue;
            }
            let parent = spans[&span.parent_span_id];
            assert!(parent.start_time_unix_nano < span.start_time_unix_nano, "{}", span.name);
            assert!(parent.end_time_unix_nano > span.end_time_unix_nano, "{}", span.name);
        }
    }
}

#[test]
fn a_run_has_one_root_and_it_ends_last() {
    for plan in plans(2) {
        let roots = plan.spans.iter().filter(|span| span.parent_span_id.is_empty()).count();
        assert_eq!(roots, 1, "{}", plan.service);
        assert!(plan.spans.last().unwrap().parent_span_id.is_empty(), "{}", plan.service);
    }
}

#[test]
fn the_demo_lasts_between_one_minute_and_one_and_a_half() {
    let end = plans(3).iter().flat_map(|p| &p.spans).map(|s| s.end_time_unix_nano).max().unwrap();
    let seconds = (end - START) / 1_000_000_000;
    assert!((60..=90).contains(&seconds), "{seconds} s");
}

#[test]
fn every_agent_that_speaks_is_described_and_every_call_has_its_id() {
    for (script, plan) in script::all().unwrap().iter().zip(plans(4)) {
        let chats = script.steps.iter().filter(|step| matches!(step, Step::Chat { .. })).count();
        let spans = |operation: &str| plan.spans.iter().filter(|s| s.name.starts_with(operation)).count();
        assert_eq!(spans("chat "), chats, "{}", plan.service);
        let ids = plan.spans.iter().flat_map(|s| &s.attributes).filter(|a| a.key == "gen_ai.tool.call.id");
        assert!(ids.clone().all(|id| text(id).starts_with("call_")), "{}", plan.service);
    }
}

#[test]
fn arguments_and_results_are_json_where_they_look_like_it() {
    for script in script::all().unwrap() {
        for step in &script.steps {
            let Step::Tool { args, result, .. } = step else { continue };
            serde_json::from_str::<serde_json::Value>(args).unwrap();
            if result.trim_start().starts_with(['{', '[']) {
                serde_json::from_str::<serde_json::Value>(result).unwrap_or_else(|e| panic!("{e}: {result}"));
            }
        }
    }
}

#[test]
fn the_two_reviews_are_asked_the_same_and_part_at_their_second_turn() {
    let of = |name: &str| script::all().unwrap().into_iter().find(|s| s.session == name).unwrap();
    let (first, second) = (of("review-512-a"), of("review-512-b"));
    assert_eq!(first.task, second.task);
    let called = |script: &Script| -> Vec<String> {
        let tools = script.steps.iter().filter_map(|step| match step {
            Step::Tool { name, args, result, .. } => Some(format!("{name} {args} {result}")),
            _ => None,
        });
        tools.collect()
    };
    assert_eq!(called(&first)[0], called(&second)[0]);
    assert_ne!(called(&first)[1], called(&second)[1]);
    let described = |script: &Script| format!("{:?}", script.agents);
    assert_eq!(described(&first), described(&second));
}

fn text(attribute: &opentelemetry_proto::tonic::common::v1::KeyValue) -> &str {
    match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(opentelemetry_proto::tonic::common::v1::any_value::Value::StringValue(text)) => text,
        other => panic!("{other:?}"),
    }
}
