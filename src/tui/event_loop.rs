//! The loop's threads and its beginning and end: block, drain all that waits, update, run effects, draw once. Nothing moves:
//! no wake-up.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{SystemTime, UNIX_EPOCH};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;

use crate::model::UnixNanos;
use crate::report::format::Zone;

use super::answer;
use super::app::{App, Look, Mode, Msg, Settings};
use super::backend::Backend;
use super::gate::Gate;
use super::glyphs::Glyphs;
use super::input::{self, Question};
use super::job;
use super::keys::Keymap;
use super::loader::{Desk, Gauges, serve_list, serve_run, serve_search};
use super::notify::{Runner, Ways};
use super::terminal::{Screen, guard_panics};
use super::theme::Background;
use super::themes::Themes;
use super::turn::Turn;

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

/// What the clock says.
pub(super) fn now() -> UnixNanos {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
