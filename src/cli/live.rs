//! `spanglass`: receive, store and show, live.

use super::demo::Stream;
use super::engine::Engine;
use super::exit::Exit;
use super::{logs, screen};
use crate::config::Settings;

pub(super) fn run(settings: &Settings) -> anyhow::Result<Exit> {
    with(settings, |_| Ok(()))
}

/// Shows what is received; `begin` may start the demo as soon as there is a receiver.
pub(super) fn with(
    settings: &Settings,
    begin: impl FnOnce(&mut Stream) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let _logs = logs::start();
    let engine = Engine::start(settings, Box::new(|_| ()))?;
    let mut demo = Stream::to(engine.grpc());
    let shown =
        begin(&mut demo).and_then(|()| screen::run(&settings.db, Some(&engine), Some(&mut demo), settings));
    // the demo first, so that it does not run into a closed door
    let sent = demo.stop();
    engine.stop()?;
    shown.and(sent)?;
    Ok(Exit::Good)
}
