//! What a check found, for people, scripts and CI servers.

use serde::Serialize;

use super::json::to_line;
use super::{Look, format, glyph, paint, text};
use crate::analyze::verdict::{Breach, Doubt};
use crate::model::{Finding, RunSummary};

/// One run with the rules it broke.
pub struct Checked<'a> {
    /// The run.
    pub run: &'a RunSummary,
    /// What it broke; empty if it passed.
    pub breaches: Vec<Breach<'a>>,
    /// Limits that it keeps as far as is known.
    pub doubts: Vec<Doubt>,
}

/// The page: a line for each run and each rule it broke, then how many passed.
pub fn page(checked: &[Checked<'_>], look: &Look) -> String {
    let runs: String = checked.iter().map(|one| run(one, look)).collect();
    if checked.is_empty() {
        return "no run to check\n".to_owned();
    }
    let failed = count_failed(checked);
    format!("{runs}{} passed, {failed} failed\n", checked.len() - failed)
}

fn count_failed(checked: &[Checked<'_>]) -> usize {
    checked.iter().filter(|one| !one.breaches.is_empty()).count()
}

fn run(checked: &Checked<'_>, look: &Look) -> String {
    let passed = checked.breaches.is_empty();
    let (style, sign) = if passed { (paint::GOOD, glyph::GOOD) } else { (paint::BAD, glyph::FAILED) };
    let sign = paint::paint(style, sign.text(look.ascii));
    let name = paint::paint(paint::STRONG, &text::one_line(&checked.run.name));
    let id = paint::paint(paint::QUIET, &checked.run.run_id);
    let line = |breach: &Breach<'_>| {
        format!("    {}: {}\n", paint::paint(paint::BAD, breach.rule()), text::one_line(&words(breach)))
    };
    let broken: String = checked.breaches.iter().map(line).collect();
    let doubt = |doubt: &Doubt| {
        format!("    {}: {}\n", paint::paint(paint::WARN, doubt.rule()), doubt_in_words(doubt))
    };
    let doubted: String = checked.doubts.iter().map(doubt).collect();
    format!("{sign} {name}  {id}\n{broken}{doubted}")
}

/// A breach in words.
fn words(breach: &Breach<'_>) -> String {
    match breach {
        Breach::Found(finding) => found(finding),
        Breach::Error => "the run ended in an error".to_owned(),
        Breach::FailedSteps(1) => "1 step failed".to_owned(),
        Breach::FailedSteps(count) => format!("{count} steps failed"),
        Breach::Incomplete => "the end of the run never came".to_owned(),
        Breach::Cost(is, may, is_floor) => {
            let at_least = if *is_floor { "at least " } else { "" };
            format!("cost {at_least}{}, allowed {}", format::exact(*is), format::exact(*may))
        }
        Breach::Tokens(is, may) => {
            format!("{} tokens, allowed {}", format::grouped(*is), format::grouped(*may))
        }
        Breach::Steps(is, may) => {
            format!("{} steps, allowed {}", format::grouped(*is), format::grouped(*may))
        }
        Breach::Duration(is, may) => {
            format!("took {}, allowed {}", format::duration(*is), format::duration(*may))
        }
        Breach::Diverged(found) => {
            format!("parts from the baseline {:.8}: {}", found.baseline, found.message)
        }
        Breach::CostFactor(is, may, factor) => {
            let (is, may) = (format::exact(*is), format::exact(*may));
            format!("cost {is}, allowed {may}: {} times the baseline", factor.number())
        }
    }
}

/// A doubt in words: nobody can say that the limit is kept.
fn doubt_in_words(doubt: &Doubt) -> String {
    let calls = |count: u64, verb: [&str; 2]| match count {
        1 => format!("1 call {}", verb[0]),
        many => format!("{} calls {}", format::grouped(many), verb[1]),
    };
    match *doubt {
        Doubt::Cost(is, may, unknown) => {
            let (is, may) = (format::exact(is), format::exact(may));
            format!(
                "not sure: known is {is} of {may} allowed, and {}",
                calls(unknown, ["has no price", "have no price"])
            )
        }
        Doubt::Tokens(is, may, unknown) => {
            let (is, may) = (format::grouped(is), format::grouped(may));
            format!(
                "not sure: known are {is} of {may} tokens allowed, and {}",
                calls(unknown, ["tells none", "tell none"])
            )
        }
    }
}

fn found(finding: &Finding) -> String {
    match (finding.wasted_tokens, finding.wasted_cost) {
        (0, _) => finding.message.clone(),
        (tokens, None) => format!("{}; wasted {} tokens", finding.message, format::grouped(tokens)),
        (tokens, Some(cost)) => {
            format!("{}; wasted {} tokens, {}", finding.message, format::grouped(tokens), format::money(cost))
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    run_id: &'a str,
    name: &'a str,
    passed: bool,
    breaches: Vec<Broken>,
    doubts: Vec<Doubted>,
}

#[derive(Serialize)]
struct Doubted {
    rule: &'static str,
    message: String,
}

#[derive(Serialize)]
struct Broken {
    rule: &'static str,
    message: String,
    steps: Vec<String>,
}

impl Broken {
    fn new(breach: &Breach<'_>) -> Self {
        let steps = match breach {
            Breach::Found(finding) => finding.steps.iter().map(ToString::to_string).collect(),
            Breach::Diverged(found) => found.step.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        Self { rule: breach.rule(), message: words(breach), steps }
    }
}

/// The line of `check --json` for one run.
///
/// # Errors
/// Never with the types at hand; `serde_json` cannot say so in its signature.
pub fn line(checked: &Checked<'_>) -> serde_json::Result<String> {
    to_line(&Line {
        run_id: &checked.run.run_id,
        name: &checked.run.name,
        passed: checked.breaches.is_empty(),
        breaches: checked.breaches.iter().map(Broken::new).collect(),
        doubts: checked
            .doubts
            .iter()
            .map(|doubt| Doubted { rule: doubt.rule(), message: doubt_in_words(doubt) })
            .collect(),
    })
}

/// The report as XML of the `JUnit` kind: a test case for each run, a failure for each run that broke a rule.
pub fn junit(checked: &[Checked<'_>]) -> String {
    let cases: String = checked.iter().map(test_case).collect();
    let (all, failed) = (checked.len(), count_failed(checked));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"spanglass check\" tests=\"{all}\" \
         failures=\"{failed}\">\n{cases}</testsuite>\n</testsuites>\n"
    )
}

fn test_case(checked: &Checked<'_>) -> String {
    let run = checked.run;
    let seconds = run.times.end.saturating_sub(run.times.start) as f64 / 1e9;
    let said: Vec<String> = checked
        .breaches
        .iter()
        .map(|breach| format!("{}: {}", breach.rule(), escaped(&words(breach))))
        .collect();
    let failure = checked.breaches.first().map(|first| {
        let (rule, message) = (first.rule(), escaped(&words(first)));
        format!("\n<failure type=\"{rule}\" message=\"{message}\">{}</failure>\n", said.join("\n"))
    });
    let doubt = |doubt: &Doubt| {
        format!("\n<system-out>{}: {}</system-out>\n", doubt.rule(), escaped(&doubt_in_words(doubt)))
    };
    let doubted: String = checked.doubts.iter().map(doubt).collect();
    format!(
        "<testcase classname=\"{}\" name=\"{}\" time=\"{seconds:.3}\">{}</testcase>\n",
        escaped(&run.name),
        escaped(&run.run_id),
        failure.unwrap_or_default() + &doubted
    )
}

/// Text for XML: what has a meaning there is written out, what XML cannot hold is shown as the terminal shows it.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text::one_line(text).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::model::NanoUsd;

    #[test]
    fn a_check_reads_well_in_every_form() {
        let (run, findings) = (fixture::run(), fixture::findings());
        let breaches = vec![
            Breach::Found(&findings[0]),
            Breach::Cost(NanoUsd(1_500_000_000), NanoUsd(1_000_000_000), true),
            Breach::Tokens(12_345, 10_000),
            Breach::Duration(61_000_000_000, 60_000_000_000),
            Breach::FailedSteps(1),
        ];
        let doubts =
            vec![Doubt::Cost(NanoUsd(20_000_000), NanoUsd(1_000_000_000), 1), Doubt::Tokens(900, 1_000, 2)];
        let checked = [
            Checked { run: &run, breaches, doubts: Vec::new() },
            Checked { run: &run, breaches: Vec::new(), doubts },
        ];
        let look = Look { columns: 100, ascii: false, zone: format::Zone::Utc, now: fixture::START };
        let page = anstream::adapter::strip_str(&page(&checked, &look)).to_string();
        insta::assert_snapshot!(format!("{page}\n{}\n{}", line(&checked[0]).unwrap(), junit(&checked)));
    }

    #[test]
    fn hostile_names_stay_text_in_xml() {
        assert_eq!(escaped("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
        assert!(!escaped("a\u{1b}[2J\u{0}b").contains(|c: char| c.is_control()));
    }
}
