//! `spanglass open FILE`.

use super::exit::Exit;
use super::{args, logs, screen};
use crate::config::Settings;

pub(super) fn run(args: &args::Open, settings: &Settings) -> anyhow::Result<Exit> {
    let _logs = logs::start();
    screen::run(&args.file, None, None, settings)?;
    Ok(Exit::Good)
}
