//! `spanglass serve`.

use anyhow::Context as _;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::engine::Engine;
use super::exit::Exit;
use super::logs;
use crate::config::Settings;
use crate::receive::OnRefusal;

pub(super) fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let _logs = logs::start(settings);
    // before anyone can know that we listen, so that no signal is lost
    let mut signals = Signals::new([SIGTERM, SIGINT]).context("cannot watch for signals")?;
    let engine = Engine::start(settings, Box::new(|_| ()), OnRefusal::default())?;
    announce(&engine, settings)?;
    signals.forever().next();
    engine.stop()?;
    Ok(Exit::Good)
}

/// The line that scripts wait for; its shape is part of the contract.
fn announce(engine: &Engine, settings: &Settings) -> std::io::Result<()> {
    use std::io::Write as _;
    let (grpc, http, db) = (engine.grpc(), engine.http(), settings.db.display());
    tracing::info!(%grpc, %http, %db, "listening");
    // one write: whoever waits for the line must never see a part of it
    let line = format!("listening grpc={grpc} http={http} db={db}\n");
    std::io::stderr().write_all(line.as_bytes())
}
