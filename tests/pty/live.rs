//! A live interface: it grows under a cursor that stays, and tells of trouble while it lasts.

use rusqlite::Connection;

use crate::program::World;
use crate::terminal::Terminal;
use crate::{live, otlp, search_loop, send, told_endpoint};

#[test]
fn a_live_run_grows_under_a_cursor_that_stays() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    let port = format!("http {}", http.port());
    terminal.wait_text(&["OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "grpc ", &port]);

    // children first: the agent is not known yet
    send(http, vec![otlp::tool(1, 50, 10, "t50"), otlp::tool(1, 60, 10, "t60")]);
    terminal.wait("the run", |t| t.text().contains("1 run") && !t.cursor_row().is_empty());
    terminal.press("\r");
    terminal.wait_text(&["t50", "t60"]);
    terminal.press("gj");
    terminal.wait("the cursor on a step", |t| t.cursor_row().contains("t50"));
    let place = |t: &Terminal| t.rows().iter().position(|row| row.starts_with('▌'));
    let before = place(&terminal);
    send(http, vec![otlp::tool(1, 30, 10, "t30"), otlp::tool(1, 40, 10, "t40")]);
    terminal.wait_text(&["t30", "t40"]);
    assert!(terminal.cursor_row().contains("t50"), "{}", terminal.text());
    assert_ne!(place(&terminal), before, "rows were put in above the cursor");

    terminal.press("f");
    terminal.wait("the newest step", |t| t.cursor_row().contains("t60"));
    send(http, vec![otlp::tool(1, 70, 10, "t70")]);
    terminal.wait("the newer step", |t| t.cursor_row().contains("t70"));
    send(http, vec![otlp::agent(1, 10, 0, "triage")]);
    terminal.wait("the root above its steps", |t| {
        let rows = t.rows();
        let at = |name: &str| rows.iter().skip(2).position(|row| row.contains(name));
        at("triage").is_some() && at("triage") < at("t30")
    });
    terminal.press("q");
    terminal.wait_text(&["1 run", "AGENT", "triage"]);
    terminal.press("q");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
    assert!(!world.path().join("runs.db-wal").exists(), "the file stands alone");
    assert_eq!(world.json(&["show", "latest", "--json", "--db", "runs.db"])[0]["steps"], 6);
}

#[test]
fn what_another_process_deletes_leaves_the_list_although_nothing_comes_in() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    send(http, vec![otlp::agent(1, 1, 0, "triage")]);
    send(http, vec![otlp::agent(2, 1, 0, "billing")]);
    terminal.wait_text(&["2 runs", "triage", "billing"]);
    world.text(&["delete", "latest", "--yes", "--db", "runs.db"]);
    terminal.wait("one run", |t| {
        t.text().contains("1 run ") && t.text().contains("triage") != t.text().contains("billing")
    });
}

#[test]
fn trouble_of_the_store_is_told_while_it_lasts() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    send(http, vec![otlp::agent(1, 1, 0, "triage")]);
    terminal.wait_text(&["triage"]);
    let other = Connection::open(world.path().join("runs.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut connection = otlp::Http::connect(http).unwrap();
    let refused = connection.send(&otlp::request(vec![otlp::agent(2, 1, 0, "billing")])).unwrap();
    assert_eq!(refused.status(), 503, "{refused:?}");
    terminal.wait_text(&["another program holds the database locked"]);
    other.execute_batch("ROLLBACK").unwrap();
    terminal.wait("the trouble to go", |t| !t.text().contains("locked"));
    send(http, vec![otlp::agent(2, 1, 0, "billing")]);
    terminal.wait_text(&["billing"]);
}

#[test]
fn what_is_refused_is_told_though_nothing_is_stored() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    let answer = otlp::Http::connect(http).unwrap().send_bytes(b"no protobuf").unwrap();
    assert_eq!(answer.status(), 400, "{answer:?}");
    terminal.wait_text(&["no runs yet", "1 refused"]);
}

#[test]
fn findings_of_a_live_run_grow_under_the_panel_and_a_comparison_of_it_grows_too() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    send(http, [vec![otlp::agent(1, 1, 0, "triage")], search_loop(1, 1..=2)].concat());
    terminal.wait_text(&["1 run"]);
    send(http, [vec![otlp::agent(2, 1, 0, "triage")], search_loop(2, 1..=3)].concat());
    terminal.wait("the looping run on top", |t| t.text().contains("2 runs") && t.rows()[2].contains("↻1"));
    terminal.press("gw");
    terminal.wait_text(&["Findings", "3 times"]);
    send(http, search_loop(2, 4..=4));
    terminal.wait_text(&["4 times"]);
    terminal.press("\r");
    terminal.wait_text(&["at 1 of"]);
    send(http, search_loop(2, 5..=6));
    terminal.wait_text(&["6 times", "at 1 of"]);

    terminal.press("d");
    terminal.wait_text(&["parted", "the same so far"]);
    send(http, search_loop(2, 7..=7));
    terminal.wait("the longer side", |t| t.text().contains("15 steps"));
    terminal.press("q");
    terminal.wait_text(&["Findings", "7 times"]);
}

#[test]
fn the_key_of_the_first_screen_plays_the_demo() {
    let world = World::new();
    let mut terminal = live(&world);
    told_endpoint(&mut terminal);
    terminal.press("d");
    terminal.wait_text(&["1 live", "triage"]);
    terminal.press("q");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}
