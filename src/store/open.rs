//! Opening a file for reading without touching it or its folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// How a file was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Nobody writes it: its bytes at the time of opening, told apart by length and time of change.
    Still(Fingerprint),
    /// Someone may be writing it.
    Live,
    /// It has a write-ahead log that cannot be read in place: a private copy, gone when this is dropped.
    Copy(Arc<PrivateCopy>),
}

pub(super) type Fingerprint = Option<(u64, std::time::SystemTime)>;

pub(super) fn connect(path: &Path) -> Result<(Connection, Mode), StoreError> {
    if let Some(conn) = beside_index(path) {
        return Ok((conn, Mode::Live));
    }
    if !has_log(path) {
        let seen = fingerprint(path);
        return Ok((open_uri(path, "mode=ro&immutable=1")?, Mode::Still(seen)));
    }
    let copy = PrivateCopy::of(path).map_err(|source| StoreError::Open { path: path.to_owned(), source })?;
    tracing::info!(path = %path.display(), "reading a private copy: the file has a log without an index");
    let conn = Connection::open(copy.0.join(COPY))?;
    Ok((conn, Mode::Copy(Arc::new(copy))))
}

/// The file with its log, where the log has an index beside it: a living writer's is used as it is, and for a dead
/// one's SQLite makes one in memory. Without `readonly_shm` it would repair the index in the file, which is evidence.
pub(super) fn beside_index(path: &Path) -> Option<Connection> {
    if !companion(path, "-shm").exists() {
        return None;
    }
    let conn = open_uri(path, "mode=ro&readonly_shm=1").ok()?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).ok()?;
    Some(conn)
}

pub(super) fn open_uri(path: &Path, how: &str) -> Result<Connection, StoreError> {
    let mut escaped = String::new();
    for char in path.to_string_lossy().chars() {
        match char {
            '%' => escaped.push_str("%25"),
            '?' => escaped.push_str("%3f"),
            '#' => escaped.push_str("%23"),
            other => escaped.push(other),
        }
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(format!("file:{escaped}?{how}"), flags);
    opened.map_err(|error| match error.sqlite_error_code() {
        // there is a file: what else keeps it shut is its permissions
        Some(rusqlite::ErrorCode::CannotOpen) => {
            StoreError::Open { path: path.to_owned(), source: std::io::ErrorKind::PermissionDenied.into() }
        }
        _ => error.into(),
    })
}

/// Why `path` cannot be a database, in words that help more than SQLite's. The file is not opened for that: closing it
/// would give up every lock that this process holds on it, those of its writer too.
pub(super) fn look_at(path: &Path) -> std::io::Result<()> {
    if std::fs::metadata(path)?.is_dir() { Err(std::io::ErrorKind::IsADirectory.into()) } else { Ok(()) }
}

pub(super) fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

pub(super) fn has_log(path: &Path) -> bool {
    std::fs::metadata(companion(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

pub(super) fn fingerprint(path: &Path) -> Fingerprint {
    let file = std::fs::metadata(path).ok()?;
    Some((file.len(), file.modified().ok()?))
}

const COPY: &str = "copy.db";

/// A folder of ours with a copy of the file and its log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PrivateCopy(PathBuf);

impl PrivateCopy {
    fn of(path: &Path) -> std::io::Result<Self> {
        use std::hash::{BuildHasher as _, Hasher as _};
        let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
        let folder = std::env::temp_dir().join(format!("spanglass-{}-{random:016x}", std::process::id()));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        let copy = Self(folder);
        std::fs::copy(path, copy.0.join(COPY))?;
        std::fs::copy(companion(path, "-wal"), copy.0.join(format!("{COPY}-wal")))?;
        Ok(copy)
    }
}

impl Drop for PrivateCopy {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "a private copy could not be removed");
        }
    }
}
