//! `spanglass reindex`.

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use super::exit::Exit;
use super::out;
use super::wishes;
use crate::config::Settings;
use crate::dialect;
use crate::ingest;

pub(super) fn run(settings: &Settings) -> anyhow::Result<Exit> {
    // shown on a terminal alone
    let bar =
        ProgressBar::new(0).with_style(ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")?);
    bar.set_message("deriving");
    let records =
        ingest::reindex(&settings.db, dialect::is_content, &wishes::rulebook(settings), |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        })
        .with_context(|| format!("cannot derive {} again", settings.db.display()))?;
    bar.finish_and_clear();
    out::page(&format!("{records} records derived again: {}\n", settings.db.display()), settings)?;
    Ok(Exit::Good)
}
