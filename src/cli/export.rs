//! `spanglass export RUN`.

use std::io::Write as _;

use anyhow::Context as _;

use super::exit::Exit;
use super::source::{Loaded, Source};
use super::{args, out};
use crate::config::Settings;
use crate::report::{Telling, markdown, mermaid, quoted};

pub(super) fn run(args: &args::Export, settings: &Settings) -> anyhow::Result<Exit> {
    let source = Source::open(&settings.db)?;
    let loaded = source.load(&args.run)?;
    let telling = telling(&source, &loaded)?;
    let page = match args.format {
        args::ExportFormat::Mermaid => mermaid::diagram(&telling),
        args::ExportFormat::Markdown => markdown::page(&telling, &out::look(settings)),
    };
    match &args.output {
        Some(file) => std::fs::write(file, page)
            .with_context(|| format!("cannot write the export to {}", file.display()))?,
        None => std::io::stdout().lock().write_all(page.as_bytes())?,
    }
    Ok(Exit::Good)
}

/// The run with the content that a page may quote.
fn telling<'a>(source: &Source, loaded: &'a Loaded) -> anyhow::Result<Telling<'a>> {
    let Loaded { run, steps, tree, findings } = loaded;
    let side = loaded.side();
    let read = |at: usize| Ok((at, source.facts(side.shown[at].keys())?));
    let contents = quoted(steps, tree).into_iter().map(read).collect::<anyhow::Result<_>>()?;
    Ok(Telling { run, steps, tree, findings, contents })
}
