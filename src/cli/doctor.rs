//! `spanglass doctor`.

use super::exit::Exit;
use super::source::Source;
use super::{args, out};
use crate::config::Settings;
use crate::report;

pub(super) fn run(args: &args::Doctor, settings: &Settings) -> anyhow::Result<Exit> {
    let patients = Source::open(settings)?.checkup()?;
    if args.json {
        out::lines(report::json::doctor_lines(&patients))?;
    } else {
        out::page(&report::doctor::page(&patients, &out::look(settings)), settings)?;
    }
    Ok(Exit::Good)
}
