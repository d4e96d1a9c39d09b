//! `spanglass dismiss RUN [FINDING…]`.

use anyhow::bail;

use super::dismissed::DismissedFile;
use super::exit::Exit;
use super::source::{Loaded, Source};
use super::{args, out};
use crate::analyze::findings::{self, Mark};
use crate::config::Settings;
use crate::model::Finding;
use crate::report;

pub(super) fn run(args: &args::Dismiss, settings: &Settings) -> anyhow::Result<Exit> {
    let Loaded { run, findings, .. } = Source::open(settings)?.load(&args.run)?;
    let chosen = chosen(&findings, &args.findings, &run.run_id)?;
    let changed: Vec<&Finding> =
        chosen.into_iter().filter(|finding| finding.dismissed == args.undo).collect();
    if !changed.is_empty() {
        let marks: Vec<Mark> = changed.iter().map(|finding| Mark::of(finding)).collect();
        DismissedFile::of(settings)?.add(&run.run_id, &marks, !args.undo)?;
    }
    out::page(&report::show::dismissed(&run, &changed, args.undo, &out::look(settings)), settings)?;
    Ok(Exit::Good)
}

/// The findings that the words name, each once; all of them without a word.
fn chosen<'f>(findings: &'f [Finding], words: &[String], run: &str) -> anyhow::Result<Vec<&'f Finding>> {
    if words.is_empty() {
        return Ok(findings.iter().collect());
    }
    let mut is_chosen = vec![false; findings.len()];
    for word in words {
        let named = named(findings, word);
        if named.is_empty() {
            bail!(
                "run {run} has no finding {word}: name one by its number in show ({}), its rule or its kind",
                numbers(findings.len())
            );
        }
        for at in named {
            is_chosen[at] = true;
        }
    }
    Ok(findings.iter().zip(is_chosen).filter(|(_, is)| *is).map(|(finding, _)| finding).collect())
}

/// Places of the findings that a number, a rule or a kind means.
fn named(findings: &[Finding], word: &str) -> Vec<usize> {
    if let Ok(number) = word.parse::<usize>() {
        return number.checked_sub(1).filter(|&at| at < findings.len()).into_iter().collect();
    }
    let rules = findings::rules_called(word).unwrap_or_default();
    (0..findings.len()).filter(|&at| rules.contains(&findings[at].rule)).collect()
}

fn numbers(len: usize) -> String {
    match len {
        0 => "it has none".to_owned(),
        1 => "1".to_owned(),
        len => format!("1 to {len}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FindingKind, fixture};

    fn finding(kind: FindingKind, rule: &'static str) -> Finding {
        Finding { rule, ..fixture::finding(kind) }
    }

    #[test]
    fn findings_are_named_by_number_rule_or_kind() {
        let all = [
            finding(FindingKind::Loop, "same-call"),
            finding(FindingKind::Loop, "reworded"),
            finding(FindingKind::Truncated, "truncated"),
        ];
        let rules = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let found = chosen(&all, &words, "r");
            found
                .map(|found| found.iter().map(|finding| finding.rule).collect::<Vec<_>>())
                .map_err(|e| e.to_string())
        };
        assert_eq!(rules(&[]).unwrap().len(), 3);
        assert_eq!(rules(&["2"]).unwrap(), ["reworded"]);
        assert_eq!(rules(&["loop"]).unwrap(), ["same-call", "reworded"]);
        assert_eq!(rules(&["truncated", "3", "same-call"]).unwrap(), ["same-call", "truncated"]);
        for word in ["0", "4", "stall", "nonsense"] {
            assert!(rules(&[word]).unwrap_err().starts_with(&format!(
                "run r has no finding {word}: name one by its number in show (1 to 3)"
            )));
        }
    }
}
