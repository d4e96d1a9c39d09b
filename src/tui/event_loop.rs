//! The loop: block, drain all that waits, update, run effects, draw once. Nothing moves: no wake-up.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossterm::event::Event as InputEvent;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;

use crate::model::UnixNanos;
use crate::report::format::Zone;

use super::answer;
use super::app::{App, Effect, Look, Mode, Msg, Settings};
use super::backend::Backend;
use super::document::Document;
use super::gate::Gate;
use super::glyphs::Glyphs;
use super::input::{self, Question};
use super::job;
use super::keys::Keymap;
use super::loader::{Desk, Gauges, serve_list, serve_run, serve_search};
use super::notify::{Runner, Ways};
use super::pace::{Cause, Pace};
use super::pager;
use super::terminal::{Screen, guard_panics};
use super::theme::Background;
use super::themes::Themes;
use super::update::update;

/// What the interface is started with.
pub struct Options {
    /// Where the data comes from.
    pub mode: Mode,
    /// File name of the database, for the header.
    pub database: String,
    /// Its path, for commands that people may copy.
    pub file: String,
    /// Lines that point an agent here, shown and copied before the first run.
    pub setup: Vec<String>,
    /// Starts the demo; `None` where there is no receiver to play it to.
    pub start_demo: Option<Box<dyn FnMut()>>,
    /// What the header shows besides the runs.
    pub gauges: Gauges,
    /// Themes to show, and the one that is shown first.
    pub themes: Themes,
    /// What is known of the terminal's background before it is asked.
    pub background: Option<Background>,
    /// Whether the terminal can be asked for it.
    pub answers: bool,
    /// Nothing but ASCII may be sent (a locale without UTF-8).
    pub ascii: bool,
    /// Whose clock times are shown in.
    pub zone: Zone,
    /// How new alarms are told beyond the screen.
    pub notify: Ways,
    /// Its keys.
    pub keys: Keymap,
}

/// Tells the interface of news from other threads; cheap to clone, never blocks.
#[derive(Clone, Debug)]
pub struct Handle(Sender<Msg>);

impl Handle {
    /// The store committed; readers see this revision.
    pub fn committed(&self, revision: i64) {
        self.tell(Msg::Committed(revision));
    }

    /// The receiver's counts changed without a commit: something was refused, or the store is in trouble.
    pub fn intake_changed(&self) {
        self.tell(Msg::IntakeChanged);
    }

    /// Ends the interface as if it had been asked to.
    pub fn stop(&self) {
        self.tell(Msg::Terminate);
    }

    /// An interface that has gone needs no news.
    fn tell(&self, msg: Msg) {
        let _ = self.0.send(msg);
    }
}

/// The end of the channel that [`run`] reads; made before it so that ingest can tell of commits from its first.
#[derive(Debug)]
pub struct Mailbox {
    sender: Sender<Msg>,
    receiver: Receiver<Msg>,
}

/// A handle and the mailbox it writes to.
pub fn channel() -> (Handle, Mailbox) {
    let (sender, receiver) = mpsc::channel();
    (Handle(sender.clone()), Mailbox { sender, receiver })
}

/// Shows the interface until people leave it. `open` is called for each of three loader threads.
///
/// # Errors
/// If the terminal cannot be used, or `open` fails.
pub fn run(
    options: Options,
    mailbox: Mailbox,
    open: &mut dyn FnMut() -> Result<Box<dyn Backend>, String>,
) -> io::Result<()> {
    let Mailbox { sender, receiver } = mailbox;
    let mut open = || open().map_err(io::Error::other);
    let backends = [open()?, open()?, open()?];
    let Options { gauges, start_demo, zone, mut themes, .. } = options;
    let known = options.background.and_then(|background| themes.told(background));
    let theme = known.map_or_else(|| themes.shown().map(|(_, theme)| theme), Ok).map_err(io::Error::other)?;
    let asks = options.answers && themes.wants_background();
    let settings = Settings {
        mode: options.mode,
        database: options.database,
        file: options.file,
        setup: options.setup,
        demo: start_demo.is_some(),
        look: Look { theme, themes, glyphs: Glyphs::of(options.ascii), zone },
        keys: options.keys,
        tells_alarms: options.notify.any(),
    };
    let gate = Arc::new(Gate::new()?);
    let signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP])?;
    let signals_end = signals.handle();
    guard_panics(thread::current().id(), sender.clone());
    let desk = Arc::new(Desk::default());
    let mut screen = Screen::take()?;
    if asks {
        screen.order(|_| answer::QUESTION.to_owned())?;
    }
    let (app, first) = App::new(settings, screen.size()?, now());
    spawn_signals(signals, Arc::clone(&gate), sender.clone())?;
    let (asked, answered) = mpsc::channel();
    let question = asks.then(|| Question::new(answered));
    spawn_input(Arc::clone(&gate), asks.then_some(asked), sender.clone())?;
    let loaders = spawn_loaders(&desk, backends, gauges, zone, &sender)?;
    let runner = Runner::start(options.notify.command.clone(), sender.clone())?;
    let notify = (options.notify, runner);
    let afterwards = Vec::new();
    let mut turn =
        Turn { app, question, screen, desk: Arc::clone(&desk), gate, start_demo, notify, afterwards };
    let end = turn.first(first).and_then(|()| turn.until_left(&receiver));
    turn.hear_out();
    drop(turn);
    desk.close();
    signals_end.close();
    // connections must be closed before the writer can leave the file in one piece
    for loader in loaders {
        // a loader that panicked has told of it through the hook
        drop(loader.join());
    }
    end
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(body)
}

fn spawn_signals(mut signals: Signals, gate: Arc<Gate>, out: Sender<Msg>) -> io::Result<()> {
    spawn("signals", move || {
        for signal in signals.forever() {
            if is_for_another(signal, &gate) {
                continue;
            }
            let msg = if signal == SIGTSTP { Msg::Suspend } else { Msg::Terminate };
            if out.send(msg).is_err() {
                return;
            }
        }
    })
    .map(drop)
}

/// While another program has the terminal, its keys reach us as signals: an interrupt is meant for it alone, a stop for
/// both. Whether that is all there is to do.
fn is_for_another(signal: i32, gate: &Gate) -> bool {
    match signal {
        SIGINT => gate.takes_interrupt(),
        SIGTSTP if gate.is_away() => {
            if job::can_stop() {
                // a stop that fails is no stop: the program goes on
                let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
            }
            true
        }
        _ => false,
    }
}

/// Never joined: a read cannot be called off.
fn spawn_input(gate: Arc<Gate>, asked: Option<Sender<()>>, out: Sender<Msg>) -> io::Result<()> {
    spawn("input", move || input::read(&gate, asked, &out)).map(drop)
}

fn spawn_loaders(
    desk: &Arc<Desk>,
    backends: [Box<dyn Backend>; 3],
    gauges: Gauges,
    zone: Zone,
    out: &Sender<Msg>,
) -> io::Result<[JoinHandle<()>; 3]> {
    let [mut of_list, mut of_run, mut of_search] = backends;
    let (list_desk, list_out) = (Arc::clone(desk), out.clone());
    let list = spawn("list", move || serve_list(&list_desk, &mut *of_list, &gauges, zone, &list_out))?;
    let (run_desk, run_out) = (Arc::clone(desk), out.clone());
    let run = spawn("run", move || serve_run(&run_desk, &mut *of_run, zone, &run_out))?;
    let (search_desk, search_out) = (Arc::clone(desk), out.clone());
    let search = spawn("search", move || serve_search(&search_desk, &mut *of_search, &search_out))?;
    Ok([list, run, search])
}

fn now() -> UnixNanos {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// Whether the interface goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    On,
    Away,
}

/// What one turn of the loop works on.
struct Turn {
    app: App,
    /// The terminal was asked for its background and told none.
    question: Option<Question>,
    screen: Screen,
    desk: Arc<Desk>,
    gate: Arc<Gate>,
    start_demo: Option<Box<dyn FnMut()>>,
    notify: (Ways, Runner),
    /// What is read once the frame is out.
    afterwards: Vec<Effect>,
}

impl Turn {
    fn first(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        effects.into_iter().try_for_each(|effect| self.carry_out(effect).map(drop))
    }

    fn until_left(&mut self, inbox: &Receiver<Msg>) -> io::Result<()> {
        let mut pace = Pace::default();
        let mut waits = Some(Cause::News);
        loop {
            let patience = match waits.map(|cause| (cause, self.due(&pace, cause))) {
                Some((cause, due)) if due.is_zero() => {
                    self.screen.draw(&self.app)?;
                    pace.drew(cause, Instant::now());
                    waits = None;
                    continue;
                }
                Some((_, due)) => Some(due),
                None => self.app.tick().map(until_next),
            };
            for effect in std::mem::take(&mut self.afterwards) {
                self.carry_out(effect)?;
            }
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
    fn hear_out(&mut self) {
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
