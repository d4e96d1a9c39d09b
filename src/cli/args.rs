//! What can be typed. Values of settings are taken as text here and checked with all other layers in `config`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::quantity;
use crate::analyze::verdict::{Factor, Fault};
use crate::model::NanoUsd;

/// Watch what LLM agents do: live OpenTelemetry traces as a tree of steps, with tokens and money.
///
/// Without a command: receive on 4317 (gRPC) and 4318 (HTTP), store, and show the interface, live.
#[derive(Debug, Parser)]
#[command(name = "spanglass", version, max_term_width = 100)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) listen: Listen,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Common {
    /// Database file
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) db: Option<String>,
    /// Config file instead of spanglass/config.toml in the XDG config folder
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Colours: auto, always or never
    #[arg(long, global = true, value_name = "WHEN")]
    pub(super) color: Option<String>,
    /// Letters instead of signs and lines, for terminals and fonts without them
    #[arg(long, global = true)]
    pub(super) ascii: bool,
}

/// Where to receive.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Listen {
    /// Receive OTLP over gRPC here; port 0 picks a free one
    #[arg(long, value_name = "ADDR")]
    pub(super) grpc: Option<String>,
    /// Receive OTLP over HTTP here; port 0 picks a free one
    #[arg(long, value_name = "ADDR")]
    pub(super) http: Option<String>,
}

impl Listen {
    /// These addresses, `other`'s where one was not given: they may stand before or after the command.
    pub(super) fn or(self, other: Self) -> Self {
        Self { grpc: self.grpc.or(other.grpc), http: self.http.or(other.http) }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show the interface on a saved database, read-only; follows a file that another process writes
    Open(Open),
    /// Receive and store, without the interface
    Serve(Serve),
    /// Send realistic agent runs through the real receiver; starts one where none is running
    Demo(Demo),
    /// List runs, oldest first
    Runs(Runs),
    /// Show one run: its figures, findings and steps
    Show(Show),
    /// Tell where two runs part, and why; exit 0 when they behave the same, 1 when they diverge
    Diff(Diff),
    /// Exit 1 where a run breaks a rule: for CI
    Check(Check),
    /// Set findings of a run aside: they no longer count, here and in the interface
    Dismiss(Dismiss),
    /// Delete runs for good, with all that no other run holds
    Delete(Delete),
    /// Write one run as OTLP JSON, as a Mermaid sequence diagram or as a Markdown postmortem
    Export(Export),
    /// Derive all steps, runs and sums again from the raw telemetry, with this version's rules, prices and full-text index
    Reindex,
    /// Tell what each client's telemetry lacks, and the setting that turns it on
    Doctor(Doctor),
    /// Print every setting with its value as a config file
    Config,
    /// List the interface's keys with the names that the config file has for them
    Keys(Keys),
    /// Print the manual page: spanglass man | man -l -
    Man,
    /// Print a script that completes commands and options in a shell
    Completions(Completions),
}

#[derive(Debug, clap::Args)]
pub(super) struct Open {
    /// Database file
    pub(super) file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    #[command(flatten)]
    pub(super) listen: Listen,
}

#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    #[command(flatten)]
    pub(super) listen: Listen,
    /// How many times faster than real agents, 1 to 1000
    #[arg(long, value_name = "FACTOR", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub(super) fast: u64,
}

#[derive(Debug, clap::Args)]
pub(super) struct Runs {
    /// Only runs of which every term holds: words, or fields such as agent:triage cost>0.10 is:error since:2h; -is:ok turns one round, after --
    #[arg(value_name = "FILTER")]
    pub(super) filter: Vec<String>,
    /// One JSON object a line
    #[arg(long)]
    pub(super) json: bool,
    /// Only the newest N
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// Also traces in which no agent did anything
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// Unique beginning of a run id, or latest
    #[arg(value_name = "RUN")]
    pub(super) run: String,
    /// One JSON object a line: the run, its steps, its findings
    #[arg(long)]
    pub(super) json: bool,
    /// Also plumbing: queues, hooks, graph nodes, HTTP
    #[arg(long)]
    pub(super) all: bool,
    /// Show what each model call cost and why: tokens times price, and where the price comes from
    #[arg(long)]
    pub(super) explain_cost: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Diff {
    /// Run to compare: unique beginning of its id, or latest
    #[arg(value_name = "A")]
    pub(super) a: String,
    /// Run to lay beside it; previous: the last one of the same agent and task that ended well
    #[arg(value_name = "B", required_unless_present = "against", conflicts_with = "against")]
    pub(super) b: Option<String>,
    /// Compare with many: last-10 of the same agent and task, or words as of runs, such as "agent:triage last-20"
    #[arg(long, value_name = "RUNS")]
    pub(super) against: Option<String>,
    /// One JSON object: the divergence, every step of both, what differs in sum
    #[arg(long)]
    pub(super) json: bool,
    /// Text for a terminal, or Markdown for a review
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// Unique beginning of a run id, or latest
    #[arg(value_name = "RUN")]
    pub(super) run: String,
    /// What to write
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ExportFormat::Otlp)]
    pub(super) format: ExportFormat,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// What a run is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ExportFormat {
    /// What came in, whole: OTLP JSON, a request a line
    Otlp,
    /// A sequence diagram: agents, tools, handoffs, failures, loops
    Mermaid,
    /// A postmortem: what was asked, what happened, where the money went, findings, errors, how it ended
    Markdown,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    Text,
    Markdown,
}

#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Unique beginnings of run ids, or latest; without any, all runs
    #[arg(value_name = "RUN")]
    pub(super) runs: Vec<String>,
    /// Fail on alarms and warnings of a kind (loop, handoff-cycle, budget, context, truncated, refused, failure,
    /// silent-failure, exhausted, low-confidence, slow, costly, stall), of any kind (alarm, warning), or on error,
    /// failed-step, incomplete; without any rule: loop,handoff-cycle,budget,error
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = quantity::fault)]
    pub(super) fail_on: Vec<Fault>,
    /// Most dollars a run may cost
    #[arg(long, value_name = "USD", value_parser = quantity::money)]
    pub(super) max_cost: Option<NanoUsd>,
    /// Most tokens a run may take, input and output
    #[arg(long, value_name = "N")]
    pub(super) max_tokens: Option<u64>,
    /// Most steps a run may make
    #[arg(long, value_name = "N")]
    pub(super) max_steps: Option<u64>,
    /// Longest time a run may take: 90s, 1.5m, 2h
    #[arg(long, value_name = "TIME", value_parser = quantity::duration)]
    pub(super) max_duration: Option<u64>,
    /// Fail where a run makes other calls than this good one; previous: the last of the same agent and task that ended
    /// well; without RUN, all runs of the same agent and task as this one are checked
    #[arg(long, value_name = "RUN")]
    pub(super) baseline: Option<String>,
    /// What counts as another call than the baseline's
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = By::Calls, requires = "baseline")]
    pub(super) baseline_by: By,
    /// Most that a run may cost, as a multiple of the baseline's cost: 1.2 is a fifth more
    #[arg(long, value_name = "F", value_parser = quantity::factor, requires = "baseline")]
    pub(super) max_cost_factor: Option<Factor>,
    /// One JSON object a line: a run and the rules it broke
    #[arg(long)]
    pub(super) json: bool,
    /// Also write the report to this file, as XML that CI servers read
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
}

/// What counts as another decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum By {
    /// Another tool, or other arguments
    Calls,
    /// Another tool
    Tools,
}

#[derive(Debug, clap::Args)]
pub(super) struct Dismiss {
    /// Unique beginning of a run id, or latest
    #[arg(value_name = "RUN")]
    pub(super) run: String,
    /// Findings by their number in show, or by rule or kind; without any, all of the run
    #[arg(value_name = "FINDING")]
    pub(super) findings: Vec<String>,
    /// Bring them back
    #[arg(long)]
    pub(super) undo: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Delete {
    /// Unique beginnings of run ids, or latest
    #[arg(value_name = "RUN", required = true)]
    pub(super) runs: Vec<String>,
    /// Really delete them; without it, only say what would go
    #[arg(long)]
    pub(super) yes: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Keys {
    /// One JSON object a line: context, action, keys, help
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// Shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub(super) struct Doctor {
    /// One JSON object a line: a client and what it lacks
    #[arg(long)]
    pub(super) json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Args::command().debug_assert();
    }

    #[test]
    fn every_fault_stands_in_the_help() {
        use clap::CommandFactory as _;
        let help = Args::command().find_subcommand_mut("check").unwrap().render_long_help().to_string();
        assert!(Fault::all().all(|fault| help.contains(fault.name())), "{help}");
    }

    #[test]
    fn addresses_may_stand_before_or_after_the_command() {
        for words in ["spanglass --grpc a serve --http b", "spanglass serve --grpc a --http b"] {
            let Args { listen, command: Some(Command::Serve(serve)), .. } =
                Args::try_parse_from(words.split(' ')).unwrap()
            else {
                panic!("{words}");
            };
            let both = serve.listen.or(listen);
            assert_eq!((both.grpc.as_deref(), both.http.as_deref()), (Some("a"), Some("b")));
        }
    }
}
