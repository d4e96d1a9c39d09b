//! A program in a real pty, its output read by a terminal emulator.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use vt100::{MouseProtocolMode, Parser, Screen};

use crate::program::{PATIENCE, send_signal};

/// Columns and rows.
pub(crate) type Size = (u16, u16);

/// A terminal with a program in it; the program is killed when this is dropped.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: mpsc::Receiver<Vec<u8>>,
    parser: Parser,
    /// Everything the program sent.
    pub(crate) raw: Vec<u8>,
    /// How the line discipline was set before the program ran, as text.
    cooked: String,
}

/// `words` in a home of its own; nothing else is in its environment.
pub(crate) fn command(home: &Path, words: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(words[0]);
    command.args(&words[1..]);
    command.env_clear();
    for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("TZ", "UTC")] {
        command.env(name, value);
    }
    command.env("HOME", home);
    command.cwd(home);
    command
}

impl Terminal {
    pub(crate) fn start(command: CommandBuilder, size: Size) -> Self {
        let pair = native_pty_system().openpty(pty_size(size)).unwrap();
        let cooked = line_discipline(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        // the terminal ends when the program has closed it, which it cannot while it is open here
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            // an error is how a pty says that nobody holds its other end
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        let parser = Parser::new(cells(size.1), cells(size.0), 0);
        Self { master: pair.master, keyboard, child, output, parser, raw: Vec::new(), cooked }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub(crate) fn signal(&self, signal: &str) {
        send_signal(self.pid(), signal);
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    pub(crate) fn resize(&mut self, size: Size) {
        self.parser.set_size(cells(size.1), cells(size.0));
        self.master.resize(pty_size(size)).unwrap();
    }

    /// The screen, row by row.
    pub(crate) fn rows(&self) -> Vec<String> {
        let (_, columns) = self.parser.screen().size();
        self.parser.screen().rows(0, columns.get()).map(|row| row.trim_end().to_owned()).collect()
    }

    /// The screen, cell by cell.
    pub(crate) fn screen(&self) -> &Screen {
        self.parser.screen()
    }

    /// The screen as one text.
    pub(crate) fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// The row under the cursor bar.
    pub(crate) fn cursor_row(&self) -> String {
        self.rows().into_iter().find(|row| row.starts_with('▌')).unwrap_or_default()
    }

    /// Reads what the program sends until the screen is so; returns it.
    pub(crate) fn wait(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            let chunk = self.output.recv_timeout(left);
            let chunk = chunk.unwrap_or_else(|why| panic!("no {what} ({why}) on\n{}", self.text()));
            self.take(&chunk);
        }
        self.text()
    }

    /// Reads what both programs send until both screens are the same.
    pub(crate) fn wait_until_like(&mut self, other: &mut Self) {
        const LOOK: Duration = Duration::from_millis(5);
        let deadline = Instant::now() + PATIENCE;
        while self.text() != other.text() {
            assert!(Instant::now() < deadline, "this\n{}\nnever became like\n{}", self.text(), other.text());
            for terminal in [&mut *self, &mut *other] {
                if let Ok(chunk) = terminal.output.recv_timeout(LOOK) {
                    terminal.take(&chunk);
                }
            }
        }
    }

    /// Waits until all of `words` are on the screen.
    pub(crate) fn wait_text(&mut self, words: &[&str]) -> String {
        self.wait(&words.join(", "), |terminal| {
            let text = terminal.text();
            words.iter().all(|word| text.contains(word))
        })
    }

    /// Whether nothing at all was sent for so long.
    pub(crate) fn is_quiet_for(&mut self, time: Duration) -> bool {
        match self.output.recv_timeout(time) {
            Ok(chunk) => {
                self.take(&chunk);
                false
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => panic!("the program is gone:\n{}", self.text()),
        }
    }

    /// Waits for the end of the program, reading what it still has to say.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(chunk) => self.take(&chunk),
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap(),
                Err(RecvTimeoutError::Timeout) => panic!("it does not end:\n{}", self.text()),
            }
        }
    }

    fn take(&mut self, chunk: &[u8]) {
        self.raw.extend_from_slice(chunk);
        self.parser.process(chunk);
    }

    /// What of the terminal is not as a shell wants it; empty if all is.
    pub(crate) fn not_given_back(&self) -> Vec<&'static str> {
        let screen = self.parser.screen();
        let wraps = last(&self.raw, b"\x1b[?7h") >= last(&self.raw, b"\x1b[?7l");
        [
            ("the alternate screen", screen.alternate_screen()),
            ("the hidden cursor", screen.hide_cursor()),
            ("bracketed paste", screen.bracketed_paste()),
            ("the mouse", screen.mouse_protocol_mode() != MouseProtocolMode::None),
            ("no line wrap", !wraps),
            ("raw mode", line_discipline(&*self.master) != self.cooked),
        ]
        .into_iter()
        .filter_map(|(name, kept)| kept.then_some(name))
        .collect()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // gone already where it was ended
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn last(raw: &[u8], order: &[u8]) -> Option<usize> {
    raw.windows(order.len()).rposition(|window| window == order)
}

fn line_discipline(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

fn pty_size((cols, rows): Size) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}
