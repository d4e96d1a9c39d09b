//! The thread that reads keys, mouse, pastes and sizes, and hears the terminal's answer among them.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use super::answer::{self, Heard, Listener};
use super::app::Msg;
use super::gate::Gate;

/// How long the first frame waits for the terminal to tell its background: more than any terminal on this machine takes,
/// too little to be seen. What comes later changes the colours.
const ANSWER: Duration = Duration::from_millis(25);

/// How long whoever gives the terminal away waits for it after the question: a slow connection's way there and back.
const LAST_WORD: Duration = Duration::from_millis(300);

/// A question to the terminal that is yet to be answered.
pub(super) struct Question {
    asked: Instant,
    /// Its other end is dropped with the answer.
    answered: Receiver<()>,
}

impl Question {
    /// One that was asked now. The thread that reads the answer is given the other end of the channel.
    pub(super) fn new(answered: Receiver<()>) -> Self {
        Self { asked: Instant::now(), answered }
    }

    /// How long the first frame still waits.
    pub(super) fn first_frame_in(&self) -> Duration {
        ANSWER.saturating_sub(self.asked.elapsed())
    }

    /// Waits for the answer, but not for long: whoever has the terminal next must not be typed at.
    pub(super) fn hear_out(self) {
        // nothing is ever sent: what ends it early is the end of the other side
        let _ = self.answered.recv_timeout(LAST_WORD.saturating_sub(self.asked.elapsed()));
    }
}

/// Reads until the terminal or the interface is gone; `asked` is dropped when the terminal has answered.
pub(super) fn read(gate: &Arc<Gate>, mut asked: Option<Sender<()>>, out: &Sender<Msg>) {
    let mut listener = if asked.is_some() { Listener::default() } else { Listener::deaf() };
    loop {
        let heard = listen(&mut listener, gate);
        let msgs = match heard {
            Ok(Heard::Part) => Vec::new(),
            Ok(Heard::Answer(background)) => {
                drop(asked.take());
                background.map(Msg::Background).into_iter().collect()
            }
            Ok(Heard::Events(events)) => events.into_iter().map(Msg::Input).collect(),
            Err(_) => {
                // an interface that has gone needs no news
                let _ = out.send(Msg::Terminate);
                return;
            }
        };
        if msgs.into_iter().any(|msg| out.send(msg).is_err()) {
            return;
        }
    }
}

/// What came of the next event, or of none.
fn listen(listener: &mut Listener, gate: &Gate) -> io::Result<Heard> {
    if listener.holds_a_half() && !crossterm::event::poll(answer::HALF)? {
        return Ok(listener.silence());
    }
    let event = crossterm::event::read();
    gate.pass();
    Ok(listener.hear(event?))
}
