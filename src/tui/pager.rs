//! A step read in the reader's own program: a private file, `$PAGER` or `$EDITOR` on it, the file gone again.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// What is asked for a program, in this order; `less` where none says.
const VARIABLES: [&str; 3] = ["PAGER", "VISUAL", "EDITOR"];
const USUAL: &str = "less";

/// Shows `text`, which must be fit for a terminal, until the program ends.
///
/// # Errors
/// In words for people: what was started, what happened, what to do.
pub(super) fn read(text: &str) -> Result<(), String> {
    let file = Private::new(text).map_err(|error| format!("cannot write a file for your pager: {error}"))?;
    let (program, advice) = program(|name| env::var(name).ok());
    // as every program does that obeys these variables: they may hold options
    let status = Command::new("sh").args(["-c", &format!("{program} \"$1\""), "sh"]).arg(&file.0).status();
    let said = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    Err(format!("{program}: {said}; {advice}"))
}

/// The program, and what to do where it fails.
fn program(variable: impl Fn(&str) -> Option<String>) -> (String, String) {
    let set = VARIABLES.iter().filter_map(|&name| Some((name, variable(name)?)));
    match set.into_iter().find(|(_, program)| !program.trim().is_empty()) {
        Some((name, program)) => (program, format!("it is what ${name} says")),
        None => (USUAL.to_owned(), "set $PAGER to another program".to_owned()),
    }
}

/// A file that only its owner can read, removed when dropped.
struct Private(PathBuf);

impl Private {
    fn new(text: &str) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_dir());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("spanglass-{}-{count}.txt", std::process::id());
        let path = runtime.unwrap_or_else(env::temp_dir).join(name);
        // never one that is there already: it might be somebody's trap
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let private = Self(path);
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        Ok(private)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::warn!("{} is left behind: {error}", self.0.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_first_variable_that_says_something_names_the_program() {
        let told = |pairs: &'static [(&str, &str)]| {
            program(move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())).0
        };
        assert_eq!(told(&[("EDITOR", "vi -R"), ("PAGER", "less -S")]), "less -S");
        assert_eq!(told(&[("EDITOR", "vi -R"), ("PAGER", " ")]), "vi -R");
        assert_eq!(told(&[]), "less");
    }

    #[test]
    fn the_file_is_private_and_goes() {
        let file = Private::new("secret").unwrap();
        let path = file.0.clone();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&path).unwrap(), "secret\n");
        drop(file);
        assert!(!path.exists());
    }
}
