//! Where scenes are played: the committed fixture, sent through the real receiver, and the real binary on what it stored.
//!
//! The fixture's days are moved so that its runs are of today: the interface writes the time of day alone for those, and
//! pictures made tomorrow are the same.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::otlp::Http;
use crate::program::{Serve, World};
use crate::scenes::{Scene, folder};
use crate::terminal::{self, Terminal};

const SPANGLASS: &str = env!("CARGO_BIN_EXE_spanglass");
const DAY: u64 = 86_400_000_000_000;
/// The day on which the fixture was recorded, in UTC, and as it is written.
const RECORDED: u64 = 20_778 * DAY;
const RECORDED_AS: &str = "2026-11-21";

/// The day now, in nanoseconds; pictures must not be taken around midnight.
pub(crate) fn today() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    now.as_secs() / 86_400 * DAY
}

/// `text` with the day of today as that of the recording: the other way round of what was done to the fixture.
pub(crate) fn moved_back(text: &str) -> String {
    let today = i64::try_from(today()).unwrap();
    let today = chrono::DateTime::from_timestamp_nanos(today).format("%Y-%m-%d").to_string();
    text.replace(&today, RECORDED_AS)
}

/// A home with the fixture as `runs.db`.
pub(crate) fn world() -> World {
    let world = World::new();
    let serve = Serve::with(&world, &["--db", "runs.db"]);
    let packed = fs::read(folder().join("fixture.jsonl.zst")).unwrap();
    let requests = String::from_utf8(zstd::decode_all(packed.as_slice()).unwrap()).unwrap();
    let mut connection = Http::connect(serve.http()).unwrap();
    let later = today() - RECORDED;
    for request in requests.lines() {
        let mut request: Value = serde_json::from_str(request).unwrap();
        move_times(&mut request, later);
        let answer = connection.post("traces", "application/json", request.to_string().as_bytes()).unwrap();
        assert_eq!(answer.status(), 200, "{answer:?}");
    }
    assert_eq!(serve.stop("-TERM"), Some(0));
    world
}

/// Moves every time of a request.
fn move_times(value: &mut Value, later: u64) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| move_times(value, later)),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let time = value.as_str().filter(|_| name.ends_with("UnixNano")).map(str::parse::<u64>);
                match time {
                    Some(time) => *value = (time.unwrap() + later).to_string().into(),
                    None => move_times(value, later),
                }
            }
        }
        _ => {}
    }
}

/// Waits until no other test of this machine shows a receiver: its ports are part of the picture.
pub(crate) fn receiver_alone() -> fs::File {
    let file = fs::File::create(std::env::temp_dir().join("spanglass-pictures.lock")).unwrap();
    file.lock().unwrap();
    file
}

/// A terminal in which `scene` begins.
pub(crate) fn started(world: &World, scene: &Scene) -> Terminal {
    let words: Vec<_> = [SPANGLASS].into_iter().chain(scene.command.iter().map(String::as_str)).collect();
    let mut command = terminal::command(world.path(), &words);
    command.env("COLORTERM", "truecolor");
    command.env("COLORFGBG", if scene.light { "0;15" } else { "15;0" });
    for (name, value) in &scene.env {
        command.env(name, value);
    }
    Terminal::start(command, scene.size)
}

/// A terminal in which `scene` was played to its end.
pub(crate) fn played(world: &World, scene: &Scene) -> Terminal {
    let mut terminal = started(world, scene);
    for (keys, shown) in &scene.play {
        terminal.press(keys);
        terminal.wait_text(&shown.iter().map(String::as_str).collect::<Vec<_>>());
    }
    terminal
}

/// Until the screen is as wanted, or nothing has come for so long.
pub(crate) fn settle(terminal: &mut Terminal, is_so: impl Fn(&Terminal) -> bool) {
    const QUIET: Duration = Duration::from_millis(700);
    while !is_so(terminal) && !terminal.is_quiet_for(QUIET) {}
}
