//! `spanglass completions`.

use std::io::{self, Write as _};

use super::args;
use super::exit::Exit;

pub(super) fn run(args: &args::Completions) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "spanglass", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Exit::Good)
}
