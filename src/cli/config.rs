//! `spanglass config`.

use std::io::{self, Write as _};

use super::exit::Exit;
use crate::config::{self, Layers};

pub(super) fn run(layers: &Layers) -> anyhow::Result<Exit> {
    io::stdout().lock().write_all(config::sample(layers).as_bytes())?;
    Ok(Exit::Good)
}
