//! Logs go to a file a day in the state folder, never to the screen.

use anyhow::Context as _;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

use super::{fault, setup};
use crate::config::Settings;

/// Days that are kept.
const KEPT: usize = 7;

/// Starts logging until the guard is dropped. Without a place for logs the work goes on, and says so.
pub(super) fn start(settings: &Settings) -> Option<WorkerGuard> {
    try_start(settings).inspect_err(|error| fault::tell(&format!("going on without a log: {error:#}"))).ok()
}

fn try_start(settings: &Settings) -> anyhow::Result<WorkerGuard> {
    let folder = setup::state_folder(settings)?;
    // the appender would make it too, after complaining on stderr that it is not there
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .max_log_files(KEPT)
        .filename_prefix("spanglass")
        .filename_suffix("log")
        .build(&folder)
        .with_context(|| format!("cannot write logs in {}", folder.display()))?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let level = std::env::var("SPANGLASS_LOG").unwrap_or_else(|_| "info".to_owned());
    let filter =
        EnvFilter::try_new(level).context("SPANGLASS_LOG is no log filter, write for example debug")?;
    let subscriber = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_env_filter(filter);
    subscriber.try_init().map_err(anyhow::Error::from_boxed)?;
    Ok(guard)
}
