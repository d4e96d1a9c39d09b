//! `spanglass open FILE`.

use super::exit::Exit;
use super::{args, logs, screen};
use crate::config::Settings;
use crate::tui;

pub(super) fn run(args: &args::Open, settings: &Settings) -> anyhow::Result<Exit> {
    let _logs = logs::start(settings);
    // nobody writes here: the interface looks at the file for news
    let (_, mailbox) = tui::channel();
    screen::run(&args.file, None, mailbox, settings)?;
    Ok(Exit::Good)
}
