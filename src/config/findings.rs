//! What the user says of findings in the config file: `[budgets]`, `[budgets.agents."NAME"]`, `[findings]`.

use std::path::Path;

use toml::de::DeValue;

use super::file::{self, Entry, File, FileField, decimal, field, literal, scaled};
use super::layers::{ConfigError, Origin};
use super::value::TimeSpan;

const BUDGETS: &str = "budgets";
const AGENTS: &str = "budgets.agents";
const AGENT: &str = "budgets.agents.\"NAME\"";
const FINDINGS: &str = "findings";

/// Everything that can be said about findings, in the order people read it. Sample, README and messages are made from it.
#[rustfmt::skip]
pub const FINDING_FIELDS: &[FileField] = &[
    field(BUDGETS, "cost", "0.50", "no limit", "US dollars; a run that costs more is flagged, and so is one of which the known part does."),
    field(BUDGETS, "tokens", "200000", "no limit", "Tokens, input and output."),
    field(BUDGETS, "steps", "100", "no limit", "Steps."),
    field(BUDGETS, "duration", "\"5m\"", "no limit", "Time from first to last: 90s, 1.5m, 2h; a bare number is seconds."),
    field(AGENT, "cost", "0.10", "no limit", "The same four for one agent in any run, with all that it calls."),
    field(FINDINGS, "off", "[\"reworded\", \"slow\"]", "nothing", "Rules, or kinds of findings, that are not looked for; README lists them."),
];

/// The most that a run, or an agent in it, may take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Agent; `None` for whole runs.
    pub agent: Option<String>,
    /// Nano-dollars.
    pub cost: Option<u64>,
    /// Tokens.
    pub tokens: Option<u64>,
    /// Steps.
    pub steps: Option<u64>,
    /// Nanoseconds.
    pub duration: Option<u64>,
}

/// What the user says of findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindingRules {
    /// Limits: first that of whole runs, if there is one.
    pub budgets: Vec<Budget>,
    /// Rules and kinds that are switched off, each with its place.
    pub off: Vec<(String, Origin)>,
}

/// Largest budget taken: a million dollars, and a number of tokens or steps that a float holds to the unit.
const DOLLARS: f64 = 1e6;
const COUNT: f64 = 1e15;
const NANO: f64 = 1e9;

const HELP_COST: &str = "write US dollars from 0 to 1000000";
const HELP_COUNT: &str = "write a whole number from 0 on";
const HELP_BUDGETS: &str = "write a table such as [budgets] or [budgets.agents.\"NAME\"]";
const HELP_FINDINGS: &str = "write a table [findings]";
const HELP_OFF: &str = "write a list of names in quotes";

impl FindingRules {
    /// Takes over the table `name` of the file; false if it is none of these.
    pub(super) fn add(
        &mut self,
        path: &Path,
        text: &str,
        name: &str,
        value: &Entry<'_>,
    ) -> Result<bool, ConfigError> {
        let file = File { path, text };
        match name {
            BUDGETS => self.budgets = file.budgets(value)?,
            FINDINGS => self.off = file.switches(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether every word that is switched off is among the `known` ones.
    ///
    /// # Errors
    /// The first that is not, with its place.
    pub fn check(&self, known: &[&str]) -> Result<(), ConfigError> {
        let plain = |word: &str| word.trim().replace('_', "-");
        match self.off.iter().find(|(word, _)| !known.contains(&plain(word).as_str())) {
            Some((word, origin)) => Err(ConfigError::UnknownRule {
                origin: origin.clone(),
                word: word.clone(),
                known: known.join(", "),
            }),
            None => Ok(()),
        }
    }
}

/// Names of the tables, for messages.
pub(super) const TABLES: [&str; 2] = [BUDGETS, FINDINGS];

impl File<'_> {
    fn budgets(&self, value: &Entry<'_>) -> Result<Vec<Budget>, ConfigError> {
        let table = self.table(BUDGETS, value, HELP_BUDGETS)?;
        let run = self.budget(BUDGETS, value, true)?;
        let of_agent = |file: &Self, section: &str, value: &Entry<'_>| file.budget(section, value, false);
        let agents = match table.get("agents") {
            Some(agents) => self.pairs(AGENTS, agents, HELP_BUDGETS, of_agent)?,
            None => Vec::new(),
        };
        let named = agents.into_iter().map(|(name, budget)| Budget { agent: Some(name), ..budget });
        Ok(Some(run).filter(|run| *run != Budget::default()).into_iter().chain(named).collect())
    }

    fn budget(&self, section: &str, value: &Entry<'_>, is_run: bool) -> Result<Budget, ConfigError> {
        let mut budget = Budget::default();
        for (key, value) in self.table(section, value, HELP_BUDGETS)? {
            let name = format!("{section}.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "cost" => budget.cost = Some(self.amount(&name, value, (DOLLARS, NANO), HELP_COST)?),
                "tokens" => budget.tokens = Some(self.amount(&name, value, (COUNT, 1.0), HELP_COUNT)?),
                "steps" => budget.steps = Some(self.amount(&name, value, (COUNT, 1.0), HELP_COUNT)?),
                "duration" => budget.duration = Some(self.time(&name, value)?),
                "agents" if is_run => {}
                _ => return Err(self.unknown(key, name, known(is_run))),
            }
        }
        Ok(budget)
    }

    fn amount(
        &self,
        name: &str,
        value: &Entry<'_>,
        (most, scale): (f64, f64),
        help: &'static str,
    ) -> Result<u64, ConfigError> {
        let is_whole = scale > 1.0 || matches!(value.get_ref(), DeValue::Integer(_));
        scaled(value, most, scale).filter(|_| is_whole).ok_or_else(|| self.bad(name, value, help))
    }

    fn time(&self, name: &str, value: &Entry<'_>) -> Result<u64, ConfigError> {
        let written = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            _ => String::new(),
        };
        written.parse().map(|TimeSpan(nanos)| nanos).map_err(|help| self.bad(name, value, help))
    }

    fn switches(&self, value: &Entry<'_>) -> Result<Vec<(String, Origin)>, ConfigError> {
        let mut off = Vec::new();
        for (key, value) in self.table(FINDINGS, value, HELP_FINDINGS)? {
            let name = format!("{FINDINGS}.{}", key.get_ref());
            let DeValue::Array(words) = value.get_ref() else { return Err(self.bad(&name, value, HELP_OFF)) };
            if key.get_ref() != "off" {
                return Err(self.unknown(key, name, "findings.off".to_owned()));
            }
            for word in words {
                off.push((self.text(&name, word)?, self.origin(word)));
            }
        }
        Ok(off)
    }
}

fn known(is_run: bool) -> String {
    let names = FINDING_FIELDS.iter().filter(|field| field.section == BUDGETS).map(|field| field.name);
    names.chain(is_run.then_some("agents")).collect::<Vec<_>>().join(", ")
}

/// As a part of a config file: what is set, and every field with an example as a comment.
pub(super) fn sample(rules: &FindingRules) -> String {
    file::sample(FINDING_FIELDS, |section| set(rules, section), |section| format!("[{section}]"))
}

/// What is set in a section, as TOML that reads back the same.
fn set(rules: &FindingRules, section: &str) -> String {
    let budgets =
        |is_agent: bool| rules.budgets.iter().filter(move |budget| budget.agent.is_some() == is_agent);
    match section {
        BUDGETS => budgets(false).map(entry).collect(),
        AGENT => budgets(true).map(entry).collect(),
        _ if rules.off.is_empty() => String::new(),
        _ => {
            let words: Vec<String> = rules.off.iter().map(|(word, _)| literal(word)).collect();
            format!("[{FINDINGS}]\noff = [{}]  # {}\n\n", words.join(", "), rules.off[0].1)
        }
    }
}

fn entry(budget: &Budget) -> String {
    let header = match &budget.agent {
        Some(agent) => format!("[{AGENTS}.{}]", basic(agent)),
        None => format!("[{BUDGETS}]"),
    };
    let lines = [
        budget.cost.map(|nano| format!("cost = {}", decimal(nano, 9))),
        budget.tokens.map(|tokens| format!("tokens = {tokens}")),
        budget.steps.map(|steps| format!("steps = {steps}")),
        budget.duration.map(|nanos| format!("duration = {}", decimal(nanos, 9))),
    ];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    format!("{header}\n{}\n\n", lines.join("\n"))
}

/// A key in quotes: a literal in three pairs of them is no key.
pub(super) fn basic(name: &str) -> String {
    let table: toml::Table = [(name.to_owned(), toml::Value::Boolean(true))].into_iter().collect();
    table.to_string().trim_end().trim_end_matches("= true").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::layers::Layers;
    use super::super::sample as whole_sample;
    use super::*;

    fn rules(text: &str) -> Result<FindingRules, String> {
        let mut layers = Layers::default();
        layers.add_file(Path::new("config.toml"), text).map_err(|error| error.to_string())?;
        Ok(layers.finding_rules().clone())
    }

    const FULL: &str = "\n[budgets]\ncost = 0.5\ntokens = 200000\nsteps = 100\nduration = '1.5m'\n\n\
        [budgets.agents.\"triage desk\"]\ncost = 1\n\n[findings]\noff = ['reworded', 'silent_failure']\n";

    #[test]
    fn all_of_it_is_read() {
        let rules = rules(FULL).unwrap();
        let run = Budget {
            agent: None,
            cost: Some(500_000_000),
            tokens: Some(200_000),
            steps: Some(100),
            duration: Some(90_000_000_000),
        };
        let agent =
            Budget { agent: Some("triage desk".to_owned()), cost: Some(1_000_000_000), ..Budget::default() };
        assert_eq!(rules.budgets, [run, agent]);
        assert_eq!(
            rules.off.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>(),
            ["reworded", "silent_failure"]
        );
        assert!(rules.check(&["reworded", "silent-failure"]).is_ok());
        let error = rules.check(&["reworded"]).unwrap_err().to_string();
        assert_eq!(
            error,
            "config.toml:12: there is no rule or kind of finding \"silent_failure\"; known are reworded"
        );
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        let mut layers = Layers::default();
        layers.add_file(Path::new("config.toml"), FULL).unwrap();
        let again = rules(&whole_sample(&layers, &[])).unwrap();
        assert_eq!(again.budgets, layers.finding_rules().budgets);
        let words = |rules: &FindingRules| rules.off.iter().map(|(word, _)| word.clone()).collect::<Vec<_>>();
        assert_eq!(words(&again), words(layers.finding_rules()));
        assert_eq!(rules(&whole_sample(&Layers::default(), &[])).unwrap(), FindingRules::default());
    }

    #[test]
    fn the_examples_are_sound() {
        let plain = sample(&FindingRules::default()).replace("\n# ", "\n");
        let rules = rules(&plain).unwrap();
        assert_eq!((rules.budgets.len(), rules.off.len()), (2, 2), "{plain}");
    }

    #[test]
    fn a_mistake_is_one_line_that_says_where_and_what_to_do() {
        for (text, said) in [
            ("budgets = 1", "config.toml:1: budgets cannot be \"1\": write a table"),
            (
                "[budgets]\ncosts = 1",
                "config.toml:2: there is no setting \"budgets.costs\"; known are cost, tokens, steps, duration, agents",
            ),
            ("[budgets]\ncost = -1", "config.toml:2: budgets.cost cannot be \"-1\": write US dollars"),
            (
                "[budgets]\ntokens = 1.5",
                "config.toml:2: budgets.tokens cannot be \"1.5\": write a whole number from 0 on",
            ),
            (
                "[budgets]\nduration = 'soon'",
                "config.toml:2: budgets.duration cannot be \"soon\": write a time such as 90s",
            ),
            (
                "[budgets.agents.a]\nagents = 1",
                "config.toml:2: there is no setting \"budgets.agents.a.agents\"; known are cost,",
            ),
            ("[findings]\noff = 'loop'", "config.toml:2: findings.off cannot be \"loop\": write a list"),
            ("[findings]\noff = [1]", "config.toml:2: findings.off cannot be \"1\": write a text"),
            (
                "[findings]\non = ['loop']",
                "config.toml:2: there is no setting \"findings.on\"; known are findings.off",
            ),
        ] {
            let message = rules(text).unwrap_err();
            assert!(message.starts_with(said) && !message.contains('\n'), "{message}");
        }
    }
}
