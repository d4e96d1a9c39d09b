//! Everything derived, derived again from the raw telemetry: when a dialect, a price or a rule has improved.

use std::path::Path;

use hashlink::LruCache;

use super::Rulebook;
use super::pass::Pass;
use super::pipeline::{BONDS, forget_old_runs};
use super::watch::{Round, Watch};
use crate::model::RunKey;
use crate::store::{Reader, StoreError, Writer};

/// Runs are put in order after this many records, as the pipeline does after a group.
const GROUP_RECORDS: u64 = 8192;

/// Derives steps, runs and their sums again, in one transaction: a reader sees the old state or the new one. Runs keep
/// their ids where the rules still see the same runs. In a file that an earlier version wrote, texts that it did not find
/// are kept and indexed as this one does. `progress` hears of records done and of all.
///
/// # Errors
/// A file that is missing, not ours or newer; one that another process is writing; SQLite's.
pub fn reindex(
    path: &Path,
    is_content: fn(&str) -> bool,
    rulebook: &Rulebook,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64, StoreError> {
    // a name that is mistyped makes no database
    drop(Reader::open(path)?);
    let mut writer = Writer::open(path, is_content)?;
    // what deleted runs left must not be derived again
    while writer.sweep()? {}
    let reader = Reader::open(path)?;
    let all = reader.record_count()?;
    let mut done = 0;
    let mut group = writer.begin()?;
    let RunKey(next_run) = group.next_run(None)?;
    let old_runs = group.clear_derived()?;
    let (mut runs, mut held, mut bonds) = (LruCache::<RunKey, _>::new_unbounded(), 0, LruCache::new(BONDS));
    let mut watch = Watch::default();
    let mut pass = Pass {
        last_run: Some(RunKey(next_run - 1)),
        old_runs: old_runs.into_iter().map(|old| (old.key, old)).collect(),
        ..Pass::new(&mut group, rulebook, &mut runs, &mut held, &mut bonds, &mut watch, 0)
    };
    let mut count = |pass: &mut Pass<'_, '_>| {
        done += 1;
        if done % GROUP_RECORDS == 0 {
            pass.settle_runs()?;
            forget_old_runs(pass.runs, pass.held);
            progress(done, all);
        }
        Ok(())
    };
    reader.replay_spans(|span| {
        pass.span_again(&span)?;
        count(&mut pass)
    })?;
    reader.replay_logs(|key, entry| {
        // when it came is not kept of log records; when it was seen is
        pass.received = entry.log.observed_time.max(entry.log.time);
        pass.log_again(key, &entry)?;
        count(&mut pass)
    })?;
    pass.settle_runs()?;
    pass.look(Round::Last)?;
    group.keep_texts_again(&mut progress)?;
    group.commit()?;
    drop(reader);
    writer.close()?;
    progress(all, all);
    Ok(all)
}
