//! Judgements: a check with its exit code, the doctor.

use super::{contents, run_of, store};
use crate::otlp;
use crate::program::World;

#[test]
fn the_doctor_names_what_is_missing_and_the_setting_that_brings_it() {
    let world = World::new();
    let mut spans = run_of(1, "triage");
    spans.push(otlp::tool(1, 13, 11, "search_web"));
    store(&world, spans);
    let clients = world.json(&["doctor", "--json"]);
    assert_eq!(clients.len(), 1, "{clients:?}");
    assert_eq!((&clients[0]["model_calls"], &clients[0]["tool_calls"]), (&1.into(), &1.into()));
    let gaps = clients[0]["gaps"].as_array().unwrap();
    let prompts = gaps.iter().find(|gap| gap["gap"] == "prompts").unwrap();
    assert_eq!((&prompts["count"], &prompts["of"]), (&1.into(), &1.into()));
    assert!(prompts["setting"].as_str().unwrap().contains("gen_ai.input.messages"), "{prompts}");
    let page = world.text(&["doctor"]);
    assert!(page.contains("no prompts") && page.contains("1 of 1 model call"), "{page}");
    let before = contents(world.default_db().parent().unwrap());
    world.text(&["doctor"]);
    assert!(contents(world.default_db().parent().unwrap()) == before, "the doctor only looks");
}

#[test]
fn a_check_fails_runs_that_loop_or_break_a_limit_and_says_so() {
    let world = World::new();
    let mut stuck = run_of(1, "stuck");
    for n in 0..3 {
        let call = [("gen_ai.tool.call.arguments", "{}"), ("gen_ai.tool.call.result", "nothing")];
        let text = |(key, value): (&str, &str)| otlp::text(key, value);
        let mut asked = otlp::chat(1, 30 + n, 11, (1000, 20));
        let base = asked.start_time_unix_nano + 1_000 + n * 100;
        (asked.start_time_unix_nano, asked.end_time_unix_nano) = (base, base + 40);
        stuck.push(asked);
        let mut span = otlp::tool(1, 20 + n, 11, "search_web");
        (span.start_time_unix_nano, span.end_time_unix_nano) = (base + 50, base + 60);
        span.attributes.extend(call.map(text));
        stuck.push(span);
    }
    store(&world, [stuck, run_of(2, "sound")].concat());
    let failed = world.run(&["check", "--json", "--junit", "report.xml"]);
    assert_eq!(failed.status.code(), Some(1), "{}", String::from_utf8_lossy(&failed.stderr));
    let lines: Vec<serde_json::Value> = String::from_utf8(failed.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((&lines[0]["passed"], &lines[1]["passed"]), (&false.into(), &true.into()));
    assert_eq!(lines[0]["breaches"][0]["rule"], "loop");
    let report = std::fs::read_to_string(world.path().join("report.xml")).unwrap();
    assert!(report.contains("tests=\"2\" failures=\"1\"") && report.contains("search_web"), "{report}");

    let counted = &world.json(&["runs", "--json"])[0]["findings"];
    assert_eq!((&counted["loop"], &counted["handoff_cycle"]), (&1.into(), &0.into()));
    let sound = lines[1]["run_id"].as_str().unwrap();
    for (words, code) in [
        (&["check", sound][..], 0),
        (&["check", sound, "--max-steps", "1"], 1),
        (&["check", "--max-steps", "1000", "--max-duration", "1h", "--max-cost", "5"], 0),
        (&["check", "--fail-on", "error,handoff-cycle"], 0),
        (&["check", "--fail-on", "loops"], 2),
        (&["check", "ffff"], 2),
    ] {
        assert_eq!(world.run(words).status.code(), Some(code), "{words:?}");
    }
}

#[test]
fn a_check_that_looks_at_nothing_does_not_pass() {
    let world = World::new();
    let refused = |words: &[&str], why: &str| {
        let done = world.run(words);
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!((done.status.code(), said.lines().count()), (Some(2), 1), "{words:?}: {said}");
        assert!(said.contains(why), "{words:?}: {said}");
    };
    store(&world, vec![otlp::span(1, 1, 0, "GET /health")]);
    refused(&["check"], "no agent run is in");
    refused(&["check", "--json", "--junit", "report.xml"], "nothing was checked");
    store(&world, run_of(2, "sound"));
    assert_eq!(world.run(&["check"]).status.code(), Some(0));
    refused(&["check", "--baseline", "latest"], "no other run does the job");
    std::fs::write(world.path().join("off.toml"), "[findings]\noff = [\"loop\"]\n").unwrap();
    refused(&["check", "--config", "off.toml", "--fail-on", "error,loop"], "--fail-on loop would never fail");
    assert_eq!(
        world.run(&["check", "--config", "off.toml"]).status.code(),
        Some(0),
        "what is usual may be off"
    );
}
