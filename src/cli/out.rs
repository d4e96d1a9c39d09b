//! Standard output: colours as asked, as wide as the terminal.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

use anstream::{AutoStream, ColorChoice};

use super::terminal;

use crate::config::{ColorMode, Settings};
use crate::model::UnixNanos;
use crate::report::{Look, format::Zone};

/// Columns of text that goes to a file or another program: room for a task beside its figures.
const FILE_COLUMNS: usize = 160;

/// Prints `page`, with its colours or without.
pub(super) fn page(page: &str, settings: &Settings) -> io::Result<()> {
    let mut out = AutoStream::new(io::stdout().lock(), choice(settings.color));
    out.write_all(page.as_bytes())?;
    out.flush()
}

/// Prints JSON lines as they come.
pub(super) fn lines(lines: impl Iterator<Item = serde_json::Result<String>>) -> anyhow::Result<()> {
    let mut out: BufWriter<StdoutLock<'_>> = BufWriter::new(io::stdout().lock());
    for line in lines {
        writeln!(out, "{}", line?)?;
    }
    Ok(out.flush()?)
}

/// How text is to look on standard output now.
pub(super) fn look(settings: &Settings) -> Look {
    Look {
        columns: columns(),
        ascii: terminal::ascii(settings, terminal::variable),
        zone: Zone::Local,
        now: now(),
    }
}

/// The present moment.
pub(super) fn now() -> UnixNanos {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixNanos::try_from(since.as_nanos()).unwrap_or(UnixNanos::MAX)
}

fn columns() -> usize {
    let terminal = io::stdout().is_terminal().then(crossterm::terminal::size);
    match terminal {
        Some(Ok((columns, _))) if columns > 0 => columns.into(),
        _ => wished(terminal::variable("COLUMNS").as_deref()).unwrap_or(FILE_COLUMNS),
    }
}

/// `COLUMNS`, by which a pager or a script tells how wide it shows; what is no width tells nothing.
fn wished(columns: Option<&str>) -> Option<usize> {
    columns?.parse().ok().filter(|&columns| columns > 0)
}

const fn choice(color: ColorMode) -> ColorChoice {
    match color {
        ColorMode::Auto => ColorChoice::Auto,
        ColorMode::Always => ColorChoice::Always,
        ColorMode::Never => ColorChoice::Never,
    }
}
