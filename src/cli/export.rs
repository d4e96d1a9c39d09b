//! `spanglass export RUN`.

use std::fs::File;
use std::io::{BufWriter, Write};

use anyhow::Context as _;

use super::exit::Exit;
use super::source::{Loaded, Source};
use super::{args, out};
use crate::config::Settings;
use crate::report::{self, Look, Telling, markdown, mermaid, quoted};

/// Spans or log records of one request: collectors take four MiB.
const RECORDS: usize = 64;

pub(super) fn run(args: &args::Export, settings: &Settings) -> anyhow::Result<Exit> {
    let source = Source::open(settings)?;
    let Some(file) = &args.output else {
        let mut to = BufWriter::new(std::io::stdout().lock());
        write(&source, args, settings, &mut to)?;
        to.flush()?;
        return Ok(Exit::Good);
    };
    let cannot = || format!("cannot write the export to {}", file.display());
    let mut to = BufWriter::new(File::create(file).with_context(cannot)?);
    write(&source, args, settings, &mut to)?;
    to.flush().with_context(cannot)?;
    Ok(Exit::Good)
}

fn write(
    source: &Source,
    args: &args::Export,
    settings: &Settings,
    to: &mut impl Write,
) -> anyhow::Result<()> {
    let page = match args.format {
        args::ExportFormat::Otlp => return otlp(source, &args.run, to),
        args::ExportFormat::Mermaid => |telling: &Telling<'_>, _: &Look| mermaid::diagram(telling),
        args::ExportFormat::Markdown => markdown::page,
    };
    let loaded = source.load(&args.run)?;
    let page = page(&telling(source, &loaded)?, &out::look(settings));
    Ok(to.write_all(page.as_bytes())?)
}

/// What came in, a request a line.
fn otlp(source: &Source, run: &str, to: &mut impl Write) -> anyhow::Result<()> {
    let run = source.find(run)?;
    source.spans_of(run.key, RECORDS, |spans| Ok(writeln!(to, "{}", report::otlp::spans(spans)?)?))?;
    source.logs_of(run.key, RECORDS, |logs| Ok(writeln!(to, "{}", report::otlp::logs(logs)?)?))
}

/// The run with the content that a page may quote.
fn telling<'a>(source: &Source, loaded: &'a Loaded) -> anyhow::Result<Telling<'a>> {
    let Loaded { run, steps, tree, findings } = loaded;
    let side = loaded.side();
    let read = |at: usize| Ok((at, source.facts(side.shown[at].keys())?));
    let contents = quoted(steps, tree).into_iter().map(read).collect::<anyhow::Result<_>>()?;
    Ok(Telling { run, steps, tree, findings, contents })
}
