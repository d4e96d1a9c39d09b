//! One turn after the other of the loop: draw what is due, read what stands beside the cursor, wait, update, carry out.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crossterm::event::Event as InputEvent;

use super::app::{App, Effect, Msg};
use super::document::Document;
use super::event_loop::now;
use super::gate::Gate;
use super::input::Question;
use super::job;
use super::loader::Desk;
use super::notify::{Runner, Ways};
use super::pace::{Cause, Pace};
use super::pager;
use super::terminal::Screen;
use super::update::update;

/// Whether the interface goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    On,
    Away,
}

/// What one turn of the loop works on.
pub(super) struct Turn {
    pub(super) app: App,
    /// The terminal was asked for its background and told none.
    pub(super) question: Option<Question>,
    pub(super) screen: Screen,
    pub(super) desk: Arc<Desk>,
    pub(super) gate: Arc<Gate>,
    pub(super) start_demo: Option<Box<dyn FnMut()>>,
    pub(super) notify: (Ways, Runner),
    /// What is read once the frame is out.
    pub(super) afterwards: Vec<Effect>,
}

impl Turn {
    /// Carries out what is asked before anything is said.
    pub(super) fn first(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        effects.into_iter().try_for_each(|effect| self.carry_out(effect).map(drop))
    }

    /// Goes on until people leave, or nobody can send any more.
    pub(super) fn until_left(&mut self, inbox: &Receiver<Msg>) -> io::Result<()> {
        let mut pace = Pace::default();
        let mut waits = Some(Cause::News);
        loop {
            let frame = waits.map(|cause| (cause, self.due(&pace, cause)));
            let patience = match next(frame, self.afterwards.is_empty()) {
                Next::Draw(cause) => {
                    self.screen.draw(&self.app)?;
                    pace.drew(cause, Instant::now());
                    waits = None;
                    continue;
                }
                Next::Read => {
                    for effect in std::mem::take(&mut self.afterwards) {
                        self.carry_out(effect)?;
                    }
                    continue;
                }
                Next::Wait(Some(due)) => Some(due),
                Next::Wait(None) => self.app.tick().map(until_next),
            };
            let Some(batch) = wait(inbox, patience) else {
                return Ok(());
            };
            // a frame put off is drawn at its time, a tick changes what is shown: either way there is something to draw
            let pressed = waits == Some(Cause::Press) || batch.iter().any(|msg| matches!(msg, Msg::Input(_)));
            waits = Some(if pressed { Cause::Press } else { Cause::News });
            if self.handle(batch)? == Goes::Away {
                return Ok(());
            }
        }
    }

    /// How long a frame still waits; the first for the terminal's answer alone.
    fn due(&self, pace: &Pace, cause: Cause) -> Duration {
        let first = || self.question.as_ref().map_or(Duration::ZERO, Question::first_frame_in);
        pace.due(cause, Instant::now()).unwrap_or_else(first)
    }

    fn handle(&mut self, batch: Vec<Msg>) -> io::Result<Goes> {
        update(&mut self.app, Msg::Now(now()));
        for msg in batch {
            if matches!(msg, Msg::Background(_)) {
                self.question = None;
            }
            for effect in update(&mut self.app, msg) {
                if is_read_beside(&effect) {
                    self.afterwards.push(effect);
                } else if self.carry_out(effect)? == Goes::Away {
                    return Ok(Goes::Away);
                }
            }
        }
        Ok(Goes::On)
    }

    /// Who gives the terminal away at once may do so before it has answered.
    pub(super) fn hear_out(&mut self) {
        if let Some(question) = self.question.take() {
            question.hear_out();
        }
    }

    fn carry_out(&mut self, effect: Effect) -> io::Result<Goes> {
        match effect {
            Effect::LoadRuns(after) => self.desk.ask_runs(after),
            Effect::LoadSteps(run) => self.desk.ask_steps(run),
            Effect::DropSteps(run) => self.desk.drop_steps(run),
            Effect::LoadDetail(number, asked) => self.desk.ask_detail(number, asked),
            Effect::LoadGists(run, asked) => self.desk.ask_gists(run, asked),
            Effect::SearchRuns(number, texts) => self.desk.ask_search(number, texts),
            Effect::DropSearch => self.desk.drop_search(),
            Effect::LoadPreview(run) => self.desk.ask_preview(run),
            Effect::FindTexts(number, typed, mark) => self.desk.ask_texts(number, typed, mark),
            Effect::DropFind => self.desk.drop_texts(),
            Effect::SearchRun(number, run, typed) => self.desk.ask_search_run(number, run, typed),
            Effect::DropSearchRun => self.desk.drop_search_run(),
            Effect::LoadRemarks(run) => self.desk.ask_remarks(run),
            Effect::Dismiss(run, finding, dismissed) => self.desk.dismiss(run, finding, dismissed),
            Effect::Delete(runs) => self.desk.delete(runs),
            Effect::Tell(alert) => {
                self.screen.order(|tmux| self.notify.0.orders(&alert, tmux))?;
                self.notify.1.run(alert);
            }
            Effect::LoadJson(number, asked) => self.desk.ask_json(number, asked),
            Effect::LoadDiff(number, runs) => self.desk.ask_diff(number, runs),
            Effect::DropDiff => self.desk.drop_diff(),
            Effect::LoadPair(number, asked) => self.desk.ask_pair(number, asked),
            Effect::LoadReplay(of) => self.desk.ask_replay(of.0),
            Effect::LayOut(of, lens) => self.desk.ask_layout(of.0, lens),
            Effect::LoadScene(number, asked) => self.desk.ask_scene(number, asked),
            Effect::Copy(text) => self.screen.copy(&text)?,
            Effect::Read(document) => self.read_elsewhere(&document)?,
            Effect::StartDemo => self.start_demo.iter_mut().for_each(|start| start()),
            Effect::TakeMouse(take) => self.screen.take_mouse(take)?,
            Effect::Suspend => self.suspend()?,
            Effect::Quit => return Ok(Goes::Away),
        }
        Ok(Goes::On)
    }
}

impl Turn {
    /// Lends the terminal to the reader's own program until it ends.
    fn read_elsewhere(&mut self, document: &Document) -> io::Result<()> {
        let text = document.text_of(0..document.lines.len());
        self.hear_out();
        self.gate.close();
        let read = self.screen.lend(|| pager::read(&text));
        self.gate.open();
        self.take_size()?;
        if let Err(why) = read? {
            self.app.say(why, true);
        }
        Ok(())
    }

    /// Gives the terminal to the shell until it continues us; says so where none could.
    fn suspend(&mut self) -> io::Result<()> {
        if !job::can_stop() {
            self.app.say(job::STAYS, true);
            return Ok(());
        }
        self.hear_out();
        let stopped = self.screen.lend(job::stop)?;
        self.take_size()?;
        if let Err(error) = stopped {
            self.app.say(format!("cannot suspend: {error}"), true);
        }
        Ok(())
    }

    /// Who had the terminal meanwhile may have given it another size.
    fn take_size(&mut self) -> io::Result<()> {
        let (width, height) = self.screen.size()?;
        update(&mut self.app, Msg::Input(InputEvent::Resize(width, height)));
        Ok(())
    }
}

/// What is done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// A frame, for this cause.
    Draw(Cause),
    /// What is shown beside the cursor is asked for.
    Read,
    /// Nothing, until there is news; for so long where a frame is put off.
    Wait(Option<Duration>),
}

/// What is done next where a frame waits that is due after a while, or none does: a frame that is due comes before what
/// is read for the one behind it.
const fn next(frame: Option<(Cause, Duration)>, nothing_to_read: bool) -> Next {
    match frame {
        Some((cause, due)) if due.is_zero() => Next::Draw(cause),
        _ if !nothing_to_read => Next::Read,
        Some((_, due)) => Next::Wait(Some(due)),
        None => Next::Wait(None),
    }
}

/// Whether it reads what a pane shows beside the cursor. A loader that wakes before the frame is drawn takes its processor
/// for some three milliseconds where there are two.
const fn is_read_beside(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::LoadDetail(..)
            | Effect::LoadGists(..)
            | Effect::LoadPreview(_)
            | Effect::LoadPair(..)
            | Effect::LoadScene(..)
    )
}

/// Time left until the clock passes a whole `tick`.
fn until_next(tick: Duration) -> Duration {
    let tick = u64::try_from(tick.as_nanos()).unwrap_or(u64::MAX).max(1);
    Duration::from_nanos(tick - now() % tick)
}

/// All messages that wait, at least one unless `patience` runs out; `None` once nobody can send any more.
fn wait(inbox: &Receiver<Msg>, patience: Option<Duration>) -> Option<Vec<Msg>> {
    let first = match patience {
        None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(patience) => inbox.recv_timeout(patience),
    };
    match first {
        Ok(first) => Some(std::iter::once(first).chain(inbox.try_iter()).collect()),
        Err(RecvTimeoutError::Timeout) => Some(Vec::new()),
        Err(RecvTimeoutError::Disconnected) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_is_due_comes_before_what_is_read_beside_the_cursor_and_one_put_off_after() {
        let later = Duration::from_millis(5);
        for (frame, nothing_to_read, expected) in [
            (Some((Cause::Press, Duration::ZERO)), false, Next::Draw(Cause::Press)),
            (Some((Cause::News, Duration::ZERO)), true, Next::Draw(Cause::News)),
            (Some((Cause::News, later)), false, Next::Read),
            (None, false, Next::Read),
            (Some((Cause::News, later)), true, Next::Wait(Some(later))),
            (None, true, Next::Wait(None)),
        ] {
            assert_eq!(next(frame, nothing_to_read), expected, "{frame:?} {nothing_to_read}");
        }
    }

    #[test]
    fn only_what_stands_beside_the_cursor_waits_for_the_frame() {
        let run = crate::model::RunKey(1);
        assert!(is_read_beside(&Effect::LoadPreview(run)));
        assert!(!is_read_beside(&Effect::LoadSteps(run)) && !is_read_beside(&Effect::LoadRuns(0)));
        assert!(!is_read_beside(&Effect::Quit));
    }
}
