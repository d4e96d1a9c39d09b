//! `spanglass config`.

use std::io::{self, Write as _};

use super::exit::Exit;
use crate::config::{self, Layers};
use crate::tui::keys;

pub(super) fn run(layers: &Layers) -> anyhow::Result<Exit> {
    io::stdout().lock().write_all(config::sample(layers, &keys::defaults()).as_bytes())?;
    Ok(Exit::Good)
}
