//! Tables of cases: what is understood, what it takes, what is said of the rest.

use super::*;
use crate::model::{CostTotal, NanoUsd, RunTimes, TokenTotals};
use crate::report::fixture;
use crate::report::format::Zone;

const DAY: u64 = 86_400_000_000_000;

/// 2026-11-20 12:00:00 UTC.
const NOON: UnixNanos = 1_795_176_000_000_000_000;

/// A refund that went round in a loop, an hour ago.
fn refund() -> RunSummary {
    let mut run = fixture::run();
    run.run_id = "3f2a07".into();
    run.name = "Triage workflow".into();
    (run.agents, run.models) = (vec!["triage".into(), "Billing".into()], vec!["claude-opus-4-5".into()]);
    (run.task, run.service) = (Some("환불 refund order 8812".into()), "support".into());
    (run.session_id, run.user_id) = (Some("abc-1".into()), Some("kim".into()));
    run.tags = vec!["Beta".into(), "env:prod".into()];
    run.tokens =
        TokenTotals { input: 10_000, output: 2_000, cache_read: 5_000, known: 3, ..TokenTotals::default() };
    run.cost = CostTotal { amount: NanoUsd(150_000_000), computed: 3, ..CostTotal::default() };
    (run.steps, run.errors) = (21, 1);
    run.findings = crate::model::FindingCounts::default();
    run.findings.flagged[1] = 1;
    let start = NOON - DAY / 24;
    run.times = RunTimes {
        start,
        end: start + 31_000_000_000,
        received: NOON,
        complete: true,
        failed: true,
        open_end: false,
    };
    run
}

fn takes(line: &str, run: &RunSummary) -> bool {
    let query = parse(line, Zone::Utc).unwrap();
    let found = [vec![run.key]];
    query.takes(&Subject { run, words: &words(run), now: NOON, found: &found })
}

#[test]
fn every_term_must_hold() {
    let run = refund();
    for (line, expected) in [
        ("", true),
        ("REFUND kim", true),
        ("tag:beta tag:prod beta", true),
        ("tag:alpha", false),
        ("-tag:beta", false),
        ("refund -triage", false),
        ("-\"order 8813\"", true),
        ("\"refund order\"", true),
        ("\"order refund\"", false),
        ("error", true),
        ("agent:bill", true),
        ("agent=bill", false),
        ("agent=billing", true),
        ("agent:nobody,triage", true),
        ("-agent:triage", false),
        ("model:opus service:support user:kim session:abc name:workflow id:3f2", true),
        ("task:\"환불 refund\"", true),
        ("cost>0.10 cost<=0.15 cost>=$0.15", true),
        ("cost<0.15", false),
        ("tokens>10k tokens<12.1k in:10000 out=2k cached:50 cached<51%", true),
        ("steps>20 errors>0 calls>0", true),
        ("duration>30s duration<0.6m", true),
        ("is:error is:flagged is:cycle is:handoff_cycle", true),
        ("is:loop", false),
        ("is:loop,cycle", true),
        ("-is:ok -is:running -is:incomplete -is:unpriced", true),
        ("since:2h until:30m", true),
        ("since:10min", false),
        ("since:2026-11-20 until:2026-11-20", true),
        ("until:2026-11-19", false),
        ("since:2026-11-20T11:00 until:\"2026-11-20 11:00\"", true),
        ("text:\"two words\"", true),
        ("Agent:TRIAGE", true),
        ("-", true),
    ] {
        assert_eq!(takes(line, &run), expected, "{line}");
    }
}

#[test]
fn what_is_known_in_part_is_never_less_than_anything() {
    let mut run = refund();
    run.cost.unknown = 1;
    for (line, expected) in [
        ("cost>0.10", true),
        ("cost<1", false),
        ("cost:0.15", false),
        ("cost>0.15", false),
        ("is:unpriced", true),
    ] {
        assert_eq!(takes(line, &run), expected, "{line}");
    }
    run.tokens = TokenTotals::default();
    assert!(takes("tokens<1", &run) && !takes("cached<1", &run) && takes("-tokens>0", &run));
}

#[test]
fn a_text_that_is_not_found_yet_lets_all_through_and_then_those_that_hold_it() {
    let run = refund();
    let query = parse("text:refund -text:\"gift card\"", Zone::Utc).unwrap();
    assert_eq!(query.texts(), ["refund", "gift card"]);
    let takes = |found: &[Vec<RunKey>]| query.takes(&Subject { run: &run, words: "", now: NOON, found });
    assert!(takes(&[]));
    assert!(takes(&[vec![run.key], vec![]]));
    assert!(!takes(&[vec![], vec![]]));
}

#[test]
fn what_is_not_understood_is_told_in_one_line() {
    for (line, at, why) in [
        ("agnt:x", 0..6, "no field agnt"),
        ("a agen:x", 2..8, "did you mean agent?"),
        ("http://x", 0..8, "as words: \"http://x\""),
        ("cost>cheap", 0..10, "cost wants an amount of dollars, such as cost>0.10"),
        ("agent:", 0..6, "agent: wants a value, such as agent:triage"),
        ("steps:many", 0..10, "a number"),
        ("is:odd", 0..6, "handoff-cycle"),
        ("since:soon", 0..10, "since wants a time, such as since:2h"),
        ("since:20", 0..8, "a time"),
        ("agent>a", 0..7, "a text after a colon"),
        ("cost<-1", 0..7, "dollars"),
        ("x duration>1y", 2..13, "duration"),
    ] {
        let fault = parse(line, Zone::Utc).unwrap_err();
        assert!(fault.at == at && fault.why.contains(why), "{line}: {fault:?}");
    }
}

#[test]
fn while_it_is_typed_the_rest_of_a_line_holds() {
    let (query, fault) = read("refund cost> is:error", Zone::Utc);
    assert_eq!(query, parse("refund is:error", Zone::Utc).unwrap());
    assert!(fault.unwrap().why.starts_with("cost> wants a value"));
}

#[test]
fn every_example_is_understood_and_every_field_is_told_of() {
    for field in FIELDS {
        let query = parse(field.example, Zone::Utc).unwrap();
        assert!(!query.is_empty() && !field.help.is_empty(), "{}", field.name);
        assert!(field.example.starts_with(field.name));
    }
}

#[test]
fn only_what_time_changes_is_looked_at_again() {
    for (line, expected) in [
        ("agent:x cost>1", false),
        ("since:2h", true),
        ("since:2026-11-20", false),
        ("is:running", true),
        ("running", true),
        ("duration>1s", true),
    ] {
        assert_eq!(parse(line, Zone::Utc).unwrap().hangs_on_time(), expected, "{line}");
    }
}

#[test]
fn fields_complete_by_their_beginning_and_values_by_any_part() {
    let run = refund();
    let values = |name: &str| known_values(name, [&run].into_iter());
    for (line, at, first) in [
        ("", 0..0, "agent:"),
        ("refund co", 7..9, "cost>"),
        ("-ag", 1..3, "agent:"),
        ("agent:ill", 6..9, "Billing"),
        ("agent:triage,", 13..13, "Billing"),
        ("is:cyc", 3..6, "handoff-cycle"),
        ("name:", 5..5, "\"Triage workflow\""),
        ("since:", 6..6, "10m"),
    ] {
        let completion = complete(line, line.len(), values).unwrap();
        let first_offered = completion.with.first().map(String::as_str);
        assert_eq!((completion.at, first_offered), (at, Some(first)), "{line}");
    }
    assert_eq!(complete("agent:nobody", 12, values), None);
    assert_eq!(complete("zzz", 3, values), None);
}

proptest::proptest! {
    #[test]
    fn no_line_is_too_odd(line in "\\PC{0,40}", caret in 0..50_usize) {
        let run = refund();
        if let Ok(query) = parse(&line, Zone::Utc) {
            let _ = query.takes(&Subject { run: &run, words: &words(&run), now: NOON, found: &[] });
        }
        let _ = complete(&line, caret, |name| known_values(name, [&run].into_iter()));
    }
}
