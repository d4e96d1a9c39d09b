//! The real binary in a real terminal: what people see, and what is left when it is gone.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]
#![expect(clippy::print_stderr, reason = "what is skipped is told")]

mod background;
mod files;
mod hostile;
mod idle;
mod input;
mod keys;
mod live;
#[path = "../common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
mod panics;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod program;
mod signals;
mod sizes;
#[path = "../common/terminal.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod terminal;

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use opentelemetry_proto::tonic::trace::v1::Span;
use program::{Serve, World};
use terminal::{Size, Terminal};

const SPANGLASS: &str = env!("CARGO_BIN_EXE_spanglass");
const USUAL: Size = (80, 24);

/// The live interface on free ports, with a database of its own.
fn live(world: &World) -> Terminal {
    let words = [SPANGLASS, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--db", "runs.db"];
    Terminal::start(terminal::command(world.path(), &words), USUAL)
}

/// Where the empty state tells agents to send to.
fn told_endpoint(terminal: &mut Terminal) -> SocketAddr {
    let text = terminal.wait_text(&["no runs yet", "export OTEL_EXPORTER_OTLP_ENDPOINT=http://"]);
    let (_, rest) = text.split_once("OTEL_EXPORTER_OTLP_ENDPOINT=http://").unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

fn open(world: &World, file: &str, size: Size) -> Terminal {
    Terminal::start(terminal::command(world.path(), &[SPANGLASS, "open", file]), size)
}

/// A shell with job control, at its prompt.
fn shell(world: &World) -> Terminal {
    let mut command = terminal::command(world.path(), &["/bin/sh", "-i"]);
    command.env("PS1", "ready> ");
    let mut terminal = Terminal::start(command, USUAL);
    terminal.wait_text(&["ready>"]);
    terminal
}

/// Sends `spans` and sees them acknowledged.
fn send(http: SocketAddr, spans: Vec<Span>) {
    let answer = otlp::Http::connect(http).unwrap().send(&otlp::request(spans)).unwrap();
    assert_eq!(answer.status(), 200, "{answer:?}");
}

/// A database with one run of an agent that calls these tools, and the folder of its own that it lies in.
fn saved(world: &World, tools: &[&str]) -> PathBuf {
    let folder = world.path().join("saved");
    let serve = Serve::with(world, &["--db", "saved/runs.db"]);
    let mut spans = vec![otlp::chat(1, 2, 1, (1000, 20)), otlp::agent(1, 1, 0, "triage")];
    spans.extend((3..).zip(tools).map(|(id, tool)| otlp::tool(1, id, 1, tool)));
    send(serve.http(), spans);
    assert_eq!(serve.stop("-TERM"), Some(0));
    folder
}

/// `rounds` of the same search with the same result, by an agent.
fn search_loop(trace: u64, rounds: RangeInclusive<u64>) -> Vec<Span> {
    let search = |round: u64| {
        let mut tool = otlp::tool(trace, 10 * round + 1, 1, "search_web");
        tool.attributes.push(otlp::text("gen_ai.tool.call.arguments", r#"{"q":"refund policy"}"#));
        tool.attributes.push(otlp::text("gen_ai.tool.call.result", r#"{"hits":[]}"#));
        [otlp::chat(trace, 10 * round, 1, (1000, 20)), tool]
    };
    rounds.flat_map(search).collect()
}

/// A span that hands the work on.
fn handoff(trace: u64, id: u64, parent: u64, to: &str) -> Span {
    otlp::tool(trace, id, parent, &format!("transfer_to_{to}"))
}

/// A database with a loop, the same task without one, and a run in which one agent calls another.
fn troubled(world: &World) {
    let serve = Serve::with(world, &["--db", "saved/runs.db"]);
    let root = |trace| otlp::agent(trace, 1, 0, "triage");
    send(serve.http(), [vec![root(1)], search_loop(1, 1..=2)].concat());
    send(serve.http(), [vec![root(2)], search_loop(2, 1..=6)].concat());
    let given =
        [otlp::chat(3, 2, 1, (900, 10)), handoff(3, 3, 1, "billing"), otlp::agent(3, 4, 3, "billing")];
    send(serve.http(), [vec![root(3)], given.to_vec(), vec![otlp::chat(3, 5, 4, (700, 30))]].concat());
    assert_eq!(serve.stop("-TERM"), Some(0));
}
