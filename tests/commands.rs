//! The real binary from end to end: serve, demo, runs, show, config, in a home of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A home folder in which nothing is set.
struct World {
    home: TempDir,
}

impl World {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spanglass"));
        command.args(words).env_clear().env("HOME", self.path()).current_dir(self.path());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What the command prints, as JSON, line by line.
    fn json(&self, words: &[&str]) -> Vec<Value> {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The one line of an error, after its exit code was looked at.
    fn error(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    }
}

/// `spanglass serve` on free ports; killed when dropped before it was stopped.
struct Serve {
    child: Child,
    listening: String,
}

impl Serve {
    fn start(world: &World) -> Self {
        let words = ["serve", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        let mut child = world.command(&words).stderr(Stdio::piped()).spawn().unwrap();
        let mut listening = String::new();
        BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut listening).unwrap();
        Self { child, listening }
    }

    fn grpc(&self) -> &str {
        let (_, rest) = self.listening.split_once("grpc=").unwrap();
        rest.split(' ').next().unwrap()
    }

    /// Asks it to stop; its exit code.
    fn stop(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // gone already where it was stopped
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_the_demo_sends_is_there_after_serve_has_stopped() {
    let world = World::new();
    let serve = Serve::start(&world);
    let db = world.path().join(".local/share/spanglass/spanglass.db");
    assert!(serve.listening.ends_with(&format!(" db={}\n", db.display())), "{}", serve.listening);
    let demo = world.run(&["demo", "--fast", "1000", "--grpc", serve.grpc()]);
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    assert_eq!(serve.stop("-TERM"), Some(0));

    let runs = world.json(&["runs", "--json"]);
    assert_eq!(runs.len(), 7);
    assert!(runs.iter().all(|run| run["cost_source"] == "computed" && run["llm_calls"].as_u64() > Some(1)));
    assert_eq!(runs.iter().filter(|run| run["status"] == "error").count(), 1);
    assert_eq!(world.json(&["runs", "--json", "--limit", "2"]), runs[5..]);
    assert_eq!(world.json(&["runs", "--json", "code-review"]).len(), 2);

    let shown = world.json(&["show", "latest", "--json"]);
    assert_eq!(shown[0]["type"], "run");
    assert_eq!(shown[0]["run_id"], runs[6]["run_id"]);
    let steps: Vec<_> = shown.iter().filter(|line| line["type"] == "step").collect();
    assert_eq!(Some(steps.len() as u64), runs[6]["steps"].as_u64());
    let page = world.run(&["show", runs[0]["run_id"].as_str().unwrap()]);
    assert!(String::from_utf8(page.stdout).unwrap().contains("⚙ issue_refund"));
}

#[test]
fn an_interrupt_stops_serve_as_well() {
    let world = World::new();
    assert_eq!(Serve::start(&world).stop("-INT"), Some(0));
}

#[test]
fn mistakes_are_one_line_and_exit_code_2() {
    let world = World::new();
    for (words, said) in [
        (&["runs", "--db", "none.db"][..], "spanglass: cannot open none.db: "),
        (&["rnus"], "spanglass: unrecognized subcommand 'rnus'"),
        (&["serve", "--grpc", "4317"], "spanglass: --grpc: grpc cannot be \"4317\": write an address"),
        (&["runs", "--config", "none.toml"], "spanglass: cannot read the config file none.toml: "),
        (
            &["demo", "--grpc", "127.0.0.1:1"],
            "spanglass: nobody receives on 127.0.0.1:1: start spanglass serve",
        ),
    ] {
        let error = world.error(words);
        assert!(error.starts_with(said), "{error}");
    }
}

#[test]
fn the_config_that_is_printed_can_be_used() {
    let world = World::new();
    let printed = world.command(&["config"]).env("SPANGLASS_COLOR", "never").output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&printed).contains("color = \"never\"  # SPANGLASS_COLOR"));
    std::fs::write(world.path().join("own.toml"), &printed).unwrap();
    let again = world.run(&["config", "--config", "own.toml"]).stdout;
    assert!(String::from_utf8_lossy(&again).contains("color = \"never\"  # own.toml:"));
}
