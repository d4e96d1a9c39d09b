//! The file in which dismissed findings are remembered: lines that are only ever added, below the user's state folder.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;

use super::setup;
use crate::analyze::dismissals::{self, Dismissals};
use crate::analyze::findings::Mark;
use crate::config::Settings;

const NAME: &str = "dismissed.jsonl";

/// Where it lies; nothing is made before something is dismissed.
#[derive(Clone, Debug)]
pub(super) struct DismissedFile(PathBuf);

impl DismissedFile {
    pub(super) fn of(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self(setup::state_folder(settings)?.join(NAME)))
    }

    /// All that is dismissed; nothing where there is no file.
    pub(super) fn read(&self) -> anyhow::Result<Dismissals> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => Ok(Dismissals::read(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Dismissals::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", self.0.display())),
        }
    }

    /// Adds a line for each finding of `run`, all or none of them, whatever other processes add at the same time.
    pub(super) fn add(&self, run: &str, marks: &[Mark], dismissed: bool) -> anyhow::Result<()> {
        let lines: Result<Vec<String>, _> =
            marks.iter().map(|mark| dismissals::line(run, mark, dismissed)).collect();
        let lines = lines?.join("\n") + "\n";
        self.append(&lines).with_context(|| format!("cannot write {}", self.0.display()))
    }

    fn append(&self, lines: &str) -> std::io::Result<()> {
        if let Some(folder) = self.0.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = open(&self.0)?;
        file.lock()?;
        // a line that a dying process left torn must not swallow the next
        let lines = if ends_whole(&mut file)? { lines.to_owned() } else { format!("\n{lines}") };
        file.write_all(lines.as_bytes())?;
        file.sync_data()
    }
}

/// For its owner alone: run ids tell what somebody works on.
fn open(path: &std::path::Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn ends_whole(file: &mut File) -> std::io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SpanId;

    fn mark(step: u64) -> Mark {
        Mark { rule: "same-call".to_owned(), step: SpanId::from_u64(step) }
    }

    #[test]
    fn what_several_write_at_once_is_all_there_and_torn_lines_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let file = DismissedFile(folder.path().join("state").join(NAME));
        assert!(file.read().unwrap().is_empty());
        file.add("torn", &[mark(1)], true).unwrap();
        std::fs::write(&file.0, "{\"run\":\"torn\",\"ru").unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8_u64 {
                let file = file.clone();
                scope.spawn(move || {
                    for step in 1..=20 {
                        file.add(&format!("run {writer}"), &[mark(step)], true).unwrap();
                    }
                });
            }
        });
        let all = file.read().unwrap();
        assert!((0..8).all(|writer| all.of(&format!("run {writer}")).len() == 20));
        assert!(all.of("torn").is_empty());
        file.add("run 0", &[mark(7)], false).unwrap();
        assert_eq!(file.read().unwrap().of("run 0").len(), 19);
    }
}
