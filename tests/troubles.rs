//! Findings beyond repetition, budgets and dismissals, through the real binary: what clients send, what people read.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
#[path = "common/program.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod program;

use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use program::{Serve, World};
use serde_json::Value;

/// Span with more attributes, text all of them.
fn with(mut span: Span, attributes: &[(&str, &str)]) -> Span {
    span.attributes.extend(attributes.iter().map(|(key, value)| otlp::text(key, value)));
    span
}

fn failed(mut span: Span, message: &str) -> Span {
    span.status = Some(Status { message: message.to_owned(), code: 2 });
    span
}

/// Runs of an agent each, named by what is wrong with them.
fn troubles() -> Vec<(&'static str, &'static str, Vec<Span>)> {
    let chat = |trace: u64, id: u64, attributes: &[(&str, &str)]| {
        with(otlp::chat(trace, id, 1, (1000, 20)), attributes)
    };
    let tool = |trace: u64, id: u64, attributes: &[(&str, &str)]| {
        with(otlp::tool(trace, id, 1, "get_order"), attributes)
    };
    let stop = [("gen_ai.response.finish_reasons", "stop")];
    let answer =
        |text: &str| format!(r#"[{{"role":"assistant","parts":[{{"type":"text","content":"{text}"}}]}}]"#);
    let (declined, empty) = (answer("I'm sorry, but I can't assist with that."), answer(""));
    vec![
        (
            "healthy",
            "",
            vec![chat(1, 2, &stop), tool(1, 3, &[("gen_ai.tool.call.result", "shipped")]), chat(1, 4, &stop)],
        ),
        ("truncated", "truncated", vec![chat(2, 2, &[("gen_ai.response.finish_reasons", "max_tokens")])]),
        ("filtered", "refused", vec![chat(3, 2, &[("gen_ai.response.finish_reasons", "content_filter")])]),
        ("declined", "refused", vec![chat(4, 2, &[("gen_ai.output.messages", &declined), stop[0]])]),
        (
            "silent",
            "silent_failure",
            vec![
                chat(5, 2, &stop),
                tool(5, 3, &[("gen_ai.tool.call.result", r#"{"error": "no such order"}"#)]),
            ],
        ),
        (
            "garbled",
            "silent_failure",
            vec![tool(6, 3, &[("gen_ai.tool.call.arguments", r#"{"id": 8812, "why": }"#)])],
        ),
        (
            "empty",
            "silent_failure",
            vec![with(otlp::chat(7, 2, 1, (1000, 0)), &[("gen_ai.output.messages", &empty), stop[0]])],
        ),
        ("full", "context", vec![with(otlp::chat(8, 2, 1, (125_000, 20)), &stop)]),
        ("broken", "failure", vec![failed(chat(9, 2, &[]), "HTTP 500"), failed(chat(9, 3, &[]), "HTTP 500")]),
        ("mended", "", vec![failed(chat(10, 2, &[]), "HTTP 429"), chat(10, 3, &stop)]),
        ("exhausted", "exhausted", vec![chat(11, 2, &stop)]),
    ]
}

fn serve(world: &World, options: &[&str]) {
    let serve = Serve::with(world, options);
    let mut http = otlp::Http::connect(serve.http()).unwrap();
    for (trace, (name, _, spans)) in (1..).zip(troubles()) {
        let status = if name == "exhausted" { "max_iterations_reached" } else { "completed" };
        let root = with(otlp::agent(trace, 1, 0, name), &[("agent.status", status)]);
        let answer = http.send(&otlp::request([spans, vec![root]].concat())).unwrap();
        assert_eq!(answer.status(), 200);
    }
    let decision = serde_json::json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{
        "timeUnixNano": otlp::START.to_string(), "traceId": format!("{:016x}{:016x}", 1, 1), "spanId": format!("{:016x}", 1),
        "body": {"stringValue": r#"{"event": "agent.decision", "agent": "unsure", "decision_type": "routing", "choice": "billing", "confidence": 0.2}"#},
    }]}]}]});
    assert_eq!(http.post("logs", "application/json", decision.to_string().as_bytes()).unwrap().status(), 200);
    assert_eq!(serve.stop("-TERM"), Some(0));
}

fn kinds(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter(|line| line["type"] == "finding").map(|line| line["kind"].as_str().unwrap()).collect()
}

#[test]
fn every_trouble_is_told_by_its_kind_and_health_by_silence() {
    let world = World::new();
    serve(&world, &[]);
    for run in world.json(&["runs", "--json"]) {
        let name = run["name"].as_str().unwrap();
        let (_, expected, _) = troubles().into_iter().find(|(known, ..)| *known == name).unwrap();
        let shown = world.json(&["show", run["run_id"].as_str().unwrap(), "--json"]);
        // a decision came beside the healthy run
        let expected = if name == "healthy" { "low_confidence" } else { expected };
        assert_eq!(
            kinds(&shown),
            if expected.is_empty() { vec![] } else { vec![expected] },
            "{name}: {shown:#?}"
        );
        // what ingest counted is what show finds
        assert_eq!((&run["findings"], &run["hints"]), (&shown[0]["findings"], &shown[0]["hints"]), "{name}");
    }
    let check = world.run(&["check", "--fail-on", "truncated,silent-failure", "--json"]);
    assert_eq!(check.status.code(), Some(1));
    let lines = String::from_utf8(check.stdout).unwrap();
    let failed = lines.lines().filter(|line| line.contains(r#""passed":false"#)).count();
    assert_eq!(failed, 4, "{lines}");
    assert_eq!(world.run(&["check", "--fail-on", "loop"]).status.code(), Some(0));
}

#[test]
fn what_is_dismissed_does_not_count_until_it_is_brought_back() {
    let world = World::new();
    serve(&world, &[]);
    let runs = world.json(&["runs", "--json", "truncated"]);
    let id = runs[0]["run_id"].as_str().unwrap();
    let counted = || world.json(&["runs", "--json", "truncated"])[0]["findings"]["truncated"].clone();
    let check = || world.run(&["check", id, "--fail-on", "warning"]).status.code();
    assert_eq!((counted(), check()), (1.into(), Some(1)));
    let before = std::fs::metadata(world.default_db()).unwrap().modified().unwrap();
    assert!(world.text(&["dismiss", id, "1"]).contains("no longer counts"));
    assert_eq!((counted(), check()), (0.into(), Some(0)));
    let shown = world.json(&["show", id, "--json"]);
    assert_eq!(shown.last().unwrap()["dismissed"], true);
    assert!(world.text(&["show", id]).contains("1 done    ✂"));
    assert!(world.text(&["dismiss", id]).contains("nothing is left to dismiss"));
    assert!(world.text(&["dismiss", id, "truncated", "--undo"]).contains("counts again"));
    assert_eq!((counted(), check()), (1.into(), Some(1)));
    assert!(world.error(&["dismiss", id, "2"]).contains("has no finding 2"));
    assert_eq!(std::fs::metadata(world.default_db()).unwrap().modified().unwrap(), before);
    assert!(world.path().join(".local/state/spanglass/dismissed.jsonl").exists());
    let moved = world
        .command(&["dismiss", id])
        .env("SPANGLASS_STATE", world.path().join("elsewhere"))
        .output()
        .unwrap();
    assert!(moved.status.success() && world.path().join("elsewhere/dismissed.jsonl").exists());
}

#[test]
fn budgets_and_switches_of_the_config_hold_for_serve_show_runs_and_check() {
    let world = World::new();
    let config = |text: &str| std::fs::write(world.path().join("own.toml"), text).unwrap();
    config("[budgets]\ntokens = 2000\n[findings]\noff = ['truncated']\n");
    let own = ["--config", "own.toml"];
    serve(&world, &own);
    let run = |name: &str, options: &[&str]| {
        world.json(&[&["runs", "--json", name][..], options].concat())[0].clone()
    };
    assert_eq!(run("truncated", &[])["findings"]["truncated"], 0);
    assert_eq!(run("healthy", &[])["findings"]["budget"], 1);
    let id = run("healthy", &[])["run_id"].as_str().unwrap().to_owned();
    let shown = world.json(&[&["show", &id, "--json"][..], &own].concat());
    let budget = shown.iter().find(|line| line["kind"] == "budget").unwrap();
    assert!(
        budget["message"].as_str().unwrap().starts_with("the run took 2 040 of 2 000 tokens allowed"),
        "{budget}"
    );
    assert_eq!(world.run(&["check", &id, "--config", "own.toml"]).status.code(), Some(1));
    assert_eq!(world.run(&["check", &id]).status.code(), Some(0), "without the config there is no budget");
    // switched off after they were counted
    config("[findings]\noff = ['budget', 'loop']\n");
    assert_eq!(run("healthy", &own)["findings"]["budget"], 0);
    config("[findings]\noff = ['loops']\n");
    let error = world.error(&["runs", "--config", "own.toml"]);
    assert!(
        error.contains(
            "own.toml:2: there is no rule or kind of finding \"loops\"; known are loop, handoff-cycle,"
        ),
        "{error}"
    );
}
