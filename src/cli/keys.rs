//! `spanglass keys`.

use super::exit::Exit;
use super::{args, out};
use crate::config::Settings;
use crate::tui::keys::{self, Keymap};

pub(super) fn run(args: &args::Keys, settings: &Settings) -> anyhow::Result<Exit> {
    let keymap = Keymap::of(&settings.keys)?;
    if args.json {
        out::lines(keys::json(&keymap))?;
    } else {
        out::page(&keys::text(&keymap), settings)?;
    }
    Ok(Exit::Good)
}
