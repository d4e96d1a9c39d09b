//! The way of frames to the terminal: what changed, shown all at once by terminals that can; nothing where nothing
//! changed.

use std::io::{self, Write};
use std::mem;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

/// Writes frames of a cursor that is hidden as long as they are.
pub(super) struct Frames<W: Write> {
    inner: CrosstermBackend<W>,
    /// Whether anything was written since the last [`Self::show`].
    begun: bool,
}

impl<W: Write> Frames<W> {
    /// Frames written to `out`.
    pub(super) fn new(out: W) -> Self {
        Self { inner: CrosstermBackend::new(out), begun: false }
    }

    fn begin(&mut self) -> io::Result<()> {
        if mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        queue!(self.inner, BeginSynchronizedUpdate)
    }

    /// Ends what was drawn since the last time and sends it.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn show(&mut self) -> io::Result<()> {
        if mem::take(&mut self.begun) {
            queue!(self.inner, EndSynchronizedUpdate)?;
        }
        Write::flush(&mut self.inner)
    }
}

/// Orders between frames.
impl<W: Write> Write for Frames<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

impl<W: Write> Backend for Frames<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.begin()?;
        self.inner.draw(content)
    }

    /// It is hidden already: with each frame the order would be all that is written of one that changes nothing.
    fn hide_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.begin()?;
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    /// Nothing yet: [`Frames::show`] sends it, the end of the frame with it.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;

    fn written(draw: impl FnOnce(&mut Frames<&mut Vec<u8>>)) -> String {
        let mut out = Vec::new();
        let mut frames = Frames::new(&mut out);
        draw(&mut frames);
        frames.show().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_frame_that_changes_nothing_writes_nothing_and_others_are_shown_at_once() {
        let nothing = written(|frames| {
            frames.draw(std::iter::empty()).unwrap();
            frames.hide_cursor().unwrap();
        });
        assert_eq!(nothing, "");
        let buffer = Buffer::with_lines(["a"]);
        let cell = buffer.cell((0, 0)).unwrap();
        let cells = || std::iter::once((0, 0, cell));
        let twice = written(|frames| {
            frames.draw(cells()).unwrap();
            Backend::flush(frames).unwrap();
            frames.clear().unwrap();
            frames.draw(cells()).unwrap();
        });
        assert!(twice.starts_with("\x1b[?2026h\x1b[1;1Ha") && twice.ends_with("\x1b[?2026l"), "{twice:?}");
        assert_eq!(twice.matches("\x1b[?2026").count(), 2, "{twice:?}");
    }
}
