//! The interface: the only place here that knows how it is started.

use std::path::Path;

use anyhow::bail;

use super::demo::Stream;
use super::engine::Engine;
use crate::config::Settings;

/// Shows `db` until the user leaves. With an `engine` it is live, and `demo` may be started from the empty screen.
pub(super) fn run(
    db: &Path,
    _engine: Option<&Engine>,
    _demo: Option<&mut Stream>,
    _settings: &Settings,
) -> anyhow::Result<()> {
    bail!("cannot show {}: this build has no interface", db.display())
}
