//! Errors as people see them: one line on stderr that says what to do.

use std::io::{self, Write as _};

use super::exit::Exit;
use crate::report::text;

/// Tells what went wrong, with all its causes.
pub(super) fn report(error: &anyhow::Error) -> Exit {
    if is_broken_pipe(error) {
        return Exit::Good;
    }
    tell(&chain(error));
    Exit::Wrong
}

/// The error and its causes, each once: some messages already end in what their source says.
fn chain(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |said, cause| match cause.to_string() {
        cause if said.is_empty() => cause,
        cause if said.contains(&cause) => said,
        cause => format!("{said}: {cause}"),
    })
}

/// Tells what was wrong with the words typed, or prints the help or version that was asked for.
pub(super) fn usage(refused: &clap::Error) -> Exit {
    if !refused.use_stderr() {
        return refused.print().map_or(Exit::Wrong, |()| Exit::Good);
    }
    tell(&one_sentence(&refused.to_string()));
    Exit::Wrong
}

/// One line on stderr.
pub(super) fn tell(message: &str) {
    // nobody is left to be told when stderr is gone
    let _ = writeln!(io::stderr(), "spanglass: {}", text::one_line(message));
}

/// A reader that has seen enough (`| head`) is no error.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.into_iter().any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Clap's paragraphs joined; of its usage nothing but the command whose help tells more.
fn one_sentence(paragraphs: &str) -> String {
    let said = paragraphs.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let said: Vec<_> = said.filter(|line| !line.is_empty() && !line.starts_with("For more")).collect();
    let said = said.join(", ").replace(":, ", ": ");
    format!("{}; see {} --help", said.trim_start_matches("error: "), command(paragraphs))
}

/// The command in a line like `Usage: spanglass diff [OPTIONS] <A>`; the program where there is none.
fn command(paragraphs: &str) -> String {
    let usage = paragraphs.lines().find_map(|line| line.trim().strip_prefix("Usage:"));
    let is_name = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase());
    // the first word is what the file is called
    let names = usage.unwrap_or_default().split_whitespace().skip(1).take_while(is_name);
    std::iter::once("spanglass").chain(names).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;
    use clap::Parser as _;

    use super::super::args::Args;
    use super::*;

    #[test]
    fn wrong_words_are_told_in_one_line() {
        for (words, said, help) in [
            (
                "spanglass runs --jsn",
                "unexpected argument '--jsn' found, tip: a similar argument exists: '--json'",
                "; see spanglass runs --help",
            ),
            (
                "spanglass show",
                "the following required arguments were not provided: <RUN>",
                "; see spanglass show --help",
            ),
            (
                "spanglass demo --fast 0",
                "invalid value '0' for '--fast <FACTOR>': 0 is not in 1..=1000",
                "; see spanglass --help",
            ),
            ("spanglass rnus", "unrecognized subcommand 'rnus'", "; see spanglass --help"),
        ] {
            let refused = Args::try_parse_from(words.split(' ')).unwrap_err();
            let sentence = one_sentence(&refused.to_string());
            assert!(sentence.starts_with(said) && sentence.ends_with(help), "{sentence}");
            assert!(!sentence.contains('\n'));
        }
    }

    #[test]
    fn a_cause_is_not_told_twice() {
        let error = anyhow::anyhow!("no such file")
            .context("cannot open a: no such file; check it")
            .context("no runs");
        assert_eq!(chain(&error), "no runs: cannot open a: no such file; check it");
    }

    #[test]
    fn a_closed_pipe_is_found_among_the_causes() {
        let closed = || Err::<(), _>(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(is_broken_pipe(&closed().context("cannot print").unwrap_err()));
        assert!(!is_broken_pipe(&anyhow::anyhow!("broken pipe")));
    }
}
