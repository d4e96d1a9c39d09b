//! What can go wrong with the file, said in one line with what to do.

use std::path::PathBuf;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder cannot be opened, made or read.
    #[error("cannot open {}: {source}; check the path and its permissions, or name another file with --db", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A database, or any other file, that is not ours.
    #[error("{} is not a spanglass database; name another file", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer version.
    #[error("{} was written by a newer spanglass (schema {found}, this one knows {known}); update spanglass", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// No run has this id.
    #[error("{}", missing(.0))]
    NoSuchRun(String),
    /// Several runs have ids that start like this.
    #[error("`{prefix}` matches several runs ({}); give more digits", candidates.join(", "))]
    AmbiguousRun {
        /// What was given.
        prefix: String,
        /// The first few ids it matches.
        candidates: Vec<String>,
    },
    /// A step that was known is not there.
    #[error("this is no longer in the database: its run has been deleted")]
    Gone,
    /// SQLite refused.
    #[error("{}", explain(.0))]
    Sqlite(#[from] rusqlite::Error),
    /// A migration failed.
    #[error("the database could not be brought to this version: {}", migration(.0))]
    Migration(#[from] rusqlite_migration::Error),
    /// A stored value is not what was written.
    #[error("a stored value is damaged: {0}")]
    Damaged(String),
}

impl StoreError {
    /// Whether someone else holds the database locked.
    pub fn is_locked(&self) -> bool {
        use rusqlite::ErrorCode as Code;
        let Self::Sqlite(error) = self else { return false };
        matches!(error.sqlite_error_code(), Some(Code::DatabaseBusy | Code::DatabaseLocked))
    }

    /// Whether waiting may help: the disk is full, someone holds the lock, the device does not answer.
    pub fn is_passing(&self) -> bool {
        use rusqlite::ErrorCode as Code;
        let Self::Sqlite(error) = self else { return false };
        matches!(
            error.sqlite_error_code(),
            Some(
                Code::DiskFull
                    | Code::DatabaseBusy
                    | Code::DatabaseLocked
                    | Code::SystemIoFailure
                    | Code::CannotOpen
                    | Code::ReadOnly
                    | Code::OutOfMemory
            )
        )
    }
}

/// The library's own message repeats the whole migration.
fn migration(error: &rusqlite_migration::Error) -> String {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => explain(err),
        other => other.to_string(),
    }
}

/// Of `latest` there is none only where there is none at all.
fn missing(run: &str) -> String {
    match run {
        "latest" => "there is no run yet: no agent has sent anything to this database".to_owned(),
        _ => format!("no run matches `{run}`; `spanglass runs` lists them"),
    }
}

fn explain(error: &rusqlite::Error) -> String {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(Code::DiskFull) => "the disk is full; free some space".to_owned(),
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => {
            "another program holds the database locked; close it".to_owned()
        }
        Some(Code::ReadOnly) => "the database cannot be written; check its permissions".to_owned(),
        Some(Code::SystemIoFailure) => format!(
            "the disk does not answer as it should ({error}); check that it is connected and has room"
        ),
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => {
            format!("the database is damaged ({error}); restore it from a copy")
        }
        _ => error.to_string(),
    }
}
