//! What leaves as a file for others: diagrams, postmortems, OTLP.

use crate::otlp;
use crate::program::{Serve, World};

#[test]
fn a_run_is_exported_as_a_diagram_and_as_a_postmortem() {
    let world = World::with_demo();
    let file = world.default_db().with_file_name("run.mmd");
    for run in world.json(&["runs", "--json"]) {
        let id = run["run_id"].as_str().unwrap();
        let drawn = world.run(&["export", id, "--format", "mermaid", "-o", file.to_str().unwrap()]);
        assert_eq!((drawn.status.code(), drawn.stdout.len()), (Some(0), 0));
        let diagram = std::fs::read_to_string(&file).unwrap();
        assert!(
            diagram.starts_with("sequenceDiagram\n") && diagram.contains("actor p0 as User"),
            "{diagram}"
        );
        let written = world.run(&["export", id, "--format", "markdown"]);
        let page = String::from_utf8(written.stdout).unwrap();
        let sections =
            ["## What was asked", "## What happened", "## Where the money went", "## How it ended"];
        assert!(sections.iter().all(|section| page.contains(section)), "{page}");
    }
}

#[test]
fn what_is_exported_as_otlp_comes_in_again_as_the_same() {
    let (first, second) = (World::with_demo(), World::new());
    let exported = |world: &World| {
        let runs = world.json(&["runs", "--json"]);
        let export = |run: &serde_json::Value| world.run(&["export", run["run_id"].as_str().unwrap()]).stdout;
        runs.iter().map(export).collect::<Vec<_>>()
    };
    let whole = exported(&first);
    let serve = Serve::start(&second);
    let mut http = otlp::Http::connect(serve.http()).unwrap();
    for line in whole.iter().flat_map(|run| run.split(|&byte| byte == b'\n')).filter(|line| !line.is_empty())
    {
        let signal = if line.starts_with(b"{\"resourceLogs\"") { "logs" } else { "traces" };
        assert_eq!(http.post(signal, "application/json", line).unwrap().status(), 200);
    }
    drop(http);
    assert_eq!(serve.stop("-TERM"), Some(0));
    assert_eq!(exported(&second), whole);
    let told = |world: &World| world.json(&["runs", "--json"]);
    assert_eq!(told(&second), told(&first));
}
