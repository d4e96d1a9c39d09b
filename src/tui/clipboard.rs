//! The clipboard behind tmux: asked through its own command, which works as it comes, where escape sequences do not.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::thread;

/// Gives `text` to tmux, which keeps it in a buffer and, from version 3.2 on, hands it to the terminal's clipboard.
/// Nothing waits for it: where there is no such command the escape sequences are all there is.
pub(super) fn tell_tmux(text: &str) {
    let started = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        Ok(tmux) => hand_over(tmux, text.to_owned()),
        Err(error) => tracing::debug!("tmux cannot be asked: {error}"),
    }
}

/// On a thread of its own, for tmux may be slow; the clipboard is not worth a frame.
fn hand_over(mut tmux: Child, text: String) {
    let hand = move || {
        let written = tmux.stdin.take().map(|mut pipe| pipe.write_all(text.as_bytes()));
        let ended = tmux.wait();
        tracing::debug!("tmux was told: {written:?}, {ended:?}");
    };
    if let Err(error) = thread::Builder::new().name("clipboard".to_owned()).spawn(hand) {
        tracing::debug!("tmux is not told: {error}");
    }
}
