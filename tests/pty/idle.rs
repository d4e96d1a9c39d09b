//! Where nothing happens, nothing wakes, but for a look at the file every two seconds.

use std::time::Duration;

use crate::program::{World, wait_for};
use crate::terminal::Terminal;
use crate::{live, otlp, send, told_endpoint};

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
        // until the work that is still under way is done, and between two looks
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
