//! The terminal: taken over as a whole, given back as a whole, whatever happens.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread::{self, ThreadId};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::style::Print;
use crossterm::terminal::{
    DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::app::{App, Msg};
use super::frames::Frames;
use super::{clipboard, draw};

/// Buttons, wheel and movements while a button is held, in SGR form. Not `EnableMouseCapture`, which also reports every
/// other movement: a wake-up a column.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// Cells stay where they are put (ECMA-48 BDSM, "explicit"): terminals that turn right-to-left text round do it over a
/// whole row, and the figures beside a Hebrew name would change places with it. VTE, mintty and mlterm hear it; others
/// do not turn anything round, or cannot be told. Text keeps the order in which it was written: what is copied, found and
/// cut is what was sent.
const CELLS_STAY: &str = "\x1b[8l";
const CELLS_MOVE: &str = "\x1b[8h";

/// Whether the terminal is ours. It is given back once: a second time would put the cursor back to where it was before,
/// and the shell would write over the words of a panic.
static TAKEN: AtomicBool = AtomicBool::new(false);

type Out = io::BufWriter<Stdout>;

/// The terminal while the interface has it; gives it back when dropped.
pub struct Screen {
    terminal: Terminal<Frames<Out>>,
    /// Whether the mouse is ours.
    mouse: bool,
    /// Digest of the clusters on the screen whose width terminals disagree on.
    disputed: u64,
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// If standard output is no terminal or does not take orders.
    pub fn take() -> io::Result<Self> {
        enter(true)?;
        // a frame is a few kilobytes: one write each
        let out = io::BufWriter::with_capacity(64 * 1024, io::stdout());
        Ok(Self { terminal: Terminal::new(Frames::new(out))?, mouse: true, disputed: 0 })
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// If the terminal does not tell.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        self.terminal.size().map(|size| (size.width, size.height))
    }

    /// Draws a frame; terminals that can show it all at once do. Nothing is written where nothing changed.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn draw(&mut self, app: &App) -> io::Result<()> {
        let before = self.disputed;
        self.disputed = disputed(self.terminal.draw(|frame| draw::draw(app, frame))?.buffer);
        if before != 0 && before != self.disputed {
            // what such a cluster spilt into its neighbours is not in any buffer: only a clean screen is
            self.wipe()?;
            self.terminal.draw(|frame| draw::draw(app, frame))?;
        }
        self.terminal.backend_mut().show()
    }

    /// Puts text into the clipboard of the terminal, over SSH too.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let order = crossterm_order(&CopyToClipboard::to_clipboard_from(text));
        if std::env::var_os("TMUX").is_some() {
            // the plain order is heard where `set-clipboard` is on, the wrapped one where `allow-passthrough` is; as
            // tmux comes neither is, but it hands on what its own command is given
            let wrapped = order.replace('\x1b', "\x1b\x1b");
            clipboard::tell_tmux(text);
            return execute!(
                self.terminal.backend_mut(),
                Print(order),
                Print(format!("\x1bPtmux;{wrapped}\x1b\\"))
            );
        }
        execute!(self.terminal.backend_mut(), Print(order))
    }

    /// Gives the terminal to what `borrow` runs and takes it back, however that ends.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn lend<T>(&mut self, borrow: impl FnOnce() -> T) -> io::Result<T> {
        leave()?;
        let told = borrow();
        enter(self.mouse)?;
        self.wipe()?;
        self.terminal.backend_mut().show()?;
        Ok(told)
    }

    /// Gives the terminal an order that moves no cursor and changes no cell; `order` is told whether tmux is between.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn order(&mut self, order: impl Fn(bool) -> String) -> io::Result<()> {
        let tmux = std::env::var_os("TMUX").is_some();
        execute!(self.terminal.backend_mut(), Print(order(tmux)))
    }

    /// Takes the mouse, or leaves it to the terminal, which selects text with it.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn take_mouse(&mut self, take: bool) -> io::Result<()> {
        self.mouse = take;
        self.order(|_| if take { MOUSE_ON } else { MOUSE_OFF }.to_owned())
    }

    /// Empties the screen; the next frame is drawn whole. Not `Terminal::clear`: it asks the terminal where the cursor
    /// is, and the answer would be read, and waited for, by the input thread.
    fn wipe(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::new(0, 0, size.width, size.height))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // nobody is left to tell; the shell's own reset is all that remains
        let _ = leave();
    }
}

/// Digest of places and texts of emoji put together from several characters: flags, families, skin tones. Terminals
/// disagree on their width, so they may leave traces where nothing was drawn. 0 where there is none.
fn disputed(buffer: &Buffer) -> u64 {
    let mut digest = 0;
    for (place, cell) in buffer.content.iter().enumerate() {
        let symbol = cell.symbol();
        // an emoji takes four bytes, another character that joins it at least two
        if symbol.len() >= 6 && symbol.chars().nth(1).is_some() {
            let mut hasher = DefaultHasher::new();
            (place, symbol).hash(&mut hasher);
            digest ^= hasher.finish() | 1;
        }
    }
    digest
}

fn crossterm_order(command: &impl crossterm::Command) -> String {
    let mut order = String::new();
    // writing to a String never fails
    let _ = command.write_ansi(&mut order);
    order
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        DisableLineWrap,
        EnableBracketedPaste,
        Print(CELLS_STAY),
        Print(if mouse { MOUSE_ON } else { MOUSE_OFF }),
        cursor::Hide
    )
}

fn leave() -> io::Result<()> {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let mut out = io::stdout();
    execute!(
        out,
        Print(MOUSE_OFF),
        Print(CELLS_MOVE),
        DisableBracketedPaste,
        EnableLineWrap,
        LeaveAlternateScreen,
        cursor::Show
    )?;
    out.flush()?;
    disable_raw_mode()
}

/// From now on a panic of the drawing thread gives the terminal back before it is told, and one of any other thread
/// becomes a message: nothing is printed over the screen.
pub fn guard_panics(drawing: ThreadId, out: Sender<Msg>) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if thread::current().id() == drawing {
            let _ = leave();
            before(info);
        } else {
            tracing::error!("{info}");
            let text = info.to_string();
            // the interface may be gone already; the log has it
            let _ = out.send(Msg::Failed(format!("internal error: {}", text.replace('\n', " "))));
        }
    }));
}
