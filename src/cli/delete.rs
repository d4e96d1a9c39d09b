//! `spanglass delete RUN… --yes`.

use anyhow::{Context as _, bail};

use super::exit::Exit;
use super::source::Source;
use super::{args, out};
use crate::config::Settings;
use crate::dialect;
use crate::model::RunSummary;
use crate::store::Writer;

pub(super) fn run(args: &args::Delete, settings: &Settings) -> anyhow::Result<Exit> {
    let runs = named(&Source::open(settings)?, &args.runs)?;
    let steps: u64 = runs.iter().map(|run| run.steps).sum();
    let what = format!("{} with {}", counted(runs.len() as u64, "run"), counted(steps, "step"));
    if !args.yes {
        bail!("{what} would be deleted for good from {}; add --yes to do it", settings.db.display());
    }
    take_out(&runs, settings).with_context(|| format!("cannot delete from {}", settings.db.display()))?;
    out::page(&format!("deleted {what}\n"), settings)?;
    Ok(Exit::Good)
}

/// The runs, each once.
fn named(source: &Source, words: &[String]) -> anyhow::Result<Vec<RunSummary>> {
    let mut runs: Vec<RunSummary> = words.iter().map(|word| source.find(word)).collect::<Result<_, _>>()?;
    runs.sort_by_key(|run| run.key);
    runs.dedup_by_key(|run| run.key);
    Ok(runs)
}

/// In steps small enough for another process to go on receiving into the file.
fn take_out(runs: &[RunSummary], settings: &Settings) -> anyhow::Result<()> {
    let mut writer = Writer::open(&settings.db, dialect::is_content)?;
    for run in runs {
        let mut group = writer.begin()?;
        group.delete_run(run.key)?;
        group.commit()?;
    }
    while writer.sweep()? {}
    Ok(writer.close()?)
}

fn counted(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}
