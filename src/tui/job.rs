//! The job that a shell made of us: whether one is above that could continue it, and how it stops.

use std::io;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{getpgrp, getppid, getsid};

/// Said where nothing above could continue us: fits 80 columns.
pub(super) const STAYS: &str = "not suspended: no shell above could bring it back; detach in tmux, or quit";

/// Whether a shell with job control made a group of us and is still there: else a stop would be for good. In the group
/// of a session's leader nobody can, `tmux new spanglass` or `ssh -t host spanglass`; nor where whoever started us has
/// gone, which leaves us a parent of another session. A kernel asks the same of any stop that comes from a keyboard.
/// What lies outside our namespace of processes, as in a container, has the number 0: that is no shell of ours either.
pub(super) fn can_stop() -> bool {
    let parent = getppid();
    // `getsid` of 0 asks for our own session.
    parent.as_raw() != 0 && getsid(None).is_ok_and(|own| getpgrp() != own && getsid(Some(parent)) == Ok(own))
}

/// Stops the whole job until the shell continues it, as the terminal's own key would: a shell that waits for `cargo` or
/// a script would never learn that only we have stopped. All at once, with a signal that none can put off: a job of which
/// a part stops later may have been continued by then, and that part never is.
///
/// # Errors
/// If there is no stopping.
pub(super) fn stop() -> io::Result<()> {
    Ok(killpg(getpgrp(), Signal::SIGSTOP)?)
}
