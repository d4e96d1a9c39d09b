//! The real binary in a real terminal: what people see, and what is left when it is gone.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]
#![expect(clippy::print_stderr, reason = "what is skipped is told")]

#[path = "common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
#[path = "common/program.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod program;
#[path = "common/terminal.rs"]
mod terminal;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::Span;
use program::{Serve, World, wait_for};
use rusqlite::Connection;
use spanglass::analyze::diff::Facts;
use spanglass::analyze::tree::Tree;
use spanglass::model::{Finding, IntakeCounts, Remark, RunKey, RunSummary, Step, StepKey};
use spanglass::report::format::Zone;
use spanglass::store::{HitPage, Mark};
use spanglass::tui::{self, Asked, Backend, StepDetail};
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

#[test]
fn a_live_run_grows_under_a_cursor_that_stays() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    assert!(terminal.text().contains("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"));
    assert!(terminal.text().contains("grpc ") && terminal.text().contains(&format!("http {}", http.port())));

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
fn a_signal_gives_the_terminal_back() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let world = World::new();
        let mut terminal = live(&world);
        let http = told_endpoint(&mut terminal);
        assert!(terminal.not_given_back().len() >= 5, "taken: {:?}", terminal.not_given_back());
        send(http, vec![otlp::agent(1, 1, 0, "triage")]);
        terminal.signal(signal);
        assert!(terminal.ended().success(), "{signal}");
        assert_eq!(terminal.not_given_back(), [""; 0], "{signal}");
        assert_eq!(world.json(&["runs", "--json", "--db", "runs.db"]).len(), 1, "{signal}");
    }
}

#[test]
fn suspended_by_key_or_signal_it_gives_the_terminal_back_and_takes_it_again() {
    let world = World::new();
    saved(&world, &["search"]);
    let mut terminal = open(&world, "saved/runs.db", USUAL);
    let before = terminal.wait_text(&["triage"]);
    for by_key in [true, false] {
        let sent = terminal.raw.len();
        if by_key {
            terminal.press("\x1a");
        } else {
            terminal.signal("-TSTP");
        }
        let stat = PathBuf::from(format!("/proc/{}/stat", terminal.pid()));
        wait_for("it to stop", || std::fs::read_to_string(&stat).unwrap().contains(") T ").then_some(()));
        terminal.wait("the terminal back", |t| t.not_given_back().is_empty());
        terminal.signal("-CONT");
        terminal.wait("the screen again", |t| t.not_given_back().len() >= 5 && t.text() == before);
        assert!(terminal.raw.len() > sent + before.len(), "drawn whole");
        terminal.press("j");
    }
    terminal.press("q");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}

#[test]
fn a_resized_screen_looks_as_one_of_that_size_from_the_start() {
    let world = World::new();
    saved(&world, &["search", "환불 정책 찾기", "flag 🇰🇷 family 👩‍👩‍👧‍👦", "refund"]);
    let show = |size| {
        let mut terminal = open(&world, "saved/runs.db", size);
        if size.0 >= 60 {
            terminal.wait_text(&["triage"]);
            terminal.press("\r");
            terminal.wait("the open run", |t| t.text().contains("refund"));
        }
        terminal
    };
    let mut terminal = show(USUAL);
    for size in [(200, 50), (60, 12), (40, 8), USUAL] {
        let mut fresh = show(size);
        fresh.wait("something", |t| !t.text().trim().is_empty());
        terminal.resize(size);
        // the detail of the step under the cursor may come after the steps
        terminal.wait_until_like(&mut fresh);
    }
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

/// Goes to a screen, resizes it, and sees what a terminal of that size shows, or at least the same row under the cursor;
/// then leaves it.
fn walks_through(world: &World, keys: &str, words: &[&str], leave: &str, back: &[&str]) {
    let show = |size| {
        let mut terminal = open(world, "saved/runs.db", size);
        terminal.wait_text(&["3 runs", "triage"]);
        for key in keys.split(' ') {
            // each key acts on what the one before has brought
            let before = terminal.text();
            terminal.press(key);
            terminal.wait("what the key does", |t| t.text() != before);
        }
        terminal.wait_text(words);
        terminal
    };
    let mut terminal = show(USUAL);
    for size in [(160, 45), (60, 15), USUAL] {
        let mut fresh = show(size);
        terminal.resize(size);
        if keys.ends_with('d') {
            // how many rows there are above the fork depends on when the reason for it came
            let row = fresh.cursor_row();
            terminal.wait("the same row", |t| {
                t.cursor_row() == row && words.iter().all(|w| t.text().contains(w))
            });
        } else {
            terminal.wait_until_like(&mut fresh);
        }
    }
    terminal.press(leave);
    terminal.wait("the screen below", |t| {
        let text = t.text();
        back.iter().all(|word| text.contains(word)) && words.iter().any(|word| !text.contains(word))
    });
    terminal.press("\u{3}");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}

#[test]
fn findings_handoffs_and_a_comparison_open_fit_any_size_and_close() {
    let world = World::new();
    troubled(&world);
    for leave in ["\u{1b}", "w"] {
        walks_through(&world, "j w", &["ALARM", "6 times", "walk"], leave, &["Steps", "rounds"]);
    }
    for leave in ["\u{1b}", "q", "H"] {
        walks_through(&world, "\r H", &["Handoffs", "AGENT", "billing", "first"], leave, &["Steps"]);
    }
    for leave in ["\u{1b}", "q"] {
        walks_through(&world, "j d", &["parted", "why", "next"], leave, &["3 runs", "AGENT"]);
    }
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

/// Colours, title, clipboard, clear screen in one byte, device control, bidi, zero width.
const HOSTILE: &str = "\u{1b}[31mEVIL\u{1b}]0;EVIL\u{7}\u{1b}]52;c;RVZJTA==\u{7}\u{9b}2JEVIL\u{1b}PEVIL\u{1b}\\\u{202e}\u{2066}\u{200b}";

fn hostile_run() -> Vec<Span> {
    let status = opentelemetry_proto::tonic::trace::v1::Status { message: HOSTILE.to_owned(), code: 2 };
    let mut spans =
        vec![otlp::agent(1, 1, 0, HOSTILE), otlp::tool(1, 2, 1, HOSTILE), otlp::chat(1, 3, 1, (10, 1))];
    for span in &mut spans {
        span.status = Some(status.clone());
        span.attributes.push(otlp::text(HOSTILE, HOSTILE));
        span.attributes.push(otlp::text(
            "gen_ai.input.messages",
            &format!(
                r#"[{{"role":"user","parts":[{{"type":"text","content":{}}}]}}]"#,
                serde_json::to_string(HOSTILE).unwrap()
            ),
        ));
        span.attributes.push(otlp::text("gen_ai.response.model", HOSTILE));
    }
    spans
}

#[test]
fn nothing_a_span_holds_reaches_the_terminal_raw() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    terminal.resize((200, 50));
    send(http, hostile_run());
    terminal.wait_text(&["EVIL"]);
    terminal.press("\r");
    terminal.wait_text(&["Steps", "attributes"]);
    for _ in 0..3 {
        // the detail of each step, with everything unfolded
        terminal.press("\t+");
        terminal.wait_text(&["ids and times"]);
        terminal.press("\tj");
    }
    terminal.press("qq");
    assert!(terminal.ended().success());
    let raw = String::from_utf8(std::mem::take(&mut terminal.raw)).unwrap();
    assert!(raw.matches("EVIL").count() > 9, "it was shown");
    for touch in
        ["\u{1b}[31mEVIL", "\u{1b}]", "\u{7}", "\u{1b}P", "\u{9b}", "\u{202e}", "\u{2066}", "\u{200b}"]
    {
        assert!(!raw.contains(touch), "{touch:?} was sent");
    }
}

/// Processor time of all threads in ticks, and how often one of them was woken.
fn work_done(pid: u32) -> (u64, u64) {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let wakes = threads.map(|thread| {
        let status = std::fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        let (_, rest) = status.split_once("\nvoluntary_ctxt_switches:").unwrap();
        rest.lines().next().unwrap().trim().parse::<u64>().unwrap()
    });
    (ticks, wakes.sum())
}

#[test]
fn where_nothing_happens_nothing_wakes() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    let quiet_second = |terminal: &mut Terminal| {
        // until the work that is still under way is done
        wait_for("a second without work", || {
            let before = work_done(terminal.pid());
            let quiet = terminal.is_quiet_for(Duration::from_secs(1));
            (quiet && work_done(terminal.pid()) == before).then_some(())
        });
    };
    quiet_second(&mut terminal);
    send(http, vec![otlp::agent(1, 1, 0, "triage")]);
    terminal.wait_text(&["triage"]);
    quiet_second(&mut terminal);
}

/// What lies in a folder, byte for byte.
fn contents(folder: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries.map(|e| (e.file_name(), std::fs::read(e.path()).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn an_opened_file_and_its_folder_stay_as_they_were() {
    let world = World::new();
    let folder = saved(&world, &["search"]);
    let before = contents(&folder);
    let mut terminal = open(&world, "saved/runs.db", (200, 50));
    terminal.wait_text(&["triage"]);
    terminal.press("\r");
    terminal.wait_text(&["ids and times"]);
    assert!(contents(&folder) == before, "while it is open");
    terminal.press("qq");
    assert!(terminal.ended().success());
    assert!(contents(&folder) == before);
}

#[test]
fn an_opened_file_is_followed_while_others_write_it() {
    let world = World::new();
    saved(&world, &["search"]);
    let mut terminal = open(&world, "saved/runs.db", USUAL);
    terminal.wait_text(&["triage"]);
    for (trace, name) in [(2, "billing"), (3, "audit")] {
        // two processes, one after the other
        let serve = Serve::with(&world, &["--db", "saved/runs.db"]);
        send(serve.http(), vec![otlp::agent(trace, 1, 0, name)]);
        terminal.wait_text(&[name]);
        send(serve.http(), vec![otlp::agent(trace + 10, 1, 0, &format!("{name} two"))]);
        terminal.wait_text(&[&format!("{name} two")]);
        assert_eq!(serve.stop(if trace == 2 { "-KILL" } else { "-TERM" }), (trace == 3).then_some(0));
    }
    terminal.press("q");
    assert!(terminal.ended().success());
}

/// Whether `pid` holds a lock on this file, as the kernel tells.
fn is_locked_by(pid: u32, file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let inode = format!(":{} ", file.metadata().unwrap().ino());
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    locks.lines().any(|lock| lock.contains(&format!(" {pid} ")) && lock.contains(&inode))
}

/// Closing any descriptor of a file gives up all locks of the process on it; then another program may delete the log
/// that the writer is still writing.
#[test]
fn a_live_interface_keeps_its_lock_on_the_database() {
    let world = World::new();
    let mut terminal = live(&world);
    let http = told_endpoint(&mut terminal);
    send(http, vec![otlp::agent(1, 1, 0, "triage")]);
    terminal.wait_text(&["triage"]);
    if !is_locked_by(terminal.pid(), &world.path().join("runs.db-shm")) {
        eprintln!("skipped: the kernel does not tell of locks on this file system");
        return;
    }
    assert!(is_locked_by(terminal.pid(), &world.path().join("runs.db")));
}

/// A database in which nothing ever happens, or whose every question ends in a panic.
struct Nothing {
    panics: bool,
}

impl Backend for Nothing {
    fn search_runs(
        &mut self,
        _typed: &str,
        _goes_on: &mut dyn FnMut(&BTreeSet<RunKey>) -> bool,
    ) -> Result<Option<Vec<RunKey>>, String> {
        Ok(None)
    }

    fn search_texts(
        &mut self,
        _typed: &str,
        _mark: Mark,
        _limit: usize,
        _goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HitPage, String> {
        Ok(HitPage::default())
    }

    fn revision(&mut self) -> Result<i64, String> {
        Ok(0)
    }

    fn runs(&mut self, _: i64) -> Result<Vec<RunSummary>, String> {
        assert!(!self.panics, "the loader breaks");
        Ok(Vec::new())
    }

    fn newest_runs(&mut self, _: u32) -> Result<Vec<RunSummary>, String> {
        self.runs(0)
    }

    fn steps(&mut self, _: RunKey, _: i64) -> Result<(i64, Vec<Arc<Step>>), String> {
        Ok((0, Vec::new()))
    }

    fn findings(&mut self, _: RunKey, _: &[Arc<Step>], _: &Tree) -> Result<Vec<Finding>, String> {
        Ok(Vec::new())
    }

    fn remarks(&mut self, _: RunKey) -> Result<Vec<Remark>, String> {
        Ok(Vec::new())
    }

    fn dismiss(&mut self, _: RunKey, _: &Finding, _: bool) -> Result<Vec<RunSummary>, String> {
        Ok(Vec::new())
    }

    fn facts(&mut self, _: &[StepKey]) -> Result<Facts, String> {
        Ok(Facts::default())
    }

    fn detail(&mut self, _: &Asked) -> Result<StepDetail, String> {
        Err("nothing is here".to_owned())
    }
}

/// The interface on this test's own terminal; the demo's key is a panic of the thread that draws.
fn show_what_breaks(loader_panics: bool) {
    let options = tui::Options {
        mode: tui::Mode::Live(Vec::new()),
        database: "none".to_owned(),
        file: "none".to_owned(),
        setup: Vec::new(),
        start_demo: Some(Box::new(|| panic!("the screen breaks"))),
        gauges: tui::Gauges {
            intake: Box::new(IntakeCounts::default),
            database_bytes: Box::new(|| 0),
            told: true,
        },
        depth: tui::Depth::Sixteen,
        background: tui::Background::Dark,
        ascii: false,
        notify: tui::Ways::default(),
        zone: Zone::Utc,
    };
    let (_, mailbox) = tui::channel();
    tui::run(options, mailbox, &mut || Ok(Box::new(Nothing { panics: loader_panics }))).unwrap();
}

#[test]
#[ignore = "needs a terminal: run by the test of panics"]
fn in_a_terminal_the_screen_breaks() {
    show_what_breaks(false);
}

#[test]
#[ignore = "needs a terminal: run by the test of panics"]
fn in_a_terminal_a_loader_breaks() {
    show_what_breaks(true);
}

/// Runs one of the above, in a terminal.
fn broken(world: &World, test: &str) -> Terminal {
    let program = std::env::current_exe().unwrap();
    let words = [program.to_str().unwrap(), "--exact", test, "--ignored", "--nocapture"];
    Terminal::start(terminal::command(world.path(), &words), USUAL)
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_told() {
    let world = World::new();
    let mut terminal = broken(&world, "in_a_terminal_the_screen_breaks");
    terminal.wait_text(&["no runs yet"]);
    assert!(terminal.not_given_back().len() >= 5);
    terminal.press("d");
    assert!(!terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
    assert!(terminal.text().contains("the screen breaks"), "{}", terminal.text());
    let raw = String::from_utf8_lossy(&terminal.raw);
    assert_eq!(raw.matches("\u{1b}[?1049l").count(), 1, "given back once, or the words are written over");
}

#[test]
fn a_panic_of_a_loader_is_told_on_the_screen() {
    let world = World::new();
    let mut terminal = broken(&world, "in_a_terminal_a_loader_breaks");
    terminal.wait_text(&["internal error", "the loader breaks"]);
    assert!(terminal.not_given_back().len() >= 5);
    terminal.press("q");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}
