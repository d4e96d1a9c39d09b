//! The file's identity and its migrations.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::StoreError;

/// `PRAGMA application_id` of our files: "SPGS".
const APPLICATION_ID: i64 = 0x5350_4753;

/// Migrations, oldest first. A file that was released is never edited: old databases open for ever.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001_first_light.sql")),
    M::up(include_str!("migrations/0002_told_true.sql")),
    M::up(include_str!("migrations/0003_findings.sql")),
    M::up(include_str!("migrations/0004_deletion_and_tags.sql")),
    M::up(include_str!("migrations/0005_texts_of_old_files.sql")),
];

/// By what rules texts are kept and indexed: one more whenever a release finds words that the one before did not, so that
/// files of before are known to lack them.
pub(super) const TEXT_RULES: i64 = 1;

/// The schema version this program writes.
#[expect(clippy::cast_possible_wrap, reason = "a handful")]
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// Makes an empty file ours, brings an older one forward.
///
/// # Errors
/// A file that is not ours or newer than this program; SQLite's own.
pub(super) fn migrate(conn: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let empty: bool = conn
        .query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|error| name_stranger(error, path))?;
    if empty {
        conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    check(conn, path)?;
    Migrations::from_slice(MIGRATIONS).to_latest(conn)?;
    if empty {
        conn.execute("UPDATE indexed SET text_rules = ?1", [TEXT_RULES])?;
    }
    Ok(())
}

/// The schema version of a file. Refuses files that are not ours or newer than this program.
///
/// # Errors
/// [`StoreError::NotOurs`], [`StoreError::Newer`]; SQLite's own.
pub(super) fn check(conn: &Connection, path: &Path) -> Result<i64, StoreError> {
    let pragma = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = pragma("application_id").map_err(|error| name_stranger(error, path))?;
    if application != APPLICATION_ID {
        return Err(StoreError::NotOurs { path: path.to_owned() });
    }
    match pragma("user_version")? {
        found if found > VERSION => Err(StoreError::Newer { path: path.to_owned(), found, known: VERSION }),
        found => Ok(found),
    }
}

/// A file that is no database at all is not ours.
fn name_stranger(error: rusqlite::Error, path: &Path) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => StoreError::NotOurs { path: path.to_owned() },
        _ => error.into(),
    }
}
