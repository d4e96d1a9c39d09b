//! Databases on disk: opened ones stay as they were, followed ones grow, live ones stay locked.

use std::path::Path;

use crate::program::{Serve, World};
use crate::{USUAL, live, open, otlp, saved, send, told_endpoint};

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
